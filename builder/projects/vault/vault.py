"""The secrets of projects: written by people who may configure the project, read by its servers alone.

Each workspace has a data key (Fernet), which encrypts its secrets; the data keys are encrypted with the installation's
key (`builder.projects.vault.keys`), which `builder.projects.vault.rotation` changes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict
from builder.base.ids import now
from builder.projects.rows import project_of
from builder.projects.tables import Project
from builder.projects.vault.keys import VaultKeys, opened, wrapped
from builder.projects.vault.tables import Secret, VaultKey
from builder.texts import t

MOST: Final = 50
MOST_BYTES: Final = 16_384
"""Of one value."""
_NAME: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
# The server sets these itself, or they decide what runs.
_OURS: Final = re.compile(
    r"PORT|HOST|HOME|PATH|USER|PWD|SHELL|DATABASE_URL|PG[A-Z]+|(?:HTTPS?|ALL|NO)_PROXY|LD_.*|SAYSO_.*|PYTHON(?:PATH|HOME)"
)
# A build puts these into the pages, where every visitor reads them.
_IN_PAGES: Final = re.compile(r"(?:VITE|NEXT_PUBLIC|PUBLIC|REACT_APP|NUXT_PUBLIC)_.*")


@dataclass(frozen=True, slots=True)
class SecretName:
    """What a person may know of a secret; its value is given to nobody. `live`: live links get it too."""

    name: str
    live: bool
    updated_at: str


class Vault:
    """The secrets of all projects."""

    def __init__(self, db: Database, keys: VaultKeys) -> None:
        self._db, self._keys = db, keys

    async def names(self, actor: Actor, project_id: str) -> list[SecretName]:
        """By name. Raises NotFound."""
        async with self._db.reader() as session:
            await project_of(session, actor, project_id, Action.READ)
            rows = select(Secret).where(col(Secret.project) == project_id).order_by(col(Secret.name))
            return [SecretName(row.name, row.live, row.updated_at) for row in await session.scalars(rows)]

    async def put(self, actor: Actor, project_id: str, name: str, value: str, *, live: bool) -> None:
        """Set one; an earlier value is overwritten. Raises NotFound, Refused, BadInput."""
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.CONFIGURE, lock=True)
            _check(name, value)
            count = select(func.count()).where(col(Secret.project) == project_id, col(Secret.name) != name)
            if (await session.scalar(count) or 0) >= MOST:
                raise BadInput(t("vault.too_many", most=MOST))
            key = await self._key(session, project.owner)
            await session.merge(
                Secret(
                    project=project.id, name=name, owner=project.owner, value=key.encrypt(value.encode()), live=live,
                    created_by=actor.id, updated_at=now(),
                )
            )  # fmt: skip

    async def delete(self, actor: Actor, project_id: str, name: str) -> None:
        """Remove one; it is no error when there is none. Raises NotFound (of the project), Refused."""
        async with self._db.session() as session:
            await project_of(session, actor, project_id, Action.CONFIGURE, lock=True)
            row = await session.get(Secret, (project_id, name))
            if row is not None:
                await session.delete(row)

    async def move(self, session: AsyncSession, project: Project, team: str) -> None:
        """Encrypt its secrets for the workspace that it moves to, in the caller's transaction. Raises Conflict
        (`vault_locked`)."""
        rows = [*await session.scalars(select(Secret).where(col(Secret.project) == project.id))]
        if not rows:
            return
        old, new = await self._key(session, project.owner), await self._key(session, team)
        try:
            for row in rows:
                row.value = new.encrypt(old.decrypt(row.value))
        except InvalidToken as error:
            raise Conflict(t("vault.locked"), code="vault_locked") from error
        await session.flush()

    async def values(self, project_id: str, *, live: bool) -> dict[str, str]:
        """All variables of a project's server, or those that a live link's server gets. For servers alone.

        Raises Conflict (`vault_locked`) when the installation's key is not the one that encrypted them.
        """
        try:
            return await self._values(project_id, live=live)
        except InvalidToken:
            # Read before the key was changed, opened after: what is there now is encrypted anew.
            try:
                return await self._values(project_id, live=live)
            except InvalidToken as error:
                raise Conflict(t("vault.locked"), code="vault_locked", detail=repr(error)) from error

    async def _values(self, project_id: str, *, live: bool) -> dict[str, str]:
        async with self._db.reader() as session:
            rows = [*await session.scalars(select(Secret).where(col(Secret.project) == project_id))]
            wanted = [row for row in rows if row.live or not live]
            if not wanted:
                return {}
            keys = {owner: await session.get(VaultKey, owner) for owner in {row.owner for row in wanted}}
        mine = {owner: opened(self._keys, key.wrapped) for owner, key in keys.items() if key is not None}
        if not mine.keys() >= keys.keys():
            raise InvalidToken
        return {row.name: mine[row.owner].decrypt(row.value).decode() for row in wanted}

    async def _key(self, session: AsyncSession, owner: str) -> Fernet:
        """The data key of a workspace, made when it has none; until the transaction ends it stays that."""
        row = await session.get(VaultKey, owner, with_for_update=True)
        if row is None:
            row = VaultKey(owner=owner, wrapped=b"")
            session.add(row)
            await session.flush()
            # Only now: whoever changes the key waits for this transaction, or was done before.
            row.wrapped = wrapped(self._keys, Fernet.generate_key())
            await session.flush()
        try:
            return opened(self._keys, row.wrapped)
        except InvalidToken as error:
            raise Conflict(t("vault.locked"), code="vault_locked") from error


def _check(name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadInput(t("vault.name"))
    if _OURS.fullmatch(name):
        raise BadInput(t("vault.name.ours", name=name))
    if _IN_PAGES.fullmatch(name):
        raise BadInput(t("vault.name.in_pages", name=name))
    if not value:
        raise BadInput(t("vault.empty"))
    if "\0" in value or len(value.encode()) > MOST_BYTES:
        raise BadInput(t("vault.too_long", most=MOST_BYTES))
