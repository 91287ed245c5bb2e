"""The demo's answer to a prompt that asks for a server, when one can run here: the nearest starter that has a
server."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from builder.demo.language import words
from builder.demo.language.reading import Reading
from builder.demo.starters.starter import FOLDER
from builder.projects.starters import list_starters, starter_tree

# The server features in the reading that a starter here really has.
_HAD: Final = frozenset({"a server", "a database"})
_USUAL: Final = "stock-api"
_LANGUAGES: Final = {"golang": "go", "nodejs": "node", "websocket": "websockets", "sse": "server-sent events"}
# A name is put unescaped into HTML and into strings of four languages, so only these characters are allowed.
_NAME: Final = re.compile(r"[^\W_](?:[\w -]{0,38}[^\W_])?")


@dataclass(frozen=True, slots=True)
class ServerStarter:
    """A starter with a server. `app` is the app's name in its files; `files` holds text files only."""

    name: str
    title: str
    app: str
    runtime: str
    stack: tuple[str, ...]
    keywords: tuple[str, ...]
    files: dict[str, str]


@lru_cache(maxsize=4)
def server_starters(folder: Path = FOLDER) -> tuple[ServerStarter, ...]:
    """All of them, by name. Reads files."""
    found = []
    for starter in list_starters(folder):
        if starter.server:
            facts = json.loads((folder / starter.name / "starter.json").read_text("utf-8"))
            files = {path: text for path, text in starter_tree(starter, folder).items() if isinstance(text, str)}
            about = (facts["name"], starter.server, starter.stack, tuple(facts["keywords"]))
            found.append(ServerStarter(starter.name, starter.title, *about, _ordered(files)))
    return tuple(found)


def _ordered(files: dict[str, str]) -> dict[str, str]:
    """The order of files: first how the app runs, then what is visible, then the rest."""
    first = ("package.json", "requirements.txt", "go.mod", "index.html")
    rank = {name: place for place, name in enumerate(first)}
    return dict(sorted(files.items(), key=lambda file: (rank.get(file[0], len(first)), file[0].count("/"), file[0])))


def nearest(reading: Reading, runtimes: Collection[str]) -> ServerStarter | None:
    """The starter for a prompt that asks for a server; None when the prompt does not, or nothing here can run one."""
    there = [starter for starter in server_starters() if starter.runtime in runtimes]
    return _best(reading, there)[0] if there and _HAD & set(reading.servers) else None


def better_elsewhere(reading: Reading) -> ServerStarter | None:
    """The starter that the prompt speaks of, where it asks for a server: that of any server is not meant by that."""
    starter, said = _best(reading, [one for one in server_starters() if one.name != _USUAL])
    return starter if said and _HAD & set(reading.servers) else None


def _best(reading: Reading, there: Collection[ServerStarter]) -> tuple[ServerStarter, bool]:
    """The nearest of `there`, and whether the prompt speaks of it."""
    singles = [words.singular(word) for word in re.findall(r"[\w+#-]+", reading.prompt.lower())]
    flat, asked = f" {' '.join(singles)} ", {_LANGUAGES.get(word, word) for word in singles}

    def score(starter: ServerStarter) -> tuple[int, bool]:
        phrases = {" ".join(words.singular(word) for word in keyword.split()) for keyword in starter.keywords} - set(
            starter.stack
        )
        said = sum(4 * len(phrase.split()) for phrase in phrases if f" {phrase} " in flat)
        return said + 3 * len(asked & set(starter.stack)), starter.name == _USUAL

    found = max(there, key=score)
    return found, score(found)[0] > 0


def renamed(starter: ServerStarter, name: str) -> tuple[str, dict[str, str]]:
    """(the app's name, its files); the app is renamed to `name` when that name can stand in code."""
    if not _NAME.fullmatch(name):
        return starter.app, dict(starter.files)
    return name, {path: text.replace(starter.app, name) for path, text in starter.files.items()}
