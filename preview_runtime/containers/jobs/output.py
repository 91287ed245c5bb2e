"""A job's output on its way to its readers: bounded in memory, however much there is and however slowly it is read."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from preview_runtime.containers.docker.policy import MEGABYTE

KEPT: Final = MEGABYTE
_OVERHEAD: Final = 128  # bytes of overhead per piece


@dataclass(frozen=True, slots=True)
class OutputPiece:
    """Bytes of one stream, stdout or stderr. `at` counts the bytes of both before it. A piece without a stream and with
    `lost` bytes stands for output that was not read in time."""

    stream: str
    data: bytes
    at: int
    lost: int = 0

    @property
    def after(self) -> int:
        """Where the next piece begins."""
        return self.at + len(self.data) + self.lost


class JobOutput:
    """The last `kept` bytes of a job's output, for any number of readers. Readers never delay a job: a slow reader
    loses the oldest bytes and is told how many."""

    def __init__(self, kept: int = KEPT) -> None:
        self.total = 0
        self._kept = kept
        self._pieces: deque[OutputPiece] = deque()
        self._size = 0
        self._first = 0  # the number of the first piece that is kept
        self._ended = False
        self._more = asyncio.Event()

    def put(self, stream: str, data: bytes) -> None:
        """Add output of the job; never waits."""
        self._pieces.append(OutputPiece(stream, data, self.total))
        self.total += len(data)
        self._size += len(data) + _OVERHEAD
        while self._size > self._kept and len(self._pieces) > 1:
            self._size -= len(self._pieces.popleft().data) + _OVERHEAD
            self._first += 1
        self._more.set()

    def end(self) -> None:
        """Nothing comes any more."""
        self._ended = True
        self._more.set()

    async def read(self, after: int = 0) -> AsyncGenerator[OutputPiece]:
        """The output from byte `after` on, until the job's end."""
        number = 0
        while True:
            number = max(number, self._first)
            if number < self._first + len(self._pieces):
                piece = self._pieces[number - self._first]
                number += 1
                if piece.after <= after:
                    continue
                if piece.at > after:
                    yield OutputPiece("", b"", after, lost=piece.at - after)
                elif piece.at < after:
                    piece = OutputPiece(piece.stream, piece.data[after - piece.at :], after)
                after = piece.after
                yield piece
            elif self._ended:
                return
            else:
                self._more.clear()
                await self._more.wait()
