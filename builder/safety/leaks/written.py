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

_LONGEST: Final = 400_000
"""Characters of a text that is looked through for pieces."""
_NAME: Final = r"[A-Za-z_$][\w$]{0,60}"
_STRING: Final = r"[rbuf@]{0,2}(?:\"(?:[^\"\\\n]|\\.){0,400}\"|'(?:[^'\\\n]|\\.){0,400}'|`(?:[^`\\$]|\\.){0,400}`)"
_TERM: Final = rf"(?:{_STRING}|(?:{_NAME}\.)?{_NAME}(?:\[\d\])?)"
_GIVEN: Final = re.compile(
    r"[=:]\s{0,3}([rbuf]{0,2}(?:\"[^\"\\\s]{3,200}\"|'[^'\\\s]{3,200}'|`[^`\\\s$]{3,200}`))(?=\s*(?:[,;)}\n]|\Z|//|#))"
)
_WORD: Final = re.compile(r"[rbuf]?[\"'`][A-Za-z][a-z]{2,}(?:[-. ][a-z]+)*[\"'`]")
_GIVEN_TO: Final = re.compile(rf"({_NAME})(?:\s?:\s?[\w.\[\]]{{1,20}})?\s{{0,3}}:?\Z")
_JOINT: Final = re.compile(
    r"[\"'`]\s{0,40}(?:\+|\.\.?(?=\s|[\"'])|&(?=\s)|<>|~)\s{0,40}[\w\"'`]|[\w\])]\s{0,3}\+\s{0,40}[\"'`]|[\"'][ \t]{0,4}\\?\n[ \t]{0,40}[rbuf]{0,2}[\"'`]|[=(][ \t]?(?:\"[^\"\n]{2,60}\"[ ]{1,4}(?=\")|'[^'\n]{2,60}'[ ]{1,4}(?='))"
)
_PLUS: Final = re.compile(rf"({_NAME})\s{{0,3}}\+\s{{0,3}}({_NAME})")
_SUM: Final = re.compile(
    rf"{_TERM}(?:\s{{0,40}}(?:\+|\.\.?|&|<>|~|\\?\n[ \t]{{0,40}}(?=[rbuf]{{0,2}}[\"'`])|[ \t]{{1,4}}(?=[\"']))\s{{0,40}}{_TERM}){{1,12}}"
)
_PIECE: Final = re.compile(_TERM)
_LIST: Final = re.compile(
    rf"[\[({{]\s{{0,40}}(?P<terms>{_TERM}(?:\s{{0,40}},\s{{0,40}}{_TERM}){{1,24}})\s{{0,10}},?\s{{0,40}}[\])}}]"
)
_NAMED_LIST: Final = re.compile(
    rf"({_NAME})\s{{0,3}}=\s{{0,3}}[\[(]\s{{0,20}}(?P<terms>{_STRING}(?:\s{{0,20}},\s{{0,20}}{_STRING}){{1,12}})\s{{0,10}},?\s{{0,10}}[\])]"
)
_JOINS: Final = re.compile(r"(?i)join|concat|implode|reduce|strcat|\.reverse|reversed")
_HOLE: Final = re.compile(rf"[$#]?\{{\s?({_NAME})\s?\}}|\$({_NAME})")
_ESCAPE: Final = re.compile(
    r"(?:\\x[0-9a-fA-F]{2}|\\u00[0-9a-fA-F]{2}|\\u\{[0-9a-fA-F]{2}\}|%[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]{2,3};|\\[0-3][0-7]{2})"
)
_ESCAPED: Final = re.compile(rf"(?:{_ESCAPE.pattern}[\w-]{{0,4}}){{6,300}}[\w-]{{0,200}}")
_BEFORE_IT: Final = re.compile(r"[\w-]{1,200}\Z")
_NUMBERS: Final = re.compile(
    r"[\[({]\s{0,20}((?:0x[0-9a-fA-F]{1,2}|\d{1,3})(?:\s{0,20},\s{0,20}(?:0x[0-9a-fA-F]{1,2}|\d{1,3})){11,600})\s{0,20},?\s{0,20}[\])}]"
)
_CODED: Final = re.compile(r"(?<![\w+/=-])([A-Za-z0-9+/_-]{20,6000}={0,2})(?![\w+/=-])")
_HEX: Final = re.compile("(?:[0-9a-fA-F]{2}){10,2000}")
_DATA: Final = re.compile(r"(?:base64,|sha(?:1|256|384|512)[-:=]|integrity[\"']?[:=]\s?[\"']|mappings\\?\":\\?\")\Z")
_BACKWARDS: Final = re.compile(r"\[::-1\]|\.reverse\(|reversed\(|strrev\(|\.reverse\b")
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
    if _ESCAPE.search(text):
        yield from _unescaped(text)
    yield from _numbers(text)
    backwards, turned = _BACKWARDS.search(text), re.search(r"(?i)rot_?13", text)
    for found in _ANY_STRING.finditer(text) if backwards or turned else ():
        value = found[found.lastindex or 1]
        if backwards:
            yield Meant(value[::-1], found.start(), found.end())
        if turned:
            yield Meant(codecs.encode(value, "rot13"), found.start(), found.end())
    yield from _Pieces(text).put_together()


