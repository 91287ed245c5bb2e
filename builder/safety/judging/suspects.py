"""Which sentences of a text are worth a close look: a sum over single words, cheap enough for every text in full."""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from string import ascii_lowercase
from typing import Final

from builder.safety.judging.features import BEGINNING, NEAR, WEIGHTS, sentences_of
from builder.safety.judging.words import SIGNS, Words, words

MOST_LOOKED_AT: Final = 24
"""Sentences of one reading that are looked at closely, those first that stand out most."""
_BLOCK: Final = 1_000
_OVERLAP: Final = 300
_MOST_BLOCKS: Final = 32
"""Pieces of a long text whose sentences are told apart: those that stand out most."""
_FORGETS: Final = 30
"""Hundredths that each word takes away from what came before it."""
_WORDS: Final = re.compile(r"(?:[^\W\d_]|[\u0900-\u0963])+")
_TO_SPACE: Final = {at: " " for at in range(128) if not chr(at).isalpha()}
_HAS_SIGNS: Final = re.compile(f"[{SIGNS}]")


@dataclass(frozen=True, slots=True)
class Suspects:
    """`sentences`: those to look at, most suspicious first; `count`: how many the text has, about."""

    sentences: tuple[str, ...]
    count: int


def suspects(folded: str) -> Suspects:
    """The sentences of the folded text that stand out, a bounded number."""
    first, both = _first(), len(folded) <= NEAR
    blocks = [folded[at : at + _BLOCK + _OVERLAP] for at in range(0, len(folded), _BLOCK)]
    if len(blocks) > _MOST_BLOCKS:
        blocks = heapq.nlargest(_MOST_BLOCKS, blocks, key=first.most)
    found = [(first.most(one), one) for block in blocks for one in sentences_of(block, together=both)]
    best = heapq.nlargest(MOST_LOOKED_AT, found, key=lambda one: one[0])
    chosen = dict.fromkeys(one for most, one in best if most >= first.least)
    return Suspects(tuple(chosen), folded.count(". ") + folded.count("\n") + 1)


@dataclass(slots=True)
class First:
    """`by_beginning`: hundredths of how much a word that begins so speaks for an attack; `signs`: the same of writing without
    spaces; `least`: what a sentence has to come to."""

    by_beginning: Mapping[str, int]
    signs: Mapping[str, int]
    first_signs: re.Pattern[str]
    sizes: Mapping[str, tuple[int, ...]]
    least: int

    def most(self, text: str) -> int:
        """The most that any run of words of the folded text comes to."""
        plain = text.isascii()
        read = text.translate(_TO_SPACE).split() if plain else _WORDS.findall(text)
        get = self.by_beginning.get
        most = _most([get(word[:BEGINNING], 0) for word in read])
        if not plain and _HAS_SIGNS.search(text):
            most = max(most, _most(self._of_signs(text)))
        return most

    def _of_signs(self, text: str) -> Iterator[int]:
        signs, sizes = self.signs, self.sizes
        for sign in self.first_signs.finditer(text):
            at = sign.start()
            for size in sizes[sign[0]]:
                written = text[at : at + size]
                if written in signs:
                    yield signs[written]
                    break


def _most(weights: Iterable[int]) -> int:
    """The greatest sum of neighbours (Kadane's algorithm)."""
    most = now = 0
    for weight in weights:
        now += weight - _FORGETS
        if now < 0:
            now = 0
        elif now > most:
            most = now
    return most


@cache
def _first() -> First:
    kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))["first"]
    return made_of(kept["features"], words(), kept["least"])


def made_of(weights: Mapping[str, int], known: Words, least: int) -> First:
    """`weights`: hundredths by concept, and by beginning of a word after "="."""
    found: dict[str, int] = {one[1:]: weight for one, weight in weights.items() if one[0] == "="}

    def heavier(beginning: str, concepts: Iterable[str], share: float = 1) -> None:
        own = weights.get(f"={beginning}", 0)
        weight = own + round(share * sum(weights.get(concept, 0) for concept in concepts))
        found[beginning] = max(found.get(beginning, weight), weight)

    for word, meaning in known.whole.items():
        heavier(word[:BEGINNING], meaning)
    for phrase, meaning in known.phrases.items():
        for word in phrase.split():
            heavier(word[:BEGINNING], meaning, 1 / (phrase.count(" ") + 1))
    for stem, meaning in known.stems.items():
        missing = max(0, BEGINNING - len(stem)) if stem.isascii() else 0
        for size in range(min(missing, 2) + 1):
            for rest in product(ascii_lowercase, repeat=size):
                heavier((stem + "".join(rest))[:BEGINNING], meaning)
    signs = {sign: sum(weights.get(concept, 0) for concept in meaning) for sign, meaning in known.signs.items()}
    sizes: dict[str, set[int]] = {}
    for sign in signs:
        sizes.setdefault(sign[0], set()).add(len(sign))
    by_size = {sign: tuple(sorted(of, reverse=True)) for sign, of in sizes.items()}
    return First(found, signs, re.compile(f"[{''.join(sorted(sizes))}]"), by_size, least)
