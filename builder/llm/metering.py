"""Records every model call in the usage log: reserved before it is made, settled after it, however it ends."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractContextManager, aclosing
from dataclasses import replace
from typing import Final, Literal, Protocol

from builder.accounts.actor import Actor
from builder.base.watching.traces import traced
from builder.llm.around import AroundModel
from builder.llm.conversation.errors import ModelError
from builder.llm.conversation.events import AnswerEnded, ModelEvent, TextPiece, ThinkingPiece, ToolInputPiece, Usage
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool
from builder.llm.conversation.model import Model
from builder.llm.conversation.sizes import CHARACTERS_PER_TOKEN, most_of
from preview_runtime.uncancelled import uncancelled

Outcome = Literal["settled", "failed", "cancelled"]
LEAST_OUTPUT: Final = 2_000
"""Tokens of an answer below which a call is not worth its input: about one small file."""

logger = logging.getLogger(__name__)


class CallLog(Protocol):
    """Records calls; implemented by `builder.billing.usage_log.UsageLog`. Tokens are counts, costs are in USD."""

    async def reserve(
        self,
        actor: Actor,
        *,
        operation: str,
        project: str | None,
        reference: str | None,
        model: str,
        tokens: int,
        cost: float | None,
    ) -> str:
        """Record a call that is about to be made, and the most it may use; returns its id. Raises when the call is not
        allowed."""
        ...

    async def left(self, actor: Actor, *, project: str | None, reference: str | None) -> float | None:
        """The amount left for such a call; None when there is no limit."""
        ...

    def held(self, call: str) -> AbstractContextManager[None]:
        """Hold this while the call is under way."""
        ...

    async def settle(
        self,
        call: str,
        status: Outcome,
        *,
        input_tokens: int | None,
        output_tokens: int | None,
        cache_read: int | None,
        cache_write: int | None,
        cost: float | None,
    ) -> None:
        """Record how a call ended and what it used; None for values that the provider did not report."""
        ...


def told(usage: Usage | None, status: Outcome, written: int) -> Usage | None:
    """What a call used, given what the provider said last and the `written` characters that came; None where that is
    not known. A provider counts the output when it ends: of an answer that broke off it said next to nothing. Nobody is
    paid for calls, and what writes something was not free."""
    if usage is None or (usage == Usage() and written and status == "settled"):
        return None
    least = math.ceil(written / CHARACTERS_PER_TOKEN) if status != "settled" or usage.output_tokens <= 0 else 0
    counts = (usage.input_tokens, max(usage.output_tokens, least), usage.cache_read, usage.cache_write)
    return Usage(*(max(0, count) for count in counts))


class MeteredModel(AroundModel):
    """A model whose calls are recorded, on behalf of one person. Satisfies `Model`."""

    def __init__(self, model: Model, actor: Actor, log: CallLog) -> None:
        super().__init__(model)
        self._actor = actor
        self._log = log

    async def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent, None]:
        options = await self._affordable(messages, tools, options)
        most = most_of(messages, tools, options, self.profile)
        call = await self._log.reserve(
            self._actor,
            operation=options.operation,
            project=options.project,
            reference=options.reference,
            model=self.name,
            tokens=most.input_tokens + most.cache_write + most.output_tokens,
            cost=self.cost(most),
        )
        status: Outcome = "failed"
        usage: Usage | None = None
        written = 0
        with self._log.held(call), traced("model call", model=self.name, operation=options.operation):
            try:
                async with aclosing(self._model.stream(messages, tools, options)) as events:
                    async for event in events:
                        if isinstance(event, Usage):
                            usage = replace(event)
                        elif isinstance(event, TextPiece | ToolInputPiece | ThinkingPiece):
                            written += len(event.text)
                        elif isinstance(event, AnswerEnded):
                            status = "settled"
                        yield event
            except (asyncio.CancelledError, GeneratorExit):
                status = status if status == "settled" else "cancelled"
                raise
            except ModelError as fault:
                usage = usage or (Usage() if fault.free else None)
                raise
            finally:
                # Whoever leaves meanwhile would leave a call that counts as under way for as long as this process lives.
                await uncancelled(self._settle(call, status, told(usage, status, written)))

    async def _affordable(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> CallOptions:
        """`options` with the longest answer that the budget pays for. If that is too short to be useful, they stay as
        they are: then the call is refused when it is reserved."""
        left = await self._log.left(self._actor, project=options.project, reference=options.reference)
        most = most_of(messages, tools, options, self.profile)
        cost, read = self.cost(most), self.cost(replace(most, output_tokens=0))
        if left is None or cost is None or read is None or not read < left < cost:
            return options
        # Output costs the same for each token, whatever their number.
        tokens = int(most.output_tokens * (left - read) / (cost - read))
        if (self.cost(replace(most, output_tokens=tokens)) or 0.0) > left:
            tokens -= 1  # what fits to the last digit may be more once it is rounded
        return replace(options, max_output_tokens=tokens) if tokens >= LEAST_OUTPUT else options

    async def _settle(self, call: str, status: Outcome, usage: Usage | None) -> None:
        nothing = usage == Usage()
        try:
            await self._log.settle(
                call,
                status,
                input_tokens=usage.input_tokens if usage else None,
                output_tokens=usage.output_tokens if usage else None,
                cache_read=usage.cache_read if usage else None,
                cache_write=usage.cache_write if usage else None,
                cost=0.0 if nothing else self.cost(usage) if usage else None,
            )
        except Exception:
            # The answer has arrived; the row stays reserved until the next start settles it.
            logger.exception("the call %s could not be settled", call)
