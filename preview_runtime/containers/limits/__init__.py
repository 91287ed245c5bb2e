"""Limits that the kernel does not hold by itself."""
