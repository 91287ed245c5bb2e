"""Who may open which live link, kept in memory: it is asked at each request."""

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


class LinkDoors:
    """One door for each link that was not revoked."""

    def __init__(self) -> None:
        self._doors: dict[str, _Door] = {}

    def put(self, share: ShareLink) -> None:
        """Go by what the link says now."""
        self._doors[share.id] = _Door(share.access, share.word, share.expires_at)

    def remove(self, share_id: str) -> None:
        self._doors.pop(share_id, None)

    def guarded(self, share_id: str) -> bool:
        """Whether a link is for some people only."""
        door = self._doors.get(share_id)
        return door is not None and door.access != "public"

    def lets_in(self, person: str, share_id: str) -> bool:
        """Whether somebody with a ticket in the name of `person` may see what a link shows."""
        door = self._doors.get(share_id)
        if door is None or is_over(door.expires_at):
            return False
        if door.access == "password":
            return person == f"{_VISITOR}{door.word}"
        return door.access == "public" or not person.startswith(_VISITOR)


def visitor(share: ShareLink) -> str:
    """In whose name tickets are made for those who know the link's password."""
    return f"{_VISITOR}{share.word}"


def is_over(expires_at: str | None) -> bool:
    return expires_at is not None and expires_at <= now()
