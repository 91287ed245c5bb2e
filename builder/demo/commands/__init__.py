"""What the demo can change in a finished app: one file per kind of change. Each command takes a clause and a `Project`
and returns what it did in a few words, a sentence on why it could not, or nothing when the clause is meant for another
command."""
