"""Plans: how a file tree is installed and started, determined from its files alone."""
