"""Images of projects with their own Dockerfile: parsed, checked, built, limited."""
