"""Finds the one place an edit means: exactly first, then by named fallbacks in a fixed order, each only where it
matches once. Nothing outside that place changes, and it keeps its own line endings and indentation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as with_
from difflib import SequenceMatcher
from itertools import accumulate, islice
from typing import Final, Literal

from builder.generation.edits.edit import EditFailed
from builder.generation.edits.indentation import Pair, carried, indent_of, is_star
from builder.generation.edits.nearest import alike, nearest_lines
from builder.generation.edits.spelling import spelled
from builder.texts import t

Fallback = Literal["", "line_endings", "trailing_space", "indentation", "whitespace", "spelling", "anchor"]
FALLBACKS: Final[tuple[Fallback, ...]] = (
    "line_endings",
    "trailing_space",
    "indentation",
    "whitespace",
    "spelling",
    "anchor",
)
"""How a place is looked for where the exact text is not there, in this order."""

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_BLANK_START: Final = re.compile(r"[ \t]*\n")
_ANCHOR: Final = 6  # characters that a line has to have to be told from others
_ALIKE: Final = 0.6  # of a line that the edit leaves as it is
_MOST_LINES: Final = 400  # that are compared with one another: it takes time of their product
_TAKEN_IN: Final = 2_000  # characters before a place that are shown with it, unless all are
_MOST_ODD: Final = 40  # lines that differ


@dataclass(frozen=True, slots=True)
class Placed:
    """`text[start:end]` becomes `replace`. `fallback`: how the place was found, "" where exactly."""

    start: int
    end: int
    replace: str
    fallback: Fallback = ""

    def over(self, text: str) -> str:
        return text[: self.start] + self.replace + text[self.end :]


def replace_once(text: str, find: str, replace: str) -> str:
    """`text` with the one occurrence of `find` replaced. Raises `EditFailed`."""
    return place(text, find, replace).over(text)


def place(text: str, find: str, replace: str) -> Placed:
    """Where `find` is in `text`, and what is to stand there. Raises `EditFailed`."""
    if not find.strip():
        raise EditFailed("edit_empty", t("edit.empty"))
    start = _once(text, find)
    if start >= 0:
        end = start + len(find)
        if find[0] == "\n" and text[start - 1 : start] == "\r":
            start -= 1  # a line break is not taken apart
        return Placed(start, end, _with_line_endings(text, start, end, replace))
    plain, sought, wanted = (one.replace("\r\n", "\n") for one in (text, find, replace))
    start = _once(plain, sought)
    if start >= 0:
        placed: Placed | None = Placed(start, start + len(sought), wanted, "line_endings")
    else:
        lines = _Lines(plain)
        placed = (
            _by_lines(lines, sought, wanted, _without_trailing, "trailing_space")
            or _by_lines(lines, sought, wanted, str.strip, "indentation")
            or _by_tokens(plain, sought, wanted)
            or _by_spelling(plain, sought, wanted)
            or _by_anchor(lines, sought, wanted)
        )
    if placed is None:
        shown = t("edit.nearest", wanted=find[:1_000], nearest=nearest_lines(plain, sought))
        raise EditFailed("edit_absent", t("edit.absent"), shown)
    if plain is text:
        return placed
    start, end = _in_raw(text, placed.start), _in_raw(text, placed.end)
    return with_(placed, start=start, end=end, replace=_with_line_endings(text, start, end, placed.replace))


def aligned(text: str, placed: Placed) -> Placed | None:
    """`placed` with its further lines as deep as the line it begins: for whoever looks for one line from its first sign on
    and writes the next ones from the margin. None where that is not how it is."""
    margin = text[text.rfind("\n", 0, placed.start) + 1 : placed.start]
    head, *lines = placed.replace.split("\n")
    further = [line for line in lines if line.strip()]
    if not margin or margin.strip() or "\n" in text[placed.start : placed.end]:
        return None
    if not further or any(line.startswith(margin) for line in further):
        return None
    made = "\n".join([head, *(margin + line if line.strip() else line for line in lines)])
    return with_(placed, replace=made, fallback="indentation")


def shown(text: str, placed: Placed) -> tuple[str, str]:
    """(find, replace) that do the same to whoever replaces the first place where `find` is: lines before are taken in
    until that is the one."""
    start = placed.start
    while start > 0 and text.find(text[start : placed.end]) != start:
        start = text.rfind("\n", 0, start - 1) + 1 if placed.start - start < _TAKEN_IN else 0
    return text[start : placed.end], text[start : placed.start] + placed.replace


def _once(text: str, find: str) -> int:
    """Where `find` is, -1 where it is not. Raises `EditFailed` where it is there more than once, overlapping or not."""
    start = text.find(find)
    if start >= 0 and text.find(find, start + 1) >= 0:
        raise EditFailed("edit_ambiguous", t("edit.ambiguous"), find.strip()[:1_000])
    return start


def _with_line_endings(text: str, start: int, end: int, replace: str) -> str:
    """`replace` with CRLF where the place it goes to has it."""
    within = text[start:end]
    if breaks := within.count("\n"):
        crlf = within.count("\r\n") == breaks
    else:
        at = text.find("\n", end)
        at = text.rfind("\n", 0, start) if at < 0 else at
        crlf = at > 0 and text[at - 1] == "\r"
    return replace.replace("\r\n", "\n").replace("\n", "\r\n") if crlf else replace


def _in_raw(text: str, offset: int) -> int:
    """The place in `text` that is at `offset` once each CRLF of it has become one character."""
    at = 0
    for breaks, line in enumerate(text.split("\r\n")):
        at += len(line)
        if offset <= at:
            return offset + breaks
        at += 1
    return len(text)


class _Lines:
    """A text by lines, with where each begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]

    def span(self, first: int, count: int, lead: bool, trail: bool) -> tuple[int, int]:
        """From line `first`, `count` lines, with the line break before and after where there is one."""
        last = first + count - 1
        start = self.starts[first] - (lead and first > 0)
        return start, self.starts[last] + len(self.lines[last]) + (trail and last < len(self.lines) - 1)


