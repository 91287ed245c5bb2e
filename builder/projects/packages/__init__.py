"""What people decided about the packages of their projects."""
