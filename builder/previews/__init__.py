"""Everything that runs for a person."""
