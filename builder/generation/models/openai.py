"""OpenAI's chat completions in JSON mode: the Draft arrives as the message's text.

Not as a tool call: since GPT-6 this endpoint takes no tools.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from builder.generation.models import errors
from builder.generation.models.draft_schema import DRAFT_SCHEMA, TOOL_DESCRIPTION
from builder.generation.models.model import Finished, FinishReason, JsonText, ModelEvent, ModelRequest, ProseText, Usage
from builder.generation.models.openai_profile import MAX_OUTPUT, openai_label, openai_price
from builder.generation.models.retries import retry_after, wait_before_retry

if TYPE_CHECKING:
    from openai import AsyncOpenAI

PROVIDER: Final = "OpenAI"
CONNECT_SECONDS: Final = 10.0
SILENCE_SECONDS: Final = 300.0
"""Longest wait between two pieces of an answer. This API sends no pings, and a model is silent while it reasons."""

_REASONS: Final[dict[str, FinishReason]] = {"length": "max_tokens", "content_filter": "refusal"}
_SCHEMA_TURN: Final = f"{TOOL_DESCRIPTION}\nAnswer with one JSON object and nothing else, of this JSON Schema:\n{json.dumps(DRAFT_SCHEMA)}"
# An error's `type` or `code`: developers.openai.com/api/docs/guides/error-codes.
_UNPAID: Final = frozenset({
    "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
    "organization_usage_limit_exceeded", "project_spend_limit_exceeded", "billing_not_active",
})  # fmt: skip
_OVERLOADED: Final = frozenset({"server_is_overloaded", "service_unavailable_error"})
_LIMITED: Final = frozenset({"rate_limit_error", "rate_limit_exceeded"})
_OPTIONS: Final = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_completion_tokens",
    "response_format": "response_format",
}
"""An error's `param` → what the request can do without."""

logger = logging.getLogger(__name__)


class OpenAIProvider:
    """An authenticated client; the SDK is imported with the first use."""

    def __init__(self, key: str, base_url: str = "", *, silence_seconds: float = SILENCE_SECONDS) -> None:
        self._key = key
        self._base_url = base_url
        self._silence = silence_seconds
        self._client: AsyncOpenAI | None = None

    async def client(self) -> AsyncOpenAI:
        if self._client is None:
            self._client = await asyncio.to_thread(self._connect)
        return self._client

    def _connect(self) -> AsyncOpenAI:
        import httpx2
        from openai import AsyncOpenAI

        # As for Claude: the SDK's own retries would pay for a timed-out answer again.
        return AsyncOpenAI(
            api_key=self._key,
            base_url=self._base_url or None,
            max_retries=0,
            timeout=httpx2.Timeout(self._silence, connect=CONNECT_SECONDS),
        )

    async def names(self) -> list[str]:
        """All models the key can use, newest first, whatever they make. Raises `ModelError`."""
        import httpx2
        import openai

        client = await self.client()
        try:
            found = [model async for model in client.models.list()]
        except (openai.OpenAIError, httpx2.HTTPError) as fault:
            raise translated(fault, "", streaming=False) from fault
        return [model.id for model in sorted(found, key=lambda model: model.created or 0, reverse=True)]

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()


