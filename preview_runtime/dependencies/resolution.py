"""What a lock file says would be installed: each package with the way that leads to it. Pure."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 3_000  # packages; the largest frameworks bring about 1,500
_LONGEST_WAY: Final = 12
_GROUPS: Final = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
# bun writes JSON with a comma behind the last entry.
_LAST_COMMA: Final = re.compile(r",(\s*[}\]])")
_HASHES: Final = re.compile(r" --hash=\S+")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A package of a lock. `way` are the packages that lead to it, from one that the project asks for on; empty for one
    that the project asks for itself. `script`: the lock says that it has an install script."""

    name: str
    version: str
    way: tuple[str, ...] = ()
    script: bool = False


def resolved_packages(file: str, text: str) -> tuple[Resolved, ...]:
    """The packages of a `bun.lock`, `package-lock.json` or list of exact Python requirements, each name and version
    once. Empty for a lock that cannot be read: its installer says where it is broken."""
    try:
        if file.endswith(".json"):
            return _of_npm(json.loads(text))
        if file.endswith("bun.lock"):
            return _of_bun(json.loads(_LAST_COMMA.sub(r"\1", text)))
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        return ()
    lines = (_HASHES.sub("", line).partition(";")[0].strip() for line in text.splitlines() if "==" in line)
    pairs = (line.partition("==") for line in lines if not line.startswith("#"))
    return tuple(Resolved(name.partition("[")[0].strip(), version.strip()) for name, _, version in pairs)


def bun_addresses(text: str) -> list[tuple[str, str, str]]:
    """(name, version, address) of each package for which a `bun.lock` names an address beside the version."""
    try:
        entries = json.loads(_LAST_COMMA.sub(r"\1", text))["packages"].values()
        named = [(str(entry[0]), entry[1]) for entry in entries if len(entry) > 1]
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        return []
    parts = [(*told.rpartition("@")[::2], address) for told, address in named if isinstance(address, str) and address]
    return [(name, version, address) for name, version, address in parts]


def is_plain(file: str, text: str) -> bool:
    """Whether a lock in JSON says the same to whoever reads it: no comment, and no key twice. An empty one does."""
    try:
        json.loads(text if file.endswith(".json") else _LAST_COMMA.sub(r"\1", text), object_pairs_hook=_once_each)
    except (ValueError, RecursionError):
        return not text.strip()
    return True


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def npm_lock_of_bun(name: str, text: str) -> str:
    """A package-lock.json that says what a `bun.lock` says, so that npm goes on from it; "" where it cannot be read."""
    try:
        document = json.loads(_LAST_COMMA.sub(r"\1", text))
        own = document["workspaces"][""]
        asked = {group: own[group] for group in _GROUPS if own.get(group)}
        packages: dict[str, Any] = {"": {"name": name, **asked}}
        for key, (told, _, more, integrity) in document["packages"].items():
            real, _, version = told.rpartition("@")
            place = "".join(f"/node_modules/{one}" for one in _split(key))[1:]
            alias = {} if place.endswith(f"/{real}") else {"name": real}
            packages[place] = {"version": version, "integrity": integrity, **alias, **_kept(more)}
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        return ""
    return json.dumps({"name": name, "lockfileVersion": 3, "requires": True, "packages": packages})


def _kept(more: Mapping[str, Any]) -> dict[str, Any]:
    kept = {group: more[group] for group in _GROUPS if more.get(group)}
    for name in ("os", "cpu", "libc"):
        if said := more.get(name):
            kept[name] = [said] if isinstance(said, str) else said
    return kept


def _split(key: str) -> list[str]:
    """The names in a key of a bun.lock: `a/@s/b` → a, @s/b."""
    names: list[str] = []
    parts = iter(key.split("/"))
    for part in parts:
        names.append(f"{part}/{next(parts)}" if part.startswith("@") else part)
    return names


def _of_npm(document: Mapping[str, Any]) -> tuple[Resolved, ...]:
    packages = document["packages"]
    needs: dict[str, set[str]] = {}
    found: list[tuple[str, str, bool]] = []
    for place, entry in packages.items():
        folder = place.rpartition("node_modules/")[2]
        if not folder or "version" not in entry:
            continue
        name = str(entry.get("name") or folder)
        found.append((name, str(entry["version"]), bool(entry.get("hasInstallScript"))))
        needs.setdefault(name, set()).update(_needed(entry))
    return _with_ways(found, _needed(packages.get("", {})), needs)


def _of_bun(document: Mapping[str, Any]) -> tuple[Resolved, ...]:
    needs: dict[str, set[str]] = {}
    found: list[tuple[str, str, bool]] = []
    for entry in document["packages"].values():
        name, _, version = entry[0].rpartition("@")
        found.append((name, version, False))
        needs.setdefault(name, set()).update(_needed(entry[2] if len(entry) > 2 else {}))
    return _with_ways(found, _needed(document["workspaces"][""]), needs)


def _needed(entry: Mapping[str, Any]) -> set[str]:
    """The registry's names that an entry asks for: those behind aliases."""
    found: set[str] = set()
    for group in _GROUPS:
        for name, asked in (entry.get(group) or {}).items():
            text = str(asked)
            found.add(text[4:].rpartition("@")[0] or text[4:] if text.startswith("npm:") else name)
    return found


def _with_ways(
    found: Iterable[tuple[str, str, bool]], asked: Collection[str], needs: Mapping[str, Collection[str]]
) -> tuple[Resolved, ...]:
    ways: dict[str, tuple[str, ...]] = dict.fromkeys(asked, ())
    waiting = deque(sorted(asked))
    while waiting:  # breadth first: the shortest way is the one that people understand
        name = waiting.popleft()
        for other in sorted(needs.get(name, ())):
            if other not in ways and len(ways[name]) < _LONGEST_WAY:
                ways[other] = (*ways[name], name)
                waiting.append(other)
    scripts: dict[tuple[str, str], bool] = {}
    for name, version, script in found:
        scripts[name, version] = script or scripts.get((name, version), False)
    return tuple(
        Resolved(name, version, ways.get(name, ("",)), script) for (name, version), script in sorted(scripts.items())
    )
