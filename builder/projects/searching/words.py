"""The words of a text, as they are stored and asked for. Pure: no I/O.

A word is a run of letters, digits and `_`, in small letters and without accents. A name of code counts as a whole and by
its parts, so that `addBook` is found by "addbook", "add" and "book".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MOST_WORDS: Final = 4_000
"""Of one text; the first ones count."""
MOST_TERMS: Final = 8
_MOST_CHARACTERS: Final = 256 * 1024
_LONGEST: Final = 40
_LEAST: Final = 2
_RUN: Final = re.compile(r"\w+")
# "parseHTMLTree2" → parse, HTML, Tree, 2; a run without capital letters or digits inside is one part.
_PART: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W0-9A-Za-z_]+")


def folded(text: str) -> str:
    """In small letters, without accents and with one form for each letter. It may have another length."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).lower()


def words_of(text: str) -> list[str]:
    """The different words of a text, in the order of their first appearance; at most `MOST_WORDS`."""
    found: dict[str, None] = {}
    for run in _RUN.findall(text[:_MOST_CHARACTERS]):
        for word in _of_run(run):
            found.setdefault(word)
        if len(found) >= MOST_WORDS:
            break
    return [*found]


def _of_run(run: str) -> Iterator[str]:
    whole = folded(run)
    yield whole[:_LONGEST]
    if whole == run and "_" not in run and not any(letter.isdigit() for letter in run):
        return
    for segment in filter(None, run.split("_")):
        for part in (segment, *_PART.findall(segment)):
            if len(part) >= _LEAST and (word := folded(part)) != whole:
                yield word[:_LONGEST]


def terms_of(query: str) -> list[str]:
    """The beginnings of words that a person asks for: all of them have to be there. At most `MOST_TERMS`."""
    found = dict.fromkeys(folded(run)[:_LONGEST] for run in _RUN.findall(query[:1_000]))
    return [*found][:MOST_TERMS]


def place_of(text: str, terms: list[str]) -> tuple[int, str] | None:
    """The line that shows most of `terms`, the first of several: its number from 1 and its text. None when no line
    shows any."""
    best: tuple[int, int, str] | None = None
    for number, line in enumerate(text[:_MOST_CHARACTERS].splitlines(), 1):
        plain = folded(line)
        shown = sum(term in plain for term in terms)
        if shown and (best is None or shown > best[0]):
            best = (shown, number, line)
            if shown == len(terms):
                break
    return (best[1], best[2]) if best else None


def excerpt(line: str, terms: list[str], most: int = 160) -> tuple[str, list[tuple[int, int]]]:
    """At most `most` characters of a line around the first term, and where the terms stand in them: (from, to) in
    characters."""
    spans = _spans(line, terms)
    start = len(line) - len(line.lstrip())
    if spans and spans[0][1] - start > most:
        start = max(0, spans[0][0] - most // 4)
    shown = line[start : start + most].rstrip()
    inside = [(a - start, b - start) for a, b in spans if a >= start and b - start <= len(shown)]
    return shown, inside


def _spans(line: str, terms: list[str]) -> list[tuple[int, int]]:
    """Where the terms stand in the line itself, which may be longer or shorter than its folded form."""
    plain, origin = "", []
    for at, letter in enumerate(line):
        small = folded(letter)
        plain += small
        origin += [at] * len(small)
    found: list[tuple[int, int]] = []
    for term in sorted(terms, key=len, reverse=True):
        at = plain.find(term)
        while at >= 0:
            span = origin[at], origin[at + len(term) - 1] + 1
            if all(span[1] <= a or b <= span[0] for a, b in found):
                found.append(span)
            at = plain.find(term, at + len(term))
    return sorted(found)
