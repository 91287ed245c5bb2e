"""Values that are not written as they are: in pieces, in codes, backwards, as numbers."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

_LONGEST: Final = 300_000
"""Characters of a text that is looked through for pieces."""
_MOST: Final = 400
_NAME: Final = r"[A-Za-z_$][\w$]{0,60}"
_STRING: Final = r"[rbuf@]{0,2}(?:\"(?:[^\"\\\n]|\\.){0,400}\"|'(?:[^'\\\n]|\\.){0,400}'|`(?:[^`\\$]|\\.){0,400}`)"
_TERM: Final = rf"(?:{_STRING}|(?:{_NAME}\.)?{_NAME}(?:\[\d\])?)"
_GIVEN: Final = re.compile(rf"({_NAME})(?:\s?:\s?[\w.\[\]]{{1,20}})?\s{{0,3}}(?::=|=(?![=>])|:)\s{{0,3}}({_STRING})(?=\s*(?:[,;)}}\n]|\Z|//|#))")
_SUM: Final = re.compile(rf"{_TERM}(?:\s{{0,40}}(?:\+|\.\.?|&|<>|~|\\?\n[ \t]{{0,40}}(?=[rbuf]{{0,2}}[\"'`]))\s{{0,40}}{_TERM}){{1,12}}|(?:{_STRING})(?:[ \t]{{1,4}}(?:{_STRING})){{1,8}}")
_PIECE: Final = re.compile(_TERM)
_LIST: Final = re.compile(rf"[\[({{]\s{{0,40}}(?P<terms>{_TERM}(?:\s{{0,40}},\s{{0,40}}{_TERM}){{1,24}})\s{{0,10}},?\s{{0,40}}[\])}}]")
_JOINS: Final = re.compile(r"(?i)join|concat|implode|reduce|strcat|\.reverse|reversed")
_FILLED: Final = re.compile(rf"(?:f\"[^\"\n]{{0,200}}\"|f'[^'\n]{{0,200}}'|`[^`\n]{{0,200}}`|\"[^\"\n]{{0,200}}#\{{[^\"\n]{{0,200}}\"|\"[^\"\n]{{0,80}}\$\{{?[^\"\n]{{0,200}}\")")
_HOLE: Final = re.compile(rf"[$#]?\{{({_NAME})\}}|\$({_NAME})")
_ESCAPED: Final = re.compile(r"(?:\\x[0-9a-fA-F]{2}|\\u00[0-9a-fA-F]{2}|\\u\{[0-9a-fA-F]{2}\}|%[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]{2,3};|\\[0-3][0-7]{2}|[\w-]){10,1200}")
_NUMBERS: Final = re.compile(r"[\[({]\s{0,20}((?:0x[0-9a-fA-F]{1,2}|\d{1,3})(?:\s{0,20},\s{0,20}(?:0x[0-9a-fA-F]{1,2}|\d{1,3})){11,600})\s{0,20},?\s{0,20}[\])}]")
_CODED: Final = re.compile(r"(?<![\w+/=-])([A-Za-z0-9+/_-]{20,6000}={0,2})(?![\w+/=-])")
_HEX: Final = re.compile("(?:[0-9a-fA-F]{2}){10,2000}")
_DATA: Final = re.compile(r"(?:base64,|sha(?:1|256|384|512)[-:=]|integrity[\"']?[:=]\s?[\"']|mappings\\?\":\\?\")\Z")
_BACKWARDS: Final = re.compile(r"\[::-1\]|\.reverse\(|reversed\(|strrev\(|\.reverse\b|rev\b")
_ANY_STRING: Final = re.compile(r"\"([^\"\\\s]{12,400})\"|'([^'\\\s]{12,400})'|`([^`\\\s]{12,400})`")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a place of a text means: `text`, written from `start` to `end`. `value`: it stands where a value stands, so that
    its name says something of it."""

    text: str
    start: int
    end: int
    value: bool = False


def meant(text: str) -> Iterator[Meant]:
    """What the text means at places where it is written otherwise."""
    yield from _decoded(text)
    if len(text) > _LONGEST:
        return
    if "\\x" in text or "\\u" in text or "%" in text or "&#" in text or "\\1" in text:
        yield from _unescaped(text)
    yield from _numbers(text)
    if _BACKWARDS.search(text):
        for found in _ANY_STRING.finditer(text):
            value = found[found.lastindex or 1]
            yield Meant(value[::-1], found.start(), found.end())
    if re.search(r"(?i)rot_?13", text):
        for found in _ANY_STRING.finditer(text):
            yield Meant(codecs.encode(found[found.lastindex or 1], "rot13"), found.start(), found.end())
    yield from _pieces(text)


