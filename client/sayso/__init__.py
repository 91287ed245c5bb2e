"""Sayso over its HTTP API."""

from sayso.client import ApiError, Client, Content

__all__ = ["ApiError", "Client", "Content"]
