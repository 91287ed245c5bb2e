"""Which walks a person speaks of when they ask for a change. The others are not shown to what writes, nor changed by it."""

from __future__ import annotations

import re
from typing import Final

from builder.projects.walks.reading import FOLDER, read_walks
from preview_runtime.file_tree import FileTree

_WORD: Final = re.compile(r"\bwalks?\b", re.IGNORECASE)


def spoken_of(tree: FileTree, prompt: str, open_file: str = "") -> frozenset[str]:
    """The paths of the walks that `prompt` names by their file or their title, or that the person has open; all of them
    where it speaks of walks at all, and the app itself is not about another kind of walk."""
    paths = [path for path in tree if path.startswith(FOLDER)]
    if not paths:
        return frozenset()
    words = prompt.casefold()
    if FOLDER in words or (_WORD.search(prompt) and not _is_about_walks(tree)):
        return frozenset(paths)
    titles = {path: walk.title.casefold() for path, walk in read_walks(tree).walks.items()}
    named = (path for path in paths if _name(path) in words or (path in titles and titles[path] in words))
    return frozenset([*named, *(path for path in paths if path == open_file)])


def _name(path: str) -> str:
    return path.removeprefix(FOLDER).casefold()


def _is_about_walks(tree: FileTree) -> bool:
    """Whether the app's own files have the word, such as those of a diary of walks with the dog."""
    texts = (text for path in tree if not path.startswith(FOLDER) and (text := tree.text(path)))
    return any(_WORD.search(text) for text in texts)
