"""What was learnt from registries, kept on disk with its age: a name is asked about once for many projects."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import uuid
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from builder.safety.packages.registry import PackageRegistries, Unanswered
from builder.safety.packages.shapes import Facts, Wanted
from preview_runtime.tasks import Tasks

# A missing name may be published at any moment, a young one grows older; one that has been there for long stays.
_MISSING: Final = timedelta(minutes=10)
_YOUNG: Final = timedelta(hours=6)
_OLD: Final = timedelta(days=30)
_GROWN_UP: Final = timedelta(days=365)
_AT_ONCE: Final = 8


class KnownFacts:
    """Answers from memory, from `folder`, or from the registries; one question about a name at a time.

    Several processes may share the folder. What was learnt is used for longer where the registry does not answer.
    """

    def __init__(
        self, folder: Path, registries: PackageRegistries, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._folder, self._registries, self._clock = folder, registries, clock
        self._memory: dict[str, tuple[Facts, datetime]] = {}
        self._asking: dict[str, asyncio.Task[Facts | None]] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._tasks = Tasks()

    async def of(self, wanted: Collection[Wanted], *, seconds: float) -> dict[Wanted, Facts | None]:
        """What is known of each after at most `seconds`; None where nothing is. The questions go on after that."""
        tasks = {one: self._asked(one) for one in wanted}
        if tasks:
            await asyncio.wait(set(tasks.values()), timeout=seconds)
        return {one: _result(task) if task.done() else self._at_hand(one) for one, task in tasks.items()}

    async def close(self) -> None:
        await self._tasks.close()
        await self._registries.close()

    def _asked(self, wanted: Wanted) -> asyncio.Task[Facts | None]:
        key = self._key(wanted)
        if key not in self._asking:
            self._asking[key] = task = self._tasks.begin(self._find(key, wanted), f"facts of {wanted.name}", heard=True)
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return self._asking[key]

    async def _find(self, key: str, wanted: Wanted) -> Facts | None:
        kept = self._memory.get(key) or await asyncio.to_thread(_read, self._folder / key)
        if kept is not None:
            self._memory[key] = kept
            if self._clock() - kept[1] < _lasts(kept[0], self._clock()):
                return kept[0]
        try:
            async with self._slots:
                found = await self._registries.facts(wanted.ecosystem, wanted.name)
        except Unanswered:
            # What was missing may be there by now: nothing is said of it then.
            return kept[0] if kept and kept[0].exists else None
        self._memory[key] = found, self._clock()
        with contextlib.suppress(OSError):  # the next process asks again
            await asyncio.to_thread(_write, self._folder / key, found, self._clock())
        return found

    def _at_hand(self, wanted: Wanted) -> Facts | None:
        kept = self._memory.get(self._key(wanted))
        return kept[0] if kept and kept[0].exists else None

    def _key(self, wanted: Wanted) -> str:
        told = f"{self._registries.address(wanted.ecosystem)} {wanted.ecosystem} {wanted.name}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def _result(task: asyncio.Task[Facts | None]) -> Facts | None:
    """None also for a question that was cancelled because the server stops."""
    return None if task.cancelled() or task.exception() else task.result()


def _lasts(facts: Facts, now: datetime) -> timedelta:
    if not facts.exists:
        return _MISSING
    return _OLD if facts.published is None or now - facts.published > _GROWN_UP else _YOUNG


def _read(path: Path) -> tuple[Facts, datetime] | None:
    try:
        one = json.loads(path.read_text(encoding="utf-8"))
        published = datetime.fromisoformat(one["published"]) if one["published"] else None
        return Facts(
            one["exists"], published, one["releases"], one["newest"], tuple(one["scripted"])
        ), datetime.fromisoformat(one["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, facts: Facts, at: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    published = facts.published.isoformat() if facts.published else ""
    one = {"exists": facts.exists, "published": published, "releases": facts.releases, "newest": facts.newest}
    part.write_text(json.dumps({**one, "scripted": facts.scripted, "at": at.isoformat()}), encoding="utf-8")
    part.replace(path)
