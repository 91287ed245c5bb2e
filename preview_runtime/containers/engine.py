"""The engine that runs a project in a container of a real Docker Engine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.app import rest
from preview_runtime.containers.app.parts import EngineParts
from preview_runtime.containers.app.preparation import Preparation
from preview_runtime.containers.app.preview import NOT_RUNNING, Keep, Preview, as_fault
from preview_runtime.containers.app.record import PreviewRecord, Rest
from preview_runtime.containers.app.silence import silence
from preview_runtime.containers.app.start import Start, ended
from preview_runtime.containers.app.start_request import paths_of
from preview_runtime.containers.app.usage import ContainerUsage, usage_of
from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.execution import Executed, execute
from preview_runtime.containers.docker.labels import PROJECT, Role, filters, is_named, name
from preview_runtime.containers.docker.logs import LogLine, buffered, log_lines, opened
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.docker.readiness import how_it_ended
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import CONFLICT, NOT_FOUND, Slots
from preview_runtime.engines import (
    EngineFailed,
    EngineKind,
    EngineState,
    EngineStatus,
    Fault,
    FaultKind,
    Phase,
    RunHints,
)
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, Say
from preview_runtime.plans.plan import RunPlan
from preview_runtime.tasks import begun
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
_POLL_SECONDS: Final = 5.0


class ContainerEngine:
    """Runs one project in one container; see `preview_runtime.engines.Engine` for what start, stop and poll mean.

    The project's volume holds its files and the app's own files. It survives `stop` and `sleep`, so the data is there
    again at the next start; `remove` deletes it. A first start that fails leaves no volume. The result of `get_state`
    names the project's volume, also after `stop`: without that state the data is lost. `keep` is awaited whenever it
    has to be stored before the engine goes on.

    `hints` apply to each start without hints of its own. All previews of one engine share `networks` and `parts`. `say`
    gets the lines of installs and builds.
    """

    kind = EngineKind.DOCKER

    def __init__(
        self,
        docker: aiodocker.Docker,
        project: str,
        settings: ContainerSettings | None = None,
        hints: RunHints | None = None,
        networks: Networks | None = None,
        *,
        parts: EngineParts | None = None,
        keep: Keep | None = None,
        say: Say | None = None,
    ) -> None:
        self.project = project
        self._hints = hints or RunHints()
        settings = settings or ContainerSettings()
        slots = Slots(docker, settings, networks or Networks(docker, settings))
        self._preview = Preview(project, slots, parts or EngineParts(), keep)
        self._say = say or (lambda line: log.debug("%s: %s", project, line))
        self._preparation = Preparation(self._preview, self._say)
        self._docker = docker
        self._busy = asyncio.Lock()
        self._work: asyncio.Task[str] | None = None
        self._given: Mapping[str, str] | None = None  # the app's environment; unknown after our restart
        self._keeps = False

    @property
    def plan(self) -> RunPlan | None:
        """How the app runs; None before this process has started it."""
        return self._preview.plan

    @property
    def reason(self) -> Phrase | None:
        """Why the app runs in this way; None before this process has started it."""
        return self.plan.reason if self.plan else None

    @property
    def slot(self) -> str:
        """The name of the container, network and volume."""
        return self._preview.record.slot

    async def start(self, tree: FileTree, hints: RunHints | None = None) -> str:
        """Bring the preview up to `tree`, run as `hints` say, and return its address, such as http://10.213.4.2:8000.

        Raises `EngineFailed`; after that, and after a cancellation, nothing runs.
        """
        return await self._at_work(self._start(tree, hints or self._hints))

    def keep_data(self) -> None:
        """Have the next start keep the data that it finds, before the app runs, for `rewind`."""
        self._keeps = True

    async def rewind(self, tree: FileTree, hints: RunHints | None = None) -> str:
        """Run `tree` anew, with the data that were kept; returns its address. Raises `EngineFailed`, as `start`."""
        return await self._at_work(self._rewind(tree, hints or self._hints))

    async def resume(self) -> str:
        """Run a paused or sleeping preview again; returns its address. It is no error when it runs already.

        Raises `EngineFailed`: `not_running` when its container is gone and `start` is needed.
        """
        return await self._at_work(rest.resume(self._preview))

    async def pause(self) -> None:
        """See `rest.pause`."""
        async with self._busy:
            await rest.pause(self._preview)

    async def sleep(self) -> None:
        """See `rest.sleep`."""
        async with self._busy:
            await rest.sleep(self._preview)

    @contextlib.asynccontextmanager
    async def standing_still(self) -> AsyncIterator[str]:
        """See `rest.standing_still`."""
        async with self._busy, rest.standing_still(self._preview) as slot:
            yield slot

    async def stop(self) -> None:
        """Remove the container and the network; a start under way is cancelled. The volume stays."""
        if self._work:
            self._work.cancel()
        async with self._busy:
            with as_fault():
                await uncancelled(self._preview.clear(volume=False))

    async def remove(self) -> None:
        """Stop the preview and remove everything of the project in the engine, its data included."""
        await self.stop()
        with as_fault():
            await uncancelled(self._preview.clear(volume=True))
            if self._preview.parts.sidecars:
                await self._preview.parts.sidecars.remove(self.project)
        self._preview.record.slot = self.project

    async def poll(self) -> EngineState:
        """The present state; see `Engine.poll`."""
        if self._busy.locked():
            return EngineState(EngineStatus.PENDING, self._preview.phase)
        try:
            async with asyncio.timeout(_POLL_SECONDS):
                container = await self._preview.find()
                if container is None:
                    return EngineState(EngineStatus.ABSENT)
                shown = await container.show()
                state = shown["State"]
                if not self._preview.is_own(shown):
                    return EngineState(EngineStatus.ABSENT)
                if state["Running"]:
                    # The disk watch holds a container still for a moment: that does not count as sleep.
                    asleep = state["Paused"] and self._preview.record.rest is Rest.PAUSED
                    status = EngineStatus.ASLEEP if asleep else EngineStatus.RUNNING
                    self._preview.watch(container)
                    return EngineState(status, Phase.LISTENING, self._preview.address(shown))
                if state["Status"] == "created":
                    return EngineState(EngineStatus.ABSENT)  # left from a start of ours when this process was killed
                if self._preview.record.rest is Rest.SLEPT:
                    return EngineState(EngineStatus.ASLEEP, Phase.LISTENING)
                fault = self._preview.limit_fault()
                fault = fault or await how_it_ended(self._docker, container)
                return EngineState(EngineStatus.FAILED, Phase.LISTENING, "", fault)
        except aiodocker.DockerError as error:
            if error.status == NOT_FOUND:
                return EngineState(EngineStatus.ABSENT)
            return EngineState(EngineStatus.FAILED, self._preview.phase, "", faults.platform(error))
        except TimeoutError as error:
            return EngineState(EngineStatus.FAILED, self._preview.phase, "", faults.platform(error))

    def get_state(self) -> dict[str, Any]:
        """The state that finds the preview and its data again; with its digests, an edit after our restart sends only
        changed files. It holds no secret."""
        self._preview.count()
        return self._preview.record.as_json()

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over the result of `get_state` from before our restart."""
        record = self._preview.record = PreviewRecord.from_json(self.project, state)
        if self._preview.parts.layers:
            self._preview.parts.layers.use(self.project, record.layer)
        self._given = None

    async def running_container(self) -> DockerContainer:
        """The container of the app. Raises `EngineFailed` (`not_running`) when none runs or it is asleep."""
        with as_fault():
            container = await self._preview.find()
            state = (await container.show())["State"] if container else None
        if container is None or state is None or not state["Running"]:
            raise EngineFailed(NOT_RUNNING)
        if state["Paused"] and self._preview.record.rest:
            raise EngineFailed(NOT_RUNNING)
        return container

    async def given(self) -> Mapping[str, str]:
        """The app's environment. Raises `EngineFailed`.

        The state holds no passwords: after our restart they are derived again.
        """
        if self._given is None:
            sidecars = self._preview.sidecars
            access = await sidecars.access(self.project) if sidecars else None
            told = self._preview.record.told
            self._given = {**told, **(access.environment if access else {})}
        return self._given

    async def usage(self) -> ContainerUsage | None:
        """The preview's use of resources at the moment; None when none runs."""
        try:
            async with asyncio.timeout(_POLL_SECONDS):
                container = await self._preview.find()
                return await usage_of(container) if container else None
        except (aiodocker.DockerError, TimeoutError):
            return None

    async def exec(
        self,
        command: Sequence[str],
        *,
        seconds: float = 30.0,
        limit: int = 256 * 1024,
        stdin: bytes = b"",
        folder: str = "",
    ) -> Executed:
        """Run `command` (no shell) in the running preview, with the app's environment. Raises `EngineFailed` when none
        runs."""
        try:
            container = await self.running_container()
            given = await self.given()
            return await execute(
                container, command, seconds=seconds, limit=limit, environment=given, stdin=stdin, folder=folder
            )
        except (aiodocker.DockerError, TimeoutError) as error:
            if isinstance(error, aiodocker.DockerError) and error.status == CONFLICT:
                raise EngineFailed(NOT_RUNNING) from error
            raise EngineFailed(faults.platform(error)) from error

    async def logs(self, *, follow: bool = True, tail: int = 1000, limit: int = 256 * 1024) -> AsyncIterator[LogLine]:
        """The last `tail` lines of the app's output, then (`follow`) each further one until the container ends.

        Holds `limit` bytes at most: a slow reader loses the oldest lines, and a line says how many. Without a container
        there are no lines.
        """
        container = await self._preview.find()
        if container is None:
            return
        source = opened(self._docker, container.id, follow=follow, tail=tail, timestamps=True)
        async with source as chunks, contextlib.aclosing(buffered(log_lines(chunks), limit)) as lines:
            async for line in lines:
                yield line

    async def _at_work(self, work: Any) -> str:
        try:
            await self._busy.acquire()
        except BaseException:
            work.close()
            raise
        try:
            self._preview.enter(Phase.QUEUED)
            self._work = begun(work, f"preview {self.project}")
            try:
                return await self._work
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task and task.cancelling():
                    raise
                fault = Fault(FaultKind.PLATFORM, "stopped", Phrase("fault.stopped"))
                raise EngineFailed(fault) from None
            finally:
                self._work = None
        finally:
            self._busy.release()

    async def _rewind(self, tree: FileTree, hints: RunHints) -> str:
        preview = self._preview
        with as_fault():
            container = await preview.find()
            if container:
                await silence(preview, container, paths_of(tree))
            if preview.parts.kept:
                await preview.parts.kept.bring_back(preview.record.slot, self.project)
        preview.record.files = {}  # the data that came back may hold files of another version
        return await self._start(tree, hints)

    async def _start(self, tree: FileTree, hints: RunHints) -> str:
        preview = self._preview
        fresh_volume = False
        # This takes a few milliseconds, in parallel to everything else that is done before a program of the project may
        # run.
        closed = begun(preview.slots.networks.prove(), "prove that apps reach nothing of the host")
        if preview.limit_fault():
            preview.unwatch()  # what it passed before is no reason why this start fails
        try:
            wanted = await self._preparation.of(tree, hints)
            self._given = wanted.given
            start = Start(preview, wanted, closed, self._say)
            slot = preview.record.slot
            if self._keeps and preview.parts.kept:
                await preview.parts.kept.keep(slot, self.project)
                self._keeps = False
            fresh_volume = slot == self.project and not await preview.slots.has_volume(slot)
            answer = (await start.warm() if fresh_volume else "") or await start.cold()
            preview.record.layer = wanted.layer.name if wanted.layer else ""
            if preview.parts.layers:
                preview.parts.layers.use(self.project, preview.record.layer)
            return answer
        except BaseException as error:
            over_limit = preview.limit_fault() if isinstance(error, EngineFailed) else None
            await preview.give_up(volume=fresh_volume)
            if over_limit:
                raise EngineFailed(over_limit) from error
            if isinstance(error, (aiodocker.DockerError, TimeoutError)):
                raise EngineFailed(faults.platform(error)) from error
            raise
        finally:
            await ended(closed)


async def running_projects(docker: aiodocker.Docker, settings: ContainerSettings) -> list[str]:
    """The slots that have a container in the engine, found by label and name: those that our own restart takes over."""
    found = await docker.containers.list(all=1, filters=json.dumps(filters(settings.instance, role=Role.APP)))
    slots = {str(one["Labels"][PROJECT]) for one in found if _is_the_slots(one._container, settings)}
    return sorted(slots)


def _is_the_slots(container: Mapping[str, Any], settings: ContainerSettings) -> bool:
    return is_named(container, name(settings.instance, str(container["Labels"][PROJECT])))
