"""Checks that wait for a page: the person's own browser runs the app, and says what it saw."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from builder.generation.turns.shapes import CheckReport
from preview_runtime.tasks import beside

COMES_SECONDS: Final = 5.0
"""How long a page may take to open, or to come back, after a version was made."""
LOOKS_SECONDS: Final = 120.0
"""How long a page may take to say what it saw: a server's first start and many walks fit in."""


class Onlookers(Protocol):
    """Who follows a project; `builder.base.events.EventLog` knows."""

    def followed(self, project_id: str) -> bool: ...

    def news(self, project_id: str) -> asyncio.Event: ...


class Checks:
    """At most one check per project waits."""

    def __init__(self, onlookers: Onlookers, *, comes: float = COMES_SECONDS, looks: float = LOOKS_SECONDS) -> None:
        self._onlookers, self._comes, self._looks = onlookers, comes, looks
        self._waiting: dict[str, tuple[str, asyncio.Future[CheckReport | None]]] = {}

    async def report(
        self, project: str, version: str, hurried: Callable[[], bool], gone: Callable[[], Awaitable[bool]]
    ) -> CheckReport | None:
        """What a page saw of the version; None where nobody looked in time, `skip` was called, it is `hurried`, or the
        version is `gone`: no page shows it any more."""
        seen: asyncio.Future[CheckReport | None] = asyncio.get_running_loop().create_future()
        self._waiting[project] = version, seen
        if hurried():
            seen.set_result(None)
        loop = asyncio.get_running_loop()
        until, last = loop.time() + self._looks, loop.time()
        try:
            while not seen.done() and loop.time() < until and loop.time() - last <= self._comes:
                news = self._onlookers.news(project)  # asked for first: what happens meanwhile is not missed
                if await gone():
                    return None
                async with beside(news.wait(), f"check of {version}: something happens") as happened:
                    either: set[asyncio.Future[Any]] = {seen, happened}
                    await asyncio.wait(either, timeout=min(self._comes, 1.0), return_when="FIRST_COMPLETED")
                if self._onlookers.followed(project):
                    last = loop.time()
            return seen.result() if seen.done() else None
        finally:
            del self._waiting[project]

    def seen(self, project: str, report: CheckReport) -> bool:
        """Hand in what a page saw; False where nobody waits for it: another page was quicker, or the version is old."""
        version, waiting = self._waiting.get(project, ("", None))
        if waiting is None or waiting.done() or version != report.version:
            return False
        waiting.set_result(report)
        return True

    def skip(self, project: str) -> None:
        """Wait no longer."""
        _, waiting = self._waiting.get(project, ("", None))
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
