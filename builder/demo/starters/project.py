"""A project made from a starter, open for changes: its tree, its starter, its content and theme."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.demo.starters import pointer as pointers
from builder.demo.starters.json_text import JsonDocument
from builder.demo.starters.starter import StarterFiles
from preview_runtime.file_tree import FileTree

MIN_SHARED = 0.5  # so many unchanged files of a starter make a project without a marker count as made from it


@dataclass(frozen=True)
class Did:
    """A change was made: `what` completes “I …” in the past tense, lower case ("renamed it to Fern").
    `title`: the app's new name."""

    what: str
    title: str = ""


@dataclass(frozen=True)
class Cannot:
    """The clause was understood, but this project or the demo has no such thing: a sentence for the person."""

    why: str


Result = Did | Cannot | None


class AdaptedProject:
    """Texts are changed through this object; `changed()` returns the files that differ in the end."""

    def __init__(self, tree: FileTree, starters: Mapping[str, StarterFiles]) -> None:
        self._tree = tree
        self._new: dict[str, str] = {}
        self.marker = marker(tree)
        self.starter = starters.get(str(self.marker.get("starter", ""))) or _nearest(tree, starters)
        self.content_path = self.starter.content if self.starter else "src/content.json"
        self.theme_path = self.starter.theme if self.starter else "src/theme.css"

    def text(self, path: str) -> str | None:
        return self._new.get(path) or self._tree.text(path)

    def write(self, path: str, text: str) -> None:
        self._new[path] = text

    def changed(self) -> dict[str, str]:
        return {p: t for p, t in self._new.items() if t != self._tree.text(p)}

    @property
    def content(self) -> dict[str, Any] | None:
        """The content as it is, or None where there is none or it does not parse."""
        json_text = self.json()
        value = json_text.value() if json_text else None
        return value if isinstance(value, dict) else None

    def json(self) -> JsonDocument | None:
        text = self.text(self.content_path)
        try:
            return JsonDocument(text) if text else None
        except ValueError:
            return None

    def set(self, pointer: str, value: Any) -> None:
        json_text = self.json()
        if json_text:
            json_text.set(pointer, value)
            self.write(self.content_path, json_text.text)

    def add(self, pointer: str, value: Any) -> None:
        json_text = self.json()
        if json_text:
            json_text.add(pointer, value)
            self.write(self.content_path, json_text.text)

    def remove(self, pointer: str) -> None:
        json_text = self.json()
        if json_text:
            json_text.remove(pointer)
            self.write(self.content_path, json_text.text)

    def slots(self, *kinds: str) -> list[tuple[str, str]]:
        """(pattern, kind) of the starter's slots of these kinds."""
        return [(p, k) for p, k in self.starter.slots.items() if k in kinds] if self.starter else []

    @property
    def name(self) -> str:
        content = self.content or {}
        pattern = next((p for p, _ in self.slots("app_name")), "/app/name")
        value = pointers.get(content, pattern)
        return value if isinstance(value, str) else ""

    @property
    def subject(self) -> str:
        return str(self.marker.get("subject", ""))

    @property
    def topic_keys(self) -> list[str]:
        keys = self.marker.get("topics", [])
        return [str(k) for k in keys] if isinstance(keys, list) else []


def marker(tree: FileTree) -> dict[str, Any]:
    """What package.json says about the starter: `{"starter", "subject", "topics"}`, or nothing."""
    try:
        found = json.loads(tree.text("package.json") or "{}").get("sayso", {})
    except (ValueError, AttributeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _nearest(tree: FileTree, starters: Mapping[str, StarterFiles]) -> StarterFiles | None:
    """The starter that shares the most unchanged files with the tree: for projects that began from the gallery."""
    shares = {
        name: sum(tree.get(p) == text for p, text in s.files.items()) / max(1, len(s.files))
        for name, s in starters.items()
        if s.content in tree
    }
    best = max(shares, key=lambda name: shares[name], default="")
    return starters[best] if best and shares[best] >= MIN_SHARED else None
