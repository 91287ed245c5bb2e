"""Looks through files for secrets: one pass over each text, linear in its length."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from builder.safety.leaks.innocent import entropy, is_for_browsers, is_for_searching, is_placeholder, role_of_token
from builder.safety.leaks.keyed import keyed, of_name
from builder.safety.leaks.places import addresses
from builder.safety.leaks.providers import RUN, Suspect, key_at
from builder.safety.leaks.written import meant
from builder.safety.sanitising.secrets import is_environment
from preview_runtime.file_tree import digest

_LOCKS: Final = frozenset(
    ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "poetry.lock", "uv.lock", "pipfile.lock", "composer.lock", "cargo.lock", "gemfile.lock", "go.sum", "flake.lock")
)  # fmt: skip
_TESTS: Final = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|fixtures|__fixtures__|mocks|__mocks__|cypress|e2e|testdata|stories)/|(?:\.|_)(?:test|spec|stories|mock|fixture)s?\.\w+$|(?:^|/)(?:test_|conftest)[\w.]*$"
)
_EXAMPLES: Final = (".example", ".sample", ".template", ".dist", ".md", ".mdx", ".rst", ".adoc")
_UNREAD: Final = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".webp",
    ".avif",
    ".ico",
    ".woff",
    ".woff2",
    ".ttf",
    ".otf",
    ".eot",
    ".mp3",
    ".mp4",
    ".webm",
    ".ogg",
    ".wav",
    ".pdf",
    ".zip",
    ".gz",
    ".br",
    ".wasm",
)
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN (?P<of>[A-Z0-9 ]{0,30})PRIVATE KEY(?: BLOCK)?-----(?P<body>[\s\\nr\"',+]{1,20}[A-Za-z0-9+/=:,. \s\\\"'-]{40,400})"
)
_NO_KEY: Final = re.compile(r"(?i)\.\.\.|…|x{6}|your|example|placeholder|redacted|dummy|<[a-z]|lorem|snip|\*{4}")
_DATA: Final = re.compile(r"(?:base64,|sha(?:256|384|512)-)\Z")
_MOST: Final = 100
"""Findings of one file."""
# What the build of a page takes into it.
_FOR_PAGES: Final = re.compile(
    r"(?:^|\n)[ \t]*(?:export[ \t]+)?(?:VITE|NEXT_PUBLIC|REACT_APP|PUBLIC|EXPO_PUBLIC|VUE_APP|NUXT_PUBLIC|GATSBY)_\w{1,80}[ \t]*=[ \t]*\Z"
)


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret in a file. `line` counts from 1. `tail`: its last characters, which is all of it that is ever shown.
    `digest`: SHA-256 of the secret, by which a person says that it is none. `sure`: it blocks; else it is a warning.
    `kept_apart`: it stands in a file of the environment, where it belongs, and is in nobody's hands as long as that stays."""

    kind: str
    path: str
    line: int
    tail: str
    digest: str
    sure: bool = True
    kept_apart: bool = False


class LeakScanner:
    """Remembers what was found in a content, so that the same content is never looked through twice."""

    def __init__(self, remembered: int = 50_000) -> None:
        self._remembered = remembered
        self._known: OrderedDict[tuple[str, str], tuple[Leak, ...]] = OrderedDict()

    def scan(self, files: Mapping[str, str | bytes]) -> list[Leak]:
        """All secrets of `files`, by path and line; each secret once in a file. Takes some ten seconds for 20 MB."""
        return [leak for path in sorted(files) for leak in self._of(path, files[path])]

    def _of(self, path: str, content: str | bytes) -> tuple[Leak, ...]:
        text = _text(path, content)
        if text is None:
            return ()
        key = (digest(content), path)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = tuple(leaks_in(path, text))
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return known


