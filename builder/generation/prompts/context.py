"""What of a project a model is shown: everything while it is small, else what the prompt is likely about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from builder.generation.models.model import EarlierMessage
from builder.generation.prompts.secrets import without_secrets
from builder.llm.conversation.sizes import CHARACTERS_PER_TOKEN
from preview_runtime.file_tree import FileTree

BUDGET_TOKENS: Final = 60_000
HISTORY_TURNS: Final = 12
TURN_CHARACTERS: Final = 600

_NEVER: Final = re.compile(
    r"((^|/)(package-lock\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock)|\.(svg|map|min\.js|min\.css))$"
)
_ENTRY: Final = re.compile(
    r"^(package\.json|index\.html|src/(main|index|App|app|theme|index|style|styles|content)\.(tsx?|jsx?|vue|svelte|css|json))$"
)
_WORD: Final = re.compile(r"[a-z][a-z0-9]{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ShownFile:
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """`files`: shown with their text; `others`: by name only."""

    files: tuple[ShownFile, ...]
    others: tuple[str, ...]


def choose(tree: FileTree, prompt: str, changed: Iterable[str] = (), budget_tokens: int = BUDGET_TOKENS) -> Context:
    """The files to show for `prompt`. `changed`: paths changed last, newest first. Secrets are taken out.

    All text files when they fit the budget; else by how likely they matter: entry files, files the prompt names,
    recently changed ones, then those that share the prompt's words.
    """
    texts = {path: text for path, text in tree.items() if isinstance(text, str) and is_worth_showing(path)}
    order = sorted(texts, key=_Rank(prompt, list(changed), texts))
    left, shown = int(budget_tokens * CHARACTERS_PER_TOKEN), set()
    for path in order:
        if len(texts[path]) <= left:
            left -= len(texts[path])
            shown.add(path)
    files = tuple(ShownFile(path, without_secrets(path, texts[path])) for path in tree if path in shown)
    return Context(files, tuple(path for path in tree if path not in shown))


def is_worth_showing(path: str) -> bool:
    """Whether a model learns something from the file: not from what other programs have written."""
    return not _NEVER.search(path)


class _Rank:
    """Sort key: the smaller, the sooner a file is shown."""

    def __init__(self, prompt: str, changed: Sequence[str], texts: dict[str, str]) -> None:
        self._prompt = prompt.lower()
        self._words = {word.lower() for word in _WORD.findall(prompt)}
        self._changed = changed
        self._texts = texts

    def __call__(self, path: str) -> tuple[int, int, str]:
        name = path.rpartition("/")[2].lower()
        stem = name.partition(".")[0]
        if name in self._prompt or (len(stem) > 2 and stem in self._words):
            return 0, 0, path
        if _ENTRY.match(path):
            return 1, 0, path
        if path in self._changed[:20]:
            return 2, self._changed.index(path), path
        found = sum(word in self._texts[path].lower() for word in self._words)
        return 3, -found, path


def collapsed(turns: Sequence[EarlierMessage]) -> tuple[EarlierMessage, ...]:
    """The last turns, each cut to a few lines, secrets taken out; the first request is always kept."""
    kept = list(turns[-HISTORY_TURNS:])
    if len(turns) > HISTORY_TURNS:
        kept = [turns[0], *kept[1:]]
    return tuple(EarlierMessage(turn.role, _short(without_secrets("", turn.text))) for turn in kept)


def _short(text: str) -> str:
    return text if len(text) <= TURN_CHARACTERS else text[: TURN_CHARACTERS - 1] + "…"
