"""The text of a file that came with something around it: in a fence, in an object of JSON, escaped once too often, or as
a patch of it."""

from __future__ import annotations

import html
import re
from typing import Final

from builder.generation.edits.syntax import parses
from builder.generation.reading.changes import WholeFile, described, path_in
from builder.generation.reading.paths import holds_json
from builder.generation.reading.values import read_value
from builder.generation.reading.vocabulary import DESCRIBING, NAMES, PATHS, TEXTS, plain

_PROSE: Final = (".md", ".mdx", ".markdown", ".txt", ".rst", ".adoc")
_FENCED: Final = re.compile(r"\s{0,20}(?P<fence>`{3,9}|~{3,9})[^\n`]{0,200}\n(?P<text>.*\n)?(?P=fence)\s*", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\([nrt\"'\\/])")
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t"}
_PATCH: Final = re.compile(
    r"\s{0,20}(?:<{7} ?\w*[^\n]*\n|diff --git |--- (?:a/|/dev/null)[^\n]*\n\+\+\+ |\*\*\* Begin Patch|@@ -\d+(?:,\d+)? \+\d+)"
)


def unwrapped(path: str, text: str) -> str:
    """`text` as the file at `path` holds it: without a fence or an object around it; and where it cannot be read as what the name
    says, and can be once line breaks and quotes, or the signs of HTML, are unescaped once more, so."""
    if path.lower().endswith(_PROSE):
        return text
    fenced = _FENCED.fullmatch(text)
    if fenced and f"\n{fenced['fence']}" not in f"\n{fenced['text'] or ''}":
        return fenced["text"] or ""
    if (within := _within_json(path, text)) is not None:
        return within
    one_line = "\n" not in text.strip() and "\\n" in text
    no_tags = "&lt;" in text and "<" not in text
    in_tags = one_line and ">\\n" in text and path.endswith((".html", ".htm", ".vue", ".svelte"))
    if in_tags:
        return _unescaped(text)
    if (one_line or no_tags) and parses(path, text) is False:
        other = _unescaped(text) if one_line else html.unescape(text)
        return other if parses(path, other) else text
    return text


def _within_json(path: str, text: str) -> str | None:
    """The file's text where `text` is an object of JSON that describes it, and no program of its own."""
    if not text.lstrip().startswith("{") or holds_json(path) or path.endswith((".yaml", ".yml")):
        return None
    value = read_value(text)
    if not isinstance(value, dict) or {*map(plain, value)}.difference(TEXTS, PATHS, NAMES, DESCRIBING):
        return None
    match described(path, value, 0):
        case [WholeFile(_, inner)] if path_in(value) in ("", path) and parses(path, inner) is not False:
            return inner
    return None


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _LETTERS.get(found[1], found[1]), text)


def is_patch(path: str, text: str) -> bool:
    """Whether what stands there tells of changes to the file instead of being it."""
    return not path.endswith((".diff", ".patch", *_PROSE)) and _PATCH.match(text) is not None