def leaks_in(path: str, text: str) -> list[Leak]:
    """The secrets of one file, in the order of their lines."""
    found: dict[str, Leak] = {}
    environment, test, example = (
        is_environment(path),
        _TESTS.search(path.lower()) is not None,
        path.lower().endswith(_EXAMPLES),
    )
    for one in _finds(path, text, named=not test, strict=example):
        value = (
            text[one.start : one.end] if one.end <= len(text) and one.body in text[one.start : one.end] else one.body
        )
        sure = _is_sure(path, one, text, test)
        if sure is None:
            continue
        sealed = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
        apart = environment and _FOR_PAGES.search(text, max(0, one.start - 140), one.start) is None
        leak = Leak(
            one.kind,
            path,
            text.count("\n", 0, one.start) + 1,
            value[-4:] if len(value) > 11 else "",
            sealed,
            sure,
            apart,
        )
        if sealed not in found and len(found) < _MOST:
            found[sealed] = leak
    return sorted(found.values(), key=lambda leak: leak.line)


def _finds(path: str, text: str, *, named: bool, strict: bool) -> Iterator[Suspect]:
    taken: list[Suspect] = []
    lock = path.rpartition("/")[2].lower() in _LOCKS
    for one in _sure_finds(text):
        taken.append(one)
        yield one
    if lock or not named:
        return
    small = text.lower()
    if len(small) != len(text):  # a few letters grow when they are made small
        small = "".join(c.lower() if c.isascii() else c for c in text)
    inside = [(one.start, one.end) for one in taken]
    for one in keyed(path, text, small, strict=strict):
        if not any(start < one.end and one.start < end for start, end in inside):
            yield one
    yield from _otherwise(text)


def _keys(text: str) -> Iterator[Suspect]:
    reached = 0
    for run in RUN.finditer(text):
        if run.start() < reached:
            continue
        found = key_at(text, run.start(), run.end())
        if found is not None and not _DATA.search(text, max(0, found.start - 8), found.start):
            reached = found.end
            yield found


def _otherwise(text: str) -> Iterator[Suspect]:
    """Keys in pieces that are put together, in base64 and other codes."""
    for one in meant(text):
        found = next(_sure_finds(one.text), None)
        if found is None and one.value and (kind := of_name(text, one.start, one.text)):
            found = Suspect(kind, 0, 0, one.text)
        if (found is None and "\n" in one.text) or one.text[:1] == "{":
            found = next((each for each in keyed("", one.text, one.text.lower()) if each.kind != "bearer"), None)
        if found is not None and (whole := one.text[found.start : found.end] or found.body) not in text:
            yield Suspect(found.kind, one.start, one.end, whole)


def _sure_finds(text: str) -> Iterator[Suspect]:
    """What needs no name."""
    yield from _keys(text)
    for key in _PRIVATE_KEY.finditer(text) if "PRIVATE KEY" in text else ():
        yield Suspect("private_key", key.start(), key.end(), key["body"])
    if "://" in text:
        yield from addresses(text)


def _is_sure(path: str, one: Suspect, text: str, test: bool) -> bool | None:
    """Whether it blocks, or is a warning; None where it is no secret."""
    if one.kind == "private_key":
        return None if _NO_KEY.search(one.body) or entropy(one.body) < 3.0 else not test
    if one.kind == "jwt":
        role = role_of_token(one.body)
        return None if role == "sample" or (test and role != "anon") else role != "anon"
    if one.kind not in ("value", "password", "address", "bearer") and is_placeholder(one.body):
        return None
    if one.kind in ("value", "bearer") and is_placeholder(one.body):
        return None
    if one.kind == "value" and len(one.body) == 32 and is_for_searching(text, one.start):
        return False
    if one.kind == "google" and is_for_browsers(path, text, one.start):
        return False
    return not test


def _text(path: str, content: str | bytes) -> str | None:
    """The content as text; None for what is not looked through."""
    if isinstance(content, str):
        return content
    if path.lower().endswith(_UNREAD) or b"\0" in content[:2_048]:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def same_secret(leaks: list[Leak], shown: list[Leak]) -> list[Leak]:
    """`leaks` of the sources, and of `shown` (what visitors are given) only what is not among them. What stands in a file
    of the environment and is shown all the same is not kept apart."""
    given = {leak.digest for leak in shown}
    own = [replace(leak, kept_apart=leak.kept_apart and leak.digest not in given) for leak in leaks]
    known = {leak.digest for leak in leaks}
    fresh: dict[str, Leak] = {}
    for leak in shown:
        if leak.digest not in known:
            fresh.setdefault(leak.digest, leak)
    return [*own, *fresh.values()]