def _decoded(text: str) -> Iterator[Meant]:
    """What base64 and hexadecimal digits say, where it is text; twice, where they do so twice."""
    for found in _CODED.finditer(text):
        plain = decoding(found[1])
        if plain and not _DATA.search(text, max(0, found.start() - 16), found.start()):
            yield Meant(plain, found.start(), found.end())
            for inner in _CODED.findall(plain)[:4]:
                if twice := decoding(inner):
                    yield Meant(twice, found.start(), found.end())


def decoding(coded: str) -> str:
    """The printable text that a value is, coded; else ""."""
    # Most are no text: the first bytes say it.
    if not _printable(_bytes_of(coded[:32])):
        return ""
    said = _bytes_of(coded)
    return said.decode("ascii") if _printable(said) else ""


def _bytes_of(coded: str) -> bytes:
    if _HEX.fullmatch(coded):
        return bytes.fromhex(coded)
    plain = coded.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return b"" if len(plain) % 4 == 1 else base64.b64decode(plain + "=" * (-len(plain) % 4))
    except (ValueError, binascii.Error):
        return b""


def _printable(body: bytes) -> bool:
    return bool(body) and all(32 <= byte < 127 or byte in (9, 10, 13) for byte in body)


def _unescaped(text: str) -> Iterator[Meant]:
    for found in _ESCAPED.finditer(text):
        before = _BEFORE_IT.search(text, max(0, found.start() - 200), found.start())
        begin = before.start() if before else found.start()
        plain = re.sub(
            r"&#(x?)([0-9a-fA-F]{2,3});", lambda one: chr(int(one[2], 16 if one[1] else 10)), text[begin : found.end()]
        )
        plain = re.sub(
            r"\\(?:x|u00)([0-9a-fA-F]{2})|\\u\{([0-9a-fA-F]{2})\}", lambda one: chr(int(one[1] or one[2], 16)), plain
        )
        plain = unquote(re.sub(r"\\([0-3][0-7]{2})", lambda one: chr(int(one[1], 8)), plain))
        if plain.isascii() and plain.isprintable():
            yield Meant(plain, begin, found.end(), True)


def _numbers(text: str) -> Iterator[Meant]:
    for found in _NUMBERS.finditer(text):
        values = [int(one.strip(), 16 if "x" in one else 10) for one in found[1].split(",")]
        if all(32 <= value < 127 for value in values):
            yield Meant("".join(map(chr, values)), found.start(), found.end(), True)
        elif max(values) < 256 and len(values) in (16, 24, 32, 48, 64) and len(set(values)) >= len(values) * 0.7:
            yield Meant(bytes(values).hex(), found.start(), found.end(), True)


