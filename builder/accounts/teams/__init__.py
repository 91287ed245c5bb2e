"""Teams: who belongs to them, and who is invited."""
