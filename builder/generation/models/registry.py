"""Which models there are: by name, and as a menu of what a person's key can use."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypedDict

from builder.accounts.actor import Actor
from builder.errors import BadInput
from builder.generation.models.anthropic import AnthropicModel, AnthropicProvider
from builder.generation.models.errors import ModelError, NoKey
from builder.generation.models.model import Model
from builder.generation.models.openai import OpenAIModel, OpenAIProvider
from builder.generation.models.profile import DEFAULT_CLAUDE, claude_label, claude_profile, claude_rank
from builder.settings import Settings
from builder.texts import t

OFFLINE: Final = "starter:offline"
MENU_SECONDS: Final = 600.0
"""How long the list of models that a key can use is believed."""

logger = logging.getLogger(__name__)
KeySource = Callable[[Actor, str], Awaitable[str]]
"""(actor, provider) → that person's key, "" for none. Asked each time, so that a pasted key counts at once."""


class MenuEntry(TypedDict):
    name: str
    label: str
    note: str
    offline: bool


class Models:
    """Makes models by name, with the keys that `key` gives; by default the settings' and the environment's."""

    def __init__(self, settings: Settings, key: KeySource | None = None) -> None:
        self._settings = settings
        self._key = key or self._configured
        self._providers: dict[str, AnthropicProvider] = {}
        self._menus: dict[str, tuple[float, list[str]]] = {}
        self._listing = asyncio.Lock()

    async def get(self, actor: Actor, name: str) -> Model:
        """The model `name` for this person. Raises `BadInput` for an unknown name, `NoKey` where its key is missing."""
        return self.build(name, await self._key(actor, name.partition(":")[0]))

    async def default(self, actor: Actor) -> str:
        """The model a prompt goes to when the person chose none: the setting, else Claude with a key, else the demo."""
        if self._settings.model:
            return self._settings.model
        return f"anthropic:{DEFAULT_CLAUDE}" if await self._key(actor, "anthropic") else OFFLINE

    async def menu(self, actor: Actor) -> list[MenuEntry]:
        """What the person can choose from, the offline demo last. Asks the provider at most every ten minutes."""
        key = await self._key(actor, "anthropic")
        names = await self._claude_names(key) if key else []
        entries = [_entry(f"anthropic:{name}", claude_label(name), _price_note(name)) for name in names]
        default = await self.default(actor)
        if default != OFFLINE and default not in {entry["name"] for entry in entries}:
            provider, _, model = default.partition(":")
            entries.insert(0, _entry(default, claude_label(model) if provider == "anthropic" else model, ""))
        return [
            *entries,
            _entry(OFFLINE, t("generation.model_offline_label"), t("generation.model_offline_note"), True),
        ]

    def build(self, name: str, key: str) -> Model:
        """The model `name` with that key."""
        provider, _, model = name.partition(":")
        if name == OFFLINE:
            from builder.generation.models.starter import StarterModel  # reads the starters: only when it is used

            return StarterModel(self._settings.offline_speed)
        if provider not in ("anthropic", "openai") or not model:
            raise BadInput(t("generation.unknown_model", provider="Sayso", model=name[:100]), code="unknown_model")
        if provider == "openai":
            if not key:
                raise NoKey("OpenAI")
            return OpenAIModel(OpenAIProvider(key), model)
        if not key:
            raise NoKey()
        return AnthropicModel(self._anthropic(key), model)

    async def test_key(self, key: str, base_url: str = "") -> None:
        """Try a Claude key with one cheap call. Raises `ModelError` (`BadKey`, `Unreachable`, …) where it does not work."""
        provider = AnthropicProvider(key, base_url or self._settings.anthropic_base_url, silence_seconds=20)
        try:
            await provider.names()
        finally:
            await provider.close()

    async def close(self) -> None:
        for provider in self._providers.values():
            await provider.close()
        self._providers.clear()

    def configured_key(self, provider: str) -> str:
        """The key that settings or environment hold."""
        if provider == "anthropic":
            return self._settings.anthropic_api_key.get_secret_value()
        return os.environ.get("OPENAI_API_KEY", "") if provider == "openai" else ""

    async def _configured(self, actor: Actor, provider: str) -> str:  # noqa: ARG002  # everybody's
        return self.configured_key(provider)

    def _anthropic(self, key: str) -> AnthropicProvider:
        return self._providers.setdefault(key, AnthropicProvider(key, self._settings.anthropic_base_url))

    async def _claude_names(self, key: str) -> list[str]:
        async with self._listing:
            at, names = self._menus.get(key, (0.0, []))
            if names and time.monotonic() - at < MENU_SECONDS:
                return names
            try:
                names = sorted(await self._anthropic(key).names(), key=_order)
            except ModelError as fault:
                logger.warning("the list of models could not be read: %s", fault.detail)
                return [DEFAULT_CLAUDE]  # asked again the next time
            self._menus = {key: (time.monotonic(), names)}
            return names


def _entry(name: str, label: str, note: str, offline: bool = False) -> MenuEntry:
    return {"name": name, "label": label, "note": note, "offline": offline}


def _order(name: str) -> tuple[bool, list[int]]:
    """The default first, then the newest versions."""
    return name != DEFAULT_CLAUDE, [-part for part in claude_rank(name)]


def _price_note(name: str) -> str:
    price = claude_profile(name).price
    return t("generation.model_price", input=f"{price.input:g}", output=f"{price.output:g}") if price else ""
