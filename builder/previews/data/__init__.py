"""What apps stored: databases, copies, and files brought back into the project."""
