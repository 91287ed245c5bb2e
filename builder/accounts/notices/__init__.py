"""What a person is told that happened while they were away."""
