"""The starters: complete projects from which people and the offline model begin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from builder.base.errors import NotFound
from builder.base.settings import ROOT
from builder.projects.blobs import normal
from builder.texts import spoken, t
from preview_runtime.file_tree import FileTree

STARTERS: Final = ROOT / "templates" / "starters"
_NOT_PART: Final = frozenset({"starter.json", "screenshot.webp", "package-lock.json"})
_FOLDERS_NOT_PART: Final = frozenset({"node_modules", "dist", ".vite", ".git"})


@dataclass(frozen=True, slots=True)
class Starter:
    """What the gallery shows of a starter. `server` is the runtime that its server needs, such as `python`; "" for
    none; `postgres`: whether it keeps its data in PostgreSQL."""

    name: str
    title: str
    description: str
    stack: tuple[str, ...]
    prompt: str
    has_screenshot: bool
    server: str = ""
    postgres: bool = False


def list_starters(folder: Path = STARTERS) -> list[Starter]:
    """All starters by name, in the language of the request. Reads files: call it outside the event loop's thread."""
    words = folder / f"texts.{spoken()}.json"
    said: dict[str, dict[str, str]] = json.loads(words.read_text(encoding="utf-8")) if words.is_file() else {}
    found = []
    for path in sorted(folder.glob("*/starter.json")):
        facts = json.loads(path.read_text(encoding="utf-8")) | said.get(path.parent.name, {})
        screenshot = path.with_name("screenshot.webp").is_file()
        about = (facts["title"], facts["description"], tuple(facts["stack"]), facts["prompt"])
        found.append(
            Starter(path.parent.name, *about, screenshot, facts.get("server", ""), "postgresql" in facts["stack"])
        )
    return found


def starter_packages(folder: Path = STARTERS, *, development: bool = False) -> tuple[str, ...]:
    """The run-time imports of the starters, as `name version`, which this machine prepares soon after its first start;
    with `development` also what builds them. Reads files."""
    found: set[str] = set()
    for path in folder.glob("*/package.json"):
        if not path.with_name("index.html").is_file():
            continue  # its packages are those of a server
        manifest = json.loads(path.read_text(encoding="utf-8"))
        wanted: dict[str, str] = manifest.get("dependencies", {})
        wanted |= manifest.get("devDependencies", {}) if development else {}
        found.update(f"{name} {version}" for name, version in wanted.items())
    return tuple(sorted(found))


def find_starter(name: str, folder: Path = STARTERS) -> Starter:
    """Raises NotFound; a name is only compared, and never used as a path unchecked."""
    for starter in list_starters(folder):
        if starter.name == name:
            return starter
    raise NotFound(t("starter.not_found"))


def starter_screenshot(starter: Starter, folder: Path = STARTERS) -> bytes | None:
    """The picture of a starter (WebP); None when there is none. Reads a file: call it outside the event loop's
    thread."""
    return (folder / starter.name / "screenshot.webp").read_bytes() if starter.has_screenshot else None


def starter_tree(starter: Starter, folder: Path = STARTERS) -> FileTree:
    """The project a starter makes. Reads files: call it outside the event loop's thread."""
    root = folder / starter.name
    files: dict[str, str | bytes] = {}
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        if path.is_file() and not _FOLDERS_NOT_PART.intersection(inside.parts) and str(inside) not in _NOT_PART:
            files[inside.as_posix()] = normal(path.read_bytes())
    return FileTree(files)
