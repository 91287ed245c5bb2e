"""The way in: a prompt (and the tree it is about) in, a Draft's parts out. No text that a person types makes it
raise."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from builder.demo import sentences, servers
from builder.demo.commands.measuring import currency
from builder.demo.followup import follow
from builder.demo.language.reading import Reading, read
from builder.demo.language.topic import vocabulary
from builder.demo.language.topics_of import topics_of
from builder.demo.small_edits import SmallEdit, between
from builder.demo.starters.adapting import Adapted, adapt
from builder.demo.starters.choice import Choice, choose
from builder.demo.starters.project import AdaptedProject
from builder.demo.starters.starter import StarterFiles, all_starters
from preview_runtime.file_tree import FileTree

_PRICES: Final = re.compile(
    r"\b(?:currency|prices?|priced|in (?:reais|euros?|dollars|pounds|yen|rupees|pesos|francs))\b", re.IGNORECASE
)


@dataclass(frozen=True)
class OfflineDraft:
    """The demo's answer. `files` in the order to be written; `json()` is the Draft on the wire."""

    title: str
    summary: str
    stack: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    edits: tuple[SmallEdit, ...] = ()
    has_server: bool = False

    def json(self) -> str:
        """The Draft's JSON, with summary and stack before the files so that they show first."""
        draft: dict[str, Any] = {"title": self.title, "summary": self.summary, "stack": list(self.stack)}
        if self.files:
            draft["files"] = self.files
        if self.files and not self.has_server:
            draft["run"] = {"install": "npm install", "start": "npm run dev", "port": 5173}
        if self.edits:
            draft["edits"] = list(self.edits)
        return json.dumps(draft, ensure_ascii=False)


def first(
    prompt: str, starters: Mapping[str, StarterFiles] | None = None, runtimes: Collection[str] = ()
) -> OfflineDraft:
    """A new app for `prompt`; with a server when the prompt asks for one and one of `runtimes` can run it."""
    asked = read(prompt, vocabulary())
    if served := servers.nearest(asked, runtimes):
        name, files = servers.renamed(served, asked.name)
        return OfflineDraft(name, sentences.served(served, name, asked), served.stack, files, has_server=True)
    adapted, reading, choice = made(prompt, starters)
    files = _in_currency(prompt, adapted.files, starters or all_starters())
    return OfflineDraft(adapted.name, sentences.made(adapted, reading, choice), adapted.stack, files)


def _in_currency(prompt: str, files: dict[str, str], starters: Mapping[str, StarterFiles]) -> dict[str, str]:
    """With the currency that the prompt names for its prices."""
    if not _PRICES.search(prompt):
        return files
    project = AdaptedProject(FileTree(dict(files)), starters)
    currency(prompt, project)
    return {**files, **project.changed()}


def made(prompt: str, starters: Mapping[str, StarterFiles] | None = None) -> tuple[Adapted, Reading, Choice]:
    """The adapted starter, with how the prompt was read and why this starter was chosen."""
    available = starters or all_starters()
    reading = read(prompt, vocabulary())
    topics = topics_of(reading)
    choice = choose(reading, topics, available)
    return adapt(reading, topics, choice), reading, choice


def change(prompt: str, tree: FileTree, starters: Mapping[str, StarterFiles] | None = None) -> OfflineDraft:
    """The change `prompt` asks for, as small edits of `tree`; without edits when the demo cannot do it."""
    outcome = follow(prompt, tree, starters or all_starters())
    edits = tuple(e for path, text in outcome.files.items() for e in between(path, tree.text(path) or "", text))
    return OfflineDraft(outcome.title, sentences.changed(outcome), (), {}, edits)
