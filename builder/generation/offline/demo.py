"""The way in: a prompt (and the tree it is about) in, a Draft's parts out. Never raises for what a person types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from builder.generation.offline import sentences
from builder.generation.offline.adapting import Adapted, adapt
from builder.generation.offline.choice import Choice, choose
from builder.generation.offline.followup import follow
from builder.generation.offline.reading import Reading, read
from builder.generation.offline.smalledits import SmallEdit, between
from builder.generation.offline.starter import Starter, all_starters
from builder.generation.offline.topic import Topic, matching, vocabulary
from preview_runtime.file_tree import FileTree

# How sure a topic must be: a word of the subject phrase (4), not a word in passing (0.6).
_SURE = 1.4


@dataclass(frozen=True)
class OfflineDraft:
    """What the demo answers. `files` in the order to be written; `json()` is the Draft on the wire."""

    title: str
    summary: str
    stack: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    edits: tuple[SmallEdit, ...] = ()

    def json(self) -> str:
        """The Draft's JSON, summary and stack before the files so that they show first."""
        draft: dict[str, Any] = {"title": self.title, "summary": self.summary, "stack": list(self.stack)}
        if self.files:
            draft["files"] = self.files
            draft["run"] = {"install": "npm install", "start": "npm run dev", "port": 5173}
        if self.edits:
            draft["edits"] = list(self.edits)
        return json.dumps(draft, ensure_ascii=False)


def first(prompt: str, starters: Mapping[str, Starter] | None = None) -> OfflineDraft:
    """A new app for `prompt`."""
    adapted, reading, choice = made(prompt, starters)
    return OfflineDraft(adapted.name, sentences.made(adapted, reading, choice), adapted.stack, adapted.files)


def made(prompt: str, starters: Mapping[str, Starter] | None = None) -> tuple[Adapted, Reading, Choice]:
    """The adapted starter with how the prompt was read and why this starter was taken."""
    available = starters or all_starters()
    reading = read(prompt, vocabulary())
    topics = topics_of(reading)
    choice = choose(reading, topics, available)
    return adapt(reading, topics, choice), reading, choice


def topics_of(reading: Reading) -> tuple[Topic, ...]:
    """The one or two topics the prompt is about; none where it speaks of something the bank does not know."""
    hits = [h for h in matching(reading.subject, reading.nouns, reading.terms) if h[0] >= _SURE] or [
        h for h in matching("", (), reading.terms) if not reading.subject
    ]
    if not hits:
        return ()
    best, topic = hits[0]
    # A second topic only where the person joins two subjects: "coffee and cakes", not "wedding photographer".
    joined = any(t in reading.terms for t in ("and", "plus"))
    return (topic, *(t for score, t in hits[1:2] if joined and score >= max(1.4 if len(reading.terms) < 12 else 4.0, best - 3.5) and not t.words & topic.words))


def change(prompt: str, tree: FileTree, starters: Mapping[str, Starter] | None = None) -> OfflineDraft:
    """The change `prompt` asks for, as small edits of `tree`; without edits where the demo cannot do it."""
    outcome = follow(prompt, tree, starters or all_starters())
    edits = tuple(e for path, text in outcome.files.items() for e in between(path, tree.text(path) or "", text))
    return OfflineDraft("", sentences.changed(outcome), (), {}, edits)
