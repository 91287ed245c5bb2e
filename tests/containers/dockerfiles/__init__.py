"""Images of projects with a Dockerfile."""
