"""What a model may look at before it writes: the project's files, its faults, and the running app."""
