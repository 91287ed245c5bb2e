"""The lines of a Dockerfile as the engine's parser joins them, before they are interpreted.

Written after BuildKit's `frontend/dockerfile/parser` (parser.go, split_command.go, line_parsers.go), which the classic
builder of every engine since 18.06 parses with. Go's notion of white space is not Python's, so it is spelled out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from preview_runtime.phrases import Phrase

# unicode.IsSpace of Go; Python's str.strip() takes U+001C to U+001F as well.
SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
GAP: Final = re.compile(r"[\t\v\f\r ]+")
_DIRECTIVE: Final = re.compile(r"#[\t\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\f\r ]*=[\t\f\r ]*(.+)", re.DOTALL)
# A here-document, which the engine's later builders read over several lines and its earlier ones do not know.
_HEREDOC: Final = re.compile(r"[0-9]*<<-?[^<]+")


class DockerfileRefused(ValueError):
    """Something in a Dockerfile that is not understood or not allowed: `says` is the message for the person; `line`
    counts from 1."""

    def __init__(self, line: int, says: Phrase) -> None:
        super().__init__(str(says))
        self.says = says
        self.line = line


@dataclass(frozen=True, slots=True)
class Line:
    """One instruction's text, with continued lines joined. `number` is that of its first line, from 1."""

    number: int
    text: str


def escape_of(text: str) -> str:
    r"""The character that continues a line: a backslash, unless a directive at the top says a backtick."""
    return _directives(_physical(text))


def joined(text: str, escape: str) -> Iterator[Line]:
    """The lines that hold an instruction, without comments and empty lines."""
    lines = _physical(text)
    continued = re.compile(re.escape(escape) + r"[ \t]*\Z")
    place = 0
    while place < len(lines):
        number = place + 1
        line = lines[place].lstrip(SPACE)
        place += 1
        if not line or line.startswith("#"):
            continue
        whole = continued.sub("", line)
        goes_on = whole != line
        while goes_on and place < len(lines):
            line = lines[place]
            place += 1
            bare = line.lstrip(SPACE)
            if not bare or bare.startswith("#"):
                continue
            part = continued.sub("", line)
            goes_on = part != line
            whole += part
        yield Line(number, whole.strip(SPACE))


def flags_of(line: Line, rest: str) -> tuple[list[str], str]:
    """The flags before an instruction's arguments, with quotes and backslashes removed, and the arguments.

    A word of flags ends at white space outside quotes; `--` alone ends the flags.
    """
    flags: list[str] = []
    place = 0
    while True:
        while place < len(rest) and rest[place] in SPACE[:6]:
            place += 1
        if not rest.startswith("--", place):
            return flags, rest[place:].strip(SPACE)
        word, quote = "", ""
        while place < len(rest) and (quote or rest[place] not in SPACE[:6]):
            character = rest[place]
            if character == "\\" and place + 1 < len(rest):
                place += 1
                word += rest[place]
            elif character == quote:
                quote = ""
            elif not quote and character in "\"'":
                quote = character
            else:
                word += character
            place += 1
        if word == "--":
            return flags, rest[place:].strip(SPACE)
        name, equals, _ = word.partition("=")
        if quote or not equals or not re.fullmatch(r"--[a-z-]+", name) or not re.fullmatch(r"[!-~]*", word):
            raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.option_unknown", {"option": name}))
        flags.append(word)


def words_or_list(line: Line, rest: str) -> tuple[list[str], bool]:
    """The arguments of COPY and ADD, and whether they are written as a JSON list."""
    if not rest.startswith("["):
        return GAP.split(rest), False
    try:
        found = json.loads(rest)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise DockerfileRefused(line.number, Phrase("fault.dockerfile_refused.list"))
    return found, True


def has_heredoc(rest: str) -> bool:
    """Whether a word of `rest` begins a here-document (`<<EOF`), or might when its variables are filled in.

    A variable without a value can stand for nothing, or for what is written in its braces: `<${x:-}<EOF`, `${x:-<<}EOF`.
    """
    word, quote, place = "", "", 0
    depth, opened, joins = (
        0,
        False,
        False,
    )  # the open braces; for each, whether `<` stands before it, and before this place
    while place <= len(rest):
        character = rest[place] if place < len(rest) else " "
        if not quote and character in SPACE:
            if _HEREDOC.fullmatch(word) or _HEREDOC.fullmatch(word.replace("\\", "").replace("`", "")):
                return True
            word = ""
        else:
            word += character
            if not quote:
                if character == "<" and (depth or (joins and rest[place - 1] == "}")):
                    return True
                if character == "$" and rest[place + 1 : place + 2] == "{":
                    if not depth:
                        opened = rest[place - 1 : place] == "<" or (joins and rest[place - 1] == "}")
                    depth += 1
                elif character == "}" and depth:
                    depth -= 1
                    joins = opened
            if character == "\\" and quote != "'":
                place += 1
                word += rest[place : place + 1]
            elif character == quote:
                quote = ""
            elif not quote and character in "\"'":
                quote = character
        place += 1
    return False


def _physical(text: str) -> list[str]:
    lines = text.removeprefix("\ufeff").split("\n")
    return [line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1])]


def _directives(lines: list[str]) -> str:
    escape, seen = "\\", set()
    for number, line in enumerate(lines, 1):
        found = _DIRECTIVE.fullmatch(line.lstrip(SPACE).rstrip("\t\f\r "))
        name = found[1].lower() if found else ""
        if not found or name not in ("escape", "syntax"):
            break
        if name in seen:
            raise DockerfileRefused(number, Phrase("fault.dockerfile_refused.directive", {"name": name}))
        seen.add(name)
        if name == "escape":
            escape = found[2]
            if escape not in ("\\", "`"):
                raise DockerfileRefused(number, Phrase("fault.dockerfile_refused.escape"))
    return escape
