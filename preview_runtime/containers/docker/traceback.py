"""A Python traceback, told from its end: the error first, then the places in the author's files."""

from __future__ import annotations

import re
from typing import Final

_BEGINS: Final = "Traceback (most recent call"
_FRAME: Final = re.compile(r'\s+File "([^"]+)", line \d+')
_OWN: Final = re.compile(r"/app/(?!\.sayso/|.*/site-packages/)")


def told_from_its_end(log: str) -> str:
    """The last traceback in `log` without the lines of packages, "" where there is none that names the author's files."""
    lines = log.splitlines()
    begins = max((at for at, line in enumerate(lines) if line.startswith(_BEGINS)), default=None)
    if begins is None:
        return ""
    frames: list[str] = []
    own = False
    for at in range(begins + 1, len(lines)):
        line = lines[at]
        if line and not line[0].isspace():
            return "\n".join([*lines[at:], *frames]) if frames else ""
        if found := _FRAME.match(line):
            own = _OWN.match(found[1]) is not None
        if own:
            frames.append(line.replace('File "/app/', 'File "'))
    return ""
