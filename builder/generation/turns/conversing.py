"""The steps of a turn in which a model says something and writes no files: it asks back, plans, or answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeVar

from builder.accounts.actor import Actor
from builder.base.errors import Conflict
from builder.generation.asking import PromptOptions
from builder.generation.models.chain import Talker
from builder.generation.models.model import ModelChanged
from builder.generation.prompts.attached import attached
from builder.generation.records import ModelWaitsFact
from builder.generation.tables import Turn, TurnStep
from builder.generation.turns import prompts
from builder.generation.turns.forms import Form, Question
from builder.generation.turns.parts import TurnParts
from builder.generation.turns.talk import TALK_TOKENS, TalkEvents, filled, spoken
from builder.llm.conversation.events import ModelEvent, Usage, Waiting
from builder.llm.conversation.messages import CallOptions, ModelMessage, user_message
from builder.llm.conversation.reply import Reply
from builder.safety.talk import CleanTalk
from builder.texts import t

F = TypeVar("F", bound=Form)


class Conversing:
    """For one turn. `say` writes and tells a step as it has changed."""

    def __init__(self, parts: TurnParts, actor: Actor, turn: Turn, say: Callable[[TurnStep], Awaitable[None]]) -> None:
        self._parts, self._actor, self._turn, self._say = parts, actor, turn, say
        self.said = CleanTalk()
        """What was hidden in what a model said."""

    async def talker(self) -> Talker | None:
        """The turn's model; None for one that holds no conversation."""
        payer = self._actor.within(self._turn.owner)
        name = self._turn.model or await self._parts.talkers.default(payer)
        return await self._parts.talkers.talker(payer, name)

    async def fill(self, step: TurnStep, form: type[F], purpose: str) -> F:
        """Raises what `filled` raises, `Conflict` for a model that holds no conversation, `BadInput`."""
        model, reply = await self._needed(), Reply()
        try:
            asked, options = await self._asked(), self._options(purpose)
            return await filled(model, form, purpose, asked, options, reply, self._hears(step))
        finally:
            _use(step, model, reply.usage)

    async def speak(self, step: TurnStep) -> str:
        """An answer in words, which can be followed as it comes. Raises what `fill` raises."""
        model, reply, pieces = await self._needed(), Reply(), list[str]()
        spool = self._parts.spools.start(self._turn.project, step.id)
        try:
            spool.begin_attempt()
            clean = self.said.stream()

            def say(text: str) -> None:
                spool.append_raw(text)
                spool.append_text(text)
                pieces.append(text)
                self._parts.events.wake(self._turn.project)

            words = spoken(model, await self._asked(), self._options("discuss"), reply, self._hears(step))
            async with aclosing(words):
                async for piece in words:
                    say(clean.feed(piece))
            say(clean.end())
            self.said.heard(clean, len(reply.text))
        finally:
            _use(step, model, reply.usage)
            self._parts.spools.finish(self._turn.project, step.id)
        return "".join(pieces)

    async def _needed(self) -> Talker:
        model = await self.talker()
        if model is None:
            raise Conflict(t("turn.offline"), code="offline_model")
        return model

    def _options(self, purpose: str) -> CallOptions:
        return CallOptions(
            purpose, project=self._turn.project, reference=self._turn.id,
            system=prompts.system_of(purpose, self._parts.surroundings()), max_output_tokens=TALK_TOKENS,
        )  # fmt: skip

    async def _asked(self) -> ModelMessage:
        turn, generations = self._turn, self._parts.generations
        tree = await self._parts.store.working_tree(self._actor, turn.project)
        contents = await generations.attachments_of(
            self._actor, turn.project, PromptOptions.model_validate(turn.options), turn.model
        )
        earlier = await generations.earlier(turn.project, turn.id)
        with_it = await asyncio.to_thread(attached, contents, tree)
        questions = [Question.model_validate(one) for one in turn.questions]
        words = prompts.build_words(turn.prompt, questions, None) or turn.prompt
        text = await asyncio.to_thread(prompts.asked_with, words, tree, earlier, with_it.shown)
        return user_message(text, *with_it.images)

    def _hears(self, step: TurnStep) -> Callable[[TalkEvents], AsyncGenerator[ModelEvent, None]]:
        """Tells of waits and of another model as they come, and again once a wait is over."""
        step.detail = {name: value for name, value in step.detail.items() if name != "changed"}

        async def heard(events: TalkEvents) -> AsyncGenerator[ModelEvent, None]:
            waits = False
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, Waiting):
                        waits = True
                        await self._waits(step, event)
                        continue
                    if isinstance(event, ModelChanged):
                        step.model, step.model_label = event.name, event.label
                        changed = {"instead_of": event.instead_of, "because": event.because}
                        step.detail = {**step.detail, "changed": changed}
                    if waits or isinstance(event, ModelChanged):
                        waits = False
                        await self._say(step)
                    if not isinstance(event, ModelChanged):
                        yield event

        return heard

    async def _waits(self, step: TurnStep, wait: Waiting) -> None:
        fact = ModelWaitsFact(
            generation=step.id, reason=wait.reason, provider=wait.provider, seconds=round(wait.seconds, 1)
        )
        await self._parts.events.append(self._turn.project, fact)


def _use(step: TurnStep, model: Talker, usage: Usage | None) -> None:
    usage = usage or Usage()
    step.model, step.model_label = model.name, model.label
    step.input_tokens, step.output_tokens = usage.input_tokens, usage.output_tokens
    step.cache_read, step.cache_write = usage.cache_read, usage.cache_write
    step.cost_usd = model.cost(usage)
