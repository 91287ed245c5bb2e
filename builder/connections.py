"""Bounds how many connections may wait, so that somebody with a request to make is always let in.

Whoever opens connections and asks for nothing would otherwise use up the process's file descriptors. How long the head
of a request may take, and how large it may be, is `preview_runtime.routes.heads`.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections import OrderedDict
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from preview_runtime.routes.heads import guarded
from preview_runtime.routes.limits import Limits

# Of the connections that are doing nothing; half of the 1,024 file descriptors a process is usually given.
MOST_WAITING: Final = 512
_FILES: Final = 65_536


def bounded(limits: Limits) -> type[HttpToolsProtocol]:
    """The protocol class for `uvicorn.Config(http=…)`: bounded heads, and a bound on what waits.

    Of the connections without a request under way, new ones and kept ones, the longest silent go when there are more
    than `MOST_WAITING`.
    """

    class Bounded(guarded(limits)):  # type: ignore[misc]
        waiting: ClassVar[OrderedDict[Bounded, None]] = OrderedDict()

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._rest()

        def connection_lost(self, exc: Exception | None) -> None:
            self.waiting.pop(self, None)
            super().connection_lost(exc)

        def on_headers_complete(self) -> None:
            self.waiting.pop(self, None)
            super().on_headers_complete()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self.cycle is not None and self.cycle.response_complete and not self.transport.is_closing():
                self._rest()

        def _rest(self) -> None:
            self.waiting[self] = None
            self.waiting.move_to_end(self)
            if len(self.waiting) > MOST_WAITING:
                oldest, _ = self.waiting.popitem(last=False)
                # Not `close`: that would wait until a visitor who reads nothing has read what is on its way.
                oldest.transport.abort()

    return Bounded


def allow_many_files() -> None:
    """Raise the process's own limit of open files, each connection being one, as far as it may without rights."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