class OpenAIModel:
    """One OpenAI model. Satisfies `Model`."""

    offline = False

    def __init__(
        self, provider: OpenAIProvider, model: str, *, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self.name = f"openai:{model}"
        self.label = openai_label(model)
        self._provider = provider
        self._model = model
        self._price = openai_price(model)
        self._pause = pause

    def cost(self, usage: Usage) -> float | None:
        """The count comes last, so an answer that broke off has none: what it cost is unknown, not nothing."""
        return self._price.cost(usage) if self._price and usage != Usage() else None

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        import httpx2
        import openai

        response = await self._open(request)
        reason = ""
        try:
            async for chunk in response:
                if chunk.usage:
                    yield _usage(chunk.usage)
                for choice in chunk.choices[:1]:
                    if choice.delta.content:
                        yield JsonText(choice.delta.content)
                    if choice.delta.refusal:
                        yield ProseText(choice.delta.refusal)
                    reason = choice.finish_reason or reason
        except (openai.OpenAIError, httpx2.HTTPError) as fault:
            if not reason:
                raise translated(fault, self._model, streaming=True) from fault
            logger.warning("the answer is whole, its count is missing: %s", type(fault).__name__)
        finally:
            await response.close()
        if not reason:
            raise errors.ConnectionLost(PROVIDER, self._model, detail="the stream ended without a finish reason")
        yield Finished(_REASONS.get(reason, "end"), reason)

    async def _open(self, request: ModelRequest) -> Any:
        """The stream, once the provider has accepted the request."""
        import openai

        client = await self._provider.client()
        parameters = self._parameters(request)
        tries = 0
        while True:
            try:
                return await client.chat.completions.create(**parameters)
            except openai.OpenAIError as fault:
                option = _refused_option(fault)
                if option in parameters:
                    del parameters[option]  # an older model, or another server; a refused request costs nothing
                    continue
                wait = None if _said(fault) & _UNPAID else wait_before_retry(fault, tries)
                if wait is None:
                    raise translated(fault, self._model, streaming=False) from fault
                tries += 1
                await self._pause(wait)

    def _parameters(self, request: ModelRequest) -> dict[str, Any]:
        # The system message is the same in every request, so that the provider's own cache finds it.
        system = f"{request.system}\n\n{_SCHEMA_TURN}"
        return {
            "model": self._model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": request.user}],
            "response_format": {"type": "json_object"},
            "max_completion_tokens": min(request.max_output_tokens, MAX_OUTPUT),
            "stream": True,
            "stream_options": {"include_usage": True},
        }


def _usage(counted: Any) -> Usage:
    details = counted.prompt_tokens_details
    read = (details.cached_tokens if details else 0) or 0
    written = (details.cache_write_tokens if details else 0) or 0
    return Usage(max(0, counted.prompt_tokens - read - written), counted.completion_tokens, read, written)


def _said(fault: Exception) -> set[str]:
    """The error's own names for itself."""
    return {str(name) for name in (getattr(fault, "type", None), getattr(fault, "code", None)) if name}


def _refused_option(fault: Exception) -> str:
    refused = getattr(fault, "param", None) if getattr(fault, "status_code", 0) == 400 else None
    return _OPTIONS.get(str(refused), "")


def translated(fault: Exception, model: str, *, streaming: bool) -> errors.ModelError:
    """Our error for one of the SDK's. `streaming`: the answer had begun."""
    import httpx2
    import openai

    detail = f"{type(fault).__name__}: {fault}"[:2_000]
    if isinstance(fault, (openai.APITimeoutError, httpx2.TimeoutException)):
        return errors.TimedOut(PROVIDER, model, detail=detail)
    if isinstance(fault, openai.APIConnectionError) or not isinstance(fault, openai.APIError):
        kind = errors.ConnectionLost if streaming else errors.Unreachable
        return kind(PROVIDER, model, detail=detail)
    # Without a status the error came inside the stream.
    status = fault.status_code if isinstance(fault, openai.APIStatusError) else 500
    return _by_name(fault, status, model, f"{detail} request={getattr(fault, 'request_id', None)}")


def _by_name(fault: Exception, status: int, model: str, detail: str) -> errors.ModelError:
    said = _said(fault)
    if said & _UNPAID or status == 402:
        return errors.NoCredit(PROVIDER, model, detail=detail)
    if said & _OVERLOADED or status == 503:
        return errors.Overloaded(PROVIDER, model, detail=detail)
    if said & _LIMITED or status == 429:
        asked = retry_after(fault) if hasattr(fault, "response") else None
        return errors.RateLimited(PROVIDER, model, retry_after=asked, detail=detail)
    if "context_length_exceeded" in said or status == 413:
        return errors.TooLong(PROVIDER, model, detail=detail)
    named: dict[int, type[errors.ModelError]] = {
        401: errors.BadKey,
        403: errors.Forbidden,
        404: errors.UnknownModel,
        408: errors.TimedOut,
        504: errors.TimedOut,
    }
    fallback = errors.RequestRefused if 400 <= status < 500 else errors.ProviderFailed
    return named.get(status, fallback)(PROVIDER, model, detail=detail)
