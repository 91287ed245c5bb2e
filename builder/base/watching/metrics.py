"""Figures for Prometheus: counted where things happen, read at `/api/v1/metrics`.

No label holds what a person wrote or who somebody is, and each has few values: a series is kept for each of them.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
_SECONDS: Final = (0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_LAGS: Final = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5)
MOST_MODELS: Final = 100
"""People may name any model; those beyond are `other`."""

_requests: Final = Counter(
    "sayso_api_requests",
    "Requests of the API, by route as it is written.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
_duration: Final = Histogram(
    "sayso_api_request_duration_seconds", "Until the answer begins.", ["route"], buckets=_SECONDS, registry=REGISTRY
)
_others: Final = Counter(
    "sayso_requests", "All requests, by whose they are: api, page, preview.", ["part", "status"], registry=REGISTRY
)
_sockets: Final = Gauge("sayso_websockets_open", "Websockets open now.", ["part"], registry=REGISTRY)
_calls: Final = Counter("sayso_model_calls", "Calls of models.", ["model", "operation", "status"], registry=REGISTRY)
_tokens: Final = Counter("sayso_ai_tokens", "Tokens of models.", ["model", "operation", "kind"], registry=REGISTRY)
_cost: Final = Counter("sayso_ai_cost_usd", "What they cost, in USD.", ["model", "operation"], registry=REGISTRY)
_refused: Final = Counter(
    "sayso_auth_failures", "Wrong proofs, by what was to be proven.", ["proof"], registry=REGISTRY
)
_limited: Final = Counter(
    "sayso_rate_limited", "Requests that had to wait, by the limit.", ["limit"], registry=REGISTRY
)
_lag: Final = Histogram(
    "sayso_event_loop_lag_seconds", "How late this process's event loop is.", buckets=_LAGS, registry=REGISTRY
)
_containers: Final = Gauge("sayso_active_containers", "Servers of apps that are awake.", ["kind"], registry=REGISTRY)
_waiting: Final = Gauge("sayso_previews_waiting", "Servers that wait for a place.", registry=REGISTRY)
_jobs: Final = Gauge("sayso_jobs", "Jobs in the table, by kind and state.", ["kind", "status"], registry=REGISTRY)
_oldest: Final = Gauge(
    "sayso_jobs_oldest_due_seconds", "For how long the oldest due job has waited.", registry=REGISTRY
)
_turns: Final = Gauge("sayso_turns", "Requests to models that are at work or wait.", ["status"], registry=REGISTRY)

_models: Final[set[str]] = set()


def request_answered(method: str, route: str, status: int, seconds: float) -> None:
    """A request of the API; `route` is the path as it is written, with names for ids."""
    _requests.labels(method, route, str(status)).inc()
    _duration.labels(route).observe(seconds)


def part_answered(part: str, status: int) -> None:
    """Any request, by status class (`2xx`)."""
    _others.labels(part, f"{status // 100}xx").inc()


def socket_opened(part: str, by: int = 1) -> None:
    """`by` is -1 for one that was closed."""
    _sockets.labels(part).inc(by)


def model_called(model: str, operation: str, status: str, tokens: dict[str, int | None], cost: float | None) -> None:
    """A call of a model ended; `tokens` by kind, None where the provider said nothing."""
    if model not in _models:
        if len(_models) >= MOST_MODELS:
            model = "other"
        _models.add(model)
    _calls.labels(model, operation, status).inc()
    for kind, count in tokens.items():
        _tokens.labels(model, operation, kind).inc(count or 0)
    _cost.labels(model, operation).inc(cost or 0)


def proof_refused(proof: str) -> None:
    """A wrong password."""
    _refused.labels(proof).inc()


def made_to_wait(limit: str) -> None:
    """Somebody asked too often."""
    _limited.labels(limit).inc()


def loop_was_late(seconds: float) -> None:
    """One look at the event loop."""
    _lag.observe(max(0.0, seconds))


def show(
    *, awake: dict[str, int], waiting: int, jobs: dict[tuple[str, str], int], oldest_due: float, turns: dict[str, int]
) -> bytes:
    """All figures as Prometheus reads them (text format 0.0.4), with what is so at this moment."""
    for gauge in (_containers, _jobs, _turns):
        gauge.clear()
    for kind, count in awake.items():
        _containers.labels(kind).set(count)
    for (kind, status), count in jobs.items():
        _jobs.labels(kind, status).set(count)
    for status, count in turns.items():
        _turns.labels(status).set(count)
    _waiting.set(waiting)
    _oldest.set(oldest_due)
    return generate_latest(REGISTRY)
