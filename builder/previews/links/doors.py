"""Who may open which live link, kept in memory because it is checked at each request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from builder.base.ids import now
from builder.previews.links.tables import ShareLink

_VISITOR: Final = "link:"


@dataclass(frozen=True, slots=True)
class _Door:
    access: str
    word: str
    expires_at: str | None
    framed: bool


class LinkDoors:
    """The access rule of each link that was not revoked."""

    def __init__(self) -> None:
        self._doors: dict[str, _Door] = {}

    def put(self, share: ShareLink) -> None:
        """Take over the link's present terms."""
        self._doors[share.id] = _Door(share.access, share.word, share.expires_at, share.framed)

    def remove(self, share_id: str) -> None:
        self._doors.pop(share_id, None)

    def guarded(self, share_id: str) -> bool:
        """Whether a link is open to some people only."""
        door = self._doors.get(share_id)
        return door is not None and door.access != "public"

    def knows(self, share_id: str) -> bool:
        """Whether it is a live link, open to whomever."""
        return share_id in self._doors

    def framed(self, share_id: str) -> bool:
        """Whether other sites may show it in a frame. What asks who one is may not stand in one."""
        door = self._doors.get(share_id)
        return door is not None and door.framed and door.access == "public"

    def lets_in(self, person: str, share_id: str) -> bool:
        """Whether a ticket issued to `person` gives access to a link."""
        door = self._doors.get(share_id)
        if door is None or is_over(door.expires_at):
            return False
        if door.access == "password":
            return person == f"{_VISITOR}{door.word}"
        return door.access == "public" or not person.startswith(_VISITOR)


def visitor(share: ShareLink) -> str:
    """The name to which tickets are issued for visitors who know the link's password."""
    return f"{_VISITOR}{share.word}"


def is_over(expires_at: str | None) -> bool:
    return expires_at is not None and expires_at <= now()
