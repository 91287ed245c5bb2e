"""Answers that wait for the person."""
