"""One command in a container of its own, from start to end: the one function for all code that needs that."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.creation import create
from preview_runtime.containers.docker.logs import frames, opened
from preview_runtime.containers.isolation.networks import taken
from preview_runtime.containers.isolation.slots import CONFLICT, delete
from preview_runtime.containers.jobs import artefacts
from preview_runtime.containers.jobs.output import JobOutput, OutputPiece
from preview_runtime.containers.jobs.spec import OUTPUT, ArtefactLimits, Ended, JobResult
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase
from preview_runtime.plans.recipe import WORK_FOLDER
from preview_runtime.tasks import Tasks, beside, cancel
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
_LOG_SECONDS: Final = 5.0  # for the rest of the output, after the container has ended
_KILLED_SECONDS: Final = 30.0
_GRACE_SECONDS: Final = 1  # between SIGTERM and SIGKILL

Hear = Callable[[str, bytes], None]
"""Called with each line (at most 16 kB) as it comes, and its stream; no line is lost."""


async def _nothing() -> None: ...


@dataclass(frozen=True, slots=True)
class JobTerms:
    """The limits of a job, and what happens at its end. `artefacts` are below `folder`. `passed` returns why a limit
    watch killed it; `clear` is awaited once its container is gone."""

    seconds: float
    output: int = OUTPUT
    artefacts: tuple[str, ...] = ()
    artefact_limits: ArtefactLimits = field(default_factory=ArtefactLimits)
    folder: str = WORK_FOLDER
    hear: Hear | None = None
    passed: Callable[[], Fault | None] = lambda: None
    clear: Callable[[], Awaitable[None]] = _nothing


class Job:
    """A started container, which works until its command ends. `close` removes everything; used as a context, the job
    is closed at the end."""

    def __init__(
        self, docker: aiodocker.Docker, container: DockerContainer, terms: JobTerms, name: str, began: float
    ) -> None:
        self.container = container
        self._docker = docker
        self._terms = terms
        self._name = name
        self._began = began  # seconds since 1970: the time limit also runs while no process of ours watches
        self._output = JobOutput()
        self._why: Ended | None = None
        self._tasks = Tasks()
        self._run = self._tasks.begin(self._to_its_end(), f"job {name}", heard=True)

    async def __aenter__(self) -> Job:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def output(self, after: int = 0) -> AsyncGenerator[OutputPiece]:
        """The output of both streams from byte `after` on, until the job's end. A reader that falls more than `KEPT`
        bytes behind is told how many were lost; it never delays the job or this process."""
        return self._output.read(after)

    async def wait(self) -> JobResult:
        """The result, once the job has ended and its artefacts are read."""
        return await asyncio.shield(self._run)

    async def exit_code(self) -> int:
        """Wait for the exit code of a command of ours.

        Raises TimeoutError when it took too long, aiodocker.DockerError when it was lost.
        """
        result = await self.wait()
        if result.ended is Ended.TIMED_OUT:
            raise TimeoutError(f"{self._name} took longer than {self._terms.seconds:.0f} s")
        if result.exit_code is None:
            raise result.error or aiodocker.DockerError(500, f"{self._name} was lost")
        return result.exit_code

    async def cancel(self) -> None:
        """End the job: with SIGTERM first, with SIGKILL after a second. Returns once it has ended; it is no error when
        it has ended before."""
        if self._why is None and not self._run.done():
            self._why = Ended.CANCELLED
            with contextlib.suppress(aiodocker.DockerError):
                await uncancelled(self.container.stop(t=_GRACE_SECONDS))
        await asyncio.wait({self._run})

    async def close(self) -> None:
        """End the job if it still runs, and remove its container and everything that belongs to it alone.

        Raises aiodocker.DockerError; what then remains is found by its labels.
        """
        await uncancelled(self._close())

    async def leave(self) -> None:
        """Stop watching it and let it continue, for `Jobs.recover` of the next process to find."""
        await self._tasks.close()
        self._output.end()

    async def _close(self) -> None:
        if not self._run.done():
            await self._kill(Ended.CANCELLED)
            await asyncio.wait({self._run}, timeout=_LOG_SECONDS)
        await self._tasks.close()
        self._output.end()
        try:
            await delete(self.container)
        finally:
            await self._terms.clear()

    async def _to_its_end(self) -> JobResult:
        code: int | None = None
        error: Exception | None = None
        shown: Mapping[str, Any] = {}
        async with beside(self._read(follow=True), f"output of {self._name}") as reading:
            try:
                code = await self._ended()
                await asyncio.wait({reading}, timeout=_LOG_SECONDS)
                await cancel(reading)
                # When a container ends, engines before 23 may end a followed log before its last lines.
                await self._read(follow=False)
                shown = await self.container.show()
            except (aiodocker.DockerError, TimeoutError) as failed:
                log.info("The job %s is lost: %r", self._name, failed)
                error, self._why = failed, self._why or Ended.LOST
        self._output.end()
        took = time.time() - self._began
        fault = self._terms.passed()
        ended = self._why or _by_itself(code, shown, fault)
        if ended is Ended.LOST:
            code = None
        found: Mapping[str, bytes] = {}
        left: tuple[Phrase, ...] = ()
        if self._terms.artefacts and code is not None and ended is not Ended.CANCELLED:
            wanted, limits = self._terms.artefacts, self._terms.artefact_limits
            found, left = await artefacts.read(self._docker, self.container.id, self._terms.folder, wanted, limits)
        memory = int(shown["HostConfig"]["Memory"]) if shown else 0
        fault = (fault if ended is Ended.TOO_MUCH else None) or _fault(ended, self._terms, memory, error)
        return JobResult(code, ended, took, found, left, fault, error)

    async def _ended(self) -> int:
        """Wait for its exit code. Raises aiodocker.DockerError, and TimeoutError when it cannot even be killed."""
        try:
            async with asyncio.timeout(max(0.0, self._began + self._terms.seconds - time.time())):
                return int((await self.container.wait())["StatusCode"])
        except TimeoutError:
            await self._kill(Ended.TIMED_OUT)
        async with asyncio.timeout(_KILLED_SECONDS):
            return int((await self.container.wait())["StatusCode"])

    async def _read(self, *, follow: bool) -> None:
        """The lines that were not read yet. If the engine keeps only the end of the log (`Limits.log`), no line is read
        twice."""
        known, passed = self._output.total, 0
        async with opened(self._docker, self.container.id, follow=follow) as chunks:
            async for lines in frames(chunks):
                before, passed = passed, passed + sum(len(line) for _, line in lines)
                if passed > known:
                    self._take(lines, known - before)
                if self._output.total > self._terms.output:
                    await self._kill(Ended.TOO_MUCH)

    def _take(self, lines: Sequence[tuple[str, bytes]], known: int) -> None:
        """Pass on the lines that were read, except the first `known` bytes."""
        fresh: list[tuple[str, bytes]] = []
        for one in lines:
            if known <= 0:
                fresh.append(one)
            known -= len(one[1])
        # A flood comes as thousands of lines at once: handling them as one piece takes a hundredth of the time.
        for stream, group in groupby(fresh, key=itemgetter(0)):
            self._output.put(stream, b"".join(map(itemgetter(1), group)))
        if self._terms.hear:
            for stream, line in fresh:
                self._terms.hear(stream, line)

    async def _kill(self, why: Ended) -> None:
        if self._why is None:
            self._why = why
            with contextlib.suppress(aiodocker.DockerError):  # it has ended by itself
                await uncancelled(self.container.kill())


async def begin(
    docker: aiodocker.Docker,
    config: Mapping[str, Any],
    terms: JobTerms,
    *,
    title: str = "",
    archives: Sequence[tuple[str, bytes]] = (),
) -> Job:
    """Start a container of `config` (see `policy`) with the name `title`, after putting `archives` (folder, tar) into
    it.

    If that fails, nothing is left. Raises aiodocker.DockerError, and `EngineFailed` when the name is taken by somebody
    else.
    """
    made: list[DockerContainer] = []

    async def make() -> None:
        made.append(await create(docker, config, title))

    try:
        await uncancelled(make())
        for folder, packed in archives:
            await made[0].put_archive(folder, packed)
        await uncancelled(made[0].start())
    except BaseException as error:
        for container in made:
            await uncancelled(delete(container))
        if isinstance(error, aiodocker.DockerError) and error.status == CONFLICT and title and not made:
            raise EngineFailed(taken(title)) from error
        raise
    return Job(docker, made[0], terms, title or str(config["Labels"]), time.time())


def found(
    docker: aiodocker.Docker, container: DockerContainer, terms: JobTerms, name: str, shown: Mapping[str, Any]
) -> Job:
    """The job in a container that an earlier process started; its output is read from the beginning."""
    return Job(docker, container, terms, name, datetime.fromisoformat(str(shown["State"]["StartedAt"])).timestamp())


def _by_itself(code: int | None, shown: Mapping[str, Any], fault: Fault | None) -> Ended:
    if fault:
        return Ended.TOO_MUCH
    return Ended.OUT_OF_MEMORY if code and shown["State"]["OOMKilled"] else Ended.EXITED


def _fault(ended: Ended, terms: JobTerms, memory: int, error: Exception | None) -> Fault | None:
    match ended:
        case Ended.TIMED_OUT:
            message = Phrase("fault.job_timed_out", {"seconds": round(terms.seconds)})
            return Fault(FaultKind.RUNTIME, "job_timed_out", message)
        case Ended.OUT_OF_MEMORY:
            message = Phrase("fault.job_out_of_memory", {"limit": memory})
            return Fault(FaultKind.RUNTIME, "job_out_of_memory", message)
        case Ended.TOO_MUCH:
            message = Phrase("fault.job_wrote_too_much", {"limit": terms.output})
            return Fault(FaultKind.POLICY, "job_wrote_too_much", message)
        case Ended.LOST:
            lost = Fault(FaultKind.PLATFORM, "job_lost", Phrase("fault.job_lost"))
            return faults.platform(error) if isinstance(error, aiodocker.DockerError) and error.status >= 500 else lost
    return None
