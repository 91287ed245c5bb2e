"""What a Dockerfile says, as far as a build has to know it beforehand: its instructions, and the images it stands on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_WORDS: Final = re.compile(r"\S+")
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))")
_FROM_OPTION: Final = re.compile(r"--from=(\S+)")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, continued lines put together. `line` counts from 1."""

    line: int
    name: str
    rest: str


@dataclass(frozen=True, slots=True)
class Base:
    """An image that a Dockerfile takes from somewhere else, as it is written there and with its variables filled in."""

    line: int
    written: str
    name: str


def instructions(text: str) -> list[Instruction]:
    """The instructions in their order; the engine counts its steps by them."""
    found: list[Instruction] = []
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        began = number
        joined = ""
        while number < len(lines):
            line = lines[number].strip()
            number += 1
            if not line or line.startswith("#"):
                if joined:
                    continue  # a comment among continued lines
                break
            joined += f" {line.removesuffix(chr(92)).strip()}"
            if not line.endswith("\\"):
                break
        name, _, rest = joined.strip().partition(" ")
        if name:
            found.append(Instruction(began + 1, name.upper(), rest.strip()))
    return found


def bases(text: str) -> list[Base]:
    """The images that FROM and COPY --from name, without `scratch` and the stages of the file itself."""
    found: list[Base] = []
    stages: set[str] = set()
    defaults: dict[str, str] = {}
    count = 0
    for instruction in instructions(text):
        words = _WORDS.findall(instruction.rest)
        if instruction.name == "ARG" and not count:
            # Only these, before the first FROM, are known in a FROM.
            for word in words:
                name, _, value = word.partition("=")
                defaults[name] = value.strip("\"'")
        elif instruction.name == "FROM":
            count += 1
            words = [word for word in words if not word.startswith("--")]
            if words:
                name = _filled(words[0], defaults)
                if name.lower() not in stages and name != "scratch":
                    found.append(Base(instruction.line, words[0], name))
            if len(words) > 2 and words[1].upper() == "AS":
                stages.add(words[2].lower())
        elif instruction.name in ("COPY", "ADD", "RUN"):
            # RUN --mount=type=bind,from=… is BuildKit's, which is not used.
            for name in _FROM_OPTION.findall(instruction.rest):
                if not name.isdigit() and name.lower() not in stages:
                    found.append(Base(instruction.line, name, name))
    return found


def with_bases(text: str, taken: Mapping[str, str]) -> str:
    """`text` with other images (as written → name) in its FROM and --from; every line stays where it is."""
    if not taken:
        return text
    places = {base.line for base in bases(text) if base.written in taken}
    lines = text.splitlines()
    for number in places:
        for written, name in taken.items():
            lines[number - 1] = re.sub(rf"(?<=[\s=]){re.escape(written)}(?!\S)", name, lines[number - 1], count=1)
    return "\n".join(lines) + "\n"


def _filled(word: str, defaults: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: defaults.get(match[1] or match[3]) or match[2] or "", word.strip("\"'"))
