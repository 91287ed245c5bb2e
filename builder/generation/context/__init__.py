"""What of a project and its conversation a model is shown, and in which order."""
