"""The available language models: by name, and as a menu of those that a person's keys can use."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from typing_extensions import TypedDict

from builder.accounts.actor import Actor
from builder.base.errors import BadInput
from builder.llm.conversation.errors import NoKey
from builder.llm.conversation.messages import CallOptions
from builder.llm.conversation.model import Model
from builder.llm.conversation.prices import price
from builder.llm.conversation.provider import Client, Provider
from builder.llm.conversation.settings import ModelSettings
from builder.llm.material import CarefulModel
from builder.llm.metering import CallLog, MeteredModel
from builder.llm.providers import PROVIDERS
from builder.safety.verdicts import Judgement
from builder.texts import t

MENU_SECONDS: Final = 600.0
"""How long the list of models that a key can use is cached."""
AGAIN_SECONDS: Final = 30.0
"""How long to wait, after a list could not be read, before it is requested again."""
LIST_SECONDS: Final = 5.0
"""The longest wait for a list: the page's menu waits for it."""

logger = logging.getLogger(__name__)
NoticedOf = Callable[[Actor, Judgement, str, CallOptions], Awaitable[None]]
KeySource = Callable[[Actor, str], Awaitable[str]]
"""(actor, provider) → that person's key, "" for none. Called each time, so that a newly pasted key works at once."""


class MenuEntry(TypedDict):
    """`thinks`: it can be asked to think before it answers."""

    name: str
    label: str
    note: str
    offline: bool
    thinks: bool


class LanguageModels:
    """Makes models by name, with the keys that `key` returns, by default those of the settings. With a `log`, every
    call is recorded there; `noticed` is told what the material of a call says that reads like an order."""

    def __init__(
        self,
        settings: ModelSettings,
        key: KeySource | None = None,
        log: CallLog | None = None,
        providers: Mapping[str, Provider] = PROVIDERS,
        noticed: NoticedOf | None = None,
    ) -> None:
        self._settings = settings
        self._key = key or self._configured
        self._log = log
        self._providers = providers
        self._noticed = noticed
        self._clients: dict[tuple[str, str], Client] = {}
        self._menus: dict[tuple[str, str], tuple[float, list[str]]] = {}
        self._listing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, actor: Actor, name: str) -> Model:
        """The model `name` for this person. Raises `BadInput` for an unknown name, `NoKey` when its key is missing."""
        provider, model = self._named(name)
        noticed = partial(self._noticed, actor) if self._noticed else None
        made = CarefulModel(self._model(provider, model, await self._key(actor, provider.name)), noticed, actor.id)
        return MeteredModel(made, actor, self._log) if self._log else made

    def configured(self, name: str) -> Model:
        """The model `name` with the settings' key and without a usage log. Raises the errors of `get`."""
        provider, model = self._named(name)
        key = provider.configured_key(self._settings)
        if not key:
            raise NoKey(provider.label, setting=provider.told_setting)
        return CarefulModel(self._model(provider, model, key))

    async def default(self, actor: Actor) -> str:
        """The usual model of the first provider with a key, "" where no key is set."""
        for name, provider in self._providers.items():
            if await self._key(actor, name):
                return f"{name}:{provider.usual}"
        return ""

    async def menu(self, actor: Actor) -> list[MenuEntry]:
        """The models that the person's keys can use.

        Asks each provider at most every ten minutes; when one does not answer, its default model is the only one
        listed.
        """
        lists = await asyncio.gather(*(self._names(actor, provider) for provider in self._providers.values()))
        return [
            self.entry(f"{provider}:{name}")
            for provider, names in zip(self._providers, lists, strict=True)
            for name in names
        ]

    def entry(self, name: str) -> MenuEntry:
        """A model's line in the menu, whichever provider lists it."""
        provider, _, model = name.partition(":")
        row, cost = self._providers.get(provider), price(name)
        note = t("model.price", input=f"{cost.input:g}", output=f"{cost.output:g}") if cost else ""
        thinks = row is not None and row.profile(model).thinking is not None
        label = row.model_label(model) if row else name
        return {"name": name, "label": label, "note": note, "offline": False, "thinks": thinks}

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    def _named(self, name: str) -> tuple[Provider, str]:
        provider, _, model = name.partition(":")
        if provider not in self._providers or not model:
            raise BadInput(t("model.unknown_model", provider="Sayso", model=name[:100]), code="unknown_model")
        return self._providers[provider], model

    async def _configured(self, actor: Actor, provider: str) -> str:  # noqa: ARG002  # everybody's
        return self._providers[provider].configured_key(self._settings)

    def _model(self, provider: Provider, model: str, key: str) -> Model:
        if not key:
            raise NoKey(provider.label)
        return self._client(provider, key).model(model)

    def _client(self, provider: Provider, key: str) -> Client:
        if (provider.name, key) not in self._clients:
            self._clients[provider.name, key] = provider.client(self._settings, key)
        return self._clients[provider.name, key]

    async def _names(self, actor: Actor, provider: Provider) -> list[str]:
        """The provider's part of the menu; empty without a key."""
        key = await self._key(actor, provider.name)
        if not key:
            return []
        async with self._listing[provider.name]:
            until, names = self._menus.get((provider.name, key), (0.0, []))
            if time.monotonic() < until:
                return names
            try:
                async with asyncio.timeout(LIST_SECONDS):
                    names = provider.menu(await self._client(provider, key).names())
                until = time.monotonic() + MENU_SECONDS
            except Exception as fault:  # also the SDK's error for a response that is no list
                said = getattr(fault, "detail", "") or f"{type(fault).__name__}: {fault}"
                logger.warning("%s's list of models could not be read: %s", provider.name, said)
                names = names or [provider.usual]
                until = time.monotonic() + AGAIN_SECONDS
            self._menus = {kept: menu for kept, menu in self._menus.items() if kept[0] != provider.name}
            self._menus[provider.name, key] = until, names
            return names
