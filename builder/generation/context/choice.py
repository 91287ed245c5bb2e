"""What of a project a model is shown: everything while it is small, else a map of it and the files that matter."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from builder.generation.context.project_map import ProjectMap
from builder.generation.context.ranking import Pointers, ranked
from builder.llm.conversation.sizes import CHARACTERS_PER_TOKEN
from builder.projects.walks.reading import FOLDER
from preview_runtime.file_tree import FileTree

BUDGET_TOKENS: Final = 60_000
"""The most of a project that is shown: one that fits goes in whole. A larger one is shown by at most `LOW_TOKENS` of the
files that matter; those shown before stay until the budget is reached."""
LOW_TOKENS: Final = 32_000
MAP_TOKENS: Final = 15_000
_LEAST_SHARE: Final = 0.06  # of the likeliest file's score: what is below has little to do with the request

_NEVER: Final = re.compile(
    r"((^|/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|requirements\.lock)|\.(svg|map|min\.js|min\.css))$"
)


def without_checks(tree: FileTree, shown: Collection[str]) -> FileTree:
    """The files that a model may read: of walks those `shown` alone. What checks an app is not known to what writes it."""
    hidden = [path for path in tree if path.startswith(FOLDER) and path not in shown]
    return FileTree({path: content for path, content in tree.items() if path not in hidden}) if hidden else tree


def is_worth_showing(path: str) -> bool:
    """Whether a model learns anything from the file: not from locks, maps and drawings."""
    return not _NEVER.search(path)


@dataclass(frozen=True, slots=True)
class Context:
    """`files`: the paths of those shown with their text, sorted; `others`: shown by name only. `map`: a line a file of a
    project that is not shown whole."""

    files: tuple[str, ...]
    others: tuple[str, ...]
    map: tuple[str, ...] = ()


def choose(
    tree: FileTree,
    prompt: str,
    pointers: Pointers | None = None,
    *,
    before: tuple[str, ...] = (),
    budget_tokens: int = BUDGET_TOKENS,
    low_tokens: int = LOW_TOKENS,
) -> Context:
    """The files to show for `prompt`. `before`: those shown last time, which a provider may have in its cache."""
    texts = {path: text for path, text in tree.items() if isinstance(text, str) and is_worth_showing(path)}
    room = int(budget_tokens * CHARACTERS_PER_TOKEN)
    if sum(map(len, texts.values())) <= room:
        return _context(tree, texts, texts.keys(), ())
    project = ProjectMap(tree)
    scores = ranked(project, texts, prompt, pointers or Pointers())
    least = _LEAST_SHARE * max(scores.values(), default=0.0)
    wanted: dict[str, None] = {}
    left = int(low_tokens * CHARACTERS_PER_TOKEN)
    for path, score in scores.items():
        if score < least:
            break
        if len(texts[path]) <= left:
            left -= len(texts[path])
            wanted[path] = None
    kept = dict.fromkeys([*(path for path in before if path in texts), *wanted])
    lines = project.lines(int(MAP_TOKENS * CHARACTERS_PER_TOKEN))
    if sum(len(texts[path]) for path in kept) + sum(map(len, lines)) > room:
        kept = wanted
    return _context(tree, texts, kept.keys(), lines)


def _context(tree: FileTree, texts: dict[str, str], shown: Collection[str], lines: tuple[str, ...]) -> Context:
    files = tuple(path for path in texts if path in shown)
    return Context(files, tuple(path for path in tree if path not in shown), lines)
