"""Which of the names that there are one that there is not must mean."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

# Words that say how an icon is drawn, and not what it shows.
_DRAWN: Final = frozenset(
    {
        "icon",
        "lucide",
        "outline",
        "outlined",
        "filled",
        "fill",
        "solid",
        "line",
        "svg",
        "symbol",
        "can",
        "mark",
        "glyph",
    }
)
_SHORTEST: Final = 5  # characters of a word in which a slip of the hand is told from another word


def same_but_case(name: str, names: Collection[str]) -> str:
    """The one name that differs only in case, "" where there is none."""
    found = [other for other in names if other.lower() == name.lower() and other != name]
    return found[0] if len(found) == 1 else ""


def nearest_name(name: str, names: Collection[str]) -> str:
    """The one name that differs in case alone, or by one slip within a long word; "" where none or more than one does.

    A plural, a number, a first letter or a last one that differ make another name: `getUser` is not `getUsers`, `step1`
    not `step2`, `encode` not `decode`.
    """
    if found := same_but_case(name, names):
        return found
    slips = [other for other in names if is_slip(name, other)]
    return slips[0] if len(slips) == 1 else ""


def nearest_icon(name: str, names: Collection[str]) -> str:
    """As `nearest_name`, and the icon that shows the same things: with its words in another order, or without one that
    says how it is drawn."""
    if found := nearest_name(name, names):
        return found
    own = words(name)
    bare = [word for word in own if word not in _DRAWN] or own
    glued = [[own[-1].removesuffix(word)] for word in _DRAWN if len(own) == 1 and own[-1].endswith(word)]
    for key in (own, bare, *glued):
        shapes = {"".join(key), "".join(key) + "icon"}
        if alike := [other for other in names if other.lower() in shapes]:
            return min(alike, key=lambda other: (len(other), other))
    same = [other for other in names if sorted(words(other)) == sorted(bare)]
    return same[0] if len(same) == 1 else ""


def words(name: str) -> list[str]:
    """The words of a name in camel case or with underscores, in lower case; a number is a word."""
    found: list[str] = []
    last = ""
    for character in name:
        begins = (
            not found
            or (character.isupper() and not last.isupper())
            or character.isdigit() != last.isdigit()
            or last == "_"
        )
        if character != "_":
            if begins:
                found.append(character.lower())
            else:
                found[-1] += character.lower()
        last = character
    return found


def is_slip(one: str, other: str) -> bool:
    """Whether two names differ by a single letter too many, too few, other, or by two that changed places, inside a word."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    if not (left + right).isalpha() or not (left + right).islower():
        return False
    swapped = len(left) == len(right) == 2 and left == right[::-1]
    if not swapped and (len(left) > 1 or len(right) > 1):
        return False
    word = _word_around(other if len(other) >= len(one) else one, start)
    if swapped:  # two letters that changed places make a word of nobody's more often than not
        return word.start < start and len(word) >= _SHORTEST - 1 and len(one) > _SHORTEST
    return word.start < start and start + max(len(left), len(right)) < word.stop and len(word) >= _SHORTEST


def _word_around(name: str, at: int) -> range:
    start = at
    while start > 0 and not name[start].isupper() and name[start - 1] != "_":
        start -= 1
    end = at + 1
    while end < len(name) and not name[end].isupper() and name[end] not in "_0123456789":
        end += 1
    return range(start, end)
