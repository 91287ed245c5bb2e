"""Providers' keys: encrypted in the database, never given back to the browser, never logged."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select

from builder.accounts.actor import Actor
from builder.accounts.secret_file import cipher
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, NotFound
from builder.base.ids import now
from builder.base.watching.known_secrets import hold
from builder.llm.conversation.provider import Provider
from builder.llm.conversation.settings import ModelSettings
from builder.llm.providers import ANTHROPIC, PROVIDERS
from builder.llm.tables import Credential
from builder.texts import t

log = logging.getLogger(__name__)
TRY_SECONDS: Final = 20.0
"""The longest silence (seconds) while a key is tested: a person is waiting."""
_MAX_KEY: Final = 500


class KeyTest(Protocol):
    """Tests a provider's key with one cheap call; raises SaysoError with a plain sentence when it does not work."""

    async def __call__(self, provider: Provider, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class KeyState:
    """What a person may know about a key: whether there is one, where it comes from, its last four characters.

    `since`: when it was set, ISO 8601 UTC; for the environment's, when this server started.
    """

    set: bool
    source: Literal["environment", "stored"] | None
    hint: str
    since: str | None = None


class Credentials:
    """The keys of all workspaces. A key in the environment is shared by everybody and cannot be changed from a page."""

    def __init__(
        self,
        db: Database,
        settings: ModelSettings,
        test: KeyTest | None = None,
        providers: Mapping[str, Provider] = PROVIDERS,
    ) -> None:
        self._db = db
        self._settings = settings
        self._test: KeyTest = test or self._try
        self._providers = providers
        self._cipher: Fernet | None = None
        self._held: dict[tuple[str, str], str] = {}
        self._since: dict[tuple[str, str], str] = {}
        self._started = now()

    def _fernet(self) -> Fernet:
        if self._cipher is None:
            self._cipher = cipher(self._settings.key_file("credentials.key"))
        return self._cipher

    async def load(self) -> None:
        """Read and decrypt the stored keys; before this call only the environment's keys are known."""
        async with self._db.reader() as session:
            rows = [*await session.scalars(select(Credential))]
        for row in rows:
            try:
                self._held[row.owner, row.provider] = self._fernet().decrypt(row.secret).decode()
                self._since[row.owner, row.provider] = row.created_at
                hold(self._held[row.owner, row.provider])
            except InvalidToken:
                log.error(
                    "The stored %s key cannot be read: credentials.key is not the one it was kept with", row.provider
                )

    def held(self, actor: Actor, provider: str = ANTHROPIC.name) -> str:
        """The key itself, for calling the provider; "" when there is none. Raises NotFound for an unknown provider."""
        return self._environment(provider) or self._held.get((actor.workspace, provider), "")

    async def key(self, actor: Actor, provider: str) -> str:
        """`held` in the form in which the models ask for keys (see `builder.llm.language_models.KeySource`)."""
        return self.held(actor, provider)

    @property
    def any(self) -> bool:
        """Whether anybody has set a key."""
        return bool(self._held) or any(map(self._environment, self._providers))

    def state(self, actor: Actor, provider: str = ANTHROPIC.name) -> KeyState:
        key = self.held(actor, provider)
        source: Literal["environment", "stored"] = "environment" if self._environment(provider) else "stored"
        since = self._started if source == "environment" else self._since.get((actor.workspace, provider))
        return KeyState(True, source, key[-4:], since) if key else KeyState(False, None, "")

    def states(self, actor: Actor) -> list[tuple[Provider, KeyState]]:
        """Every provider with the person's key for it, in the order of the menu of models."""
        return [(provider, self.state(actor, name)) for name, provider in self._providers.items()]

    async def put(self, actor: Actor, key: str, provider: str = ANTHROPIC.name) -> KeyState:
        """Test the key, then keep it. Raises BadInput for a text that cannot be a key, and the errors of the test."""
        row = self._changeable(provider)
        key = key.strip()
        if not key or len(key) > _MAX_KEY or not key.isascii() or not key.isprintable() or " " in key:
            raise BadInput(t("key.malformed"), code="key_malformed")
        hold(key)
        await self._test(row, key)
        kept = Credential(
            owner=actor.workspace, provider=provider, secret=self._fernet().encrypt(key.encode()), hint=key[-4:]
        )
        async with self._db.session() as session:
            await session.merge(kept)
        self._held[actor.workspace, provider], self._since[actor.workspace, provider] = key, kept.created_at
        return self.state(actor, provider)

    async def remove(self, actor: Actor, provider: str = ANTHROPIC.name) -> KeyState:
        self._changeable(provider)
        async with self._db.session() as session:
            row = await session.get(Credential, (actor.workspace, provider))
            if row is not None:
                await session.delete(row)
        self._held.pop((actor.workspace, provider), None)
        return self.state(actor, provider)

    def _provider(self, name: str) -> Provider:
        if name not in self._providers:
            raise NotFound(t("key.no_provider"), detail=f"provider {name[:40]!r}")
        return self._providers[name]

    def _changeable(self, name: str) -> Provider:
        """Raises Conflict when the key comes from the environment."""
        provider = self._provider(name)
        if self._environment(name):
            raise Conflict(t("key.from_environment", setting=provider.key_setting.upper()))
        return provider

    def _environment(self, provider: str) -> str:
        return self._provider(provider).configured_key(self._settings)

    async def _try(self, provider: Provider, key: str) -> None:
        client = replace(provider, silence_seconds=TRY_SECONDS).client(self._settings, key)
        try:
            await provider.try_key(client)
        finally:
            await client.close()
