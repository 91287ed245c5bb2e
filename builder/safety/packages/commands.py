"""What a command of a project's own has an installer fetch: the words of npm, pip and those that run a package at once.
Pure. A program of the project may fetch whatever its container can reach; this reads what people and models write."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from builder.safety.packages.shapes import Ecosystem

_PIP: Final = re.compile(r"(?:python3?(?:\.\d+)?|py|uv)$|(?:uv-)?pip3?$")
_NODE: Final = frozenset({"npm", "pnpm", "yarn", "bun"})
_ADDS: Final = frozenset({"install", "i", "in", "ins", "add"})
# They fetch a package and run it: its name is the first word that is no option.
_RUNS: Final = {"npx": Ecosystem.NPM, "bunx": Ecosystem.NPM, "pnpx": Ecosystem.NPM, "uvx": Ecosystem.PYPI}
_RUNNING: Final = {"npm": ("exec", "x"), "pnpm": ("dlx",), "yarn": ("dlx",), "bun": ("x",), "pipx": ("run", "install")}
_SHELLS: Final = frozenset({"sh", "bash", "dash"})
_GIVEN: Final = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_WITH_A_WORD: Final = frozenset(
    {"-r", "--requirement", "-c", "--constraint", "-i", "--index-url", "--extra-index-url", "--find-links", "-f"}
    | {"--registry", "--prefix", "-C", "--target", "-t", "--python"}
)
_DEPTH: Final = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """The packages that one installer is told to fetch, as they are `named`, with the `options` beside them."""

    ecosystem: Ecosystem
    named: list[str] = field(default_factory=list)
    options: str = ""


def fetched_by(command: str, depth: int = 0) -> Iterator[Fetched]:
    """What each part of a shell's command fetches; nothing of a command that no shell could read."""
    try:
        lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
    except ValueError:
        return
    part: list[str] = []
    for word in [*words, ";"]:
        if set(word) <= set(";&|()"):
            yield from _of_words(part, depth)
            part = []
        else:
            part.append(word)


def _of_words(words: list[str], depth: int) -> Iterator[Fetched]:
    begins = next((at for at, word in enumerate(words) if not _GIVEN.fullmatch(word) and word != "env"), len(words))
    given, words = words[:begins], words[begins:]
    program = words[0].rpartition("/")[2] if words else ""
    if program in _SHELLS and "-c" in words[:-1] and depth < _DEPTH:
        yield from fetched_by(words[words.index("-c") + 1], depth + 1)
        return
    if program not in {*_NODE, *_RUNS, *_RUNNING} and not _PIP.match(program):
        return
    ecosystem = Ecosystem.NPM if _RUNS.get(program) is Ecosystem.NPM or program in _NODE else Ecosystem.PYPI
    addresses = (word.partition("=")[2] for word in given)
    options = " ".join([*words, *(f"--index-url={address}" for address in addresses if "://" in address)])
    runs = next((at for at, word in enumerate(words) if at and word in _RUNNING.get(program, ())), 0)
    if program in _RUNS or runs:
        yield Fetched(ecosystem, _names(words[runs + 1 :])[:1], options)
        return
    at = next((at for at, word in enumerate(words) if at and word in _ADDS), 0)
    yield Fetched(ecosystem, _names(words[at + 1 :]) if at else [], options)


def _names(words: list[str]) -> list[str]:
    named: list[str] = []
    skip = False
    for word in words:
        if not skip and not word.startswith("-"):
            named.append(word)
        skip = word in _WITH_A_WORD
    return named
