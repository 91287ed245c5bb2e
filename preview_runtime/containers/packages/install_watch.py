"""Waits for an installer's end: tells what it says, stops it when it takes too much, and says why it failed."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from typing import Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.execution import execute
from preview_runtime.containers.docker.logs import log_lines
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.engines import Fault, FaultKind
from preview_runtime.phrases import Phrase, Say
from preview_runtime.tasks import beside

_LOOK_SECONDS: Final = 3.0
_LOG_SECONDS: Final = 5.0
_TAIL_LINES: Final = 80
_OFFLINE: Final = re.compile(
    r"dns error|failed to lookup address|Temporary failure in name resolution|ConnectionRefused|DNSResolveFailed|"
    r"FailedToOpenSocket|NetworkUnreachable|UnableToConnect|tcp connect error|operation timed out",
    re.IGNORECASE,
)


class InstallWatch:
    """An installer that runs in a container. `folder` (in the container) may take `largest` bytes."""

    def __init__(
        self, docker: aiodocker.Docker, settings: ContainerSettings, say: Say, *, folder: str = "", largest: int = 0
    ) -> None:
        self._docker = docker
        self._settings = settings
        self._say = say
        self._folder = folder
        self._largest = largest
        self._too_large = False
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)

    async def ended(self, container: DockerContainer) -> Fault | None:
        """Wait for the end of `container`, which was started; None where the installer succeeded."""
        seconds = self._settings.install_seconds
        try:
            async with (
                beside(self._read(container), "install log") as log,
                beside(self._look(container), "install size"),
            ):
                async with asyncio.timeout(seconds):
                    code = int((await container.wait())["StatusCode"])
                await asyncio.wait({log}, timeout=_LOG_SECONDS)
        except TimeoutError:
            message = Phrase("fault.install_slow", {"seconds": round(round(seconds))})
            return self._fault("install_slow", message)
        if self._too_large:
            return self._fault(
                "install_too_large", Phrase("fault.install_too_large", {"megabytes": self._largest // MEGABYTE})
            )
        if code == 0:
            return None
        if (await container.show())["State"]["OOMKilled"]:
            return self._fault(
                "install_out_of_memory",
                Phrase("fault.install_out_of_memory", {"megabytes": self._settings.install_limits.memory // MEGABYTE}),
            )
        return failed("\n".join(self._tail))

    async def _read(self, container: DockerContainer) -> None:
        wanted = {"stdout": "1", "stderr": "1", "follow": "1"}
        async with self._docker._query(f"containers/{container.id}/logs", params=wanted, timeout=None) as response:
            try:
                async for line in log_lines(response.content.iter_any(), timestamps=False):
                    self._tail.append(line.text)
                    self._say(line.text)
            finally:
                response.close()

    async def _look(self, container: DockerContainer) -> None:
        while self._folder and not self._too_large:
            await asyncio.sleep(_LOOK_SECONDS)
            with contextlib.suppress(aiodocker.DockerError, TimeoutError, ValueError):
                said = (await execute(container, ["du", "-s", "-B", "1", self._folder], seconds=20)).output
                # What vanished while it looked is named on lines of their own.
                if int(said.rstrip().rpartition("\n")[2].partition("\t")[0]) > self._largest:
                    self._too_large = True
                    await container.kill()

    def _fault(self, code: str, says: Phrase) -> Fault:
        return faults.runtime(code, says, "\n".join(self._tail), FaultKind.BUILD)


def failed(log: str) -> Fault:
    """The fault of an installer that gave up, from what it said at its end."""
    if _OFFLINE.search(log):
        message = Phrase("fault.registry_unreachable")
        return faults.runtime("registry_unreachable", message, log, FaultKind.PLATFORM)
    return faults.runtime("install_failed", Phrase("fault.install_failed"), log, FaultKind.BUILD)
