"""What the running app showed, given to the tools as data, and the page itself where one is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol


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


def kept_form(observed: Observed | None) -> dict[str, Any] | None:
    """As a generation's row keeps it, so that going on with it knows the same."""
    return asdict(observed) if observed else None


def observed_in(kept: Mapping[str, Any] | None) -> Observed | None:
    """What `kept_form` made, read again."""
    return Observed(**{name: tuple(lines) for name, lines in kept.items()}) if kept else None


class OpenPage(Protocol):
    """The app in the person's browser."""

    async def walk(self, name: str) -> str:
        """Runs the project's walk of that name and says how it went. Raises TimeoutError when no page answers."""
        ...

    async def picture(self) -> bytes:
        """The app as it looks, a PNG. Raises TimeoutError when no page answers."""
        ...
