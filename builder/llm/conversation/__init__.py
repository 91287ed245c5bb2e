"""Requests to a model and its answers, the same for every provider."""
