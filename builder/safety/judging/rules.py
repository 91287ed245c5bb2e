"""The rules of the guard, as `rules.toml` beside this file states them; its head explains the patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from builder.safety.verdicts import Category, GuardVerdict

RULES: Final = Path(__file__).with_name("rules.toml")
END: Final = "end"
"""The class of the end of a sentence."""
# Words that many sentences have: a pattern is not looked for because of them.
_COMMON: Final = frozenset({
    "a", "all", "and", "any", "app", "as", "at", "base", "before", "code", "data", "database", "every", "files", "get",
    "in", "is", "key", "keys", "like", "line", "me", "new", "no", "not", "now", "null", "on", "only", "of", "project",
    "set", "show", "start", "that", "the", "this", "to", "turn", "use", "using", "void", "what", "with", "without", "you",
    "your",
})  # fmt: skip
_WORDS: Final = re.compile(r"[a-z0-9]+")
_MOST_FOUND: Final = 20_000
"""Sets of classes whose patterns are remembered."""


@dataclass(frozen=True, slots=True)
class WordStep:
    """A word of the classes in `bits` has to come, with at most `gap` other words before it."""

    bits: int
    gap: int


@dataclass(frozen=True, slots=True)
class WordPattern:
    """`core`: the bits of the step that fewest sentences have."""

    steps: tuple[WordStep, ...]
    core: int


@dataclass(frozen=True, slots=True)
class GuardRule:
    """`where`: a text that has to be there, and the expression; `needed`: classes, one of which stands before it."""

    id: str
    category: Category
    verdict: GuardVerdict
    patterns: tuple[WordPattern, ...]
    where: tuple[tuple[str, re.Pattern[str]], ...]
    needed: int
    unless: frozenset[str]
    catches: tuple[str, ...]
    passes: tuple[str, ...]


Fitting = tuple[tuple[GuardRule, WordPattern], ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """`words`: the classes of each word, as bits; `bits`: those of each class."""

    all: tuple[GuardRule, ...]
    words: Mapping[str, int]
    bits: Mapping[str, int]
    known: frozenset[str]
    _patterns: tuple[tuple[int, GuardRule, WordPattern], ...] = field(repr=False)
    _found: dict[int, Fitting] = field(default_factory=dict, repr=False)

    def classes(self, sentence: str) -> int:
        """The classes of the words of a folded sentence, with that of its end."""
        present = self.bits[END]
        for word in self.known.intersection(_WORDS.findall(sentence)):
            present |= self.words[word]
        return present

    def fitting(self, present: int) -> Fitting:
        """The patterns that a sentence whose words are of the classes `present` could fit."""
        found = self._found.get(present)
        if found is None:
            found = tuple(
                (rule, pattern)
                for core, rule, pattern in self._patterns
                if present & core and all(present & step.bits for step in pattern.steps)
            )
            if len(self._found) < _MOST_FOUND:
                self._found[present] = found
        return found


@cache
def rules() -> Rules:
    """Raises ValueError where a pattern names a class that is not there."""
    kept = tomllib.loads(RULES.read_text(encoding="utf-8"))
    return _Reading({name: frozenset(text.split()) for name, text in kept["classes"].items()}).read(kept["rule"])


class _Reading:
    def __init__(self, classes: Mapping[str, frozenset[str]]) -> None:
        self._classes = dict(classes)
        self._bits = {name: 1 << place for place, name in enumerate([END, *classes])}

    def read(self, raw: Iterable[Mapping[str, Any]]) -> Rules:
        made = tuple(self._rule(one) for one in raw)
        words: dict[str, int] = {}
        for name, members in self._classes.items():
            for word in members:
                words[word] = words.get(word, 0) | self._bits[name]
        for word in [*words]:
            words[f"{word}s"] = words.get(f"{word}s", 0) | words[word]  # several, or "the server's"
        patterns = tuple((pattern.core, rule, pattern) for rule in made for pattern in rule.patterns)
        return Rules(made, words, self._bits, frozenset(words), patterns)

    def _rule(self, raw: Mapping[str, Any]) -> GuardRule:
        return GuardRule(
            raw["id"], Category(raw["category"]), GuardVerdict(raw["verdict"]),
            tuple(self._pattern(pattern) for pattern in raw.get("patterns", ())),
            tuple((needle, re.compile(expression)) for needle, expression in raw.get("where", ())),
            self._of(raw["with"]) if "with" in raw else 0, frozenset(raw.get("unless", ())),
            tuple(raw["catches"]), tuple(raw["passes"]),
        )  # fmt: skip

    def _pattern(self, pattern: str) -> WordPattern:
        steps, cores, gap = [], [], 0
        for part in pattern.split():
            if part.startswith(".."):
                gap = int(part[2:])
                continue
            steps.append(WordStep(self._of(part), gap))
            gap = 0
            names = part.split("|")
            if END not in names:
                words = frozenset().union(*(self._classes[name] for name in names))
                cores.append((len(words & _COMMON), len(words), steps[-1].bits))
        return WordPattern(tuple(steps), min(cores)[2])

    def _of(self, part: str) -> int:
        bits = 0
        for name in part.split("|"):
            if name.startswith("=") and name not in self._bits:
                self._bits[name] = 1 << len(self._bits)
                self._classes[name] = frozenset({name[1:]})
            if name not in self._bits:
                raise ValueError(f"rules.toml has no class {name!r}")
            bits |= self._bits[name]
        return bits
