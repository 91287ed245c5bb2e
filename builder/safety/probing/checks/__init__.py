"""What is tried, one kind of hole in each file."""
