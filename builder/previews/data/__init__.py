"""Data of apps: databases, copies, and files that are brought back into the project."""
