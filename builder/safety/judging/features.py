"""What the recogniser sees of a sentence: concepts, which of them stand together, and in what order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from builder.safety.judging.words import Meaning, Words

WEIGHTS: Final = Path(__file__).with_name("weights.json")
TOGETHER: Final = 12
"""Words between two concepts up to which they stand together."""
NEXT: Final = 3
"""Words up to which one concept follows another."""
MOST_WORDS: Final = 80
"""Words of a sentence that are looked at."""
MOST_SENTENCE: Final = 450
"""Characters of a sentence that are looked at together; a longer one is taken in pieces that overlap."""
_OVERLAP: Final = 100
NEAR: Final = 5_000
"""Characters of a text up to which two sentences are also read as one."""
_ENDS: Final = re.compile(r"(?<=[.!?;])\s+|(?<=[।。！？；])|\n[ \t]*\n|\n(?=[ \t]*[-*#>+•\d])|\n")
_QUOTED: Final = re.compile(
    r"\"[^\"\n]{3,300}\"|“[^”\n]{3,300}”|«[^»\n]{3,300}»|`[^`\n]{3,300}`|「[^」\n]{2,200}」|(?<!\w)'[^'\n]{3,300}'(?!\w)"
)
_EXCUSES: Final = ("explain", "feature", "matter", "people", "quoted", "you")
BEGINNING: Final = 5
"""Letters by which a word is known: what follows is often its grammar."""
_TALKS: Final = frozenset({"explain", "feature", "people", "matter"})


def sentences_of(folded: str, *, together: bool) -> Iterator[str]:
    """The sentences of a folded text; `together`: each also with the one before it."""
    before, at = "", 0
    for end in [*(found.start() for found in _ENDS.finditer(folded)), len(folded)]:
        if at == end:
            continue
        for begin in range(at, end, MOST_SENTENCE - _OVERLAP):
            sentence = folded[begin : min(end, begin + MOST_SENTENCE)].strip()
            if sentence:
                yield sentence
                if together and before and len(before) + len(sentence) < MOST_SENTENCE:
                    yield f"{before} {sentence}"
                before = sentence
        at = end


def read(sentence: str, words: Words) -> list[tuple[str, Meaning]]:
    """The words of a folded sentence. What stands in quotation marks is left out where the rest says what it is for."""
    if _QUOTED.search(sentence):
        rest = words.read(_QUOTED.sub(" “ ", sentence))
        if any(meaning & _TALKS for _, meaning in rest):
            return [*rest, ("“", frozenset({"quoted"}))]
    return words.read(sentence)


def features(read: Sequence[tuple[str, Meaning]]) -> set[str]:
    """`c` a concept, `c+d` two together, `c>d` one after another, `^c` at the beginning, `!c` one of `_EXCUSES` that is not
    there, `=word` how a word begins, `~a b` two neighbours, each by its concept or else by how it begins."""
    read = read[:MOST_WORDS]
    found = {f"={word[:BEGINNING]}" for word, _ in read}
    found.update(f"~{one} {other}" for one, other in pairwise([_named(*one) for one in read]))
    places = [(at, concept) for at, (_, meaning) in enumerate(read) for concept in meaning]
    for number, (at, concept) in enumerate(places):
        found.add(concept)
        for other_at, other in places[number + 1 :]:
            if other_at - at > TOGETHER:
                break
            if other != concept:
                together, after = _pair(concept, other)
                found.add(together)
                if 0 < other_at - at <= NEXT:
                    found.add(after)
    found.update(f"^{concept}" for concept in (read[0][1] if read else ()))
    found.update(f"!{concept}" for concept in _EXCUSES if concept not in found)
    return found


def _named(word: str, meaning: Meaning) -> str:
    return min(meaning) if meaning else word[:BEGINNING]


@cache
def _pair(concept: str, other: str) -> tuple[str, str]:
    return "+".join(sorted((concept, other))), f"{concept}>{other}"
