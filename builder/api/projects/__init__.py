"""Routes of projects: their files, versions and archives."""
