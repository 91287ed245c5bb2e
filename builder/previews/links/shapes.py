"""The JSON of live links, and of facts about them, in the API and in the event log."""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from pydantic import BaseModel

from builder.base.events import Fact
from builder.base.settings import AddressSettings
from builder.previews.links.tables import ShareLink

REMIX: Final = "/remix"


class ShareView(BaseModel):
    """`version`: what it shows at the moment. `source`: visitors get the sources as written, not a build of them.
    `server`: it has a server of its own; `data`: the data that this began with; `copying`: they are still being copied;
    `data_problem`: why they could not be copied. `framed`, `remix`, `badge`: see the terms; `remix_url` is where a copy is
    made, null while it may not be. `views`: how often its pages were opened, without programs that look for pages."""

    id: str
    url: str
    version: str
    version_number: int
    access: Literal["public", "password", "signed_in"]
    follows: bool
    source: bool
    server: bool
    data: Literal["copy", "empty"]
    copying: bool
    data_problem: str | None
    framed: bool
    remix: bool
    remix_url: str | None
    badge: bool
    views: int
    expires_at: str | None
    created_at: str
    revoked_at: str | None


class SharesChangedFact(Fact):
    kind: ClassVar = "shares_changed"
    shares: list[ShareView]


def may_remix(share: ShareLink) -> bool:
    """Whether visitors may copy it. Whoever only knows the password is nobody who could be asked for it again."""
    return share.remix and share.access != "password"


def share_shape(share: ShareLink, settings: AddressSettings, copying: str | None = None) -> ShareView:
    """`copying`: None when no data are copied for it, "" while they are, else why the copy failed."""
    return ShareView.model_validate(
        {
            **share.model_dump(include=set(ShareView.model_fields)),
            "url": settings.preview_origin(share.id),
            "remix_url": f"{settings.url}{REMIX}/{share.id}" if may_remix(share) else None,
            "copying": copying is not None,
            "data_problem": copying or None,
        }
    )
