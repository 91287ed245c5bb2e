"""OpenAI's chat completions in JSON mode: the Draft arrives as the message's text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, Final

from builder.generation.models import errors
from builder.generation.models.model import Finished, FinishReason, JsonText, ModelEvent, ModelRequest, Usage
from builder.generation.schema import DRAFT_SCHEMA, TOOL_DESCRIPTION

if TYPE_CHECKING:
    from openai import AsyncOpenAI

PROVIDER: Final = "OpenAI"
_REASONS: Final[dict[str, FinishReason]] = {"length": "max_tokens", "content_filter": "refusal"}
_SCHEMA_TURN: Final = f"{TOOL_DESCRIPTION}\nAnswer with one JSON object and nothing else, of this JSON Schema:\n{json.dumps(DRAFT_SCHEMA)}"


class OpenAIProvider:
    """An authenticated client; the SDK is imported with the first use."""

    def __init__(self, key: str, base_url: str = "") -> None:
        self._key = key
        self._base_url = base_url
        self._client: AsyncOpenAI | None = None

    async def client(self) -> AsyncOpenAI:
        if self._client is None:
            self._client = await asyncio.to_thread(self._connect)
        return self._client

    def _connect(self) -> AsyncOpenAI:
        from openai import AsyncOpenAI

        # As for Claude: the SDK's own retries would pay for a timed-out answer again.
        return AsyncOpenAI(api_key=self._key, base_url=self._base_url or None, max_retries=0, timeout=120.0)


class OpenAIModel:
    """One OpenAI model. Satisfies `Model`. Its prices are not kept here, so its cost is unknown."""

    offline = False

    def __init__(self, provider: OpenAIProvider, model: str) -> None:
        self.name = f"openai:{model}"
        self.label = model
        self._provider = provider
        self._model = model

    def cost(self, usage: Usage) -> float | None:  # noqa: ARG002  # the protocol's signature
        return None

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        import openai

        client = await self._provider.client()
        system = f"{request.system}\n\n{_SCHEMA_TURN}"
        reason = ""
        try:
            response = await client.chat.completions.create(
                model=self._model,
                messages=[{"role": "system", "content": system}, {"role": "user", "content": request.user}],
                response_format={"type": "json_object"},
                max_completion_tokens=request.max_output_tokens,
                stream=True,
                stream_options={"include_usage": True},
            )
            async with response:
                async for chunk in response:
                    if chunk.usage:
                        yield _usage(chunk.usage)
                    for choice in chunk.choices[:1]:
                        if choice.delta.content:
                            yield JsonText(choice.delta.content)
                        reason = choice.finish_reason or reason
        except openai.OpenAIError as fault:
            raise translated(fault, self._model, streaming=bool(reason)) from fault
        if not reason:
            raise errors.ConnectionLost(PROVIDER, self._model, detail="the stream ended without a finish reason")
        yield Finished(_REASONS.get(reason, "end"), reason)


def _usage(counted: Any) -> Usage:
    cached = counted.prompt_tokens_details.cached_tokens if counted.prompt_tokens_details else 0
    return Usage(counted.prompt_tokens - (cached or 0), counted.completion_tokens, cached or 0)


def translated(fault: Exception, model: str, *, streaming: bool) -> errors.ModelError:
    """Our error for one of the SDK's."""
    import openai

    detail = f"{type(fault).__name__}: {fault}"[:2_000]
    if isinstance(fault, openai.APITimeoutError):
        return errors.TimedOut(PROVIDER, model, detail=detail)
    if not isinstance(fault, openai.APIStatusError):
        return (errors.ConnectionLost if streaming else errors.Unreachable)(PROVIDER, model, detail=detail)
    if fault.code == "insufficient_quota":
        return errors.NoCredit(PROVIDER, model, detail=detail)
    if fault.code == "context_length_exceeded":
        return errors.TooLong(PROVIDER, model, detail=detail)
    named: dict[int, type[errors.ModelError]] = {
        401: errors.BadKey,
        403: errors.Forbidden,
        404: errors.UnknownModel,
        429: errors.RateLimited,
        503: errors.Overloaded,
    }
    fallback = errors.RequestRefused if 400 <= fault.status_code < 500 else errors.ProviderFailed
    return named.get(fault.status_code, fallback)(PROVIDER, model, detail=detail)
