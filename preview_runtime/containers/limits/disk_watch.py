"""Stops a preview whose volume has grown past its limit, when the engine's file system has no quotas.

Counting a volume's files costs milliseconds to half a second, so it is done only for a reason: since the last count the
file system has lost half of the room that the volume may still take. Checking that costs one system call per tick. A
slow round over all volumes finds growth that was hidden because others freed as much at the same time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiodocker
import aiohttp

from preview_runtime.child_process import end_process, start_process
from preview_runtime.containers.docker import faults, freezing, policy
from preview_runtime.containers.docker.policy import ContainerSettings, Limits
from preview_runtime.containers.docker.users import ACCOUNTS_FOLDER
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.jobs.container_job import JobTerms, begin
from preview_runtime.containers.jobs.own_command import Said
from preview_runtime.engines import Fault
from preview_runtime.phrases import Phrase
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.tasks import Tasks
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
TICK_SECONDS: Final = 0.4
_ROUND_SECONDS: Final = 10.0
REMOTE_SECONDS: Final = 15.0  # each takes a container: half a second of processor time
_COUNT_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = 3.0
_FREEZE_SECONDS: Final = 15.0  # includes counting many files
_REST_SECONDS: Final = 15.0
_FAILURES: Final = 3  # in a row: not just a container that has ended at that moment
# Near its limit a volume is not counted again for every kilobyte that other programs on the machine write.
_LEAST_BYTES: Final = 256 * 1024
_LEAST_FILES: Final = 100
_SELDOM: Final = Phrase("container.data.seldom", {"seconds": round(REMOTE_SECONDS)})
_NEVER: Final = Phrase("container.data.never", {"image": Runtime.PYTHON.value})
_SCRIPT: Final = Path(__file__).with_name("disk_usage.py")


@dataclass(frozen=True, slots=True)
class DiskUsage:
    """The content of a preview's volumes: bytes on disk, and the number of files and folders. Beyond a limit, lower
    bounds."""

    bytes: int
    files: int


@dataclass
class _Watched:
    project: str
    volume: str
    container: str
    limits: Limits
    folders: list[str] = field(default_factory=list)  # paths on this machine; none when they cannot be reached
    volumes: list[str] = field(default_factory=list)
    pid: int = 0
    usage: DiskUsage | None = None
    counted: float = -math.inf  # time.monotonic()
    grown: DiskUsage = DiskUsage(0, 0)  # room that the file system lost since: at least the volume's growth
    unseen: DiskUsage = DiskUsage(0, 0)  # the part of an earlier loss that was not found in the volume
    failures: int = 0
    rests_until: float = 0.0  # time.monotonic(), after a silence of the engine about it
    found: bool = False
    over: bool = False


class DiskWatch:
    """Looks after the volumes of all previews while `run()` runs.

    When a preview has passed its limit, `passed` returns the reason, the preview is killed, and `over(project)` is
    awaited. The next `watch` watches the project again and counts it at once. `why_blind` is the reason why volumes can
    be measured only seldom or not at all, None otherwise.
    """

    def __init__(
        self, docker: aiodocker.Docker, settings: ContainerSettings, over: Callable[[str], Awaitable[None]]
    ) -> None:
        self.why_blind: Phrase | None = None
        self._docker = docker
        self._settings = settings
        self._over = over
        self._watched: dict[str, _Watched] = {}
        self._some = asyncio.Event()
        self._stopping = Tasks()
        self._used: dict[int, tuple[int, int]] = {}  # device → bytes and files in its file system

    def watch(self, project: str, volume: str, container: str, limits: Limits | None = None) -> None:
        """Watch the preview in `container` (its id) with the data in `volume` (a name). `limits` says how much the
        volume may hold; by default the limit of every preview."""
        self._watched[project] = _Watched(project, volume, container, limits or self._settings.limits)
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
        if watched is None or not watched.over or not watched.usage:
            return None
        return faults.disk_limit(watched.usage.bytes, watched.limits.disk, watched.limits.files)

    def usage(self, project: str) -> DiskUsage | None:
        """The preview's last count; None before the first."""
        watched = self._watched.get(project)
        return watched.usage if watched else None

    async def run(self) -> None:
        """Measure until cancelled; an error of the engine is logged, and the round repeated."""
        while True:
            await self._some.wait()
            began = time.monotonic()
            try:
                await self.look()
            except (aiodocker.DockerError, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                log.warning("The volumes of previews could not be looked at: %s", error)
                await asyncio.sleep(1.0)
            await asyncio.sleep(max(0.05, TICK_SECONDS - (time.monotonic() - began)))

    async def close(self) -> None:
        """Finish the kills under way, after `run()` has ended."""
        await self._stopping.close()

    async def look(self) -> None:
        """Measure once the volumes for which there is a reason."""
        await asyncio.gather(*(self._sought(watched) for watched in self._watched.values() if not watched.found))
        found = [watched for watched in self._watched.values() if watched.found and not watched.over]
        here = [watched for watched in found if watched.folders]
        await asyncio.to_thread(self._note_growth, here)
        due = [watched for watched in here if _is_due(watched)]
        # It had not started when it was looked for, or was asleep.
        await asyncio.gather(*(self._sought(watched) for watched in due if not watched.pid))
        due = [watched for watched in due if watched.folders]
        self._take(due, await self._on_this_machine(due))
        away = [watched for watched in found if not watched.folders]
        if not away:
            self.why_blind = None
        elif time.monotonic() - min(watched.counted for watched in away) > REMOTE_SECONDS:
            self._take(away, await self._in_a_container(away))
        for watched in found:
            if watched.usage and past(watched.usage, watched.limits):
                watched.over = True
                log.info("The preview %s holds more than it may: %s", watched.project, watched.usage)
                # The others are measured meanwhile.
                self._stopping.begin(self._stop(watched), f"stop {watched.project}: disk")

    async def _stop(self, watched: _Watched) -> None:
        with contextlib.suppress(aiodocker.DockerError):  # it has ended by itself
            await self._docker.containers.container(watched.container).kill()
        try:
            await self._over(watched.project)
        except Exception:
            log.exception("The preview %s could not be stopped", watched.project)
            await asyncio.sleep(1.0)
            watched.over = False

    async def _sought(self, watched: _Watched) -> None:
        """`_find`, with a time limit: silence of the engine about one container must not delay the others."""
        if watched.rests_until > time.monotonic():
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._find(watched)
        except TimeoutError:
            log.warning("Docker does not say where the data of %s is", watched.project)
            watched.rests_until = time.monotonic() + _REST_SECONDS

    async def _find(self, watched: _Watched) -> None:
        """The paths of its volumes. A container that is gone has none, and is not watched any more."""
        try:
            shown = await self._docker.containers.container(watched.container).show()
        except aiodocker.DockerError as error:
            if error.status != 404:
                raise
            if self._watched.get(watched.project) is watched:
                self.forget(watched.project)
            return
        # A project's own image may declare further volumes.
        own = [mount for mount in shown["Mounts"] if mount["Type"] == "volume" and mount["RW"]]
        mounts = [mount for mount in own if mount["Destination"] != ACCOUNTS_FOLDER]
        places = [str(mount["Source"]) for mount in mounts]
        # An app may close its folders to everybody but root.
        readable = os.geteuid() == 0 and watched.failures < _FAILURES and await asyncio.to_thread(_all_folders, places)
        watched.volumes = [mount["Name"] for mount in mounts] or [watched.volume]
        watched.folders = places if readable else []
        watched.pid = int(shown["State"]["Pid"]) if readable else 0
        watched.found = True

    def _note_growth(self, here: Iterable[_Watched]) -> None:
        lost: dict[int, tuple[int, int]] = {}
        for watched in here:
            more_bytes = more_files = 0
            for device, folder in _devices(watched.folders).items():
                if device not in lost:
                    lost[device] = self._lost(device, folder)
                more_bytes += lost[device][0]
                more_files += lost[device][1]
            watched.grown = DiskUsage(watched.grown.bytes + more_bytes, watched.grown.files + more_files)

    def _lost(self, device: int, folder: str) -> tuple[int, int]:
        """The room that the file system has lost since the last look; room freed by others does not reduce it."""
        state = os.statvfs(folder)
        held = ((state.f_blocks - state.f_bfree) * state.f_frsize, state.f_files - state.f_ffree)
        before = self._used.get(device, held)
        self._used[device] = held
        return max(0, held[0] - before[0]), max(0, held[1] - before[1])

    async def _on_this_machine(self, due: list[_Watched]) -> list[DiskUsage | None]:
        asked = [[watched.folders, watched.pid, watched.limits.disk, watched.limits.files] for watched in due]
        counted = await _counted(asked)
        for number, (watched, usage) in enumerate(zip(due, counted, strict=True)):
            if usage is None or watched.usage is None or past(usage, watched.limits):
                continue
            unseen = _more(watched.unseen, watched.grown, watched.usage, usage)
            if not past(DiskUsage(usage.bytes + unseen.bytes, usage.files + unseen.files), watched.limits):
                continue
            recount = self._recounted(watched, asked[number])
            task = self._stopping.begin(recount, f"recount {watched.project}", heard=True)
            # If the engine is silent about this one, the last count stands, and the others are not delayed.
            await asyncio.wait({task}, timeout=_FREEZE_SECONDS)
            if task.done() and (usage := task.result()):
                counted[number] = usage
        return counted

    async def _recounted(self, watched: _Watched, asked: list[Any]) -> DiskUsage | None:
        """Its files may have been moved about during the count: while the container is held still, they cannot."""
        usage = None
        with contextlib.suppress(aiodocker.DockerError):
            async with freezing.frozen(self._docker.containers.container(watched.container)):
                usage = (await _counted([asked]))[0]
            watched.unseen = watched.grown = DiskUsage(0, 0)
        return usage

    def _take(self, due: list[_Watched], counted: list[DiskUsage | None]) -> None:
        for watched, usage in zip(due, counted, strict=True):
            watched.counted = time.monotonic()
            if usage is None:
                # Its container was restarted, or is gone; or we may not read all of it.
                watched.found = False
                watched.failures += 1
                continue
            before = watched.usage or usage
            watched.unseen = _more(watched.unseen, watched.grown, before, usage)
            watched.usage, watched.grown, watched.failures = usage, DiskUsage(0, 0), 0

    async def _in_a_container(self, away: list[_Watched]) -> list[DiskUsage | None]:
        """Count volumes that are not on this machine, or not readable for us, in a container of ours that mounts
        them."""
        self.why_blind = _SELDOM
        nothing: list[DiskUsage | None] = [None] * len(away)
        runtime = Runtime.PYTHON
        if await catalogue.missing_images(self._docker, [runtime]):
            self.why_blind = _NEVER
            return nothing
        mounts = [(volume, f"/volumes/{n}/{m}") for n, w in enumerate(away) for m, volume in enumerate(w.volumes)]
        asked = [
            [[f"/volumes/{n}/{m}" for m, _ in enumerate(w.volumes)], 0, w.limits.disk, w.limits.files]
            for n, w in enumerate(away)
        ]
        source = await asyncio.to_thread(_SCRIPT.read_text, "utf-8")
        command = ["python3", "-I", "-S", "-c", source, json.dumps({"volumes": asked})]
        config = policy.counting_container(catalogue.tag(runtime), command, mounts, self._settings)
        said = Said()
        async with await begin(self._docker, config, JobTerms(_COUNT_SECONDS, hear=said.hear)) as job:
            code = await job.exit_code()
        if code:
            log.warning("The volumes of previews could not be counted: %s", said.err)
            return nothing
        return [DiskUsage(*each) if each else None for each in json.loads(said.out)]


async def blindness(docker: aiodocker.Docker) -> Phrase | None:
    """The value that `DiskWatch.why_blind` will have once a preview runs: known beforehand."""
    if os.geteuid() == 0:
        volumes = Path(str((await docker.system.info())["DockerRootDir"])) / "volumes"
        if await asyncio.to_thread(volumes.is_dir):
            return None
    return _NEVER if await catalogue.missing_images(docker, [Runtime.PYTHON]) else _SELDOM


def past(usage: DiskUsage, limits: Limits) -> bool:
    """Whether a preview holds more than it may."""
    return usage.bytes > limits.disk or usage.files > limits.files


def _is_due(watched: _Watched) -> bool:
    """Whether its volumes may be past their limit, or were not measured for a long time."""
    if watched.usage is None:
        return True
    since = time.monotonic() - watched.counted
    if since > _ROUND_SECONDS:
        return True
    room = max(_LEAST_BYTES, (watched.limits.disk - watched.usage.bytes) // 2)
    names = max(_LEAST_FILES, (watched.limits.files - watched.usage.files) // 2)
    return watched.grown.bytes >= room or watched.grown.files >= names


def _more(unseen: DiskUsage, grown: DiskUsage, before: DiskUsage, now: DiskUsage) -> DiskUsage:
    """Room that was lost and not found in the volume: others wrote it, or files were moved during the count."""
    more_bytes = unseen.bytes + grown.bytes - max(0, now.bytes - before.bytes)
    more_files = unseen.files + grown.files - max(0, now.files - before.files)
    return DiskUsage(max(0, more_bytes), max(0, more_files))


def _all_folders(places: list[str]) -> bool:
    return bool(places) and all(Path(place).is_dir() for place in places)


def _devices(folders: Iterable[str]) -> Mapping[int, str]:
    found: dict[int, str] = {}
    for folder in folders:
        with contextlib.suppress(OSError):
            found[Path(folder).stat().st_dev] = folder
    return found


async def _counted(asked: list[Any]) -> list[DiskUsage | None]:
    return [DiskUsage(*each) if each else None for each in await counted(asked)]


async def counted(asked: list[Any], *, special: bool = False) -> list[Any]:
    """The answer of a counting process, see `disk_usage`; the process is killed when it takes too long."""
    if not asked:
        return []
    process = await start_process(
        *(sys.executable, "-I", "-S", str(_SCRIPT)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_COUNT_SECONDS):
            out, _ = await process.communicate(json.dumps({"volumes": asked, "special": special}).encode())
    finally:
        await uncancelled(end_process(process))
    answers: list[Any] = json.loads(out)
    return answers
