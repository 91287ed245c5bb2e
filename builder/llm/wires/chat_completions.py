"""OpenAI's chat completions through its SDK, read as raw stream events; other servers speak them as well."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any, Final

from builder.llm.conversation import errors
from builder.llm.conversation.events import (
    AnswerEnded,
    Ending,
    ModelEvent,
    TextPiece,
    ThinkingPiece,
    ToolInputPiece,
)
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool
from builder.llm.conversation.model import Model
from builder.llm.wires.chat_completions_request import parameters
from builder.llm.wires.openai_faults import translated
from builder.llm.wires.openai_sdk import OpenAIConnection, OpenAIModel, usage
from builder.llm.wires.retries import UNREADABLE

_ENDINGS: Final[dict[str, Ending]] = {
    "length": "max_tokens",
    "content_filter": "refusal",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
}
_THOUGHTS: Final = ("reasoning_content", "reasoning")
"""The fields in which other servers send a model's thinking; OpenAI itself does not send it."""

logger = logging.getLogger(__name__)


class ChatCompletionsClient(OpenAIConnection):
    """A client of a server that speaks chat completions."""

    def model(self, name: str) -> Model:
        return ChatCompletionsModel(self, name)


class ChatCompletionsModel(OpenAIModel):
    """One model of a provider that speaks chat completions. Satisfies `Model`."""

    async def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent, None]:
        if tools and not self.profile.tools:
            detail = "chat completions give this model no tools"
            raise errors.NoTools(self._provider.label, self._model, detail=detail)
        sdk = await self._client.sdk()
        import httpx2
        import openai

        asked = parameters(self._model, self.profile, messages, tools, options)
        sending = self._sending(sdk.chat.completions.create, asked, options)
        async for waiting in sending.waits():
            yield waiting
        response = sending.response
        reason = ""
        calls: dict[int, tuple[str, str]] = {}
        try:
            async for chunk in response:
                if chunk.usage:
                    counted = chunk.usage
                    yield usage(counted.prompt_tokens, counted.prompt_tokens_details, counted.completion_tokens)
                for choice in chunk.choices[:1]:
                    if reason:
                        continue  # told twice: nothing of an answer follows its end
                    for piece in _pieces(choice.delta, calls):
                        yield piece
                    reason = choice.finish_reason or ""
        except (openai.OpenAIError, httpx2.HTTPError, *UNREADABLE) as fault:
            if not reason:
                raise translated(fault, self._provider, self._model, streaming=True) from fault
            logger.warning("the answer is whole, its count is missing: %s", type(fault).__name__)
        finally:
            await response.close()
        if not reason:
            detail = "the stream ended without a finish reason"
            raise errors.ConnectionLost(self._provider.label, self._model, detail=detail)
        yield AnswerEnded(_ENDINGS.get(reason, "end"), reason)


def _pieces(delta: Any, calls: dict[int, tuple[str, str]]) -> Iterator[ModelEvent]:
    """Our events for one delta. `calls` (by index) keeps the id and name of tool calls: only their first piece has them."""
    if delta.content:
        yield TextPiece(delta.content)
    if delta.refusal:
        yield TextPiece(delta.refusal, refusal=True)
    if more := delta.model_extra:
        thought = next((more[name] for name in _THOUGHTS if more.get(name)), "")
        if isinstance(thought, str) and thought:
            yield ThinkingPiece(thought)
    for part in delta.tool_calls or ():
        function = part.function
        call, name = calls.get(part.index, (f"call_{part.index}", ""))
        call, name = calls[part.index] = part.id or call, (function and function.name) or name
        yield ToolInputPiece(call, name, (function and function.arguments) or "")
