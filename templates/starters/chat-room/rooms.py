"""Who is in which room."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

BURST = 8
PER_SECOND = 2.0


class Person:
    """One open page. Somebody who has two tabs open is there twice and listed once."""

    def __init__(self, name: str, socket: WebSocket) -> None:
        self.name = name
        self._socket = socket
        self._words = float(BURST)
        self._at = time.monotonic()

    async def send(self, fact: dict[str, Any]) -> None:
        try:
            await asyncio.wait_for(self._socket.send_json(fact), 5)
        except (WebSocketDisconnect, RuntimeError, TimeoutError):
            pass  # gone, or too slow: the end of its own task tidies up

    def may_speak(self) -> bool:
        """Eight frames at once, then two a second."""
        now = time.monotonic()
        self._words = min(BURST, self._words + (now - self._at) * PER_SECOND)
        self._at = now
        if self._words < 1:
            return False
        self._words -= 1
        return True


class Rooms:
    def __init__(self, titles: dict[str, str]) -> None:
        self.titles = titles
        self._people: dict[str, list[Person]] = {room: [] for room in titles}

    def people(self, room: str) -> list[str]:
        return sorted({person.name for person in self._people[room]}, key=str.casefold)

    async def join(self, room: str, person: Person) -> None:
        self._people[room].append(person)
        await self.tell(room, {"kind": "people", "people": self.people(room)})

    async def leave(self, room: str, person: Person) -> None:
        self._people[room].remove(person)
        await self.tell(room, {"kind": "people", "people": self.people(room)})

    async def tell(self, room: str, fact: dict[str, Any], but: Person | None = None) -> None:
        await asyncio.gather(*(person.send(fact) for person in list(self._people[room]) if person is not but))
