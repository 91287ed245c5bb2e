"""One runnable's log on disk: the present file and the previous one, each of bounded size.

A line is `<time> <o, e, b or s> <text>`: standard output, standard error, a build's, or Sayso's own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from preview_runtime.containers.docker.logs import LogLine

_MARKS: Final = {"stdout": "o", "stderr": "e", "build": "b", "sayso": "s"}
_STREAMS: Final = {mark: stream for stream, mark in _MARKS.items()}
_NO_TIME: Final = "-"


class LogFiles:
    """`limit` bytes in each of two files; all methods block. Raises OSError."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit
        self._present, self._before = folder / "server.log", folder / "server.log.1"

    def append(self, lines: Sequence[LogLine]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = "".join(f"{line.at or _NO_TIME} {_MARKS.get(line.stream, 'o')} {_flat(line.text)}\n" for line in lines)
        data = text.encode("utf-8", "replace")
        opened = os.open(self._present, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(opened).st_size
            written = 0
            while written < len(data):
                written += os.write(opened, data[written:])
        finally:
            os.close(opened)
        if size + len(data) > self._limit:
            self._present.replace(self._before)

    def tail(self, lines: int) -> list[LogLine]:
        """The last `lines` lines, oldest first."""
        found: list[LogLine] = []
        for path in (self._present, self._before):
            if len(found) < lines:
                found = _parsed(_content(path), lines - len(found)) + found
        return found

    def last_at(self) -> str:
        """The time of the app's newest line; "" where there is none."""
        for path in (self._present, self._before):
            for raw in reversed(_content(path).split(b"\n")):
                line = _line(raw)
                if line is not None and line.at and line.stream in ("stdout", "stderr"):
                    return line.at
        return ""


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _parsed(content: bytes, lines: int) -> list[LogLine]:
    # One line more: the text after the last line break is empty, or was cut off by a kill.
    last = content.rsplit(b"\n", lines + 1)[-lines - 1 :]
    return [line for raw in last if (line := _line(raw)) is not None][-lines:]


def _line(raw: bytes) -> LogLine | None:
    at, _, rest = raw.decode("utf-8", "replace").partition(" ")
    mark, space, text = rest.partition(" ")
    if not space or mark not in _STREAMS:
        return None
    return LogLine(_STREAMS[mark], text, "" if at == _NO_TIME else at)


def _flat(text: str) -> str:
    return text.replace("\n", " ")
