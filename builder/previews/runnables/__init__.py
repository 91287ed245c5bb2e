"""Whatever runs: one id and one row for each, and what runs of each kind."""
