"""Images of projects that bring a Dockerfile: read, checked, built, bounded."""
