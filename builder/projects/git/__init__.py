"""Projects as Git repositories: versions are commits, and commits become versions."""
