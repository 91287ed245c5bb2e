"""A text as it may be read beside how it is written: digits for letters, letters apart, words run together or in comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from builder.safety.judging.folding import fold
from builder.safety.judging.words import words

MOST_RESPELLED: Final = 20_000
"""Characters up to which a text is read in other ways."""
_LEET: Final = str.maketrans("013457@$!|+", "oieastasiit")
_MIXED: Final = re.compile(r"(?<![\w@$!|+])(?=[a-z\d@$!|+]*[a-z])(?=[a-z@$!|+]*[\d@$|+])[a-z\d@$!|+]{3,24}")
_APART: Final = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .·\-_*|/~,]{1,2}[^\W\d_]){3,200}(?![^\W_])")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONG: Final = re.compile(r"(?<![^\W_])[a-z]{14,120}(?![^\W_])")
_COMMENT: Final = re.compile(
    r"(?m)^[ \t]*(?:/\*+|//+|#+|--+|;+|<!--+|\*+|>+|%+)[ \t]*|\*+/|--+>|(?://|/\*|#|--)(?=[ \t])"
)
_SMALL: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "of",
        "to",
        "in",
        "on",
        "is",
        "it",
        "be",
        "as",
        "at",
        "by",
        "for",
        "do",
        "not",
        "now",
        "say",
        "this",
        "that",
        "these",
        "with",
        "what",
        "i",
    ]
)


def respelled(text: str) -> Iterator[str]:
    """Other folded readings of `text`, none where it is written as people write."""
    if len(text) > MOST_RESPELLED:
        return
    folded = fold(text)
    plain = _MIXED.sub(lambda word: word[0].translate(_LEET), folded)
    if plain != folded:
        yield plain
    if _APART.search(plain):
        yield _APART.sub(lambda run: " ".join(_parted(re.sub(r"[\W_]", "", run[0]))), plain)
    humps = fold(_CAMEL.sub(" ", text))
    together = _LONG.sub(lambda word: " ".join(_parted(word[0])), humps)
    if together != folded:
        yield together
    if len(_COMMENT.findall(folded)) > 1:
        yield " ".join(_COMMENT.sub(" ", folded).split())


def _parted(run: str) -> list[str]:
    """The known words that `run` is made of, itself where it is not."""
    known, longest = _known()
    best: list[list[str] | None] = [[], *([None] * len(run))]
    for end in range(1, len(run) + 1):
        for begin in range(max(0, end - longest), end):
            before = best[begin]
            if before is not None and run[begin:end] in known:
                now = best[end]
                if now is None or len(before) + 1 < len(now):
                    best[end] = [*before, run[begin:end]]
    return best[-1] or [run]


@cache
def _known() -> tuple[frozenset[str], int]:
    """Words of English and Portuguese with their usual endings, and the length of the longest."""
    meant = words()
    stems = (
        stem + end for stem in meant.stems for end in ("", "s", "e", "es", "ed", "ing", "ion", "ions", "d", "r", "ar")
    )
    known = frozenset(
        word for word in (*meant.whole, *stems, *_SMALL) if word.isascii() and (len(word) > 2 or word in _SMALL)
    )
    return known, max(map(len, known))
