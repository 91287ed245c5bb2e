"""What administrators ask for and do. Every call is written into the audit chain."""
