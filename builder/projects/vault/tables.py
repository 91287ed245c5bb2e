"""The tables of the vault."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from builder.base.ids import now
from builder.base.tables import of_project


class VaultKey(SQLModel, table=True):
    """The key with which a workspace's secrets are encrypted, itself encrypted (`wrapped`) with the key file of this
    installation."""

    __tablename__ = "vault_key"
    owner: str = Field(max_length=64, primary_key=True)
    wrapped: bytes
    created_at: str = Field(default_factory=now, max_length=27)


class Secret(SQLModel, table=True):
    """One variable of a project's servers; `value` is encrypted. `live`: servers of live links get it too."""

    __tablename__ = "project_secret"
    project: str = of_project(primary_key=True)
    name: str = Field(max_length=64, primary_key=True)
    owner: str = Field(max_length=64)
    value: bytes
    live: bool = False
    created_by: str = Field(max_length=64)
    updated_at: str = Field(default_factory=now, max_length=27)
