"""How an operator sees what goes on: the log, figures, traces."""
