"""How often an account and a team may call the API, where there are accounts."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import HTTPConnection

from builder.accounts.actor import Actor
from builder.base.http.rates import Rate, Rates
from builder.base.settings import RequestSettings
from builder.base.watching.requests import route_of

_COUNTED: Final = "sayso.counted"
_READS: Final = frozenset({"GET", "HEAD"})
_PROJECT: Final = "/api/v1/projects/{project_id}"
# What pages send by themselves, many times a minute, and what models are asked: each has a bound of its own.
_BY_ITSELF: Final = re.compile(
    re.escape(_PROJECT)
    + r"/(?:working|preview(?:/ticket)?|events|check|looks/\{look_id\}|thumbnail|dependencies|packages/pins"
    r"|versions/\{version_id\}/walked|walks/server(?:/begin)?|server/logs)|/api/v1/(?:ai/(?:complete|chat|action|improve)|health.*|metrics)"
)
_WRITES_CODE: Final = frozenset(
    {
        ("POST", f"{_PROJECT}/messages"),
        *(("POST", f"{_PROJECT}/generations/{{generation_id}}/{way}") for way in ("continue", "retry")),
        *(("POST", f"{_PROJECT}/turns/{{turn_id}}/{way}") for way in ("answers", "plan", "continue", "start")),
    }
)
_RUNS: Final = frozenset({("POST", f"{_PROJECT}/server/exec"), ("PUT", f"{_PROJECT}/server")})


class RequestRates:
    """Counts each request of the API once its actor is known."""

    def __init__(self, rates: Rates, settings: RequestSettings, *, counts: bool) -> None:
        """`counts`: there are accounts. A person alone waits for nobody."""
        self._rates, self._counts = rates, counts
        self._reads = Rate("reads", settings.reads_per_minute)
        self._changes = Rate("changes", settings.changes_per_minute)
        self._code = Rate("generations", settings.generations_per_minute)
        self._of_team = Rate("generations of the team", settings.generations_per_minute)
        self._runs = Rate("runs", settings.runs_per_hour, 3_600)

    async def count(self, connection: HTTPConnection, actor: Actor) -> None:
        """Raises AskedTooOften."""
        scope = connection.scope
        if not self._counts or scope["type"] != "http" or _COUNTED in scope:
            return
        asked = self._asked(scope["method"], route_of(scope), actor)
        scope[_COUNTED] = True
        await self._rates.count(*asked)

    def _asked(self, method: str, route: str, actor: Actor) -> tuple[tuple[Rate, str], ...]:
        of_all = self._of_all(method, route, actor)
        if actor.key is None:
            return of_all
        # A key has a rate of its own in place of a person's; what its team may is counted as well.
        of_key = (Rate("requests of the key", actor.key.per_minute), actor.id)
        return (of_key, *(one for one in of_all if one[0] not in (self._reads, self._changes)))

    def _of_all(self, method: str, route: str, actor: Actor) -> tuple[tuple[Rate, str], ...]:
        if _BY_ITSELF.fullmatch(route):
            return ()
        if (method, route) in _WRITES_CODE:
            return (self._code, actor.id), (self._of_team, actor.workspace)
        if (method, route) in _RUNS:
            return ((self._runs, actor.workspace),)
        return ((self._reads if method in _READS else self._changes, actor.id),)
