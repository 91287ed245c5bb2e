"""By which way a request came, for the lines that are written while it is answered."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum

from builder.base.ids import new_id


class Via(StrEnum):
    """SERVER: nobody asked for it at this moment. COMMAND: somebody at the computer. KEY: a program with
    a team's partner key."""

    BROWSER = "browser"
    TOKEN = "token"  # noqa: S105 - no secret
    KEY = "key"
    COMMAND = "command"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class CameBy:
    via: Via = Via.SERVER
    request: str = field(default_factory=new_id)


_ORIGIN: ContextVar[CameBy | None] = ContextVar("audit_origin", default=None)


def came(via: Via) -> None:
    """What follows in this task, and in those that it begins, is done for a request that came this way."""
    _ORIGIN.set(CameBy(via))


def origin() -> CameBy:
    return _ORIGIN.get() or CameBy(Via.SERVER, "")
