"""Reads a text backwards, in names, strings and signs, whatever language it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_REACH: Final = 320
_LONGEST_STRING: Final = 130
_NAME: Final = re.compile(r"[\w$][\w$.:-]{0,79}")
_PATH: Final = re.compile(r"((?:[A-Za-z_$][\w$]{0,40}(?:\(\))?[?!]?(?:\.|->|::)){0,3})\Z")


def path_before(text: str, at: int) -> str:
    """What the name that begins at `at` is of: `a.b.`, "" of nothing."""
    found = _PATH.search(text, max(0, at - 90), at)
    return found[1] if found else ""


def tokens_before(text: str, at: int) -> Iterator[tuple[str, str, int]]:
    """(kind, text, where it begins), the nearest first: `name`, `"` (a string), a line's end, or the character itself.

    What is in brackets right before something is a name if it is one: `config["key"]`, `getenv("KEY") or`. Objects that a
    name is of are left out: see `path_before`.
    """
    low = max(0, at - _REACH)
    here = at
    while here > low:
        one = text[here - 1]
        if one in " \t\r\\":
            here -= 1
        elif one in "\"'`":
            begin = text.rfind(one, low, here - 1)
            if begin < 0 or here - begin > _LONGEST_STRING or "\n" in text[begin : here - 1]:
                here -= 1
                continue
            yield '"', text[begin + 1 : here - 1].rstrip("\\"), begin
            here = begin
        elif one.isalnum() or one in "_$":
            begin = _begin(text, low, here, "_$-")
            yield "name", text[begin:here].strip("-"), begin
            here = _past_path(text, low, begin)
        elif one in ")]":
            opening, bare, quoted = _in_brackets(text, low, here)
            if opening < 0:
                yield one, "", here - 1
                here -= 1
                continue
            here = opening
            if bare and (one == "]" or quoted):
                yield "name", bare, opening
                here = _begin(text, low, here, "_.$?")
        else:
            yield one, "", here - 1
            here -= 1


def _begin(text: str, low: int, here: int, others: str) -> int:
    while here > low and (text[here - 1].isalnum() or text[here - 1] in others):
        here -= 1
    return here


def _in_brackets(text: str, low: int, here: int) -> tuple[int, str, bool]:
    """(where the bracket opens that ends at `here`, the name in it, whether it is quoted); -1 where more is in it."""
    opening = text.rfind("(" if text[here - 1] == ")" else "[", low, here - 1)
    inner = text[opening + 1 : here - 1].strip() if opening >= 0 else "("
    bare = inner.strip("\\\"'`: ")
    return (opening, bare, bare != inner) if not bare or _NAME.fullmatch(bare) else (-1, "", False)


def _past_path(text: str, low: int, here: int) -> int:
    """Before the objects that something is of: `a.b().` of `a.b().c`."""
    while here > low:
        if text[here - 1] == ".":
            here -= 1
        elif text[here - 2 : here] in ("->", "::"):
            here -= 2
        else:
            return here
        while here > low and text[here - 1] in "?!":
            here -= 1
        if text[here - 1 : here] == ")":
            here = max(low, text.rfind("(", low, here - 1))
        here = _begin(text, low, here, "_$")
    return here
