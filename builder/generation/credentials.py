"""Providers' keys: encrypted in the database, never given back to the browser, never logged."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select

from builder.accounts.actor import Actor
from builder.accounts.secret_file import secret_file
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict
from builder.base.ids import now
from builder.base.tables import Credential
from builder.generation.models.settings import ModelSettings
from builder.texts import t

log = logging.getLogger(__name__)
ANTHROPIC: Final = "anthropic"
_MAX_KEY: Final = 500


class KeyTest(Protocol):
    """Tries a key with one cheap call; raises SaysoError with a plain sentence when it does not work."""

    async def __call__(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class KeyState:
    """What a person may know of a key: whether there is one, where from, its last four characters.

    `since`: when it was set, ISO 8601 UTC; for the environment's, when this server started.
    """

    set: bool
    source: Literal["environment", "stored"] | None
    hint: str
    since: str | None = None


class Credentials:
    """The keys of all workspaces. A key in the environment is everybody's and cannot be changed from a page."""

    def __init__(self, db: Database, settings: ModelSettings, test: KeyTest) -> None:
        self._db = db
        self._settings = settings
        self._test = test
        self._cipher: Fernet | None = None
        self._held: dict[tuple[str, str], str] = {}
        self._since: dict[tuple[str, str], str] = {}
        self._started = now()

    def _fernet(self) -> Fernet:
        if self._cipher is None:
            self._cipher = Fernet(secret_file(self._settings.data_dir / "credentials.key", Fernet.generate_key))
        return self._cipher

    async def load(self) -> None:
        """Read and decrypt what is stored; until then only the environment's keys are known."""
        async with self._db.reader() as session:
            rows = [*await session.scalars(select(Credential))]
        for row in rows:
            try:
                self._held[row.owner, row.provider] = self._fernet().decrypt(row.secret).decode()
                self._since[row.owner, row.provider] = row.created_at
            except InvalidToken:
                log.error(
                    "The stored %s key cannot be read: credentials.key is not the one it was kept with", row.provider
                )

    def held(self, actor: Actor, provider: str = ANTHROPIC) -> str:
        """The key itself, for calling the provider; "" when there is none."""
        return self._environment(provider) or self._held.get((actor.workspace, provider), "")

    async def key(self, actor: Actor, provider: str) -> str:
        """`held`, in the shape in which models ask for keys (see `builder.generation.models.registry.KeySource`)."""
        return self.held(actor, provider)

    def state(self, actor: Actor, provider: str = ANTHROPIC) -> KeyState:
        key = self.held(actor, provider)
        source: Literal["environment", "stored"] = "environment" if self._environment(provider) else "stored"
        since = self._started if source == "environment" else self._since.get((actor.workspace, provider))
        return KeyState(True, source, key[-4:], since) if key else KeyState(False, None, "")

    async def put(self, actor: Actor, key: str, provider: str = ANTHROPIC) -> KeyState:
        """Test the key, then keep it. Raises BadInput for what cannot be a key, and what the test raises."""
        key = key.strip()
        if not key or len(key) > _MAX_KEY or not key.isascii() or not key.isprintable() or " " in key:
            raise BadInput(t("key.malformed"), code="key_malformed")
        if self._environment(provider):
            raise Conflict(t("key.from_environment"))
        await self._test(key)
        row = Credential(
            owner=actor.workspace, provider=provider, secret=self._fernet().encrypt(key.encode()), hint=key[-4:]
        )
        async with self._db.session() as session:
            await session.merge(row)
        self._held[actor.workspace, provider], self._since[actor.workspace, provider] = key, row.created_at
        return self.state(actor, provider)

    async def remove(self, actor: Actor, provider: str = ANTHROPIC) -> KeyState:
        if self._environment(provider):
            raise Conflict(t("key.from_environment"))
        async with self._db.session() as session:
            row = await session.get(Credential, (actor.workspace, provider))
            if row is not None:
                await session.delete(row)
        self._held.pop((actor.workspace, provider), None)
        return self.state(actor, provider)

    def _environment(self, provider: str) -> str:
        return self._settings.api_key(provider)
