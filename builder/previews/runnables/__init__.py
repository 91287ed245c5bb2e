"""Everything that runs: one id and one row each, and the contents that each kind runs."""
