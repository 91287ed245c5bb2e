"""Whether a model left code out: a remark in its place, or a loss that nobody asked for."""

from builder.generation.elision.elided import Elided
from builder.generation.elision.guard import check_elision

__all__ = ["Elided", "check_elision"]