def _without_trailing(line: str) -> str:
    return line.rstrip()


def _cut(find: str) -> tuple[list[str], bool, bool]:
    """The whole lines of `find`, and whether it takes in the line break before and after them."""
    lead, trail = find.startswith("\n"), find.endswith("\n")
    return find[lead : len(find) - trail].split("\n"), lead, trail


def _by_lines(lines: _Lines, find: str, replace: str, key: Callable[[str], str], fallback: Fallback) -> Placed | None:
    """Whole lines that are the same under `key`."""
    sought, lead, trail = _cut(find)
    there = "\n" + "\n".join(map(key, lines.lines)) + "\n"
    at = _once(there, "\n" + "\n".join(map(key, sought)) + "\n")
    if at < 0:
        return None
    first = there.count("\n", 0, at)
    start, end = lines.span(first, len(sought), lead, trail)
    if lead and first == 0:
        replace = replace.removeprefix("\n")
    if trail and end == len(lines.text) and not lines.text.endswith("\n"):
        replace = replace.removesuffix("\n")
    found = lines.lines[first : first + len(sought)]
    made = carried(replace, _pairs(sought, found), lines.text, begins_line=not lead or first == 0)
    return None if made is None else Placed(start, end, made, fallback)


def _pairs(sought: list[str], found: list[str]) -> list[Pair]:
    both = zip(sought, found, strict=True)
    return [Pair(indent_of(one), indent_of(other), is_star(one)) for one, other in both if one.strip()]


def _by_tokens(text: str, find: str, replace: str) -> Placed | None:
    """The same words and signs with other white space between them; it may begin and end within a line."""
    sought = list(_TOKEN.finditer(find))
    there = " " + " ".join(_TOKEN.findall(text)) + " "
    at = _once(there, " " + " ".join(token[0] for token in sought) + " ")
    if at < 0:
        return None
    number = there.count(" ", 0, at)
    around = list(islice(_TOKEN.finditer(text), max(0, number - 1), number + len(sought)))
    before, found = (around[0].end(), around[1:]) if number else (0, around)
    pairs, begins_line = _token_pairs(text, find, before, list(zip(sought, found, strict=True)))
    start, end = found[0].start(), found[-1].end()
    lead, trail = find[: sought[0].start()], find[sought[-1].end() :]
    for _ in range(lead.count("\n")):
        if blank := _BLANK_START.match(replace):
            replace = replace[blank.end() :]
    for _ in range(trail.count("\n")):
        replace = replace.rstrip(" \t").removesuffix("\n")
    if trail:
        replace = replace.rstrip(" \t")
    if begins_line:
        start = text.rfind("\n", 0, start) + 1
        after = text.find("\n", end)
        if not replace.strip() and "\n" in lead + trail and after >= 0 and not text[end:after].strip():
            return Placed(start, after + 1, "", "whitespace")
    elif lead:
        replace = replace.lstrip(" \t")
    made = carried(replace, pairs, text, begins_line=begins_line) if pairs else replace
    return None if made is None else Placed(start, end, made, "whitespace")


