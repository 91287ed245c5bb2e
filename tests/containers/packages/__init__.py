"""Packages that are installed once for all projects."""
