"""Which models write Drafts: every language model there is a key for, and the offline demo."""

from __future__ import annotations

from typing import Final

from builder.accounts.actor import Actor
from builder.generation.models.draft_writer import DraftWriter
from builder.generation.models.model import DraftModel
from builder.llm.conversation.settings import ModelSettings
from builder.llm.language_models import LanguageModels, MenuEntry
from builder.texts import t

OFFLINE: Final = "starter:offline"


class Models:
    """Makes models by name. `language` has the language models; by default those of the settings' keys."""

    def __init__(self, settings: ModelSettings, language: LanguageModels | None = None) -> None:
        self._settings = settings
        self._language = language or LanguageModels(settings)

    async def get(self, actor: Actor, name: str) -> DraftModel:
        """The model `name` for this person. Raises `BadInput` for an unknown name, `NoKey` where its key is missing."""
        if name == OFFLINE:
            return self._offline()
        model = await self._language.get(actor, name)
        looks = self._settings.look_by_tools
        cheap = model.profile.cheap if looks and self._settings.explore_cheaply else ""
        explorer = await self._language.get(actor, f"{name.partition(':')[0]}:{cheap}") if cheap else None
        return DraftWriter(model, explorer, looks=looks)

    def configured(self, name: str) -> DraftModel:
        """The model `name` with the settings' key, in no usage log. Raises what `get` raises."""
        if name == OFFLINE:
            return self._offline()
        return DraftWriter(self._language.configured(name), looks=self._settings.look_by_tools)

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
        return [*entries, {"name": OFFLINE, "label": offline[0], "note": offline[1], "offline": True}]

    async def close(self) -> None:
        await self._language.close()

    def _offline(self) -> DraftModel:
        from builder.generation.models.starter import StarterModel  # reads the starters: only when it is used

        return StarterModel(self._settings.offline_speed)
