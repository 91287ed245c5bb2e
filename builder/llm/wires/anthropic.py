"""Anthropic's Messages API through its SDK, read as raw stream events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
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
from builder.llm.conversation.model import Profile
from builder.llm.conversation.prices import price
from builder.llm.conversation.provider import Provider
from builder.llm.wires.anthropic_faults import about_options, about_tools, translated
from builder.llm.wires.anthropic_request import parameters
from builder.llm.wires.retries import CONNECT_SECONDS, UNREADABLE, Pause, Sending

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

_ENDINGS: Final[dict[str, Ending]] = {
    "tool_use": "tool_use",
    "stop_sequence": "stop_sequence",
    "max_tokens": "max_tokens",
    "refusal": "refusal",
    "model_context_window_exceeded": "context",
    "pause_turn": "paused",
}


class AnthropicClient:
    """An authenticated client. The SDK is imported on first use: that takes longer than our whole start.

    `without_tools` are the models that did not accept any.
    """

    def __init__(self, provider: Provider, key: str, address: str = "") -> None:
        self.provider = provider
        self._key = key
        self._address = address
        self.without_tools: set[str] = set()
        self._sdk: AsyncAnthropic | None = None
        self._opening = asyncio.Lock()

    def model(self, name: str) -> AnthropicModel:
        return AnthropicModel(self, name)

    async def sdk(self) -> AsyncAnthropic:
        # In a thread: its first import takes a second, in which nothing else would be served.
        async with self._opening:
            if self._sdk is None:
                self._sdk = await asyncio.to_thread(self._connect)
        return self._sdk

    def _connect(self) -> AsyncAnthropic:
        import httpx2
        from anthropic import AsyncAnthropic

        # max_retries=0: the SDK would send a request again after a time-out, which triples both the wait and the
        # bill, and would sleep through any Retry-After. `AnthropicModel` retries where nothing was spent.
        return AsyncAnthropic(
            api_key=self._key,
            base_url=self._address or None,
            max_retries=0,
            timeout=httpx2.Timeout(self.provider.silence_seconds, connect=CONNECT_SECONDS),
        )

    async def names(self) -> list[str]:
        """The models the key can use, newest first. Raises `ModelError`."""
        sdk = await self.sdk()
        import anthropic
        import httpx2

        try:
            return [model.id async for model in sdk.models.list(limit=100)]
        except (anthropic.AnthropicError, httpx2.HTTPError) as fault:
            raise translated(fault, self.provider, "", streaming=False) from fault

    async def close(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()


class AnthropicModel:
    """One model of a provider that speaks the Messages API. Satisfies `Model`."""

    def __init__(self, client: AnthropicClient, model: str, *, pause: Pause = asyncio.sleep) -> None:
        provider = client.provider
        self.name = f"{provider.name}:{model}"
        self.label = provider.model_label(model)
        self._profile = provider.profile(model)
        self._provider = provider
        self._client = client
        self._model = model
        self._pause = pause

    @property
    def profile(self) -> Profile:
        if self._model in self._client.without_tools:
            return replace(self._profile, tools=False, eager_tools=False)
        return self._profile

    def cost(self, usage: Usage) -> float | None:
        known = price(self.name)
        return known.cost(usage) if known else None

    async def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent, None]:
        sending = await self._sending(messages, tools, options)
        import anthropic
        import httpx2

        async for waiting in sending.waits():
            yield waiting
        response = sending.response
        usage, reason, detail, ended = Usage(), "", "", False
        calls: dict[int, tuple[str, str]] = {}
        begun: set[int] = set()
        over: set[int] = set()
        try:
            async for event in response:
                if event.type == "content_block_delta":
                    call = calls.get(event.index)
                    if event.index in over or (event.delta.type == "input_json_delta" and not call):
                        detail = f"a piece of block {event.index} came before or after it"
                        raise errors.ConnectionLost(self._provider.label, self._model, detail=detail)
                    if piece := _piece(event.delta, call):
                        yield piece
                elif event.type == "content_block_stop":
                    over.add(event.index)
                elif event.type == "content_block_start" and event.index not in begun:
                    begun.add(event.index)
                    block = event.content_block
                    if block.type == "tool_use":
                        calls[event.index] = block.id, block.name
                        yield ToolInputPiece(block.id, block.name, "")
                    elif block.type == "redacted_thinking":
                        yield ThinkingPiece(sealed=block.data)
                elif event.type == "message_start":
                    _count(usage, event.message.usage)
                    yield usage
                elif event.type == "message_delta":
                    _count(usage, event.usage)
                    reason = event.delta.stop_reason or reason
                    stop = event.delta.stop_details
                    detail = (stop.explanation or stop.category or "") if stop else detail
                    yield usage
                elif event.type == "message_stop":
                    ended = True
                    break
        except (anthropic.AnthropicError, httpx2.HTTPError, *UNREADABLE) as fault:
            raise translated(fault, self._provider, self._model, streaming=True) from fault
        finally:
            await response.close()
        if not ended:
            detail = "the stream ended without message_stop"
            raise errors.ConnectionLost(self._provider.label, self._model, detail=detail)
        yield AnswerEnded(_ENDINGS.get(reason, "end"), detail or reason)

    async def _sending(self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions) -> Sending:
        sdk = await self._client.sdk()
        import anthropic

        asked = parameters(self._model, self.profile, messages, tools, options)
        plain = parameters(self._model, self.profile, messages, tools, options, plain=True)

        def amend(fault: Exception) -> bool:
            """Leaves out what a model newer than the profiles does not accept."""
            if tools and about_tools(fault):
                self._client.without_tools.add(self._model)
                raise errors.NoTools(self._provider.label, self._model, detail=str(fault)[:2_000]) from fault
            changed = about_options(fault) and asked != plain
            if changed:
                asked.clear()
                asked.update(plain)
            return changed

        return Sending(
            lambda: sdk.messages.create(**asked),
            (anthropic.AnthropicError,),
            amend,
            lambda fault: translated(fault, self._provider, self._model, streaming=False),
            self._provider.label,
            options.longest_wait,
            self._pause,
        )


def _piece(delta: Any, call: tuple[str, str] | None) -> ModelEvent | None:
    """Our event for a delta; `call` is the tool call that the delta belongs to, if any."""
    match delta.type:
        case "input_json_delta" if call and delta.partial_json:
            return ToolInputPiece(*call, delta.partial_json)
        case "text_delta" if delta.text:
            return TextPiece(delta.text)
        case "thinking_delta" if delta.thinking:
            return ThinkingPiece(delta.thinking)
        case "signature_delta":
            return ThinkingPiece(signature=delta.signature)
    return None


def _count(usage: Usage, counted: Any) -> None:
    """Takes over the cumulative counts of `counted`."""
    usage.input_tokens = counted.input_tokens if counted.input_tokens is not None else usage.input_tokens
    usage.output_tokens = counted.output_tokens or usage.output_tokens
    usage.cache_read = counted.cache_read_input_tokens or usage.cache_read
    usage.cache_write = counted.cache_creation_input_tokens or usage.cache_write