def _by_spelling(text: str, find: str, replace: str) -> Placed | None:
    """The same letters and signs in other characters of Unicode."""
    if text.isascii() and find.isascii():
        return None
    there, places = spelled(text)
    sought, _ = spelled(find)
    at = _once(there, sought)
    end = at + len(sought)
    if at < 0 or (at and places[at] == places[at - 1]) or places[end] == places[end - 1]:
        return None  # nowhere, or in the middle of a character
    return Placed(places[at], places[end], replace, "spelling")


def _token_pairs(
    text: str, find: str, before: int, tokens: list[tuple[re.Match[str], re.Match[str]]]
) -> tuple[list[Pair], bool]:
    """The indentation of each line that begins a line on both sides; whether the first one does in `text`."""
    pairs: list[Pair] = []
    ended, begins_line = 0, False
    for place, (one, other) in enumerate(tokens):
        margin, there = find[ended : one.start()], text[before : other.start()]
        starts = "\n" in there or before == 0
        if place == 0:
            begins_line = starts
        if starts and ("\n" in margin or place == 0):
            pairs.append(Pair(margin.rpartition("\n")[2], there.rpartition("\n")[2], one[0] == "*"))
        ended, before = one.end(), other.end()
    return pairs, begins_line


def _by_anchor(lines: _Lines, find: str, replace: str) -> Placed | None:
    """As many lines, held by one that is unique in both. Lines that the edit leaves alone stay as they are there;
    those it changes have to be what it looked for, up to what a formatter changes."""
    sought, lead, trail = _cut(find)
    wanted = replace[lead and replace.startswith("\n") : len(replace) - (trail and replace.endswith("\n"))].split("\n")
    if len(sought) < 3 or max(len(sought), len(wanted)) > _MOST_LINES:
        return None
    keys, there = [_formatted(line) for line in sought], [_formatted(line) for line in lines.lines]
    first = _anchored(keys, there)
    if first is None:
        return None
    found, same = lines.lines[first : first + len(sought)], there[first : first + len(sought)]
    odd = [place for place, key in enumerate(keys) if key != same[place]]
    if len(odd) > min(_MOST_ODD, len(keys) // 2) or any(alike(keys[at], same[at]) < _ALIKE for at in odd):
        return None
    pairs = _pairs(sought, found)
    made: list[str] = []
    compared = SequenceMatcher(None, [*map(str.strip, sought)], [*map(str.strip, wanted)], autojunk=False)
    for tag, i1, i2, j1, j2 in compared.get_opcodes():
        if tag == "equal":
            made += found[i1:i2]
            continue
        if keys[i1:i2] != same[i1:i2]:
            return None
        text = carried("\n".join(wanted[j1:j2]), pairs, lines.text, begins_line=True)
        if text is None:
            return None
        made += text.split("\n") if j2 > j1 else []
    start, end = lines.span(first, len(sought), False, False)
    return Placed(start, end, "\n".join(made), "anchor")


def _formatted(line: str) -> str:
    """A line without what a formatter may change: white space, kind of quotes, the sign at its end."""
    return "".join(line.split()).rstrip(";,").replace('"', "'").replace("`", "'")


def _anchored(keys: list[str], there: list[str]) -> int | None:
    """The line of the file at which `keys` begin, by those that are unique on both sides; None where they disagree."""
    once, often = Counter(keys), Counter(there)
    places = {key: place for place, key in enumerate(there)}
    firsts = {
        places[key] - place
        for place, key in enumerate(keys)
        if len(key) >= _ANCHOR and once[key] == 1 and often[key] == 1
    }
    if len(firsts) != 1:
        return None
    first = firsts.pop()
    return first if 0 <= first <= len(there) - len(keys) else None
