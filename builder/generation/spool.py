"""What arrives of each generation, on disk before anyone hears of it.

Per attempt (the first answer, then each continuation) one append-only file of the model's raw text; the decoded text
is kept in memory for as long as somebody may read it and is rebuilt from the raw files after a crash.
"""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path
from typing import Final

from builder.base.ids import is_id

_READABLE: Final = 64
"""Finished generations whose text stays readable in memory."""


class SpoolFull(Exception):
    """The answer is longer than any project may be."""


class Spool:
    """One generation's text. `raw` may be appended to until `limit` characters; raises `SpoolFull` beyond."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._file: io.FileIO | None = None
        self._raw_characters = 0
        self._decoded = io.StringIO(newline="")
        self.characters = 0

    def begin_attempt(self) -> int:
        """Open the raw file of the next attempt; returns its number, from 0."""
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = len(self.attempts())
        self._file = io.FileIO(self._path(number), "a")
        return number

    def append_raw(self, text: str) -> None:
        """Write what the model sent, unread. In the kernel's hands on return: SIGKILL cannot take it back."""
        if self._file is None:
            raise ValueError("no attempt was begun")
        self._raw_characters += len(text)
        if self._raw_characters > self._limit:
            raise SpoolFull
        # surrogatepass: half a character may end one piece and be completed by the next.
        self._file.write(text.encode("utf-8", "surrogatepass"))

    def append_text(self, text: str) -> int:
        """Add decoded text; returns the offset after it, in code points."""
        self._decoded.seek(0, io.SEEK_END)
        self._decoded.write(text)
        self.characters += len(text)
        return self.characters

    def read(self, offset: int, limit: int) -> str:
        """At most `limit` code points of decoded text from `offset`."""
        if offset < 0 or offset >= self.characters or limit <= 0:
            return ""
        self._decoded.seek(offset)
        return self._decoded.read(limit)

    def attempts(self) -> list[str]:
        """The raw text of each attempt on disk, in order."""
        texts: list[str] = []
        while (path := self._path(len(texts))).is_file():
            # ignore: a crash may have cut the last character in two.
            texts.append(_whole(path.read_bytes()))
        return texts

    def close(self) -> None:
        """Make what was written durable and let go of the file; the text stays readable."""
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}.json"


class Spools:
    """The spools of all generations. Satisfies `builder.base.events.TextSource`."""

    def __init__(self, folder: Path, *, limit: int = 40 * 1024 * 1024) -> None:
        self._folder = folder
        self._limit = limit
        self._open: dict[str, Spool] = {}
        self._active: dict[str, str] = {}

    def active(self, project_id: str) -> str | None:
        return self._active.get(project_id)

    def read(self, generation_id: str, offset: int, limit: int) -> str:
        spool = self._open.get(generation_id)
        return spool.read(offset, limit) if spool else ""

    def start(self, project_id: str, generation_id: str) -> Spool:
        """The spool of the generation that now writes for the project; one that exists is gone on with."""
        spool = self.get(generation_id)
        self._active[project_id] = generation_id
        return spool

    def get(self, generation_id: str) -> Spool:
        """The generation's spool, empty where nothing is in memory yet (`attempts()` then reads the disk)."""
        if not is_id(generation_id):
            raise ValueError("not an id")
        spool = self._open.pop(generation_id, None) or Spool(self._folder / generation_id, self._limit)
        self._open[generation_id] = spool
        for old in list(self._open)[: -_READABLE or None]:
            if old not in self._active.values():
                self._open.pop(old).close()
        return spool

    def finish(self, project_id: str, generation_id: str) -> None:
        """The generation no longer writes. Its text stays readable for listeners that are behind."""
        if self._active.get(project_id) == generation_id:
            del self._active[project_id]
        if spool := self._open.get(generation_id):
            spool.close()

    def remove(self, generation_id: str) -> None:
        """Delete what is on disk: the generation's version holds its files now."""
        if is_id(generation_id):
            shutil.rmtree(self._folder / generation_id, ignore_errors=True)

    def close(self) -> None:
        for spool in self._open.values():
            spool.close()


def _whole(raw: bytes) -> str:
    """`raw` as text, without the cut-off character it may end in."""
    for cut in range(4):
        try:
            return raw[: len(raw) - cut].decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