class _Pieces:
    """Strings that are put together, from themselves and from names that are given strings in the same text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._given: dict[str, str] = {}
        for found in _GIVEN.finditer(text):
            name = _GIVEN_TO.search(text, max(0, found.start() - 90), found.start())
            if name is not None and len(self._given) < 2_000 and not _WORD.fullmatch(found[1]):
                self._given.setdefault(name[1], _inner(found[1]))

    def put_together(self) -> Iterator[Meant]:
        yield from self._sums()
        if _JOINS.search(self._text):
            yield from self._lists()
            yield from self._named_lists()
        for hole in _HOLE.finditer(self._text) if self._given else ():
            if (hole[1] or hole[2]) in self._given:
                yield from self._filled(hole)

    def _sums(self) -> Iterator[Meant]:
        reached = 0
        joints = [joint.start() for joint in _JOINT.finditer(self._text)]
        if len(self._given) > 1:
            joints += [
                one.start() for one in _PLUS.finditer(self._text) if one[1] in self._given and one[2] in self._given
            ]
        for joint in sorted(joints):
            if joint < reached:
                continue
            begin = max(reached, self._text.rfind("\n", 0, joint) + 1, joint - 300)
            for place in _SUM.finditer(self._text, begin, joint + 900):
                if place.start() > joint + 2:
                    break
                reached = place.end()
                yield from self._whole(place[0], place)

    def _lists(self) -> Iterator[Meant]:
        reached = 0
        for joins in _JOINS.finditer(self._text):
            for begin in (
                self._text.rfind("[", reached, joins.start()),
                self._text.find("[", joins.end(), joins.end() + 6),
                self._text.find("(", joins.end(), joins.end() + 2) + 1,
            ):
                if begin <= 0 or joins.start() - begin > 700:
                    continue
                place = _LIST.match(self._text, begin, begin + 900)
                if place is None or place.start() > joins.end() + 12 or place.end() < joins.start() - 40:
                    continue
                reached = max(reached, place.end())
                yield from self._whole(place["terms"], place)
                if "ever" in self._text[max(0, place.start() - 20) : place.end() + 60]:
                    yield from self._whole(place["terms"], place, backwards=True)

    def _named_lists(self) -> Iterator[Meant]:
        """`parts = ["a", "b"]`, put together elsewhere."""
        for one in _NAMED_LIST.finditer(self._text):
            whole = "".join(self._resolved(part) or "" for part in _PIECE.findall(one["terms"]))
            for use in re.finditer(
                rf"(?:[\"'`]{{2}}\.join\(\s?|implode\([^,()]{{2,4}},\s?\$?|\b){re.escape(one[1])}(?:\.join\(\s?(?:[\"'`]{{2}})?\s?\)|\s?\))",
                self._text[:_LONGEST],
            ):
                if len(whole) >= 12:
                    yield Meant(whole, use.start(), use.end(), True)

    def _filled(self, hole: re.Match[str]) -> Iterator[Meant]:
        """The string around a hole, filled."""
        start = max(self._text.rfind(mark, max(0, hole.start() - 200), hole.start()) for mark in "\"'`")
        end = min(
            (at for mark in "\"'`" if (at := self._text.find(mark, hole.end(), hole.end() + 200)) >= 0), default=-1
        )
        if start < 0 or end < 0 or "\n" in self._text[start:end]:
            return
        inner = self._text[start + 1 : end]
        filled = _HOLE.sub(lambda one: self._given.get(one[1] or one[2], one[0]), inner)
        yield Meant(filled, start, end, True)

    def _whole(self, terms: str, place: re.Match[str], *, backwards: bool = False) -> Iterator[Meant]:
        parts = [self._resolved(one) for one in _PIECE.findall(terms)]
        known = [part for part in parts if part is not None]
        whole = "".join(known[::-1] if backwards else known)
        if len(known) >= 2 and len(whole) >= 12:
            yield Meant(whole, place.start(), place.end(), None not in parts and not re.search(r"\s", whole))
            if backwards:
                yield Meant(whole[::-1], place.start(), place.end())
                yield Meant("".join(known)[::-1], place.start(), place.end())

    def _resolved(self, term: str) -> str | None:
        if term.lstrip("rbuf@")[:1] in ('"', "'", "`") and term[-1:] in "\"'`":
            return _inner(term)
        return self._given.get(term.rpartition(".")[2])


def _inner(written: str) -> str:
    return written.lstrip("rbuf@")[1:-1]
