"""The last part of a terminal's output, in bounded memory, addressed by the number of bytes before it."""

from __future__ import annotations

from collections import deque
from typing import Final

LIMIT: Final = 256 * 1024  # bytes: some 3,000 lines


class Scrollback:
    """The last `limit` bytes of a stream. `end` counts all bytes that ever came; `start` is the first byte still
    kept."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._pieces: deque[bytes] = deque()
        self.start = 0
        self.end = 0

    def append(self, data: bytes) -> None:
        """Add `data`; bytes over the limit are dropped from the front, in whole lines if there are lines."""
        if not data:
            return
        self._pieces.append(data)
        self.end += len(data)
        while self.end - self.start > self._limit:
            over = self.end - self.start - self._limit
            first = self._pieces.popleft()
            if len(first) > over:
                # Cut after a line break, so that the rest does not begin inside a character or a colour sequence.
                cut = first.find(b"\n", over) + 1 or over
                if cut < len(first):
                    self._pieces.appendleft(first[cut:])
                first = first[:cut]
            self.start += len(first)

    def since(self, offset: int, most: int = LIMIT) -> bytes:
        """Up to `most` bytes from `offset` on; from `start` on if `offset` was dropped. b"" when there are none."""
        skip = max(offset, self.start) - self.start
        found = bytearray()
        for piece in self._pieces:
            if skip >= len(piece):
                skip -= len(piece)
                continue
            found += piece[skip : skip + most - len(found)]
            skip = 0
            if len(found) >= most:
                break
        return bytes(found)
