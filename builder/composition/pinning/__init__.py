"""Exact versions for the packages of a project, and their job."""
