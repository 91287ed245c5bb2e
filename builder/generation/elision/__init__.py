"""Whether a model left code out: a remark in its place, or a loss that nobody asked for."""

from builder.generation.elision.guard import Elision, elision_in, elisions_in

__all__ = ["Elision", "elision_in", "elisions_in"]
