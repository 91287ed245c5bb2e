"""Keeps apps away from the host and from each other."""
