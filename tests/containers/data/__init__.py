"""Copies of what apps stored."""
