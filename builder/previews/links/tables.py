"""The tables of live links."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String
from sqlmodel import Field, SQLModel, col

from builder.base.ids import new_id, now
from builder.base.tables import of_project


class ShareLink(SQLModel, table=True):
    """A live link to one version, or (`follows`) to the latest; its id is part of its host name.

    `version` is the version it shows. `word` changes when the rule of who may open it changes, which ends earlier
    grants.
    """

    __tablename__ = "share_link"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64)
    created_by: str = Field(max_length=64)
    project: str = of_project(index=True)
    version: str = Field(max_length=16)
    version_number: int = 0
    access: str = Field(default="public", max_length=16, description="public, password or signed_in")
    password: str = Field(default="", max_length=200, description="See `builder.accounts.passwords`; no plain text.")
    word: str = Field(default_factory=new_id, max_length=16)
    follows: bool = False
    source: bool = Field(default=False, description="It serves the sources as written, instead of a build of them.")
    form: str = Field(
        default="", max_length=16, description="How its stored output was made: see `builder.previews.links.shares`."
    )
    server: bool = Field(default=False, description="The version has a server part, which runs for the link alone.")
    data: str = Field(default="copy", max_length=8, description="What its server begins with: copy or empty.")
    framed: bool = Field(default=False, description="Other sites may show it in a frame, while it is public.")
    remix: bool = Field(default=False, description="Visitors may copy its sources, unless it has a password.")
    badge: bool = Field(default=True, description="It says that it was made with Sayso.")
    views: int = Field(default=0, description="How often its pages were opened.")
    expires_at: str | None = Field(default=None, max_length=27)
    created_at: str = Field(default_factory=now, max_length=27)
    revoked_at: str | None = Field(default=None, max_length=27)


class StoredOutput(SQLModel, table=True):
    """One file of a live link's stored output: path → blob."""

    __tablename__ = "output"
    share: str = Field(sa_column=Column(String(16), ForeignKey("share_link.id", ondelete="CASCADE"), primary_key=True))
    path: str = Field(sa_column=Column(String(400), primary_key=True))
    owner: str = Field(max_length=64)
    type: str = Field(max_length=100)
    sha256: str = Field(max_length=64)


Index("ix_share_link_owner", ShareLink.owner, col(ShareLink.revoked_at))
