"""Projects as zip files: import and export."""
