"""The built-in starters, read from disk: their files and their description (starter.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from builder.base.settings import ROOT
from preview_runtime.file_tree import FileTree

FOLDER: Final = ROOT / "templates" / "starters"
# Never part of a made project: the description itself, npm's leftovers, and the gallery's picture.
_LEFT_OUT: Final = frozenset({"starter.json", "package-lock.json", "screenshot.png", "screenshot.webp"})
_SKIPPED_FOLDERS: Final = frozenset({"node_modules", "dist", ".vite"})


class BadStarter(ValueError):
    """A starter's folder is unusable; the message names it and the file."""


@dataclass(frozen=True)
class StarterFiles:
    """One starter. `files` are in the order in which they are written; `content` and `theme` are paths in it."""

    name: str
    title: str
    description: str
    stack: tuple[str, ...]
    prompt: str
    keywords: tuple[str, ...]
    files: dict[str, str]
    sections: dict[str, tuple[str, ...]]
    slots: dict[str, str]
    content: str
    theme: str

    @property
    def framework(self) -> str:
        """`react`, `vue` or `svelte`."""
        return next((s for s in self.stack if s in ("react", "vue", "svelte")), "react")

    def seed(self) -> dict[str, Any]:
        """A fresh copy of the starter's content."""
        loaded: dict[str, Any] = json.loads(self.files[self.content])
        return loaded


def load(folder: Path) -> StarterFiles:
    """The starter in `folder`. Raises `BadStarter`."""
    try:
        raw = json.loads((folder / "starter.json").read_text("utf-8"))
        paths = [
            p.relative_to(folder).as_posix()
            for p in sorted(folder.rglob("*"))
            if p.is_file() and not _SKIPPED_FOLDERS & set(p.relative_to(folder).parts)
        ]
        paths = [p for p in paths if p not in _LEFT_OUT]
        order = [p for p in raw["order"] if p in paths]
        files = {p: (folder / p).read_text("utf-8") for p in [*order, *(p for p in paths if p not in order)]}
        made = StarterFiles(
            name=folder.name, title=raw["title"], description=raw["description"], stack=tuple(raw["stack"]), prompt=raw["prompt"],
            keywords=tuple(k.lower() for k in raw["keywords"]), files=files, sections={k: tuple(v) for k, v in raw.get("sections", {}).items()},
            slots=raw.get("slots", {}), content=raw["content"], theme=raw["theme"],
        )  # fmt: skip
        FileTree(files)
        for path in (made.content, made.theme, "package.json", "index.html"):
            if path not in files:
                raise BadStarter(f"{folder.name}: {path} is missing")
        made.seed()
    except (OSError, KeyError, ValueError) as fault:
        raise fault if isinstance(fault, BadStarter) else BadStarter(f"{folder.name}: {fault!r}") from fault
    return made


@lru_cache(maxsize=4)
def all_starters(folder: Path = FOLDER) -> dict[str, StarterFiles]:
    """Every starter in `folder` that can be adapted, by name."""
    found = (p.parent for p in sorted(folder.glob("*/starter.json")))
    # A starter with a server of its own has no slots to fill.
    return {p.name: load(p) for p in found if "server" not in json.loads((p / "starter.json").read_text("utf-8"))}
