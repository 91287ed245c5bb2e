"""Mends of Python modules and of what they ask to be installed."""
