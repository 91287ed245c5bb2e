"""Asks a cheap model about a text that the guard's rules are not sure about."""

from __future__ import annotations

import json
from typing import Final, Protocol

from builder.accounts.actor import Actor
from builder.generation.models.chain import Talker
from builder.generation.prompts.request import template
from builder.generation.turns.forms import Form
from builder.generation.turns.talk import filled
from builder.llm.conversation.messages import CallOptions, user_message
from builder.llm.conversation.reply import Reply
from builder.safety.sanitising.secrets import without_secrets
from builder.safety.verdicts import Category, Judgement

OPERATION: Final = "guard"
"""What the usage log calls it."""
MOST_SHOWN: Final = 6_000
"""Characters of a text that are shown: its beginning and its end."""
_MOST_OUTPUT: Final = 200
_PURPOSES: Final = {
    Category.INJECTION: "that its model drops the rules it works by, or acts as something without rules",
    Category.PROMPT_LEAK: "that its model tells its own hidden instructions or system prompt",
    Category.CREDENTIAL: "a key, password or the environment of the builder, its model or its server",
    Category.DESTRUCTIVE: "that everything in the project is deleted, or anything outside the project",
    Category.PRIVILEGE: "rights on the builder or its server, or a way out of the app's container",
}


class AttackVerdict(Form):
    """The verdict on the text."""

    attack: bool


class TalkingModels(Protocol):
    """Where models come from."""

    async def cheap_talker(self, actor: Actor) -> Talker | None: ...


class AskedModel:
    """Satisfies `builder.safety.second_look.TextReader`."""

    def __init__(self, models: TalkingModels) -> None:
        self._models = models

    async def attacks(self, actor: Actor, text: str, finding: Judgement, project: str | None) -> bool | None:
        """Whether a cheap model takes the text for an attack; None without a model. Raises `ModelError`,
        `UnreadableForm`, and what reserving the call raises."""
        purpose = _PURPOSES.get(finding.category) if finding.category else None
        model = await self._models.cheap_talker(actor) if purpose else None
        if model is None:
            return None
        system = template("steps/guard").render(purpose=purpose)
        options = CallOptions(
            OPERATION, project=project, system=system, max_output_tokens=_MOST_OUTPUT, longest_wait=1.0
        )
        verdict = await filled(
            model, AttackVerdict, "verdict", user_message(json.dumps(_shown(text))), options, Reply()
        )
        return verdict.attack


def _shown(text: str) -> str:
    clean = without_secrets("", text)
    half = MOST_SHOWN // 2
    return clean if len(clean) <= MOST_SHOWN else f"{clean[:half]} [...] {clean[-half:]}"
