"""The question that the guard asks a model."""
