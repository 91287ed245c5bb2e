"""Places for awake servers: a limit per person and one in all, a limit on simultaneous starts, and a queue for the
rest."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Servers become idle without an event: a start that waits for a place looks again this often, in seconds.
_LOOK_AGAIN: Final = 2.0


class Waits(StrEnum):
    """The reason why a start waits: its turn, a place among the person's own servers, or one among all."""

    TURN = "turn"
    PERSON = "person"
    TOTAL = "total"


MakeRoom = Callable[[str, Waits], Awaitable[bool]]
"""May put something idle to rest, given a workspace and what its start waits for; returns whether it did."""


@dataclass(frozen=True, slots=True)
class PlaceLimits:
    """`per_person` and `total` limit servers that use memory; `starts` limits those that start at the same time."""

    per_person: int = 10
    total: int = 30
    starts: int = 2


@dataclass(eq=False)
class _Ticket:
    runnable: str
    workspace: str
    waits_for: Waits = Waits.TURN


class Places:
    """First come, first served, except that a person who waits because of their own limit delays nobody else.

    A server keeps its place until `leave`.
    """

    def __init__(self, limits: PlaceLimits) -> None:
        self.limits = limits
        self._holders: dict[str, str] = {}  # runnable → workspace
        self._starting: set[str] = set()
        self._queue: list[_Ticket] = []
        self._changed = asyncio.Event()
        self._making_room = asyncio.Lock()

    def hold(self, runnable: str, workspace: str) -> None:
        """Give a place to a server that runs already, whatever the limits say."""
        self._holders[runnable] = workspace

    def leave(self, runnable: str) -> None:
        """Give a place back; it is no error when none was held."""
        if self._holders.pop(runnable, None) is not None:
            self._tell()

    def held(self, workspace: str | None = None) -> int:
        """The number of places taken, by `workspace` or by all."""
        return len(self._holders) if workspace is None else sum(one == workspace for one in self._holders.values())

    @property
    def queued(self) -> int:
        """The number of starts that wait."""
        return len(self._queue)

    def waiting(self, runnable: str) -> tuple[int, Waits] | None:
        """The number of starts before that of `runnable`, and what it waits for; None when it does not wait."""
        for before, ticket in enumerate(self._queue):
            if ticket.runnable == runnable:
                return before + 1, ticket.waits_for
        return None

    @contextlib.asynccontextmanager
    async def turn(self, runnable: str, workspace: str, make_room: MakeRoom) -> AsyncIterator[None]:
        """Wait for a place and a turn; the turn ends with the context, the place is kept."""
        ticket = _Ticket(runnable, workspace)
        self._queue.append(ticket)
        try:
            while not self._admitted(ticket):
                changed = self._changed
                if ticket.waits_for is not Waits.TURN and await self._room(ticket, make_room):
                    continue
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN):
                        await changed.wait()
        finally:
            self._queue.remove(ticket)
            self._tell()
        try:
            yield
        finally:
            self._starting.discard(runnable)
            self._tell()

    def _admitted(self, ticket: _Ticket) -> bool:
        full = self._full(ticket)
        ticket.waits_for = full or Waits.TURN
        if full or len(self._starting) >= self.limits.starts:
            return False
        before = self._queue[: self._queue.index(ticket)]
        if any(self._full(other) is None for other in before):
            return False
        self._holders[ticket.runnable] = ticket.workspace
        self._starting.add(ticket.runnable)
        return True

    def _full(self, ticket: _Ticket) -> Waits | None:
        if ticket.runnable in self._holders:
            return None
        if self.held(ticket.workspace) >= self.limits.per_person:
            return Waits.PERSON
        return Waits.TOTAL if self.held() >= self.limits.total else None

    async def _room(self, ticket: _Ticket, make_room: MakeRoom) -> bool:
        # One at a time: two starts that wait for one place must not put two servers to sleep.
        async with self._making_room:
            full = self._full(ticket)
            return full is None or await make_room(ticket.workspace, full)

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
