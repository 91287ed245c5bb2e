"""Every text a person sees, by key and language. What is shown is said here; what is raised below carries phrases."""

from builder.texts.catalogues import catalogue, languages
from builder.texts.language import speaking, spoken
from builder.texts.saying import said, t

__all__ = ["catalogue", "languages", "said", "speaking", "spoken", "t"]
