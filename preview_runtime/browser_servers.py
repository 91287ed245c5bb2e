"""Servers that run in a person's browser: requests for them are passed on to the page that runs them, and its answers
back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

# Longer than the page waits before it ends what does not answer: its own answer says more.
ANSWER_SECONDS: Final = 40.0
MOST_WAITING: Final = 200


@dataclass(frozen=True, slots=True)
class BrowserAsked:
    """A visitor's request; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class BrowserAnswered:
    """The app's whole answer: written by hostile code."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class NotAnswered(Exception):
    """The page went away, or took too long."""


class BrowserServer:
    """One page that runs an app. `give(number, asked)` sends it a request."""

    def __init__(self, give: Callable[[int, BrowserAsked], Awaitable[None]]) -> None:
        self._give = give
        self._waiting: dict[int, asyncio.Future[BrowserAnswered]] = {}
        self._last = 0
        self.ended = asyncio.Event()

    async def ask(self, asked: BrowserAsked) -> BrowserAnswered:
        """Raises `NotAnswered`."""
        if self.ended.is_set() or len(self._waiting) >= MOST_WAITING:
            raise NotAnswered
        self._last += 1
        number = self._last
        answer: asyncio.Future[BrowserAnswered] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._give(number, asked)
                return await answer
        except (TimeoutError, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and not answer.cancelled():
                raise
            raise NotAnswered from error
        finally:
            self._waiting.pop(number, None)

    def answer(self, number: int, answered: BrowserAnswered) -> None:
        """What the page answered to a request; too late is no error."""
        waiting = self._waiting.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(answered)

    def end(self) -> None:
        """The page is gone, or another one takes its place."""
        self.ended.set()
        for waiting in self._waiting.values():
            waiting.cancel()
