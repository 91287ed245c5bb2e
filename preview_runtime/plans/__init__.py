"""How a file tree is installed and started, read from its files alone."""
