"""The images that container previews run in."""
