"""The common base of the local servers that stand in for providers: they listen on loopback and behave as the test
says."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from preview_runtime.tasks import beside, race

BehaviourT = TypeVar("BehaviourT")


class LocalApi(Generic[BehaviourT]):
    """Uses one behaviour per request, and repeats the last one.

    `requests` holds the body of each request for an answer, `listed` how often the list of `models` was requested.
    """

    def __init__(self, behaviours: Sequence[BehaviourT], models: Sequence[str], routes: Sequence[Route]) -> None:
        self.behaviours = deque(behaviours)
        self.requests: list[dict[str, Any]] = []
        self.models = tuple(models)
        self.listed = 0
        self._closing = asyncio.Event()
        self.app = Starlette(routes=routes)

    def then(self, *behaviours: BehaviourT) -> None:
        """Replace the behaviours still to come with these."""
        self.behaviours = deque(behaviours)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Listen on a free loopback port; returns the server's address, without a path."""
        config = uvicorn.Config(self.app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        async with beside(server.serve(), "a provider of our own") as task:
            try:
                while not server.started:
                    if task.done():
                        await task
                        raise RuntimeError("the server ended before it had started")
                    await asyncio.sleep(0.005)
                port = server.servers[0].sockets[0].getsockname()[1]
                yield f"http://127.0.0.1:{port}"
            finally:
                self._closing.set()
                server.should_exit = True
                server.force_exit = True
                await task

    def _next(self) -> BehaviourT:
        return self.behaviours.popleft() if len(self.behaviours) > 1 else self.behaviours[0]

    async def _held(self, release: asyncio.Event | None) -> None:
        """Until released, or the server ends."""
        await race(*(event.wait() for event in (release, self._closing) if event), name="held back")


def pieces(text: str, size: int) -> list[str]:
    """`text` in pieces of `size` characters."""
    return [text[at : at + size] for at in range(0, len(text), size)]
