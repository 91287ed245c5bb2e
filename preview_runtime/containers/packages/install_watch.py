"""Waits for an installer's end: passes its output on, stops it when it takes too much, and finds out why it failed."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from typing import Final

import aiodocker

from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.execution import execute
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.jobs.container_job import Job, JobTerms
from preview_runtime.containers.jobs.spec import Ended
from preview_runtime.dependencies.installer import source_only
from preview_runtime.engines import Fault, FaultKind
from preview_runtime.phrases import Phrase, Say
from preview_runtime.tasks import beside

_LOOK_SECONDS: Final = 3.0
_TAIL_LINES: Final = 80
_OUTPUT: Final = 256 * MEGABYTE
_OFFLINE: Final = re.compile(
    r"dns error|failed to lookup address|Temporary failure in name resolution|ConnectionRefused|DNSResolveFailed|"
    r"FailedToOpenSocket|NetworkUnreachable|UnableToConnect|tcp connect error|operation timed out",
    re.IGNORECASE,
)


class InstallWatch:
    """An installer that runs as a job of `terms`. `folder` (in the container) may hold `largest` bytes."""

    def __init__(self, settings: ContainerSettings, say: Say, *, folder: str = "", largest: int = 0) -> None:
        self.terms = JobTerms(settings.install_seconds, _OUTPUT, hear=self._hear)
        self._settings = settings
        self._say = say
        self._folder = folder
        self._largest = largest
        self._too_large = False
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)

    async def ended(self, job: Job) -> Fault | None:
        """Wait for the end of `job`; None when the installer succeeded. Raises aiodocker.DockerError."""
        async with beside(self._look(job), "install size"):
            result = await job.wait()
        if self._too_large:
            return self._fault(
                "install_too_large", Phrase("fault.install_too_large", {"megabytes": self._largest // MEGABYTE})
            )
        if result.ended is Ended.TIMED_OUT:
            seconds = self._settings.install_seconds
            message = Phrase("fault.install_slow", {"seconds": round(seconds)})
            return self._fault("install_slow", message)
        if result.ended is Ended.OUT_OF_MEMORY:
            return self._fault(
                "install_out_of_memory",
                Phrase("fault.install_out_of_memory", {"megabytes": self._settings.install_limits.memory // MEGABYTE}),
            )
        return failed("\n".join(self._tail)) if await job.exit_code() else None

    def _hear(self, _stream: str, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        self._tail.append(text)
        self._say(text)

    async def _look(self, job: Job) -> None:
        while self._folder and not self._too_large:
            await asyncio.sleep(_LOOK_SECONDS)
            with contextlib.suppress(aiodocker.DockerError, TimeoutError, ValueError):
                said = (await execute(job.container, ["du", "-s", "-B", "1", self._folder], seconds=20)).output
                # Files that vanish during the count are reported on separate lines.
                if int(said.rstrip().rpartition("\n")[2].partition("\t")[0]) > self._largest:
                    self._too_large = True
                    await job.container.kill()

    def _fault(self, code: str, says: Phrase) -> Fault:
        return faults.runtime(code, says, "\n".join(self._tail), FaultKind.BUILD)


def failed(log: str) -> Fault:
    """The fault of an installer that gave up, from the end of its output."""
    if _OFFLINE.search(log):
        message = Phrase("fault.registry_unreachable")
        return faults.runtime("registry_unreachable", message, log, FaultKind.PLATFORM)
    if name := source_only(log):
        message = Phrase("fault.package_source_only", {"name": name})
        return faults.runtime("package_source_only", message, log, FaultKind.BUILD)
    return faults.runtime("install_failed", Phrase("fault.install_failed"), log, FaultKind.BUILD)
