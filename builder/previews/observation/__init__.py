"""Observation of running apps: their log, what they use, how much they are used."""
