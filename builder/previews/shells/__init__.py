"""Terminals and commands in the containers of projects."""
