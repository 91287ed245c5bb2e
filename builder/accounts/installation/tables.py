"""The table of what is switched off for everybody."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from builder.base.ids import now


class InstallationSwitch(SQLModel, table=True):
    """A switch that is on: `builder.accounts.installation.switches.Switch`. One that is off has no row. `owner` is who
    turned it on."""

    __tablename__ = "installation_switch"
    name: str = Field(max_length=32, primary_key=True)
    owner: str = Field(max_length=64)
    note: str = Field(default="", max_length=300, description="What people are told.")
    created_at: str = Field(default_factory=now, max_length=27)
