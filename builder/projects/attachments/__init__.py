"""Files that people send with a request: read once, in a process of its own; only what was read is kept."""
