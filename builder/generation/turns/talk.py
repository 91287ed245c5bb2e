"""Conversations with a model beside the writing of files: a form that it fills in, or an answer in words."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Final, TypeVar

from pydantic import ValidationError

from builder.base.errors import SaysoError
from builder.generation.models.chain import Talker
from builder.generation.models.model import ModelChanged
from builder.generation.turns.forms import Form
from builder.llm.conversation.errors import NoTools, RefusedByModel
from builder.llm.conversation.events import ModelEvent, TextPiece, Waiting
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool
from builder.llm.conversation.reply import Reply
from builder.texts import t

TALK_TOKENS: Final = 8_000
F = TypeVar("F", bound=Form)
TalkEvents = AsyncGenerator[ModelEvent | ModelChanged, None]
Hears = Callable[[TalkEvents], AsyncGenerator[ModelEvent, None]]
"""Takes what happens beside an answer out of its events."""


class UnreadableForm(SaysoError):
    """The model's answer is not what it was asked to fill in."""

    code = "malformed"
    status = 502


async def answer_alone(events: TalkEvents) -> AsyncGenerator[ModelEvent, None]:
    """For whoever tells nobody what happens beside an answer."""
    async with aclosing(events):
        async for event in events:
            if not isinstance(event, Waiting | ModelChanged):
                yield event


async def filled(
    model: Talker, form: type[F], purpose: str, asked: ModelMessage, options: CallOptions, reply: Reply,
    hears: Hears = answer_alone,
) -> F:  # fmt: skip
    """The form as the model fills it in. `purpose` is one word, the tool's name; `reply` gathers the answer, so that
    what it used is known however it ends. Raises `UnreadableForm`, `ModelError`."""
    by_tool = model.profile.tools
    try:
        await _fill(model, form, purpose, asked, options, reply, hears, by_tool=by_tool)
    except NoTools:
        if not by_tool:
            raise
        await _fill(model, form, purpose, asked, options, reply, hears, by_tool=False)
    if reply.ended and reply.ended.ending == "refusal":
        raise RefusedByModel(detail=reply.ended.detail)
    said = reply.calls[0].input if reply.calls else reply.text
    try:
        # A model without tools may put a fence or a word around it.
        return form.model_validate_json(said[said.find("{") : said.rfind("}") + 1])
    except ValidationError as fault:
        raise UnreadableForm(t("turn.unreadable"), detail=str(fault)[:1_000]) from None


async def _fill(
    model: Talker, form: type[F], purpose: str, asked: ModelMessage, options: CallOptions, reply: Reply, hears: Hears, *,
    by_tool: bool,
) -> None:  # fmt: skip
    schema = form.model_json_schema()
    description = (form.__doc__ or purpose).split("\n\n")[0]
    if by_tool:
        options = replace(options, tool=purpose, one_call=True)
    else:
        told = f"Answer with one JSON object and nothing else, of this JSON Schema:\n{json.dumps(schema)}"
        options = replace(options, json=True, system=f"{options.system}\n\n{told}")
    tools = [Tool(purpose, description, schema)] if by_tool else []
    async with aclosing(hears(model.stream([asked], tools, options))) as events:
        async for event in events:
            reply.add(event)


async def spoken(
    model: Talker, asked: ModelMessage, options: CallOptions, reply: Reply, hears: Hears = answer_alone
) -> AsyncGenerator[str, None]:
    """The pieces of an answer in words. Raises `ModelError`."""
    async with aclosing(hears(model.stream([asked], [], options))) as events:
        async for event in events:
            reply.add(event)
            if isinstance(event, TextPiece):
                yield event.text
    if reply.ended and reply.ended.ending == "refusal":
        raise RefusedByModel(detail=reply.ended.detail)
