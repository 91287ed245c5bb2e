"""Which models write Drafts: every language model there is a key for, and the offline demo."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeVar

from builder.accounts.actor import Actor
from builder.base.errors import BadInput
from builder.base.settings import words
from builder.generation.models.chain import ModelChain, Talker, TalkerChain
from builder.generation.models.draft_writer import DraftWriter
from builder.generation.models.model import DraftModel
from builder.llm.conversation.errors import NoKey
from builder.llm.conversation.model import Model
from builder.llm.conversation.settings import ModelSettings
from builder.llm.failover import Outages
from builder.llm.language_models import LanguageModels, MenuEntry
from builder.texts import t

logger = logging.getLogger(__name__)
OFFLINE: Final = "starter:offline"
T = TypeVar("T")


class Models:
    """Makes models by name. `language` has the language models; by default those of the settings' keys."""

    def __init__(self, settings: ModelSettings, language: LanguageModels | None = None) -> None:
        self._settings = settings
        self._language = language or LanguageModels(settings)
        self._outages = Outages()

    async def get(self, actor: Actor, name: str) -> DraftModel:
        """The model `name` for this person, with those that are asked where it fails (the setting `model_fallbacks`).

        Raises `BadInput` for an unknown name, `NoKey` where its key is missing; of the others, one that cannot be asked
        is passed over.
        """
        if name == OFFLINE:
            return self._offline()
        models = await self._with_others(name, partial(self._writer, actor))
        return ModelChain(models, self._outages) if len(models) > 1 else models[0]

    async def talker(self, actor: Actor, name: str) -> Talker | None:
        """The model `name` for a conversation, with the same others; None for the offline demo, which holds none. Raises
        what `get` raises."""
        if name == OFFLINE:
            return None
        models = await self._with_others(name, partial(self._language.get, actor))
        return TalkerChain(models, self._outages) if len(models) > 1 else models[0]

    async def cheap_talker(self, actor: Actor) -> Talker | None:
        """A small and fast model for a conversation, of the provider that a prompt goes to; None for the offline demo."""
        name = await self.default(actor)
        model = await self.talker(actor, name)
        if model is None or not model.profile.cheap:
            return model
        return await self.talker(actor, f"{name.partition(':')[0]}:{model.profile.cheap}")

    def configured(self, name: str) -> DraftModel:
        """The model `name` with the settings' key, in no usage log. Raises what `get` raises."""
        return self._offline() if name == OFFLINE else self._written_by(self._language.configured(name))

    async def default(self, actor: Actor) -> str:
        """The model a prompt goes to when the person chose none: the setting, else the usual one of the first provider
        with a key, else the demo."""
        return self._settings.model or await self._language.default(actor) or OFFLINE

    async def menu(self, actor: Actor) -> list[MenuEntry]:
        """What the person can choose from, the offline demo last."""
        entries = await self._language.menu(actor)
        default = await self.default(actor)
        if default != OFFLINE and default not in {entry["name"] for entry in entries}:
            entries.insert(0, self._language.entry(default))
        offline = t("generation.model_offline_label"), t("generation.model_offline_note")
        return [*entries, {"name": OFFLINE, "label": offline[0], "note": offline[1], "offline": True, "thinks": False}]

    async def close(self) -> None:
        await self._language.close()

    async def _with_others(self, name: str, made: Callable[[str], Awaitable[T]]) -> list[T]:
        models = [await made(name)]
        for other in words(self._settings.model_fallbacks):
            if other not in (name, OFFLINE):
                try:
                    models.append(await made(other))
                except (NoKey, BadInput) as fault:
                    logger.info("%s is not asked where %s fails: %s", other, name, fault.message)
        return models

    async def _writer(self, actor: Actor, name: str) -> DraftWriter:
        model = await self._language.get(actor, name)
        told = self._settings
        cheap = model.profile.cheap if told.look_by_tools and told.explore_cheaply else ""
        provider = name.partition(":")[0]
        return self._written_by(model, await self._language.get(actor, f"{provider}:{cheap}") if cheap else None)

    def _written_by(self, model: Model, explorer: Model | None = None) -> DraftWriter:
        told = self._settings
        return DraftWriter(model, explorer, looks=told.look_by_tools, shows_thinking=told.show_thinking)

    def _offline(self) -> DraftModel:
        from builder.generation.models.starter import StarterModel  # reads the starters: only when it is used

        return StarterModel(self._settings.offline_speed)
