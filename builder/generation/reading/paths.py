"""Paths as models write them, and what a name tells of the file."""

from __future__ import annotations

import re
from typing import Final

from preview_runtime.file_tree import InvalidTree, validate_path


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENDINGS: Final = _words(
    "astro bat c cfg cjs clj cpp cs css csv cts dart env erl ex exs fs go gql gradle graphql h hbs hpp htm html ini ipynb java "
    "jinja jinja2 jl js json json5 jsonc jsonl jsx kt less liquid lock lua map markdown md mdx mjs mts mustache njk php pl "
    "plist prisma properties proto pug py pyi r rb rs rst sass scala scss sh sol sql svelte svg swift tf toml ts tsx txt vue "
    "webmanifest xml yaml yml zig"
)
_NAMES: Final = frozenset(
    {"dockerfile", "makefile", "procfile", "license", "gemfile", "rakefile", "jenkinsfile", "cname"}
)
_JSON_ENDINGS: Final = _words("json json5 jsonc geojson webmanifest map ipynb har topojson code-workspace")
_LETTERS: Final = {"\n": "n", "\t": "t", "\b": "b", "\f": "f", "\r": "r"}
_CONTROL: Final = re.compile(r"(?<=[\w./-])[\n\t\x08\f\r](?=\w)")
# What stands around a path that was copied from a list, a heading or a link: "1. `src/a.ts` (updated):".
_NUMBERED: Final = re.compile(r"(?:\d{1,3}[.)]|[-*•]|#{1,6}|(?:file|filename|path):)\s+", re.IGNORECASE)
_REMARKED: Final = re.compile(
    r"(?<=\S)\s+[(\[](?:new|updated|modified|changed|created|edited|full|complete|fixed)(?: file)?[)\]]\Z",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"\[([^\[\]]{1,400})\]\(\1\)")
# What begins so is a place of the computer, and no project has it at its top.
_OF_SYSTEMS: Final = re.compile(r"/(?:etc|usr|var|root|proc|sys|boot|sbin)/")
_AROUND: Final = " \t\r\n`\"'"
_DOT_NAME: Final = re.compile(r"\.[a-z][a-z0-9_-]*(?:\.[a-z0-9]+)*", re.IGNORECASE)


def inside(path: str) -> str:
    """`path` as a project holds it, where it is that path written another way: ./a, /a, a//b, a\\b, a/../b.

    Where no project may hold the result it is `path` itself, for the rules to refuse by its own name.
    """
    bare = undecorated(path)
    if bare != path and names_a_file(bare):
        path = bare
    slashed = path.replace("\\", "/")
    if _CONTROL.search(slashed):
        # A Windows path whose backslashes JSON took for escapes: src\new.ts.
        repaired = _CONTROL.sub(lambda found: f"/{_LETTERS[found[0]]}", slashed)
        slashed = repaired if names_a_file(repaired) else slashed
    if slashed.startswith("//") or _OF_SYSTEMS.match(slashed):
        return path  # another computer's folder, or the system's
    parts: list[str] = []
    for part in slashed.removeprefix("/").split("/"):
        if part == ".." and not parts:
            return path
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    plain = "/".join(parts)
    if plain == path or slashed.endswith("/"):
        return path
    try:
        return validate_path(plain)
    except InvalidTree:
        return path


def undecorated(path: str) -> str:
    """`path` without what a list, a heading, a link or an address puts around it."""
    bare = path.strip().rstrip(":")
    bare = _NUMBERED.sub("", bare, count=1) if not bare.endswith((".md", ".txt")) else bare
    bare = _REMARKED.sub("", bare).strip(_AROUND)
    if bare.startswith("**") and bare.endswith("**"):
        bare = bare[2:-2]
    if linked := _LINK.fullmatch(bare):
        bare = linked[1]
    return bare.strip(_AROUND).removeprefix("file://")


def names_a_file(key: str) -> bool:
    """Whether `key` can only be the path of a text file: by its ending, or a name that has none."""
    name = _name(key)
    return "\n" not in key and (
        _ending(name) in _ENDINGS or name.lower() in _NAMES or (len(name) > 2 and bool(_DOT_NAME.fullmatch(name)))
    )


def holds_json(path: str) -> bool:
    """Whether the file is JSON, so that a JSON value is what stands in it."""
    name = _name(path)
    return _ending(name) in _JSON_ENDINGS or (name.startswith(".") and name.endswith("rc"))


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
