"""Asks models for completions, chats and changes of a piece of code. Nothing of it is kept but what it used."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Literal, Protocol

from builder.accounts.access import Action as Right
from builder.accounts.actor import Actor
from builder.base.errors import BadInput, Conflict
from builder.generation.assist import material
from builder.generation.assist.completion import completion_words, suggestion
from builder.generation.assist.operations import OPERATIONS, Action, OperationName
from builder.generation.assist.rates import OperationRates
from builder.generation.assist.unfenced import Unfenced
from builder.generation.models.chain import Talker
from builder.generation.models.model import ModelChanged
from builder.generation.prompts.request import template
from builder.generation.turns.talk import answer_alone
from builder.llm.conversation.errors import RefusedByModel
from builder.llm.conversation.events import TextPiece, Usage
from builder.llm.conversation.messages import CallOptions, ModelMessage, TextPart, user_message
from builder.llm.conversation.reply import Reply
from builder.projects.store import ProjectStore
from builder.safety.talk import CleanTalk
from builder.texts import t

MOST_FILES = 20
MOST_AROUND = 60_000
"""Characters of the file that a piece is a part of: of a longer one nothing is shown."""


class AssistModels(Protocol):
    """Where models come from; `builder.generation.models.Models` is it."""

    async def default(self, actor: Actor) -> str: ...

    async def talker(self, actor: Actor, name: str) -> Talker | None: ...

    async def cheap_talker(self, actor: Actor) -> Talker | None: ...


@dataclass(frozen=True, slots=True)
class Completed:
    """`text` is put at the cursor, "" where the model was not sure. `tokens` that the answer took."""

    text: str
    tokens: int
    model: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """A line of a chat."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(slots=True)
class Spoken:
    """An answer in words, as it comes. `usage` and `model` are whole once `pieces` has ended."""

    model: str
    pieces: AsyncGenerator[str, None]
    reply: Reply = field(default_factory=Reply)

    @property
    def usage(self) -> Usage:
        return self.reply.usage or Usage()


class Assistant:
    """Every call names the actor; a call for a project is paid for by its workspace, and needs the right to edit it."""

    def __init__(self, models: AssistModels, store: ProjectStore, rates: OperationRates) -> None:
        self._models, self._store, self.rates = models, store, rates

    async def complete(
        self, actor: Actor, prefix: str, suffix: str, language: str, path: str, project_id: str | None
    ) -> Completed:
        """Raises AskedTooOften, NotFound, Conflict (`offline_model`), and what a model's call raises."""
        model, options = await self._begun(actor, "complete", project_id, template("assist/complete").render())
        reply = Reply()
        asked = user_message(completion_words(prefix, suffix, language, path))
        async with aclosing(answer_alone(model.stream([asked], [], options))) as events:
            async for event in events:
                reply.add(event)
        # An answer that was cut off ends somewhere in a line: its whole lines are as good.
        ended = reply.ended.ending if reply.ended else "end"
        said = reply.text.rpartition("\n")[0] if ended == "max_tokens" else reply.text
        text = "" if ended == "refusal" else CleanTalk().clean(suggestion(said, prefix, suffix))
        return Completed(text, (reply.usage or Usage()).output_tokens, model.name)

    async def chat(
        self,
        actor: Actor,
        said: Sequence[Utterance],
        project_id: str | None,
        files: Sequence[str],
        context: str,
        model: str,
    ) -> Spoken:
        """Raises what `complete` raises, and BadInput for a conversation that does not begin and end with the person."""
        if not said or said[0].role != "user" or said[-1].role != "user":
            raise BadInput(t("assist.chat_ends"))
        talker, options = await self._begun(actor, "chat", project_id, material.chat_system(), model)
        texts, paths = await self._files(actor, project_id, files)
        given = material.chat_material(texts, context, paths)
        messages = [ModelMessage(one.role, (TextPart(one.content),)) for one in said]
        if given.strip():
            messages[0] = ModelMessage("user", (TextPart(given), TextPart(said[0].content)))
        return self._spoken(talker, messages, options)

    async def act(
        self, actor: Actor, action: Action, code: str, language: str, path: str, instruction: str,
        project_id: str | None, model: str,
    ) -> Spoken:  # fmt: skip
        """Raises what `complete` raises, and BadInput for `custom` without words."""
        if action == "custom" and not instruction.strip():
            raise BadInput(t("assist.no_instruction"))
        talker, options = await self._begun(actor, "action", project_id, material.action_system(action), model)
        whole = await self._store.working_file(actor, project_id, path) if project_id and path else None
        around = whole if isinstance(whole, str) and len(whole) <= MOST_AROUND else ""
        asked = user_message(material.action_words(action, code, language, path, instruction, around))
        plain = Unfenced() if action != "explain" else None
        return self._spoken(talker, [asked], options, plain)

    async def _begun(
        self, actor: Actor, operation: OperationName, project_id: str | None, system: str, name: str = ""
    ) -> tuple[Talker, CallOptions]:
        payer = actor
        if project_id:
            payer = actor.within((await self._store.get(actor, project_id, Right.EDIT)).owner)
        await self.rates.count(operation, actor.id)
        what = OPERATIONS[operation]
        model = (
            await self._models.cheap_talker(payer)
            if what.cheap and not name
            else await self._models.talker(payer, name or await self._models.default(payer))
        )
        if model is None:
            raise Conflict(t("turn.offline"), code="offline_model")
        # Whoever waits for a completion types on: there is no second try.
        longest_wait = 0.0 if what.cheap else 30.0
        options = CallOptions(
            operation, project=project_id, system=system, max_output_tokens=what.tokens, longest_wait=longest_wait
        )
        return model, options

    async def _files(
        self, actor: Actor, project_id: str | None, paths: Sequence[str]
    ) -> tuple[Mapping[str, str], list[str]]:
        if not project_id:
            return {}, []
        tree = await self._store.working_tree(actor, project_id)
        named = {path: text for path in paths[:MOST_FILES] if (text := tree.text(path)) is not None}
        return named, [*tree]

    def _spoken(
        self, talker: Talker, messages: list[ModelMessage], options: CallOptions, plain: Unfenced | None = None
    ) -> Spoken:
        reply = Reply()
        return Spoken(talker.name, _pieces(talker, messages, options, reply, plain), reply)


async def _pieces(
    talker: Talker, messages: Sequence[ModelMessage], options: CallOptions, reply: Reply, plain: Unfenced | None
) -> AsyncGenerator[str, None]:
    clean = CleanTalk().stream()
    kept: Callable[[str], str] = plain.feed if plain else str
    async with aclosing(talker.stream(messages, [], options)) as events:
        async for event in events:
            if isinstance(event, ModelChanged):
                continue
            reply.add(event)
            if isinstance(event, TextPiece) and (text := clean.feed(kept(event.text))):
                yield text
    if reply.ended and reply.ended.ending == "refusal":
        raise RefusedByModel(detail=reply.ended.detail)
    if text := clean.feed(plain.end() if plain else "") + clean.end():
        yield text
