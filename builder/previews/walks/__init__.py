"""The servers that walks run against: a version of a project, with a copy of its data."""
