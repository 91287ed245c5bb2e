"""What the words of a folded text mean, in any of eleven languages, as `words.toml` beside this file says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from builder.safety.judging.folding import fold

WORDS: Final = Path(__file__).with_name("words.toml")
SIGNS: Final = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Characters of writing without spaces."""
# Devanagari's vowel signs are no letters to `re`, and belong to their word.
_PIECES: Final = re.compile(rf"[{SIGNS}]+|(?:[^\W_{SIGNS}]|[\u0900-\u0963])+")
_SIGNS: Final = re.compile(f"[{SIGNS}]")
_FIRST_SIGN: Final = SIGNS[0]
_ARABIC: Final = re.compile(r"[\u0621-\u064a]")
_ONE_LETTER: Final = str.maketrans("ةى", "هي")
_MOST_KNOWN: Final = 50_000
"""Words whose meaning is remembered."""
_LONGEST_PHRASE: Final = 4

Meaning = frozenset[str]
NOTHING: Final[Meaning] = frozenset()


@dataclass(slots=True)
class Words:
    """`whole`: concepts by word; `stems`: by what a word begins with; `phrases`: by words joined with spaces; `signs`: by
    what stands in Chinese and Japanese."""

    whole: Mapping[str, Meaning]
    stems: Mapping[str, Meaning]
    phrases: Mapping[str, Meaning]
    signs: Mapping[str, Meaning]
    _begin: frozenset[str]
    _longest_stem: int
    _longest_sign: int
    _known: dict[str, Meaning] = field(default_factory=dict)

    def read(self, text: str) -> list[tuple[str, Meaning]]:
        """The words of the folded `text` with what each means; of writing without spaces those that mean something."""
        pieces = _PIECES.findall(text.translate(_ONE_LETTER) if _ARABIC.search(text) else text)
        read: list[tuple[str, Meaning]] = []
        at = 0
        while at < len(pieces):
            piece = pieces[at]
            if piece[0] >= _FIRST_SIGN and _SIGNS.match(piece):
                self._read_signs(piece, read)
            elif piece in self._begin and (found := self._phrase(pieces, at)):
                read.append(found)
                at += found[0].count(" ")
            else:
                read.append((piece, self.meaning(piece)))
            at += 1
        return read

    def meaning(self, word: str) -> Meaning:
        """What one word means."""
        found = self._known.get(word)
        if found is None:
            found = self._looked_up(word)
            if len(self._known) < _MOST_KNOWN:
                self._known[word] = found
        return found

    def _looked_up(self, word: str) -> Meaning:
        if _ARABIC.match(word):
            return self._arabic(word)
        return self._plain(word)

    def _plain(self, word: str) -> Meaning:
        found = self.whole.get(word, NOTHING)
        for end in range(2, min(len(word), self._longest_stem) + 1):
            if stem := self.stems.get(word[:end]):
                found = found | stem
        return found

    def _arabic(self, word: str) -> Meaning:
        """Arabic joins "and", "the", "with", "to" and "my" to the word."""
        found = self._plain(word)
        for begin in ("ال", "و", "ف", "ب", "ل", "ك", "وال", "بال", "لل", "فال"):
            if not found and word.startswith(begin) and len(word) > len(begin) + 2:
                found = self._plain(word[len(begin) :])
        return found or (self._plain(word[:-1]) if word.endswith(("ك", "ي", "ه")) and len(word) > 4 else NOTHING)

    def _phrase(self, pieces: list[str], at: int) -> tuple[str, Meaning] | None:
        for size in range(_LONGEST_PHRASE, 1, -1):
            joined = " ".join(pieces[at : at + size])
            if meaning := self.phrases.get(joined):
                return joined, meaning | frozenset().union(*(self.meaning(one) for one in pieces[at : at + size]))
        return None

    def _read_signs(self, run: str, read: list[tuple[str, Meaning]]) -> None:
        at = 0
        while at < len(run):
            for size in range(min(self._longest_sign, len(run) - at), 0, -1):
                if meaning := self.signs.get(run[at : at + size]):
                    read.append((run[at : at + size], meaning))
                    at += size
                    break
            else:
                at += 1


@cache
def words() -> Words:
    """The words of `words.toml`. Raises ValueError where it cannot be read."""
    whole: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    phrases: dict[str, set[str]] = {}
    signs: dict[str, set[str]] = {}
    for concept, by_language in tomllib.loads(WORDS.read_text(encoding="utf-8")).items():
        for written in " ".join(by_language.values()).split():
            word = fold(written.rstrip("*").replace("_", " "))
            if _ARABIC.search(word):
                word = word.translate(_ONE_LETTER)
            kind = (
                signs if _SIGNS.search(word) else phrases if " " in word else stems if written.endswith("*") else whole
            )
            kind.setdefault(word, set()).add(concept)
    return Words(
        _frozen(whole), _frozen(stems), _frozen(phrases), _frozen(signs),
        frozenset(phrase.partition(" ")[0] for phrase in phrases), max(map(len, stems)), max(map(len, signs)),
    )  # fmt: skip


def _frozen(read: Mapping[str, set[str]]) -> dict[str, Meaning]:
    return {word: frozenset(concepts) for word, concepts in read.items()}
