"""Which models there are: by name, and as a menu of what the person's key can use."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from typing import Final, TypedDict

from builder.errors import BadInput
from builder.generation.models.anthropic import AnthropicModel, AnthropicProvider
from builder.generation.models.errors import ModelError, NoKey
from builder.generation.models.model import Model
from builder.generation.models.profile import DEFAULT_CLAUDE, claude_label, claude_profile, claude_rank
from builder.settings import Settings
from builder.texts import t

OFFLINE: Final = "starter:offline"
MENU_SECONDS: Final = 600.0
"""How long the list of models that a key can use is believed."""

logger = logging.getLogger(__name__)


class MenuEntry(TypedDict):
    name: str
    label: str
    note: str
    offline: bool


class Models:
    """Makes models by name. `key(provider)` gives the key of "anthropic" or "openai" ("" for none) each time anew,
    so that one pasted in the page counts at once; by default the settings' and the environment's.
    """

    def __init__(self, settings: Settings, key: Callable[[str], str] | None = None) -> None:
        self._settings = settings
        self._key = key or self._configured_key
        self._providers: dict[str, AnthropicProvider] = {}
        self._menu: tuple[str, float, list[str]] = ("", 0.0, [])
        self._listing = asyncio.Lock()

    def get(self, name: str) -> Model:
        """The model `name`. Raises `BadInput` for a name of no known provider, `NoKey` where its key is missing."""
        provider, _, model = name.partition(":")
        if name == OFFLINE:
            from builder.generation.models.starter import StarterModel

            return StarterModel(self._settings)
        if provider == "anthropic" and model:
            return AnthropicModel(self._anthropic(), model)
        if provider == "openai" and model:
            from builder.generation.models.openai import OpenAIModel, OpenAIProvider

            key = self._key("openai")
            if not key:
                raise NoKey("OpenAI")
            return OpenAIModel(OpenAIProvider(key), model)
        raise BadInput(t("generation.unknown_model", provider="Sayso", model=name[:100]), code="unknown_model")

    def default(self) -> str:
        """The model a prompt goes to when the person chose none: the setting, else Claude with a key, else the demo."""
        if self._settings.model:
            return self._settings.model
        return f"anthropic:{DEFAULT_CLAUDE}" if self._key("anthropic") else OFFLINE

    async def menu(self) -> list[MenuEntry]:
        """What the person can choose from; the offline demo is always there. Asks the provider at most every 10 min."""
        names = await self._claude_names() if self._key("anthropic") else []
        entries = [_entry(f"anthropic:{name}", claude_label(name), _price_note(name)) for name in names]
        default = self.default()
        if default != OFFLINE and default not in {entry["name"] for entry in entries}:
            model = default.partition(":")[2]
            entries.insert(0, _entry(default, claude_label(model) if default.startswith("anthropic:") else model, ""))
        return [*entries, _entry(OFFLINE, t("generation.model_offline_label"), t("generation.model_offline_note"), offline=True)]

    async def test_key(self, key: str) -> list[str]:
        """The Claude models `key` can use. Raises `ModelError` (`BadKey`, `Unreachable`, …) where it cannot be used."""
        provider = AnthropicProvider(key, self._settings.anthropic_base_url, silence_seconds=20)
        try:
            return await provider.names()
        finally:
            await provider.close()

    async def close(self) -> None:
        for provider in self._providers.values():
            await provider.close()
        self._providers.clear()

    def _anthropic(self) -> AnthropicProvider:
        key = self._key("anthropic")
        if not key:
            raise NoKey()
        return self._providers.setdefault(key, AnthropicProvider(key, self._settings.anthropic_base_url))

    async def _claude_names(self) -> list[str]:
        key = self._key("anthropic")
        async with self._listing:
            of, at, names = self._menu
            if of == key and time.monotonic() - at < MENU_SECONDS:
                return names
            try:
                names = sorted(await self._anthropic().names(), key=_order)
            except ModelError as fault:
                logger.warning("the list of models could not be read: %s", fault.detail)
                names = [DEFAULT_CLAUDE]
                self._menu = ("", 0.0, [])  # asked again next time
                return names
            self._menu = (key, time.monotonic(), names)
            return names

    def _configured_key(self, provider: str) -> str:
        if provider == "anthropic":
            return self._settings.anthropic_api_key.get_secret_value()
        return os.environ.get("OPENAI_API_KEY", "") if provider == "openai" else ""


def _entry(name: str, label: str, note: str, *, offline: bool = False) -> MenuEntry:
    return {"name": name, "label": label, "note": note, "offline": offline}


def _order(name: str) -> tuple[bool, list[int]]:
    """The default first, then the newest versions."""
    return name != DEFAULT_CLAUDE, [-part for part in claude_rank(name)]


def _price_note(name: str) -> str:
    price = claude_profile(name).price
    return t("generation.model_price", input=f"{price.input:g}", output=f"{price.output:g}") if price else ""
