"""The areas put together."""
