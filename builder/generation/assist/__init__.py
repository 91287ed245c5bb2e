"""What a model does beside building an app: it completes what is typed, talks about code, and changes a piece of it."""
