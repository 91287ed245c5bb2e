"""Checks in an installer's lock file that every package came from the registry.

A project's own package.json is checked before anything is installed (see `request`), but a package on the registry may
itself depend on a tarball anywhere, a git repository or a folder, and installers follow that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.phrases import Phrase

# One package per line, ` "place": ["name@version", …],`; a package from elsewhere has an address in place of the
# version.
_BUN_PACKAGE: Final = re.compile(r'    "[^"]+": \["(?P<name>(?:@[^/@"]+/)?[^/@"]+)@(?P<version>[^"]*)"')
_VERSION: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*")


def without_addresses(lock: str) -> str:
    """A package-lock.json without the addresses that it names, so that each package comes from the registry under its own
    name; "" for one that cannot be read."""
    try:
        document = json.loads(lock)
        packages = document["packages"]
        for place, entry in packages.items():
            entry.pop("resolved", None)
            if place and (entry.pop("link", None) or not str(place).startswith("node_modules/")):
                return ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    kept = {"name": "preview", "lockfileVersion": 3, "requires": True, "packages": packages}
    return json.dumps(kept, sort_keys=True)


def refuse_foreign_packages(file: str, text: str) -> None:
    """Raise `DependencyError` (`specifier_refused`) when a package in the lock is not from the registry.

    `file` is `bun.lock` or `package-lock.json` (written with npm's `--omit-lockfile-registry-resolved`); a line or an
    entry that cannot be read counts as not from the registry.
    """
    for name in _foreign_to_bun(text) if file == "bun.lock" else _foreign_to_npm(text):
        raise DependencyError(
            "specifier_refused",
            Phrase("fault.specifier_refused.lock", {"name": name[:100]}),
            name[:214],
        )


def _foreign_to_bun(text: str) -> Iterator[str]:
    packages = text.partition('\n  "packages": {\n')[2].partition("\n  }")[0]
    for line in packages.splitlines():
        if not line.strip():
            continue
        found = _BUN_PACKAGE.match(line)
        if found is None or _VERSION.fullmatch(found["version"]) is None:
            yield found["name"] if found else line.strip()


def _foreign_to_npm(text: str) -> Iterator[str]:
    packages: dict[str, Any] = json.loads(text).get("packages", {})
    for place, entry in packages.items():
        # npm omits `resolved` for packages from the registry; a folder has `link`, or lies outside node_modules.
        if place and ("resolved" in entry or entry.get("link") or not place.startswith("node_modules/")):
            yield place.rpartition("node_modules/")[2]
