"""Variables and quotes in a word of a Dockerfile, as the engine's shell lexer fills them in.

Written after BuildKit's `frontend/dockerfile/shell/lex.go`. Forms that only some of its releases know (`${x-y}`,
`${x#y}`, `$1`) are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from preview_runtime.containers.dockerfiles.lines import GAP
from preview_runtime.phrases import Phrase

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REFERENCE: Final = re.compile(r"\$\{?(\w+)")
_DEEPEST: Final = 20
_UNKNOWN: Final = 500  # characters: a variable that the base image may have set
_LONGEST_VALUE: Final = 100_000
_LONGEST_TEXT: Final = 1_000_000


class NotRead(ValueError):
    """A word whose value is not known here; `says` tells why."""

    def __init__(self, says: Phrase) -> None:
        super().__init__(str(says))
        self.says = says


def filled(word: str, values: Mapping[str, str], escape: str) -> str:
    """`word` without its quotes and with `values` in it; a variable without one is empty. Raises `NotRead`."""
    reader = _Reader(word, values, escape)
    return reader.until("")


def quoted_words(rest: str, escape: str) -> Iterator[str]:
    """The words of an ARG: white space in quotes or after an escape belongs to them."""
    word, quote, place = "", "", 0
    while place < len(rest):
        character = rest[place]
        if not quote and GAP.fullmatch(character):
            if word:
                yield word
            word = ""
        else:
            word += character
            if character == escape and quote != "'" and place + 1 < len(rest):
                place += 1
                word += rest[place]
            elif character == quote:
                quote = ""
            elif not quote and character in "\"'":
                quote = character
        place += 1
    if word:
        yield word


class _Reader:
    """One word, read from left to right."""

    def __init__(self, word: str, values: Mapping[str, str], escape: str) -> None:
        self._word = word
        self._values = values
        self._escape = escape
        self._place = 0
        self._depth = 0

    def until(self, end: str) -> str:
        """The text before the next `end` outside quotes ("": up to the end of the word)."""
        out = ""
        while (character := self._next()) != end:
            if not character:
                raise NotRead(Phrase("dockerfile.word.early"))
            if character == "'":
                out += self._single()
            elif character == '"':
                out += self._double()
            elif character == "$":
                out += self._variable()
            elif character == self._escape:
                out += self._next()
            else:
                out += character
        return out

    def _next(self) -> str:
        character = self._word[self._place : self._place + 1]
        self._place += 1
        return character

    def _single(self) -> str:
        end = self._word.find("'", self._place)
        if end < 0:
            raise NotRead(Phrase("dockerfile.word.quote"))
        out = self._word[self._place : end]
        self._place = end + 1
        return out

    def _double(self) -> str:
        out = ""
        while (character := self._next()) != '"':
            if not character:
                raise NotRead(Phrase("dockerfile.word.quote"))
            if character == "$":
                out += self._variable()
            elif character == self._escape:
                after = self._next()
                out += after if after in ('"', "$", self._escape) else character + after
            else:
                out += character
        return out

    def _variable(self) -> str:
        braces = self._word.startswith("{", self._place)
        self._place += braces
        name = _NAME.match(self._word, self._place)
        if not name or not self._word.isascii():
            raise NotRead(Phrase("dockerfile.word.name"))
        self._place = name.end()
        value = self._values.get(name[0], "")
        if not braces:
            return value
        sign = self._next()
        if sign == "}":
            return value
        sign += self._next()
        if sign not in (":-", ":+"):
            raise NotRead(Phrase("dockerfile.word.braces"))
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotRead(Phrase("dockerfile.word.deep"))
        other = self.until("}")
        self._depth -= 1
        return (value or other) if sign == ":-" else (other if value else "")


class Lengths:
    """The possible size of the engine's variables: it holds them in memory, and each line `ENV a=$a$a` doubles one."""

    def __init__(self, escape: str) -> None:
        self._escape = escape
        self._longest: dict[str, int] = {}
        self._any = _UNKNOWN

    def fit(self, name: str, rest: str) -> bool:
        """Whether an instruction stays within the limits with its variables filled in; the variables it sets are
        remembered."""
        if self._filled(rest) > _LONGEST_TEXT:
            return False
        if name in ("ENV", "ARG"):
            words = list(quoted_words(rest, self._escape))
            if name == "ENV" and words and "=" not in words[0]:
                words = [f"{words[0]}={' '.join(words[1:])}"]  # ENV name value
            for word in words:
                variable, _, value = word.partition("=")
                length = self._filled(value)
                if length > _LONGEST_VALUE:
                    return False
                if _NAME.fullmatch(variable):
                    self._longest[variable] = max(length, self._longest.get(variable, 0))
                else:
                    self._any = max(length, self._any)  # quoted, or a variable itself: it may be any name
        return True

    def _filled(self, text: str) -> int:
        return len(text) + sum(max(self._longest.get(name, 0), self._any) for name in _REFERENCE.findall(text))