def _decoded(text: str) -> Iterator[Meant]:
    """What base64 and hexadecimal digits say, where it is text; twice, where they do so twice."""
    for found in _CODED.finditer(text):
        coded = found[1]
        if _DATA.search(text, max(0, found.start() - 16), found.start()):
            continue
        for plain in decodings(coded):
            yield Meant(plain, found.start(), found.end())
            for inner in _CODED.findall(plain)[:4]:
                for twice in decodings(inner):
                    yield Meant(twice, found.start(), found.end())


def decodings(coded: str) -> Iterator[str]:
    """The texts that a value may be, coded; only what is printable."""
    if _HEX.fullmatch(coded):
        body = bytes.fromhex(coded)
    else:
        plain = coded.replace("-", "+").replace("_", "/").rstrip("=")
        if len(plain) % 4 == 1:
            return
        try:
            body = base64.b64decode(plain + "=" * (-len(plain) % 4))
        except (ValueError, binascii.Error):
            return
    # Most are no text: the first bytes say it.
    if any(byte > 126 or (byte < 32 and byte not in (9, 10, 13)) for byte in body[:24]):
        return
    try:
        said = body.decode("ascii")
    except UnicodeDecodeError:
        return
    if all(one.isprintable() or one in "\r\n\t" for one in said):
        yield said


def _unescaped(text: str) -> Iterator[Meant]:
    for found in _ESCAPED.finditer(text):
        written = found[0]
        marks = written.count("\\") + written.count("%") + written.count("&#")
        if marks < 6:
            continue
        plain = re.sub(r"&#(x?)([0-9a-fA-F]{2,3});", lambda one: chr(int(one[2], 16 if one[1] else 10)), written)
        plain = re.sub(r"\\(?:x|u00)([0-9a-fA-F]{2})|\\u\{([0-9a-fA-F]{2})\}", lambda one: chr(int(one[1] or one[2], 16)), plain)
        plain = re.sub(r"\\([0-3][0-7]{2})", lambda one: chr(int(one[1], 8)), plain)
        plain = unquote(plain)
        if plain.isascii() and plain.isprintable():
            yield Meant(plain, found.start(), found.end(), True)


def _numbers(text: str) -> Iterator[Meant]:
    for found in _NUMBERS.finditer(text):
        values = [int(one.strip(), 0) if one.strip().startswith("0x") else int(one) for one in found[1].split(",")]
        if all(32 <= value < 127 for value in values):
            yield Meant("".join(map(chr, values)), found.start(), found.end(), True)
        elif all(value < 256 for value in values) and len(values) in (16, 24, 32, 48, 64) and len(set(values)) >= len(values) * 0.7:
            yield Meant(bytes(values).hex(), found.start(), found.end(), True)


def _pieces(text: str) -> Iterator[Meant]:
    """Strings that are put together, from themselves and from names that are given strings in the same text."""
    given = {name: _inner(written) for name, written in _GIVEN.findall(text)[:_MOST]}
    for place in [found for found in _SUM.finditer(text)][:_MOST]:
        parts = [_resolved(one, given) for one in _PIECE.findall(place[0])]
        yield from _whole(parts, place)
    if _JOINS.search(text) or '""' in text or "''" in text:
        for place in [found for found in _LIST.finditer(text)][:_MOST]:
            around = text[max(0, place.start() - 40) : place.start()] + " " + text[place.end() : place.end() + 60]
            if not _JOINS.search(around):
                continue
            parts = [_resolved(one, given) for one in _PIECE.findall(place["terms"])]
            if re.search(r"reverse|\[::-1\]", around):
                yield from _whole(parts[::-1], place)
                yield from _whole(["".join(part or "" for part in parts)[::-1], ""], place)
            yield from _whole(parts, place)
    for place in _FILLED.finditer(text):
        if not _HOLE.search(place[0]):
            continue
        filled = _HOLE.sub(lambda hole: given.get(hole[1] or hole[2], hole[0]), place[0])
        if filled != place[0]:
            yield Meant(filled.lstrip("fbr")[1:-1], place.start(), place.end(), True)


def _whole(parts: list[str | None], place: re.Match[str]) -> Iterator[Meant]:
    known = [part for part in parts if part is not None]
    if len(known) >= 2 and (whole := "".join(known)) and len(whole) >= 12:
        yield Meant(whole, place.start(), place.end(), None not in parts)


def _resolved(term: str, given: dict[str, str]) -> str | None:
    if term.lstrip("rbuf@")[:1] in ("\"", "'", "`") and term[-1:] in "\"'`":
        return _inner(term)
    return given.get(term.rpartition(".")[2])


def _inner(written: str) -> str:
    return written.lstrip("rbuf@")[1:-1]
