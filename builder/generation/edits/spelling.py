"""The same letters and signs in other characters: an accent by itself, typographic quotes, other blanks and dashes."""

from __future__ import annotations

import re
import unicodedata
from array import array
from typing import Final

# A character with what is put on it, or a Korean syllable in its parts. Longer runs than people write are no letters.
_CLUSTER: Final = re.compile(
    r"[^\u0300-\u036f][\u0300-\u036f]{1,8}|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|.", re.DOTALL
)
_SIGNS: Final = str.maketrans(dict.fromkeys("‘’‚‛", "'") | dict.fromkeys("“”„‟", '"') | dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("\u00a0\u202f\u2007\u2009", " ") | {"…": "..."})  # fmt: skip


def spelled(text: str) -> tuple[str, array[int]]:
    """`text` in one spelling, and where in `text` each of its characters begins; one more place for the end."""
    parts: list[str] = []
    places = array("l")
    for cluster in _CLUSTER.finditer(text):
        part = unicodedata.normalize("NFC", cluster[0]).translate(_SIGNS)
        parts.append(part)
        places.extend([cluster.start()] * len(part))
    places.append(len(text))
    return "".join(parts), places
