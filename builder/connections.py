"""Bounds what a connection may take before its request is known: time, memory, and a place among the others.

Whoever opens connections and sends their requests a byte at a time (slow-loris), or sends headers without end, would
otherwise use up the process's file descriptors or its memory: uvicorn itself waits for a request's head for ever and
keeps all of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections import OrderedDict
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS: Final = 10.0
HEAD_BYTES: Final = 64 * 1024  # nginx takes 32 kB, Node 16 kB
# Of the connections that are doing nothing; half of the 1,024 file descriptors a process is usually given.
MOST_WAITING: Final = 512
_FILES: Final = 65_536
_REFUSAL: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 41\r\nconnection: close\r\n\r\nThe request's headers are much too large."
)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP, with an end to waiting for the head of a request.

    Of the connections without a request under way, new ones and kept ones, the longest silent go when there are more
    than `MOST_WAITING`: somebody with a request to make is always let in.
    """

    waiting: ClassVar[OrderedDict[BoundedProtocol, None]] = OrderedDict()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_bytes = 0
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._work()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._late is None:
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_REFUSAL)
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._late is None:
            self._wait_for_head()

    def on_headers_complete(self) -> None:
        self._work()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._late is None and self.cycle is not None and self.cycle.response_complete:
            self._rest()

    def _wait_for_head(self) -> None:
        self._head_bytes = 0
        self._late = self.loop.call_later(HEAD_SECONDS, self._end)
        self._rest()

    def _rest(self) -> None:
        self.waiting[self] = None
        self.waiting.move_to_end(self)
        if len(self.waiting) > MOST_WAITING:
            oldest, _ = self.waiting.popitem(last=False)
            oldest._end()

    def _work(self) -> None:
        self.waiting.pop(self, None)
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _end(self) -> None:
        # Not `close`: that would wait until a visitor who reads nothing has read what is on its way.
        self.transport.abort()


def allow_many_files() -> None:
    """Raise the process's own limit of open files, each connection being one, as far as it may without rights."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
