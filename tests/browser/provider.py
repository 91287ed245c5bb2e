"""A provider's API as the browser tests have it: a local server in a thread, told what to say and when to go on."""

from __future__ import annotations

import asyncio
import threading
from typing import Generic, Self, TypeVar

from builder.llm.testing.local_api import LocalApi

BehaviourT = TypeVar("BehaviourT")


class LocalProvider(Generic[BehaviourT]):
    """A context manager: listens on loopback between enter and exit. Its answers are given one per request."""

    def __init__(self, api: LocalApi[BehaviourT]) -> None:
        self.api = api
        self.address = ""
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(20):
            raise AssertionError("the local API did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        self._loop.close()

    def answers(self, *behaviours: BehaviourT) -> None:
        """What the next requests get, the last one again and again."""
        self.api.then(*behaviours)

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
