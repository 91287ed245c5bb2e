"""Sayso: say what you want; a running app answers."""

__version__ = "0.1.0"
