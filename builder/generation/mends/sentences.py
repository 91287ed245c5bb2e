"""What is told to a person of a mend, and of a fault that was left alone."""

from __future__ import annotations

from builder.generation.mends.work.mend import LeftAlone, Mend
from builder.texts import t


def mend_sentence(mend: Mend) -> str:
    """What was done, in the language of the present request."""
    return t(f"mend.{mend.code}", path=mend.path, **mend.values)


def left_sentence(left: LeftAlone) -> str:
    """What is wrong and could not be mended for certain."""
    return t(f"mend.left.{left.code}", path=left.path, **left.values)
