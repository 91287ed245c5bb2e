"""Claude as the browser tests have it: the local Messages API in a thread, told what to say and when to go on."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping
from typing import Any

from builder.generation.testing.messages_api import KEY, Behaviour, MessagesApi


class Claude:
    """A context manager: listens on loopback between enter and exit. Its answers are given one per request."""

    key = KEY

    def __init__(self) -> None:
        self.api = MessagesApi(Behaviour(prose="Nothing was asked of me."))
        self.address = ""
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="claude")

    def __enter__(self) -> Claude:
        self._thread.start()
        if not self._ready.wait(20):
            raise AssertionError("the local Messages API did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        self._loop.close()

    def answers(self, *behaviours: Behaviour) -> None:
        """What the next requests get, the last one again and again."""
        self.api.then(*behaviours)

    def holds(self, draft: Mapping[str, Any], before: str) -> asyncio.Event:
        """Answer `draft`, but wait where `before` begins until `release` is called with the returned event."""
        event = asyncio.Event()
        at = json.dumps(draft).index(json.dumps(before)[1:-1])
        self.answers(Behaviour(draft, hold_after=at, chunk=1, release=event))
        return event

    def release(self, event: asyncio.Event) -> None:
        """Go on."""
        self._loop.call_soon_threadsafe(event.set)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        async with self.api.serve() as self.address:
            self._ready.set()
            await self._end.wait()
