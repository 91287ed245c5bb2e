"""Changing the vault's key: every data key and every value is encrypted anew, while servers go on.

The new key is kept beside the old one before anything is encrypted with it, and the old one is forgotten last: whoever
dies in between leaves two keys, and what is there opens with one of them. The next call goes on from there.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.base.db import Database
from builder.base.errors import Conflict
from builder.projects.vault.keys import VaultKeys, is_newest, opened, wrapped
from builder.projects.vault.tables import Secret, VaultKey
from builder.texts import t


@dataclass(frozen=True, slots=True)
class Rotated:
    """A workspace that is done, with so many values."""

    owner: str
    secrets: int


class Rotation:
    def __init__(self, db: Database, keys: VaultKeys) -> None:
        self._db, self._keys = db, keys

    async def run(self) -> AsyncGenerator[Rotated]:
        """One workspace after the other, each committed when it is told. Raises Conflict: `vault_locked` for one that no
        key opens (the others are done, and the old key stays), `key_elsewhere` where others keep the key and have put no
        new one before it."""
        keys = self._keys.read()
        if len(keys) < 2 and not self._keys.write([Fernet.generate_key(), *keys]):
            raise Conflict(t("vault.key_elsewhere", place=self._keys.place), code="key_elsewhere")
        newest, locked = self._keys.read()[0], []
        async with self._db.reader() as session:
            owners = [*await session.scalars(select(col(VaultKey.owner)).order_by(col(VaultKey.owner)))]
        for owner in owners:
            try:
                done = await self._one(owner, newest)
            except InvalidToken:
                locked.append(owner)
                continue
            if done is not None:
                yield done
        if locked:
            raise Conflict(t("vault.locked_some", count=len(locked)), code="vault_locked", detail=" ".join(locked))
        await self._forget_old(newest)

    async def _one(self, owner: str, newest: bytes) -> Rotated | None:
        """None for one that is done already."""
        async with self._db.session() as session:
            # Whoever sets a value at this moment waits, and encrypts it with the new data key.
            row = await session.get(VaultKey, owner, with_for_update=True)
            if row is None or is_newest(newest, row.wrapped):
                return None
            old, fresh = opened(self._keys, row.wrapped), Fernet.generate_key()
            secrets = [*await session.scalars(select(Secret).where(col(Secret.owner) == owner).with_for_update())]
            for secret in secrets:
                secret.value = Fernet(fresh).encrypt(old.decrypt(secret.value))
            row.wrapped = wrapped(self._keys, fresh)
        return Rotated(owner, len(secrets))

    async def _forget_old(self, newest: bytes) -> None:
        """Forget the old key once nothing is wrapped with it. Where others keep the key, they take it away."""
        async with self._db.session() as session:
            await _alone(session)
            left = [row for row in await session.scalars(select(VaultKey)) if not is_newest(newest, row.wrapped)]
            for row in left:  # workspaces whose first secret was set meanwhile
                row.wrapped = Fernet(newest).encrypt(_data_key(self._keys, row.wrapped))
        self._keys.write([newest])


async def _alone(session: AsyncSession) -> None:
    """Until the transaction ends nobody adds a workspace; on SQLite every write is alone."""
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("LOCK TABLE vault_key IN EXCLUSIVE MODE"))


def _data_key(keys: VaultKeys, data_key: bytes) -> bytes:
    for key in keys.read():
        if is_newest(key, data_key):
            return Fernet(key).decrypt(data_key)
    raise InvalidToken
