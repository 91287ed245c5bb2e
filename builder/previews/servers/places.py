"""Who may be awake: so many servers for each person and in all, so many starts at once, and a queue for the rest."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Servers become idle by themselves: whoever waits for a place looks again this often, in seconds.
_LOOK_AGAIN: Final = 2.0


class Waits(StrEnum):
    """What a start waits for: its turn, a place among the person's own servers, or one among all."""

    TURN = "turn"
    PERSON = "person"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class PlaceLimits:
    """`per_person` and `total` count servers that take memory; `starts` those that start at the same moment."""

    per_person: int = 10
    total: int = 30
    starts: int = 2


@dataclass(eq=False)
class _Ticket:
    project: str
    owner: str
    waits_for: Waits = Waits.TURN


class Places:
    """First come, first served, except that who is held up by their own limit holds up nobody else.

    `make_room(owner, waits)` may end something idle; it answers whether it did. A server keeps its place until `leave`.
    """

    def __init__(self, limits: PlaceLimits, make_room: Callable[[str, Waits], Awaitable[bool]]) -> None:
        self.limits = limits
        self._make_room = make_room
        self._owners: dict[str, str] = {}  # of the projects that have a place
        self._starting: set[str] = set()
        self._queue: list[_Ticket] = []
        self._changed = asyncio.Event()
        self._making_room = asyncio.Lock()

    def hold(self, project: str, owner: str) -> None:
        """Give a place to what runs already, whatever the limits say."""
        self._owners[project] = owner

    def leave(self, project: str) -> None:
        """Give a place back; one that was not held is no error."""
        if self._owners.pop(project, None) is not None:
            self._tell()

    def held(self, owner: str | None = None) -> int:
        """How many places are taken, by `owner` or by all."""
        return len(self._owners) if owner is None else sum(found == owner for found in self._owners.values())

    def waiting(self, project: str) -> tuple[int, Waits] | None:
        """How many starts come before that of `project`, and what it waits for; None where it does not wait."""
        for before, ticket in enumerate(self._queue):
            if ticket.project == project:
                return before + 1, ticket.waits_for
        return None

    @contextlib.asynccontextmanager
    async def turn(self, project: str, owner: str) -> AsyncIterator[None]:
        """Wait for a place and a turn; the turn ends with the context, the place stays taken."""
        ticket = _Ticket(project, owner)
        self._queue.append(ticket)
        try:
            while not self._admitted(ticket):
                changed = self._changed
                if ticket.waits_for is not Waits.TURN and await self._room(ticket):
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
            self._starting.discard(project)
            self._tell()

    def _admitted(self, ticket: _Ticket) -> bool:
        full = self._full(ticket)
        ticket.waits_for = full or Waits.TURN
        if full or len(self._starting) >= self.limits.starts:
            return False
        before = self._queue[: self._queue.index(ticket)]
        if any(self._full(other) is None for other in before):
            return False
        self._owners[ticket.project] = ticket.owner
        self._starting.add(ticket.project)
        return True

    def _full(self, ticket: _Ticket) -> Waits | None:
        if ticket.project in self._owners:
            return None
        if self.held(ticket.owner) >= self.limits.per_person:
            return Waits.PERSON
        return Waits.TOTAL if self.held() >= self.limits.total else None

    async def _room(self, ticket: _Ticket) -> bool:
        # One at a time: two that wait for one place must not send two servers to sleep.
        async with self._making_room:
            full = self._full(ticket)
            return full is None or await self._make_room(ticket.owner, full)

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
