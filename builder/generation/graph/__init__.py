"""A project as a graph: what its files are, and what leads from one to the other."""
