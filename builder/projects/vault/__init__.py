"""Secrets of projects: encrypted at rest, given to their servers alone."""
