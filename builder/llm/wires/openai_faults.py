"""Errors of OpenAI's APIs as our errors: developers.openai.com/api/docs/guides/error-codes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from builder.llm.conversation import errors
from builder.llm.conversation.provider import Provider
from builder.llm.wires.retries import never_connected, retry_after, status_of

# An error's `type` or `code`.
_UNPAID: Final = frozenset({
    "insufficient_quota", "credit_balance_exhausted", "organization_spend_limit_exceeded",
    "organization_usage_limit_exceeded", "project_spend_limit_exceeded", "billing_not_active",
})  # fmt: skip
_OVERLOADED: Final = frozenset({"server_is_overloaded", "service_unavailable_error"})
_LIMITED: Final = frozenset({"rate_limit_error", "rate_limit_exceeded"})
_MALFORMED: Final = frozenset({
    "data_residency_mismatch", "empty_image_file", "failed_to_download_image", "image_file_not_found",
    "image_file_too_large", "image_parse_error", "image_too_large", "image_too_small", "invalid_base64_image",
    "invalid_image", "invalid_image_format", "invalid_image_mode", "invalid_image_url", "invalid_prompt",
    "invalid_request_error", "unsupported_image_media_type",
})  # fmt: skip
"""Codes of a failed response whose request was wrong: the SDK's `ResponseError`."""
_OPTIONS: Final = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_completion_tokens",
    "response_format": "response_format",
    "reasoning_effort": "reasoning_effort",
    "parallel_tool_calls": "parallel_tool_calls",
    "max_output_tokens": "max_output_tokens",
    "text": "text",
    "reasoning": "reasoning",
    "include": "include",
    "tool_choice": "tool_choice",
    "stream_options": "stream_options",
    "tools": "tools",
}
"""An error's `param`, up to its first dot → the part of the request that can be left out."""
_WORDS: Final = {
    "response_format": ("response_format", "response format", "json mode", "json_object", "structured output"),
    "reasoning_effort": ("reasoning_effort",),
    "parallel_tool_calls": ("parallel_tool_calls",),
    "stream_options": ("stream_options",),
    "max_completion_tokens": ("max_completion_tokens",),
    "tool_choice": ("tool_choice",),
    "tools": (
        "tools param",
        "tool choice requires",
        "tools are not",
        "support tool",
        "function calling",
        "function call",
    ),
}
"""How servers that name no `param` speak of a part of the request."""
_UNACCEPTED: Final = frozenset({400, 404, 422, 500, 501})
"""404: what some gateways answer when no server behind them takes tools."""


def refused_option(fault: Exception, asked: Collection[str]) -> str:
    """The part of the request `asked` that was refused and can be left out, "" for none.

    OpenAI names it; of the other servers many only write a sentence about it: Ollama ("does not support tools"), vLLM
    ('"auto" tool choice requires …'), llama.cpp (status 500, "tools param requires --jinja flag"), DeepSeek ("This
    response_format type is unavailable now").
    """
    status = status_of(fault)
    if status not in _UNACCEPTED:
        return ""
    if named := getattr(fault, "param", None) if status == 400 else None:
        return _OPTIONS.get(str(named).partition(".")[0], "")
    said = str(getattr(fault, "message", "")).lower()
    if status == 500 and "tools param" not in said:
        return ""
    meant = (option for option, words in _WORDS.items() if option in asked and any(word in said for word in words))
    return next(meant, "")


def translated(fault: Exception, provider: Provider, model: str, *, streaming: bool) -> errors.ModelError:
    """Our error for one of the SDK's. `streaming`: the answer had begun."""
    import httpx2
    import openai

    detail = f"{type(fault).__name__}: {fault}"[:2_000]
    if isinstance(fault, (openai.APITimeoutError, httpx2.TimeoutException)):
        return errors.TimedOut(provider.label, model, detail=detail)
    if isinstance(fault, openai.APIConnectionError) or not isinstance(fault, openai.APIError):
        kind = errors.Unreachable if not streaming and never_connected(fault) else errors.ConnectionLost
        return kind(provider.label, model, detail=detail)
    # An error without a status came inside the stream; there, only its code tells whose fault it is.
    inside = 400 if _said(fault) & _MALFORMED else 500
    status = fault.status_code if isinstance(fault, openai.APIStatusError) else inside
    detail = f"{detail} request={getattr(fault, 'request_id', None)}"
    return _by_name(fault, status, provider, model, detail)


def _said(fault: Exception) -> set[str]:
    """The names that the error gives itself."""
    return {str(name) for name in (getattr(fault, "type", None), getattr(fault, "code", None)) if name}


def _by_name(fault: Exception, status: int, provider: Provider, model: str, detail: str) -> errors.ModelError:
    said = _said(fault)
    if said & _UNPAID or status == 402:
        return errors.NoCredit(provider.label, model, detail=detail)
    if said & _OVERLOADED or status == 503:
        return errors.Overloaded(provider.label, model, detail=detail)
    if said & _LIMITED or status == 429:
        asked = retry_after(fault) if hasattr(fault, "response") else None
        return errors.RateLimited(provider.label, model, retry_after=asked, detail=detail)
    if "context_length_exceeded" in said or status == 413:
        return errors.TooLong(provider.label, model, detail=detail)
    if status == 401:
        return errors.BadKey(provider.label, model, setting=provider.told_setting, detail=detail)
    named: dict[int, type[errors.ModelError]] = {
        403: errors.Forbidden,
        404: errors.UnknownModel,
        408: errors.TimedOut,
        504: errors.TimedOut,
    }
    fallback = errors.RequestRefused if 400 <= status < 500 else errors.ProviderFailed
    return named.get(status, fallback)(provider.label, model, detail=detail)
