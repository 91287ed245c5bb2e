"""OpenAI's chat completions through its SDK, read as raw stream events; other servers speak them as well."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from builder.llm.conversation import errors
from builder.llm.conversation.events import (
    AnswerEnded,
    Ending,
    ModelEvent,
    TextPiece,
    ThinkingPiece,
    ToolInputPiece,
    Usage,
)
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool
from builder.llm.conversation.prices import price
from builder.llm.conversation.provider import Provider
from builder.llm.wires.chat_completions_faults import refused_option, translated, unpaid
from builder.llm.wires.chat_completions_request import parameters
from builder.llm.wires.retries import CONNECT_SECONDS, wait_before_retry

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_ENDINGS: Final[dict[str, Ending]] = {
    "length": "max_tokens",
    "content_filter": "refusal",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
}
_THOUGHTS: Final = ("reasoning_content", "reasoning")
"""Where servers that speak like OpenAI put what a model thinks; OpenAI itself keeps it."""

logger = logging.getLogger(__name__)


class ChatCompletionsClient:
    """An authenticated client; the SDK is imported with the first use."""

    def __init__(self, provider: Provider, key: str, address: str = "") -> None:
        self.provider = provider
        self._key = key
        self._address = address
        self._sdk: AsyncOpenAI | None = None

    def model(self, name: str) -> ChatCompletionsModel:
        return ChatCompletionsModel(self, name)

    async def sdk(self) -> AsyncOpenAI:
        if self._sdk is None:
            self._sdk = await asyncio.to_thread(self._connect)
        return self._sdk

    def _connect(self) -> AsyncOpenAI:
        import httpx2
        from openai import AsyncOpenAI

        # As for Anthropic: the SDK's own retries would pay for a timed-out answer again.
        return AsyncOpenAI(
            api_key=self._key,
            base_url=self._address or None,
            max_retries=0,
            timeout=httpx2.Timeout(self.provider.silence_seconds, connect=CONNECT_SECONDS),
        )

    async def names(self) -> list[str]:
        """All models the key can use, newest first, whatever they make. Raises `ModelError`."""
        import httpx2
        import openai

        sdk = await self.sdk()
        try:
            found = [model async for model in sdk.models.list()]
        except (openai.OpenAIError, httpx2.HTTPError) as fault:
            raise translated(fault, self.provider, "", streaming=False) from fault
        return [model.id for model in sorted(found, key=lambda model: model.created or 0, reverse=True)]

    async def close(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()


class ChatCompletionsModel:
    """One model of a provider that speaks chat completions. Satisfies `Model`."""

    def __init__(
        self, client: ChatCompletionsClient, model: str, *, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        provider = client.provider
        self.name = f"{provider.name}:{model}"
        self.label = provider.model_label(model)
        self.profile = provider.profile(model)
        self._provider = provider
        self._client = client
        self._model = model
        self._pause = pause

    def cost(self, usage: Usage) -> float | None:
        """The count comes last, so an answer that broke off has none: what it cost is unknown, not nothing."""
        known = price(self.name)
        return known.cost(usage) if known and usage != Usage() else None

    async def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent, None]:
        import httpx2
        import openai

        if tools and not self.profile.tools:
            detail = "chat completions give this model no tools"
            raise errors.RequestRefused(self._provider.label, self._model, detail=detail)
        response = await self._open(messages, tools, options)
        reason = ""
        calls: dict[int, tuple[str, str]] = {}
        try:
            async for chunk in response:
                if chunk.usage:
                    yield _usage(chunk.usage)
                for choice in chunk.choices[:1]:
                    for piece in _pieces(choice.delta, calls):
                        yield piece
                    reason = choice.finish_reason or reason
        except (openai.OpenAIError, httpx2.HTTPError) as fault:
            if not reason:
                raise translated(fault, self._provider, self._model, streaming=True) from fault
            logger.warning("the answer is whole, its count is missing: %s", type(fault).__name__)
        finally:
            await response.close()
        if not reason:
            detail = "the stream ended without a finish reason"
            raise errors.ConnectionLost(self._provider.label, self._model, detail=detail)
        yield AnswerEnded(_ENDINGS.get(reason, "end"), reason)

    async def _open(self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions) -> Any:
        """The stream, once the provider has accepted the request."""
        import openai

        sdk = await self._client.sdk()
        asked = parameters(self._model, self.profile, messages, tools, options)
        tries = 0
        while True:
            try:
                return await sdk.chat.completions.create(**asked)
            except openai.OpenAIError as fault:
                option = refused_option(fault)
                if option in asked:
                    del asked[option]  # an older model, or another server; a refused request costs nothing
                    continue
                wait = None if unpaid(fault) else wait_before_retry(fault, tries)
                if wait is None:
                    raise translated(fault, self._provider, self._model, streaming=False) from fault
                tries += 1
                await self._pause(wait)


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


def _usage(counted: Any) -> Usage:
    details = counted.prompt_tokens_details
    read = (details.cached_tokens if details else 0) or 0
    written = (details.cache_write_tokens if details else 0) or 0
    return Usage(max(0, counted.prompt_tokens - read - written), counted.completion_tokens, read, written)
