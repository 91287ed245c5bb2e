"""Finds the keys of providers (`keys.forms`, `keys.more_forms`) in files.

All of them hold a run of at least `SHORTEST_RUN` characters of `RUN`: a text is looked through once for such runs, and only
those are compared with what is below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from builder.safety.keys.forms import FORMS, KeyForm
from builder.safety.keys.more_forms import MORE

RUN: Final = re.compile(r"[A-Za-z0-9_-]{20,}")
_LONGEST: Final = 400
"""Characters of a key that are compared."""


@dataclass(frozen=True, slots=True)
class KeyShape:
    """`kind` names it in the catalogue. `before` is what stands in front of the run and belongs to the key (at most 90
    characters), `body` what the run begins with; its group 1, or else all of it, is the part that is random."""

    kind: str
    body: re.Pattern[str]
    before: re.Pattern[str] | None = None


def _key(kind: str, body: str, before: str = "") -> KeyShape:
    return KeyShape(kind, re.compile(body), re.compile(f"(?:{before})\\Z") if before else None)


def _of_form(form: KeyForm) -> KeyShape:
    return _key(form.kind, f"{form.start}({form.inner}{form.of}{{{form.least},{form.most}}}){form.end}", form.before)


def _literal(pattern: str, place: re.Pattern[str]) -> str:
    """What every match of `pattern` has, as it stands, at its begin or its end."""
    found = place.search(pattern)
    return found[0].replace("\\", "") if found else ""


_AT_BEGIN: Final = re.compile(r"\A[\w-]{0,40}(?![?*{])")
_AT_END: Final = re.compile(r"(?:\\\.|[A-Za-z0-9/]){0,40}\Z")

_JWT: Final = r"(eyJ[\w-]{10,400}\.eyJ[\w-]{10,3000}\.[\w-]{16,800})"
_BY_START: Final[dict[str, list[KeyShape]]] = {
    "eyJ": [
        _key("mapbox", r"eyJ([\w-]{20,300}\.[\w-]{16,60})(?![\w.-])", r"(?<![\w.-])sk\."),
        _key("jwt", _JWT, r"(?<![\w-])"),
        _key("jwt", _JWT),
    ]
}
for _form in FORMS:
    if _form.start:
        _BY_START.setdefault(_literal(_form.start, _AT_BEGIN), []).append(_of_form(_form))
for _start, _of, _least in MORE:
    _BY_START.setdefault(_start, []).append(_key("service", f"{_start}({_of}{{{_least},250}})"))
_BY_WHAT_IS_BEFORE: Final = tuple(
    (_literal(form.before, _AT_END), _of_form(form)) for form in FORMS if form.before and not form.start
)
_IN_TWO_PARTS: Final = (
    *(_of_form(form) for form in FORMS if not form.before and not form.start),
    _key("service", r"(dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64})"),
    _key("service", r"((?:pat|sat)\.[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20})"),
)
_MAXMIND: Final = _key("service", "([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)")
_AZURE: Final = _key("service", r"([\w.~-]{31,34})", r"[\w.-]{3}\dQ~")
_STARTS: Final = tuple(sorted(_BY_START, key=len, reverse=True))
_FIRST: Final = {
    character: tuple(start for start in _STARTS if start[0] == character)
    for character in {start[0] for start in _STARTS}
}
_BEGINS: Final = re.compile("|".join(re.escape(start) for start in _STARTS if len(start) > 1) + "|A(?=[KSBC])")
_INNER: Final = re.compile(r"(?<=[_-])(?:sk_live_|sk-ant-|ghp_|github_pat_|AKIA(?=[0-9A-Z]{16}(?!\w)))")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A key in a text, from `start` to `end`; `body` is its random part."""

    kind: str
    start: int
    end: int
    body: str


def key_at(text: str, start: int, end: int) -> Suspect | None:
    """The provider's key that the run from `start` to `end` of `text` is, or is part of."""
    if _BEGINS.match(text, start) is not None and (found := _begun(text, start)):
        return found
    if text[start - 1 : start] in (".", "/") and start > 0:
        for needle, one in _BY_WHAT_IS_BEFORE:
            if text.endswith(needle, 0, start) and (found := _found(one, text, start)):
                return found
    if text[end : end + 1] == "." or text.find("-us", start, end) > 0:
        for one in _IN_TWO_PARTS:
            if found := _found(one, text, start):
                return found
    if end - start >= 28 and (inner := _INNER.search(text, start, end)) is not None:
        return _begun(text, inner.start())  # something is written in front of it, as in `token_ghp_…`
    if text.endswith("_mmk", start, end) and (found := _found(_MAXMIND, text, start)):
        return found
    if text[start - 1 : start] == "~" and (found := _found(_AZURE, text, start)):
        return found
    return None


def _begun(text: str, start: int) -> Suspect | None:
    for begins in _FIRST.get(text[start], ()):
        if text.startswith(begins, start):
            for one in _BY_START[begins]:
                if found := _found(one, text, start):
                    return found
    return None


def _found(one: KeyShape, text: str, start: int) -> Suspect | None:
    match = one.body.match(text, start, start + (_LONGEST if one.kind != "jwt" else 5_000))
    if match is None:
        return None
    begin = start
    if one.before is not None:
        ahead = one.before.search(text[max(0, start - 90) : start])
        if ahead is None:
            return None
        begin = start - len(ahead[0])
    return Suspect(one.kind, begin, match.end(), match[1])
