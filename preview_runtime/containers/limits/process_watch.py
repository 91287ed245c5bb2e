"""Ends a preview that keeps asking for processes beyond its limit: a fork bomb would occupy a processor for ever.

The kernel refuses them and counts how often (`pids.events`, cgroups(7)); an app that had too many only once continues.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiodocker
import aiohttp

from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.policy import ContainerSettings, Limits
from preview_runtime.engines import Fault
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
_LOOK_SECONDS: Final = 1.0
_LOOKS: Final = 4  # looks in a row with refused processes
_REMOTE_EVERY: Final = 5  # looks: each is a request to the engine if its control groups are not on this machine
ANSWER_SECONDS: Final = 3.0
_REST_SECONDS: Final = 15.0
_GROUPS: Final = Path("/sys/fs/cgroup")


@dataclass
class _Watched:
    project: str
    container: str
    limit: int
    group: Path | None = None
    found: bool = False
    refused: int = -1  # refusals until the last look; -1 before the first
    looks: int = 0
    rests_until: float = 0.0  # time.monotonic(), after a silence of the engine about it
    over: bool = False


class ProcessWatch:
    """Watches the processes of all previews while `run()` runs.

    For a preview that keeps asking, `passed` returns the reason, the preview is killed, and `over(project)` is awaited.
    """

    def __init__(
        self, docker: aiodocker.Docker, settings: ContainerSettings, over: Callable[[str], Awaitable[None]]
    ) -> None:
        self._docker = docker
        self._limits = settings.limits
        self._over = over
        self._watched: dict[str, _Watched] = {}
        self._some = asyncio.Event()
        self._stopping = Tasks()
        self._number = 0

    def watch(self, project: str, container: str, limits: Limits | None = None) -> None:
        """Watch the preview in `container` (its id), with `limits` or those of every preview."""
        self._watched[project] = _Watched(project, container, (limits or self._limits).pids)
        self._some.set()

    def forget(self, project: str) -> None:
        """Stop watching it; it is no error when it is not watched."""
        self._watched.pop(project, None)
        if not self._watched:
            self._some.clear()

    @property
    def watched(self) -> frozenset[str]:
        """The watched projects."""
        return frozenset(self._watched)

    def passed(self, project: str) -> Fault | None:
        """Why a preview was killed, until it is watched again; None for all others."""
        watched = self._watched.get(project)
        return faults.too_many_processes(watched.limit) if watched and watched.over else None

    async def run(self) -> None:
        """Look until cancelled; an error of the engine is logged, and the round repeated."""
        while True:
            await self._some.wait()
            # In parallel: the engine may be silent about one of them.
            await asyncio.gather(*(self._tried(one) for one in self._watched.values() if not one.over))
            self._number += 1
            await asyncio.sleep(_LOOK_SECONDS)

    async def close(self) -> None:
        """Finish the kills under way, after `run()` has ended."""
        await self._stopping.close()

    async def _tried(self, watched: _Watched) -> None:
        if watched.rests_until > time.monotonic():
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._look(watched)
        except (aiodocker.DockerError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.debug("The processes of %s could not be looked at: %s", watched.project, error)
            watched.found = False
            if isinstance(error, TimeoutError):
                watched.rests_until = time.monotonic() + _REST_SECONDS
        if watched.looks >= _LOOKS and self._watched.get(watched.project) is watched:
            watched.over = True
            log.info("The preview %s goes on asking for more than %d processes", watched.project, watched.limit)
            self._stopping.begin(self._stop(watched), f"stop {watched.project}: processes")

    async def _look(self, watched: _Watched) -> None:
        if not watched.found:
            await self._find(watched)
        elif watched.group is not None:
            refused = _refused(await asyncio.to_thread((watched.group / "pids.events").read_text))
            watched.looks = watched.looks + 1 if refused > watched.refused >= 0 else 0
            watched.refused = refused
        elif self._number % _REMOTE_EVERY == 0:
            watched.looks = watched.looks + 2 if await self._count(watched.container) >= watched.limit else 0

    async def _stop(self, watched: _Watched) -> None:
        with contextlib.suppress(aiodocker.DockerError):  # it has ended by itself
            await self._docker.containers.container(watched.container).kill()
        try:
            await self._over(watched.project)
        except Exception:
            log.exception("The preview %s could not be stopped", watched.project)

    async def _find(self, watched: _Watched) -> None:
        try:
            state = (await self._docker.containers.container(watched.container).show())["State"]
        except aiodocker.DockerError as error:
            if error.status != 404:
                raise
            if self._watched.get(watched.project) is watched:
                self.forget(watched.project)
            return
        if state["Running"]:  # a sleeping preview is looked for again
            watched.group = await asyncio.to_thread(_group, int(state["Pid"]))
            watched.refused, watched.found = -1, True

    async def _count(self, container: str) -> int:
        asked = {"stream": "false", "one-shot": "true"}
        found = await self._docker._query_json(f"containers/{container}/stats", params=asked)
        return int((found.get("pids_stats") or {}).get("current") or 0)


def _group(pid: int) -> Path | None:
    """The control group that limits the processes of `pid`; None when it is not on this machine."""
    try:
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines() if pid else []
    except OSError:
        return None
    for line in lines:
        _, kinds, place = line.split(":", 2)
        if kinds == "" or "pids" in kinds.split(","):
            group = _GROUPS / ("pids" if kinds else "") / place.lstrip("/")
            if (group / "pids.events").is_file():
                return group
    return None


def _refused(events: str) -> int:
    """The number after `max` in the text of `pids.events`."""
    return next((int(line.split()[1]) for line in events.splitlines() if line.startswith("max ")), 0)
