"""The terms of a live link: who may open it, until when, what it shows, and what stands around the app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import EllipsisType
from typing import Final

from builder.accounts.passwords import MAX_LENGTH
from builder.base.errors import BadInput
from builder.previews.links.tables import ShareLink
from builder.texts import t

ACCESS: Final = ("public", "password", "signed_in")
DATA: Final = ("copy", "empty")
MAX_HOURS: Final = 366 * 24
SHORTEST: Final = 6  # characters of a password


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a new link. `hours` until it expires (None: never); `follows`: it shows the latest version. `data`:
    its server begins with a copy of the project server's data, or `empty`. `source`: it serves the sources as they were
    written instead of a build of them. `framed`: other sites may show it in a frame, where it is public. `remix`: whoever
    may open it without a password may copy its sources. `badge`: it says that it was made with Sayso."""

    access: str = "public"
    password: str = ""
    hours: int | None = None
    follows: bool = False
    data: str = "copy"
    source: bool = False
    framed: bool = False
    remix: bool = False
    badge: bool = True


@dataclass(frozen=True, slots=True)
class LinkChange:
    """Changes of a link's terms; a field that is None (for `hours`: that is not given) keeps its value. `version` is
    what a link that does not follow shows."""

    access: str | None = None
    password: str = ""
    hours: int | EllipsisType | None = ...
    follows: bool | None = None
    version: str | None = None
    source: bool | None = None
    framed: bool | None = None
    remix: bool | None = None
    badge: bool | None = None

    def surround(self, share: ShareLink) -> None:
        """Take over what stands around the app."""
        share.framed = share.framed if self.framed is None else self.framed
        share.remix = share.remix if self.remix is None else self.remix
        share.badge = share.badge if self.badge is None else self.badge


def is_same(share: ShareLink, terms: Terms) -> bool:
    """Whether a link can be reused for the terms; never a link with a password or an expiry of its own."""
    lasting = share.expires_at is None and terms.hours is None
    # Data of another moment, or no data, make it another link.
    lasting = lasting and (not share.server or share.data == terms.data == "empty")
    names = ("access", "follows", "source", "framed", "remix", "badge")
    same = all(getattr(share, name) == getattr(terms, name) for name in names)
    return lasting and terms.access != "password" and same


def check_terms(terms: Terms) -> None:
    """Raises BadInput."""
    if terms.access not in ACCESS:
        raise BadInput(t("share.access"))
    check_data(terms.data)
    if terms.access == "password" and not SHORTEST <= len(terms.password) <= MAX_LENGTH:
        raise BadInput(t("share.password_length", shortest=SHORTEST, longest=MAX_LENGTH))
    if terms.hours is not None and not 1 <= terms.hours <= MAX_HOURS:
        raise BadInput(t("share.hours", most=MAX_HOURS // 24))


def check_data(data: str) -> None:
    """Raises BadInput."""
    if data not in DATA:
        raise BadInput(t("share.data"))


def in_hours(hours: int) -> str:
    end = datetime.now(UTC) + timedelta(hours=hours)
    return end.isoformat(timespec="microseconds").replace("+00:00", "Z")
