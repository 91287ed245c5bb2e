"""Takes secrets out of what is sent to a model."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from builder.safety.sanitising.shapes import SECRETS, Shape
from preview_runtime.file_tree import FileTree

HIDDEN: Final = "[hidden]"

# Every pattern takes time linear in the text: this runs over files of megabytes that strangers wrote.
_ENV_LINE: Final = re.compile(
    r"^(?P<name>[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=[ \t]*)(?P<value>\S.*)$", re.MULTILINE
)


def is_environment(path: str) -> bool:
    """Whether a file holds settings of the environment: `.env`, `.env.local`, but not `.env.example`."""
    name = path.rpartition("/")[2]
    return name == ".env" or (name.startswith(".env.") and not name.endswith((".example", ".sample", ".template")))


def without_secrets(path: str, text: str) -> str:
    """`text` with the values of secrets replaced; of an environment file every value."""
    if is_environment(path):
        return _ENV_LINE.sub(lambda match: match["name"] + HIDDEN, text)
    small = text.lower()
    for shape in SECRETS:
        if any(needle in small for needle in shape.needles):
            text = _pattern(shape).sub(lambda match: match["keep"] + HIDDEN, text)
    return text


def hides_something(path: str, text: str) -> bool:
    """Whether the model sees less than the file holds, so that it must not rewrite the file whole."""
    return without_secrets(path, text) != text


def texts_with_keys(tree: FileTree, before: FileTree) -> list[str]:
    """The texts that `tree` has and `before` has not, and that hold what looks like a key."""
    changed, _ = tree.changed_from(before)
    texts = (tree[path] for path in changed)
    return [text for text in texts if isinstance(text, str) and hides_something("", text)]


@cache
def _pattern(shape: Shape) -> re.Pattern[str]:
    rest = rf"(?:(?!-----BEGIN )[\s\S])*?{shape.until}" if shape.until else ""
    return re.compile(f"(?P<keep>{shape.keep}){shape.whole}{rest}")
