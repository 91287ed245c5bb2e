"""Which files of a project its Dockerfile sees: the rules of .dockerignore.

As Docker's own client reads them (https://docs.docker.com/build/concepts/context/#dockerignore-files): one pattern a
line, from the root of the context; `*` and `?` stay within a name, `**` does not; `!` takes back; the last match counts.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable


def context_filter(text: str) -> Callable[[str], bool]:
    """A function that tells of a path in the context whether it is sent."""
    rules = [(not line.startswith("!"), _pattern(line.removeprefix("!"))) for line in _lines(text)]

    def sent(path: str) -> bool:
        # A pattern that matches a folder holds for all below it.
        parts = path.split("/")
        places = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        left_out = False
        for leaves_out, pattern in rules:
            if any(pattern.fullmatch(place) for place in places):
                left_out = leaves_out
        return not left_out

    return sent


def _lines(text: str) -> Iterable[str]:
    for line in text.removeprefix("\ufeff").splitlines():
        line = line.strip()
        if line and not line.startswith("#") and line != "!":
            yield line


def _pattern(line: str) -> re.Pattern[str]:
    path = posixpath.normpath(line.strip()).lstrip("/")
    out = ""
    place = 0
    while place < len(path):
        character = path[place]
        if path.startswith("**", place):
            place += 2
            if path.startswith("/", place):
                place += 1
                out += "(?:.*/)?"
            else:
                out += ".*"
            continue
        if character == "*":
            out += "[^/]*"
        elif character == "?":
            out += "[^/]"
        elif character == "[" and (end := path.find("]", place + 2)) > 0:
            inner = path[place + 1 : end].replace("\\", "\\\\")
            out += f"[{'^' if inner.startswith('^') else ''}{inner.removeprefix('^')}]"
            place = end
        elif character == "\\" and place + 1 < len(path):
            place += 1
            out += re.escape(path[place])
        else:
            out += re.escape(character)
        place += 1
    try:
        return re.compile(out, re.DOTALL)
    except re.error:
        return re.compile(re.escape(path))
