"""Corrects a word that is one slip away from a word the demo knows (`recpie` → `recipe`)."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from builder.base.edit_distance import edit_distance

_distance = lru_cache(maxsize=20_000)(edit_distance)


def mended(word: str, known: Collection[str]) -> str:
    """The known word one edit away (two from eleven letters on) with the same first letter, else `word` itself."""
    low = word.lower()
    if len(low) < 5 or low in known or not low.isalpha():
        return word
    if low.endswith(("ing", "ings")):
        return word  # too many of them are real words: mowing, moving, rowing
    allowed = 2 if len(low) >= 11 else 1
    best = min(
        (
            (_distance(low, k, allowed), k)
            for k in known
            if k[:1] == low[:1] and abs(len(k) - len(low)) <= allowed and len(k) >= 5 and k.isalpha()
        ),
        default=(allowed + 1, ""),
    )
    if len(best[1]) == len(low) and len(low) < 8 and sorted(best[1]) != sorted(low):
        return word  # changing one letter too often makes another word: shift and shirt, grade and grape
    # A difference in the ending is inflection (`paint`, `paints`), not a slip.
    return best[1] if best[0] <= allowed and (best[1][:-1] != low or len(low) >= 7) and low[:-1] != best[1] else word
