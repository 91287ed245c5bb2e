"""Projects: file trees, versions, working copies."""
