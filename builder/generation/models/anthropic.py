"""Claude through Anthropic's SDK: one tool whose input is the Draft, read as raw stream events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from builder.generation.models import errors
from builder.generation.models.draft_schema import DRAFT_SCHEMA, TOOL_DESCRIPTION, TOOL_NAME
from builder.generation.models.model import (
    Finished,
    FinishReason,
    JsonText,
    ModelEvent,
    ModelRequest,
    ProseText,
    Usage,
)
from builder.generation.models.profile import claude_label, claude_profile
from builder.generation.models.retries import retry_after, wait_before_retry

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

PROVIDER: Final = "Claude"
CONNECT_SECONDS: Final = 10.0
SILENCE_SECONDS: Final = 120.0
"""Longest wait between two pieces of an answer; the API sends a ping every few seconds."""

_REASONS: Final[dict[str, FinishReason]] = {
    "max_tokens": "max_tokens",
    "refusal": "refusal",
    "model_context_window_exceeded": "context",
}


class AnthropicProvider:
    """An authenticated client. The SDK is imported with the first use: it takes longer than our whole start."""

    def __init__(self, key: str, base_url: str = "", *, silence_seconds: float = SILENCE_SECONDS) -> None:
        self.key = key
        self.base_url = base_url
        self._silence = silence_seconds
        self._client: AsyncAnthropic | None = None

    async def client(self) -> AsyncAnthropic:
        if self._client is None:
            self._client = await asyncio.to_thread(self._connect)
        return self._client

    def _connect(self) -> AsyncAnthropic:
        import httpx2
        from anthropic import AsyncAnthropic

        # max_retries=0: the SDK would send a request again after a time-out, which triples both the wait and the
        # bill, and would sleep through any Retry-After. `AnthropicModel` retries where nothing was spent.
        return AsyncAnthropic(
            api_key=self.key,
            base_url=self.base_url or None,
            max_retries=0,
            timeout=httpx2.Timeout(self._silence, connect=CONNECT_SECONDS),
        )

    async def names(self) -> list[str]:
        """The Claude models the key can use, newest first. Raises `ModelError`; so it also tests the key."""
        import anthropic
        import httpx2

        client = await self.client()
        try:
            return [model.id async for model in client.models.list(limit=100) if model.id.startswith("claude")]
        except (anthropic.AnthropicError, httpx2.HTTPError) as fault:
            raise translated(fault, "", streaming=False) from fault

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()


class AnthropicModel:
    """One Claude model. Satisfies `Model`."""

    offline = False

    def __init__(
        self, provider: AnthropicProvider, model: str, *, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self.name = f"anthropic:{model}"
        self.label = claude_label(model)
        self._provider = provider
        self._model = model
        self._profile = claude_profile(model)
        self._pause = pause

    def cost(self, usage: Usage) -> float | None:
        return self._profile.price.cost(usage) if self._profile.price else None

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        import anthropic
        import httpx2

        response = await self._open(request)
        usage, reason, detail, ended = Usage(), "", "", False
        tool: int | None = None
        try:
            async for event in response:
                if event.type == "content_block_delta":
                    if event.delta.type == "input_json_delta" and event.index == tool:
                        if event.delta.partial_json:
                            yield JsonText(event.delta.partial_json)
                    elif event.delta.type == "text_delta":
                        yield ProseText(event.delta.text)
                elif event.type == "content_block_start" and event.content_block.type == "tool_use":
                    tool = event.index if tool is None else tool  # a second call would be a second document
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
        except (anthropic.AnthropicError, httpx2.HTTPError) as fault:
            raise translated(fault, self._model, streaming=True) from fault
        finally:
            await response.close()
        if not ended:
            raise errors.ConnectionLost(PROVIDER, self._model, detail="the stream ended without message_stop")
        yield Finished(_REASONS.get(reason, "end"), detail or reason)

    async def _open(self, request: ModelRequest) -> Any:
        """The stream, once the provider has accepted the request."""
        import anthropic

        client = await self._provider.client()
        plain = False
        tries = 0
        while True:
            try:
                return await client.messages.create(**self._parameters(request, plain=plain))
            except anthropic.AnthropicError as fault:
                if not plain and _about_options(fault):
                    plain = True  # a model newer than the profiles; a refused request costs nothing
                    continue
                wait = wait_before_retry(fault, tries)
                if wait is None:
                    raise translated(fault, self._model, streaming=False) from fault
                tries += 1
                await self._pause(wait)

    def _parameters(self, request: ModelRequest, *, plain: bool) -> dict[str, Any]:
        profile = self._profile
        parameters: dict[str, Any] = {
            "model": self._model,
            "max_tokens": min(request.max_output_tokens, profile.max_output),
            # The tool and the system prompt are the same in every request: one cache entry, tool definitions first.
            "system": [{"type": "text", "text": request.system, "cache_control": {"type": "ephemeral"}}],
            "messages": [{"role": "user", "content": request.user}],
            "tools": [
                {
                    "name": TOOL_NAME,
                    "description": TOOL_DESCRIPTION,
                    "input_schema": DRAFT_SCHEMA,
                    "eager_input_streaming": True,
                }
            ],
            "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
            "stream": True,
        }
        if profile.forced_tool and not plain:
            parameters["tool_choice"] = {"type": "tool", "name": TOOL_NAME, "disable_parallel_tool_use": True}
        if profile.thinking and not plain:
            parameters["thinking"] = {"type": profile.thinking}
        return parameters


def _count(usage: Usage, counted: Any) -> None:
    """Takes over the cumulative figures that `counted` has."""
    usage.input_tokens = counted.input_tokens if counted.input_tokens is not None else usage.input_tokens
    usage.output_tokens = counted.output_tokens or usage.output_tokens
    usage.cache_read = counted.cache_read_input_tokens or usage.cache_read
    usage.cache_write = counted.cache_creation_input_tokens or usage.cache_write


def _about_options(fault: Exception) -> bool:
    message = str(getattr(fault, "api_message", "") or "")
    return getattr(fault, "status_code", 0) == 400 and ("tool_choice" in message or "thinking" in message)


def translated(fault: Exception, model: str, *, streaming: bool) -> errors.ModelError:
    """Our error for one of the SDK's. `streaming`: the answer had begun."""
    import anthropic
    import httpx2

    detail = f"{type(fault).__name__}: {fault}"[:2_000]
    if isinstance(fault, (anthropic.APITimeoutError, httpx2.TimeoutException)):
        return errors.TimedOut(PROVIDER, model, detail=detail)
    if not isinstance(fault, anthropic.APIStatusError):
        kind = errors.ConnectionLost if streaming else errors.Unreachable
        return kind(PROVIDER, model, detail=detail)
    return _by_status(fault, model, f"{detail} request={fault.request_id}")


def _by_status(fault: Any, model: str, detail: str) -> errors.ModelError:
    status, kind, said = fault.status_code, fault.type or "", str(fault.api_message or "").lower()
    if kind == "billing_error" or status == 402 or (status == 400 and "credit balance" in said):
        return errors.NoCredit(PROVIDER, model, detail=detail)
    if kind == "overloaded_error" or status == 529:
        return errors.Overloaded(PROVIDER, model, detail=detail)
    if kind == "rate_limit_error" or status == 429:
        return errors.RateLimited(PROVIDER, model, retry_after=retry_after(fault), detail=detail)
    if status == 413 or (
        status == 400 and ("prompt is too long" in said or "context window" in said or "context limit" in said)
    ):
        return errors.TooLong(PROVIDER, model, detail=detail)
    named: dict[int, type[errors.ModelError]] = {
        401: errors.BadKey,
        403: errors.Forbidden,
        404: errors.UnknownModel,
        408: errors.TimedOut,
        504: errors.TimedOut,
    }
    fallback = errors.RequestRefused if 400 <= status < 500 else errors.ProviderFailed
    return named.get(status, errors.TimedOut if kind == "timeout_error" else fallback)(PROVIDER, model, detail=detail)
