"""Sets of tasks, given to a running Sayso as a person gives them, and what came of each: `script/eval`."""
