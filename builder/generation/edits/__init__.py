"""Edits of an answer: where each goes in the file as it is, and what stands there afterwards."""

from builder.generation.edits.edit import Edit, EditFailed
from builder.generation.edits.placing import FALLBACKS, Placed, aligned, place, replace_once, shown

__all__ = ["FALLBACKS", "Edit", "EditFailed", "Placed", "aligned", "place", "replace_once", "shown"]
