"""What is known of packages that apps may use."""
