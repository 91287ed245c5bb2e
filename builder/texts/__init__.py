"""Every text a person sees, by key and language. Texts for display are looked up here; errors that `preview_runtime`
raises carry phrases."""

from builder.texts.catalogues import catalogue, languages
from builder.texts.language import speaking, spoken
from builder.texts.saying import said, t

__all__ = ["catalogue", "languages", "said", "speaking", "spoken", "t"]
