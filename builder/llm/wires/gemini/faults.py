"""Errors of the Gemini API as our errors: ai.google.dev/gemini-api/docs/troubleshooting and google.rpc.Status."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any, Final

from builder.llm.conversation import errors
from builder.llm.conversation.provider import Provider
from builder.llm.wires.retries import never_connected, retry_after

_STATUSES: Final = {
    "INVALID_ARGUMENT": 400, "FAILED_PRECONDITION": 400, "UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404, "RESOURCE_EXHAUSTED": 429, "INTERNAL": 500, "UNAVAILABLE": 503, "DEADLINE_EXCEEDED": 504,
}  # fmt: skip
"""A status by name → by number, for an error that comes inside a stream without one."""


class GeminiRefused(Exception):
    """An error that the API answered with. `status_code`, `reason`, `said` and `retry_after` (seconds) are its own."""

    def __init__(self, status: int, body: bytes | str, response: Any = None) -> None:
        error = _error(body)
        self.response = response
        self.status_code = status or _number(error.get("code")) or _STATUSES.get(str(error.get("status")), 500)
        self.said = str(error.get("message", ""))
        details = [detail for detail in error.get("details") or () if isinstance(detail, dict)]
        self.reasons = {str(detail.get("reason")) for detail in details if detail.get("reason")}
        self.retry_after = next((_seconds(detail["retryDelay"]) for detail in details if "retryDelay" in detail), None)
        super().__init__(f"{self.status_code} {error.get('status', '')}: {self.said}"[:2_000])


def translated(fault: Exception, provider: Provider, model: str, *, streaming: bool) -> errors.ModelError:
    """Our error for one of the API's or of the transport's. `streaming`: the answer had begun."""
    import httpx2

    detail = f"{type(fault).__name__}: {fault}"[:2_000]
    if isinstance(fault, GeminiRefused):
        return _by_status(fault, provider, model, detail)
    if isinstance(fault, httpx2.TimeoutException):
        return errors.TimedOut(provider.label, model, detail=detail)
    kind = errors.Unreachable if not streaming and never_connected(fault) else errors.ConnectionLost
    return kind(provider.label, model, detail=detail)


def _by_status(fault: GeminiRefused, provider: Provider, model: str, detail: str) -> errors.ModelError:
    status, said = fault.status_code, fault.said.lower()
    if status == 401 or "API_KEY_INVALID" in fault.reasons:
        return errors.BadKey(provider.label, model, setting=provider.told_setting, detail=detail)
    if status == 402 or "BILLING_DISABLED" in fault.reasons or "credits are depleted" in said:
        return errors.NoCredit(provider.label, model, detail=detail)
    if status == 413 or (status == 400 and "exceeds the maximum number of tokens" in said):
        return errors.TooLong(provider.label, model, detail=detail)
    if status == 429:
        return errors.RateLimited(provider.label, model, retry_after=retry_after(fault), detail=detail)
    named: dict[int, type[errors.ModelError]] = {
        403: errors.Forbidden,
        404: errors.UnknownModel,
        408: errors.TimedOut,
        503: errors.Overloaded,
        504: errors.TimedOut,
        529: errors.Overloaded,
    }
    fallback = errors.RequestRefused if 400 <= status < 500 else errors.ProviderFailed
    return named.get(status, fallback)(provider.label, model, detail=detail)


def _error(body: bytes | str) -> Mapping[str, Any]:
    """The `error` of an answer, which may stand in a list; empty for another answer."""
    with contextlib.suppress(ValueError):
        said = json.loads(body)
        said = said[0] if isinstance(said, list) and said else said
        if isinstance(said, dict) and isinstance(said.get("error"), dict):
            return dict(said["error"])
    return {}


def _number(value: Any) -> int:
    return value if isinstance(value, int) and 100 <= value < 600 else 0


def _seconds(delay: Any) -> float | None:
    """A `google.protobuf.Duration` as JSON has it: "34.07s"."""
    with contextlib.suppress(ValueError):
        return max(0.0, float(str(delay).removesuffix("s")))
    return None
