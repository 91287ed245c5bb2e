"""Errors of the Messages API as our errors: platform.claude.com/docs/en/api/errors."""

from __future__ import annotations

from typing import Any

from builder.llm.conversation import errors
from builder.llm.conversation.provider import Provider
from builder.llm.wires.retries import never_connected, retry_after


def about_options(fault: Exception) -> bool:
    """Whether a request was refused because of a field that only some models accept."""
    message = str(getattr(fault, "api_message", "") or "")
    return getattr(fault, "status_code", 0) == 400 and ("tool_choice" in message or "thinking" in message)


def about_tools(fault: Exception) -> bool:
    """Whether a request was refused because the model or the server behind this address takes no tools."""
    message = str(getattr(fault, "api_message", "") or "").lower()
    return getattr(fault, "status_code", 0) in (400, 404, 422) and (
        "support tool" in message or message.startswith("tools:") or "tools are not" in message
    )


def translated(fault: Exception, provider: Provider, model: str, *, streaming: bool) -> errors.ModelError:
    """Our error for one of the SDK's. `streaming`: the answer had begun."""
    import anthropic
    import httpx2

    detail = f"{type(fault).__name__}: {fault}"[:2_000]
    if isinstance(fault, (anthropic.APITimeoutError, httpx2.TimeoutException)):
        return errors.TimedOut(provider.label, model, detail=detail)
    if not isinstance(fault, anthropic.APIStatusError):
        kind = errors.Unreachable if not streaming and never_connected(fault) else errors.ConnectionLost
        return kind(provider.label, model, detail=detail)
    return _by_status(fault, provider, model, f"{detail} request={fault.request_id}")


def _by_status(fault: Any, provider: Provider, model: str, detail: str) -> errors.ModelError:
    status, kind, said = fault.status_code, fault.type or "", str(fault.api_message or "").lower()
    if kind == "billing_error" or status == 402 or (status == 400 and "credit balance" in said):
        return errors.NoCredit(provider.label, model, detail=detail)
    if kind == "overloaded_error" or status == 529:
        return errors.Overloaded(provider.label, model, detail=detail)
    if kind == "rate_limit_error" or status == 429:
        return errors.RateLimited(provider.label, model, retry_after=retry_after(fault), detail=detail)
    if status == 413 or (
        status == 400 and ("prompt is too long" in said or "context window" in said or "context limit" in said)
    ):
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
    meant = named.get(status, errors.TimedOut if kind == "timeout_error" else fallback)
    return meant(provider.label, model, detail=detail)
