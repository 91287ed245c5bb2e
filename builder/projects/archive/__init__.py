"""Projects as zip files, brought and taken along."""
