"""How likely a text is an attack, learnt from labelled cases: a sum of weights over what its sentences mean.

A multinomial logistic regression (`script/guard-weights` makes `weights.json`), in plain Python and linear time.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from builder.safety.judging.features import WEIGHTS, features, read
from builder.safety.judging.letters import groups
from builder.safety.judging.suspects import Suspects
from builder.safety.judging.words import words
from builder.safety.verdicts import Category

SURE: Final = 0.7
"""How much the two looks at a sentence, by meaning and by spelling, say together: they are not independent."""
LIKELY: Final = 0.8
"""From here on it is taken for an attack. At 0.9 four in a hundred more attacks go on, and hardly a near miss less is stopped."""
CLEAR: Final = 0.97
"""From here on there is no doubt."""
LIKELY_LONG: Final = 0.95
"""The same where many sentences are looked at, each of which could be a false alarm."""
LONG: Final = 12
"""Sentences."""
SEVERAL: Final = 4
SEVERAL_ADD: Final = 1.6
"""What the odds of the four likeliest sentences of a long text come to beside their mean."""
POSSIBLE: Final = 0.35
POSSIBLE_LONG: Final = 0.7
"""From here on it is not sure that it is none."""
_OUTSIDE: Final = frozenset({"house", "disk", "others"})


@dataclass(frozen=True, slots=True)
class Recognised:
    """The likeliest attack among a text's sentences. `odds`: their logarithm; `outside`: it is about more than the project;
    `sentences`: how many the text has, about."""

    odds: float = -50.0
    category: Category = Category.INJECTION
    outside: bool = False
    sentences: int = 0

    @property
    def likely(self) -> float:
        """From 0 to 1."""
        return 1 / (1 + math.exp(-self.odds))

    @property
    def certain(self) -> bool:
        return self.likely > (LIKELY_LONG if self.sentences > LONG else LIKELY)

    @property
    def possible(self) -> bool:
        return self.likely > (POSSIBLE_LONG if self.sentences > LONG else POSSIBLE)


NONE: Final = Recognised()


@dataclass(frozen=True, slots=True)
class _Weights:
    categories: tuple[Category, ...]
    begin: tuple[int, ...]
    spelling: int
    letters: tuple[int, ...]
    features: Mapping[str, tuple[int, ...]]


@cache
def _weights() -> _Weights:
    kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    rows = {name: tuple(row) for name, row in kept["features"].items()}
    letters = tuple(memoryview(base64.b64decode(kept["letters"])).cast("b"))
    categories = tuple(Category(one) for one in kept["categories"])
    return _Weights(categories, tuple(kept["begin"]), kept["spelling"], letters, rows)


def recognised(there: Suspects) -> Recognised:
    """The likeliest attack among the sentences that stand out; in a long text several that may be one are one as well."""
    known, best, odds = words(), NONE, list[float]()
    for sentence in there.sentences:
        meant = read(sentence, known)
        concepts = frozenset().union(*(meaning for _, meaning in meant))
        if len(concepts) < 2:
            continue
        odd, category = _odds(sentence, features(meant))
        odds.append(odd)
        if odd > best.odds:
            best = Recognised(odd, category, not concepts.isdisjoint(_OUTSIDE))
            if best.likely > CLEAR and there.count > LONG:
                break
    if there.count > LONG and len(odds) >= SEVERAL:
        together = sum(sorted(odds)[-SEVERAL:]) / SEVERAL + SEVERAL_ADD
        best = replace(best, odds=max(best.odds, together))
    return replace(best, sentences=there.count)


def _odds(sentence: str, found: set[str]) -> tuple[float, Category]:
    """What the sentence means and how it is spelled, together: the logarithm of the odds."""
    weights = _weights()
    sums = [*weights.begin]
    for one in found:
        if row := weights.features.get(one):
            sums = [total + part for total, part in zip(sums, row, strict=True)]
    meaning = math.log(sum(math.exp(min(total / 100, 50)) for total in sums))
    letters = weights.letters
    spelling = sum(share * letters[group] for group, share in groups(sentence).items()) / 8 + weights.spelling / 100
    return SURE * max(-50.0, meaning + spelling), weights.categories[sums.index(max(sums))]
