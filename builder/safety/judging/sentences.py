"""Sentences of a folded text, word by word, and whether a rule's words in one are a wish or talk about one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from builder.safety.judging.rules import END, Rules, WordPattern

_PIECES: Final = re.compile(r"[a-z0-9]+|[\"'“”«»`‘’]|[,:()\[\]{}—–;]")
_QUOTES: Final = "\"'“”«»`‘’"
_BREAKS: Final = frozenset({"then", "depois", "entao", "afterwards", "also", "tambem", "but", "mas", "plus", "finally"})
_ANDS: Final = frozenset({"and", "e", "y", "und", "et", "n"})
_LINKS: Final = frozenset({
    "that", "which", "who", "to", "where", "can", "for", "when", "may", "with", "que", "para", "onde", "pode", "podem",
    "com", "quando", "whose", "should", "shows", "lets",
})  # fmt: skip


@dataclass(slots=True)
class Sentence:
    """`words` ends with `END`. `clause` counts breaks, `linked` also each "and"; `quoted`: inside quotation marks."""

    words: list[str]
    at: list[int]
    classes: list[int]
    clause: list[int]
    linked: list[int]
    quoted: list[bool]
    rules: Rules

    @classmethod
    def read(cls, text: str, rules: Rules) -> Sentence:
        made, known = cls([], [], [], [], [], [], rules), rules.words
        clause = linked = 0
        inside = False
        for piece in _PIECES.finditer(text):
            word = piece[0]
            if word in _QUOTES:
                inside = not inside
                continue
            if not word.isalnum():
                clause, linked = clause + 1, linked + 1
                continue
            clause += word in _BREAKS
            linked += word in _BREAKS or word in _ANDS
            made._add(word, piece.start(), known.get(word, 0), clause, linked, inside)
        made._add(END, len(text), rules.bits[END], clause, linked, False)
        return made

    def _add(self, word: str, at: int, classes: int, clause: int, linked: int, quoted: bool) -> None:
        self.words.append(word)
        self.at.append(at)
        self.classes.append(classes)
        self.clause.append(clause)
        self.linked.append(linked)
        self.quoted.append(quoted)

    def matches(self, pattern: WordPattern) -> Iterator[tuple[int, int]]:
        """(first, last) of the words that fit the pattern; in each case one for a first word."""
        begins = pattern.steps[0].bits
        for first, bits in enumerate(self.classes):
            if bits & begins:
                last = self._last(first, pattern)
                if last is not None:
                    yield first, last

    def _last(self, first: int, pattern: WordPattern) -> int | None:
        reached = {first}
        for step in pattern.steps[1:]:
            reached = {
                place
                for before in reached
                for place in range(before + 1, min(before + 2 + step.gap, len(self.words)))
                if self.classes[place] & step.bits
            }
            if not reached:
                return None
        return min(reached)

    def word_at(self, position: int) -> int:
        """The number of the first word that ends behind `position`."""
        return next(n for n, at in enumerate(self.at) if at + len(self.words[n]) > position or n == len(self.at) - 1)

    def excuses(self, first: int, last: int, unless: Collection[str], *, whole: bool) -> bool:
        """Whether one of `unless` holds for the words from `first` to `last`; `whole`: explaining counts anywhere."""
        return any(self._excuse(name, first, last, whole) for name in unless)

    def _excuse(self, name: str, first: int, last: int, whole: bool) -> bool:
        before, between = range(first), range(first, last + 1)
        match name:
            case "quoted":
                talks = any(
                    self._has(n, "quote_word", "mention", "feature") and not self.quoted[n] for n in self._all()
                )
                return self.quoted[first] and talks
            case "mention":
                mine = {self.linked[first], self.linked[last]}
                outside = (n for n in self._all() if not first <= n <= last)
                return any(self._has(n, "mention") and (whole or self.linked[n] in mine) for n in outside)
            case "inside":
                return any(
                    self._has(n, "feature", "people", "admins") and self.linked[n] == self.linked[first] for n in before
                )
            case "feature" | "people_before":
                names = ("feature",) if name == "feature" else ("people", "admins")
                return any(self._has(n, *names) and self._leads(n, first, whole) for n in before)
            case "app":
                return any(self._has(n, "feature", "people", "admins") for n in self._all())
            case "people":
                return any(self._has(n, "people") for n in [*before, *between])
            case "if":
                return any(self._has(n, "if") for n in [*before, *between])
            case "mine":
                return any(self._has(n, "i") for n in between)
            case "never":
                return any(self._has(n, "not") for n in range(max(0, first - 3), first))
            case "narrowed" | "topic":
                return self._narrowed(last, "narrows" if name == "narrowed" else name)
        raise ValueError(f"rules.toml knows no {name!r}")

    def _all(self) -> range:
        return range(len(self.words))

    def _has(self, place: int, *names: str) -> bool:
        return any(self.classes[place] & self.rules.bits[name] for name in names)

    def _leads(self, feature: int, first: int, whole: bool) -> bool:
        """Whether the words at `first` say what the part of an app at `feature` does."""
        if whole:
            return True
        if self.clause[feature] != self.clause[first]:
            return False
        linked = any(word in _LINKS for word in self.words[feature + 1 : feature + 4])
        return linked or self.linked[feature] == self.linked[first] or self._has(feature, "people", "admins")

    def _narrowed(self, last: int, by: str) -> bool:
        if last + 1 >= len(self.words) or not self._has(last + 1, by):
            return False
        rest = range(last + 2, min(last + 6, len(self.words)))
        return not any(self._has(n, "own", "safety", "told", "earlier", "all", "project", "house") for n in rest)
