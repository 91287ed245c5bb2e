"""Packages of projects, installed once for all or into a project's own volume."""
