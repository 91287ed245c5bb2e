"""What keeps apps from the host and from each other."""
