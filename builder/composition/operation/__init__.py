"""What whoever runs Sayso looks at and limits."""
