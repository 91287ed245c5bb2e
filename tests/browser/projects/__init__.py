"""A project's files and versions as a person works at them."""
