"""What is used and what it costs: the log of model calls."""
