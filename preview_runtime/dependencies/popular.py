"""The most used package names, with which a misspelt name is compared."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Final

POPULAR: Final = tuple(Path(__file__).with_name("popular.txt").read_text(encoding="utf-8").split())


def nearest(name: str) -> str:
    """The popular package whose name is closest to `name`, or "" when none is close."""
    found = difflib.get_close_matches(name.lower(), POPULAR, n=1, cutoff=0.75)
    return found[0] if found and found[0] != name else ""
