"""What the demo can change in a finished app: one file per kind of change. Each command takes a clause and a `Project`
and answers what it did in a few words, a sentence on why not, or nothing when the clause is not its own."""
