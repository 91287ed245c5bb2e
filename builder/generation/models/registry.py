"""Which models there are: by name, and as a menu of what a person's keys can use."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from builder.accounts.actor import Actor
from builder.base.errors import BadInput
from builder.generation.models.anthropic import AnthropicModel, AnthropicProvider
from builder.generation.models.errors import NoKey
from builder.generation.models.model import Model
from builder.generation.models.openai import OpenAIModel, OpenAIProvider
from builder.generation.models.openai_profile import DEFAULT_OPENAI, openai_label, openai_menu, openai_price
from builder.generation.models.profile import DEFAULT_CLAUDE, Price, claude_label, claude_profile, claude_rank
from builder.generation.models.settings import ModelSettings
from builder.texts import t

OFFLINE: Final = "starter:offline"
MENU_SECONDS: Final = 600.0
"""How long the list of models that a key can use is believed."""
AGAIN_SECONDS: Final = 30.0
"""How long a list that could not be read is not asked for again."""
LIST_SECONDS: Final = 5.0
"""Longest wait for a list: the page's menu waits with it."""

logger = logging.getLogger(__name__)
KeySource = Callable[[Actor, str], Awaitable[str]]
"""(actor, provider) → that person's key, "" for none. Asked each time, so that a pasted key counts at once."""
Provider = AnthropicProvider | OpenAIProvider


class MenuEntry(TypedDict):
    name: str
    label: str
    note: str
    offline: bool


@dataclass(frozen=True, slots=True)
class _Line:
    """A provider's models: the usual one, and how names become a menu."""

    usual: str
    label: Callable[[str], str]
    price: Callable[[str], Price | None]
    menu: Callable[[Sequence[str]], list[str]]


def _claude_menu(names: Sequence[str]) -> list[str]:
    """The default first, then the newest versions."""
    return sorted(names, key=lambda name: (name != DEFAULT_CLAUDE, [-part for part in claude_rank(name)]))


_LINES: Final = {
    "anthropic": _Line(DEFAULT_CLAUDE, claude_label, lambda name: claude_profile(name).price, _claude_menu),
    "openai": _Line(DEFAULT_OPENAI, openai_label, openai_price, openai_menu),
}
"""In the order of the menu; the first one with a key gives the default."""


class Models:
    """Makes models by name, with the keys that `key` gives; by default the settings'."""

    def __init__(self, settings: ModelSettings, key: KeySource | None = None) -> None:
        self._settings = settings
        self._key = key or self._configured
        self._providers: dict[tuple[str, str], Provider] = {}
        self._menus: dict[tuple[str, str], tuple[float, list[str]]] = {}
        self._listing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, actor: Actor, name: str) -> Model:
        """The model `name` for this person. Raises `BadInput` for an unknown name, `NoKey` where its key is missing."""
        return self.build(name, await self._key(actor, name.partition(":")[0]))

    async def default(self, actor: Actor) -> str:
        """The model a prompt goes to when the person chose none: the setting, else Claude's or OpenAI's with a key, else the demo."""
        if self._settings.model:
            return self._settings.model
        for provider, line in _LINES.items():
            if await self._key(actor, provider):
                return f"{provider}:{line.usual}"
        return OFFLINE

    async def menu(self, actor: Actor) -> list[MenuEntry]:
        """What the person can choose from, the offline demo last.

        Asks each provider at most every ten minutes; where one does not tell, its usual model stands for the others.
        """
        lists = await asyncio.gather(*(self._names(actor, provider) for provider in _LINES))
        entries = [
            _entry(f"{provider}:{name}") for provider, names in zip(_LINES, lists, strict=True) for name in names
        ]
        default = await self.default(actor)
        if default != OFFLINE and default not in {entry["name"] for entry in entries}:
            entries.insert(0, _entry(default))
        offline = t("generation.model_offline_label"), t("generation.model_offline_note")
        return [*entries, {"name": OFFLINE, "label": offline[0], "note": offline[1], "offline": True}]

    def build(self, name: str, key: str) -> Model:
        """The model `name` with that key."""
        provider, _, model = name.partition(":")
        if name == OFFLINE:
            from builder.generation.models.starter import StarterModel  # reads the starters: only when it is used

            return StarterModel(self._settings.offline_speed)
        if provider not in _LINES or not model:
            raise BadInput(t("generation.unknown_model", provider="Sayso", model=name[:100]), code="unknown_model")
        if not key:
            raise NoKey("OpenAI" if provider == "openai" else "Claude")
        client = self._provider(provider, key)
        return OpenAIModel(client, model) if isinstance(client, OpenAIProvider) else AnthropicModel(client, model)

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
        """The key that the settings hold."""
        return self._settings.api_key(provider)

    async def _configured(self, actor: Actor, provider: str) -> str:  # noqa: ARG002  # everybody's
        return self.configured_key(provider)

    def _provider(self, provider: str, key: str) -> Provider:
        if (provider, key) not in self._providers:
            self._providers[provider, key] = (
                OpenAIProvider(key, self._settings.openai_base_url)
                if provider == "openai"
                else AnthropicProvider(key, self._settings.anthropic_base_url)
            )
        return self._providers[provider, key]

    async def _names(self, actor: Actor, provider: str) -> list[str]:
        """The provider's part of the menu; empty without a key."""
        key = await self._key(actor, provider)
        if not key:
            return []
        async with self._listing[provider]:
            until, names = self._menus.get((provider, key), (0.0, []))
            if time.monotonic() < until:
                return names
            line = _LINES[provider]
            try:
                async with asyncio.timeout(LIST_SECONDS):
                    names = line.menu(await self._provider(provider, key).names())
                until = time.monotonic() + MENU_SECONDS
            except Exception as fault:  # also what an SDK makes of an answer that is no list at all
                said = getattr(fault, "detail", "") or f"{type(fault).__name__}: {fault}"
                logger.warning("%s's list of models could not be read: %s", provider, said)
                names = names or [line.usual]
                until = time.monotonic() + AGAIN_SECONDS
            self._menus = {kept: menu for kept, menu in self._menus.items() if kept[0] != provider}
            self._menus[provider, key] = until, names
            return names


def _entry(name: str) -> MenuEntry:
    provider, _, model = name.partition(":")
    line = _LINES.get(provider)
    price = line.price(model) if line else None
    note = t("generation.model_price", input=f"{price.input:g}", output=f"{price.output:g}") if price else ""
    return {"name": name, "label": line.label(model) if line else name, "note": note, "offline": False}
