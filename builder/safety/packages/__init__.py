"""Which packages may be installed: names that do not exist, look like another, or are too young are held back."""
