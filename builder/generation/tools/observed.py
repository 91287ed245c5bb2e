"""What the running app showed, given to the tools as data, and the page itself where one is open."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen of the app since its last version, oldest first, a line or a fault each."""

    console: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    server_log: tuple[str, ...] = ()
    build_faults: tuple[str, ...] = ()
    walks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


class OpenPage(Protocol):
    """The app in the person's browser."""

    async def walk(self, name: str) -> str:
        """Runs the project's walk of that name and says how it went. Raises TimeoutError when no page answers."""
        ...

    async def picture(self) -> bytes:
        """The app as it looks, a PNG. Raises TimeoutError when no page answers."""
        ...
