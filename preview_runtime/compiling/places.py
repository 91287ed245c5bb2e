"""Who may compile at the same time: everybody gets a turn, however much one person asks for."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

PLACES: Final = 2
_MOST_WAITING: Final = 32


class TooManyWaiting(Exception):
    """A person has `_MOST_WAITING` compilations waiting already."""


class CompilePlaces:
    """At most `places` at a time, one of them for each project, and never all of them for one person.

    Among those whose turn it may be, the first to ask goes first. `person` and `project` are names; "" counts as one
    person.
    """

    def __init__(self, places: int = PLACES) -> None:
        self._places = places
        self._of_one = max(1, places - 1)
        self._held: list[tuple[str, str]] = []
        self._waiting: list[tuple[tuple[str, str], asyncio.Future[None]]] = []

    @asynccontextmanager
    async def one(self, person: str, project: str) -> AsyncIterator[None]:
        """Hold a place. Raises `TooManyWaiting`."""
        who = (person, project)
        if sum(waiting[0] == person for waiting, _ in self._waiting) >= _MOST_WAITING:
            raise TooManyWaiting
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((who, turn))
        self._fill()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._held.remove(who)
            self._waiting = [entry for entry in self._waiting if entry[1] is not turn]
            self._fill()
            raise
        try:
            yield
        finally:
            self._held.remove(who)
            self._fill()

    def _fill(self) -> None:
        for who, turn in [*self._waiting]:
            if len(self._held) >= self._places:
                return
            persons = Counter(person for person, _ in self._held)
            projects = {project for _, project in self._held}
            if persons[who[0]] >= self._of_one or (who[1] and who[1] in projects) or turn.done():
                continue
            self._held.append(who)
            self._waiting.remove((who, turn))
            turn.set_result(None)
