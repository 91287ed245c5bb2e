"""Walks: short lists of acts and expectations, kept in a project as `walks/*.json`."""
