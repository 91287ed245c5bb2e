"""The engine that runs a project in a container of a real Docker Engine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.agents import client
from preview_runtime.containers.app import container as app_container
from preview_runtime.containers.app.start_request import RUN, StartRequest, how, paths_of, to_bring
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.docker import faults, freezing
from preview_runtime.containers.docker.execution import Executed, execute
from preview_runtime.containers.docker.labels import CONFIGURATION, PROJECT, Role, filters, is_named, name, port_of
from preview_runtime.containers.docker.logs import LogLine, buffered, log_lines
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.docker.readiness import answering, how_it_ended
from preview_runtime.containers.docker.uncancelled import uncancelled
from preview_runtime.containers.docker.users import account
from preview_runtime.containers.dockerfiles.builds import NOT_BUILT_HERE, without_image
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation import data_owner
from preview_runtime.containers.isolation.networks import Networks, image_missing
from preview_runtime.containers.isolation.slots import CONFLICT, NOT_FOUND, Slots, own
from preview_runtime.containers.packages import volume_install
from preview_runtime.containers.packages.layer import Layer
from preview_runtime.containers.parts import EngineParts
from preview_runtime.containers.warm import ContainerUsage, usage_of
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
from preview_runtime.plans.plan import NothingToRun, RunPlan, plan_run
from preview_runtime.plans.recipe import DATA_FOLDER
from preview_runtime.plans.runtimes import Runtime

log = logging.getLogger(__name__)
_POLL_SECONDS: Final = 5.0
_SEND_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 2
_COMPILING: Final = (
    3  # times the patience: Nuxt answers after 25 s on two busy processors, after 120 s on one shared by many
)
_PAUSED: Final = "paused"
_SLEPT: Final = "slept"
Keep = Callable[[], Awaitable[None]]


class ContainerEngine:
    """Runs one project in one container; see `preview_runtime.engines.Engine` for what start, stop and poll mean.

    The project's volume holds its files and what the app itself wrote. It outlives `stop` and `sleep`, so that data is
    there again at the next start; `remove` takes it away. A first start that fails leaves no volume either. Which
    volume is the project's stands in `get_state`, also after `stop`: whoever forgets that state loses the data. `keep`
    is awaited whenever it has to be stored before the engine goes on.

    `hints` and `environment` (what the app is given beside what it needs) may be set before each start. `slots` and
    `parts` are shared by all previews of one engine. `say` gets the lines of installs and builds.
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
        say: Callable[[str], None] | None = None,
    ) -> None:
        self.project = project
        self.hints = hints or RunHints()
        self.environment: Mapping[str, str] = {}
        self._told: Mapping[str, str] = {}  # what the app was started with, without what is secret
        self._given: Mapping[str, str] | None = None  # all of it; unknown after our restart
        self.plan: RunPlan | None = None
        self._docker = docker
        self._settings = settings or ContainerSettings()
        self._slots = Slots(docker, self._settings, networks or Networks(docker, self._settings))
        self._parts = parts or EngineParts()
        self._keep = keep
        self._say = say or (lambda line: log.debug("%s: %s", project, line))
        self._busy = asyncio.Lock()
        self._work: asyncio.Task[str] | None = None
        self._phase = Phase.QUEUED
        self._slot = project
        self._container = ""
        self._port = 0  # where the app answered
        self._asked = 0  # where it was asked to
        self._installed = ""  # digest of what the packages in the volume were installed from
        self._layer_name = ""
        self._digests: dict[str, str] = {}  # of the files in the container, and of how it runs
        self._asleep = ""
        self._has_sidecars = False
        self._moved = False  # whether what an earlier user wrote into the volume is this one's
        self._watched = ""  # the container that is looked after

    @property
    def reason(self) -> str:
        """Why the app runs the way it does, in a sentence; "" before a start of ours."""
        return self.plan.reason if self.plan else ""

    @property
    def slot(self) -> str:
        """What the container, network and volume are called after."""
        return self._slot

    async def start(self, tree: FileTree) -> str:
        """Bring the preview up to `tree` and return its address, such as http://10.213.4.2:8000.

        Raises `EngineFailed`; nothing runs then, and after a cancellation.
        """
        return await self._at_work(self._start(tree))

    async def resume(self) -> str:
        """Have a preview that was paused or put to sleep run again; returns its address. One that runs is no error.

        Raises `EngineFailed`: `not_running` where its container is gone and `start` is needed.
        """
        return await self._at_work(self._resume())

    async def pause(self) -> None:
        """Freeze the app as it is; it uses no processor time. Nothing happens where none runs."""
        async with self._busy:
            container = await self._find()
            if container and not self._asleep and (await container.show())["State"]["Running"]:
                with _as_fault():
                    await uncancelled(freezing.freeze(container))
                self._asleep = _PAUSED
                if self._has_sidecars and self._parts.sidecars:
                    await self._parts.sidecars.pause(self.project)

    async def sleep(self) -> None:
        """End the app's processes and keep its container: it uses no memory. Nothing happens where none runs."""
        async with self._busy:
            container = await self._find()
            if container is None or self._asleep == _SLEPT or not (await container.show())["State"]["Running"]:
                return
            before, self._asleep = self._asleep, _SLEPT
            try:
                with _as_fault():
                    if before == _PAUSED:
                        await freezing.thaw(container)
                    await uncancelled(container.stop(t=_STOP_SECONDS))
            except EngineFailed:
                self._asleep = ""
                raise
            if self._has_sidecars and self._parts.sidecars:
                await self._parts.sidecars.sleep(self.project)

    @contextlib.asynccontextmanager
    async def standing_still(self) -> AsyncIterator[str]:
        """Hold the app still, as it is, for a moment: what it stored does not change. Gives its slot.

        It goes on afterwards, also one that an earlier process of ours has left like that.
        """
        async with self._busy:
            container = await self._find()
            state = (await container.show())["State"] if container else {}
            awake = bool(container and state["Running"] and not self._asleep)
            if container and awake and not state["Paused"]:
                await freezing.hold(container)
            try:
                yield self._slot
            finally:
                if container and awake:
                    await uncancelled(freezing.thaw(container))
                    if state["Paused"] and self._has_sidecars and self._parts.sidecars:
                        await uncancelled(self._parts.sidecars.resume(self.project))

    async def stop(self) -> None:
        """Remove the container and the network; a start that is under way is given up. The volume stays."""
        if self._work:
            self._work.cancel()
        async with self._busy:
            with _as_fault():
                await uncancelled(self._clear(volume=False))

    async def remove(self) -> None:
        """Stop the preview and remove all the project has in the engine, its data included."""
        await self.stop()
        with _as_fault():
            await uncancelled(self._clear(volume=True))
            if self._parts.sidecars:
                await self._parts.sidecars.remove(self.project)
        self._slot = self.project

    async def poll(self) -> EngineState:
        """What is true now; see `Engine.poll`."""
        if self._busy.locked():
            return EngineState(EngineStatus.PENDING, self._phase)
        try:
            async with asyncio.timeout(_POLL_SECONDS):
                container = await self._find()
                if container is None:
                    return EngineState(EngineStatus.ABSENT)
                shown = await container.show()
                state = shown["State"]
                if not self._is_own(shown):
                    return EngineState(EngineStatus.ABSENT)
                if state["Running"]:
                    # The disk watch holds a container still for a moment: that is no sleep.
                    asleep = state["Paused"] and self._asleep == _PAUSED
                    status = EngineStatus.ASLEEP if asleep else EngineStatus.RUNNING
                    self._watch(container)
                    return EngineState(status, Phase.LISTENING, self._address(shown))
                if state["Status"] == "created":
                    return EngineState(EngineStatus.ABSENT)  # what a start of ours left when we were killed
                if self._asleep == _SLEPT:
                    return EngineState(EngineStatus.ASLEEP, Phase.LISTENING)
                fault = self._limit_fault()
                fault = fault or await how_it_ended(self._docker, container)
                return EngineState(EngineStatus.FAILED, Phase.LISTENING, "", fault)
        except aiodocker.DockerError as error:
            if error.status == NOT_FOUND:
                return EngineState(EngineStatus.ABSENT)
            return EngineState(EngineStatus.FAILED, self._phase, "", faults.platform(error))
        except TimeoutError as error:
            return EngineState(EngineStatus.FAILED, self._phase, "", faults.platform(error))

    def get_state(self) -> dict[str, Any]:
        """What finds the preview and its data again; the digests let an edit after our restart bring changed files
        only. Holds no secret."""
        return {
            "project": self.project,
            "slot": self._slot,
            "container": self._container,
            "port": self._port,
            "asked": self._asked,
            "installed": self._installed,
            "layer": self._layer_name,
            "files": dict(self._digests),
            "asleep": self._asleep,
            "sidecars": self._has_sidecars,
            "told": dict(self._told),
            "moved": self._moved,
        }

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `get_state` gave, before our restart."""
        self._slot = str(state.get("slot") or self.project)
        self._container = str(state.get("container", ""))
        self._port = int(state.get("port", 0))
        self._asked = int(state.get("asked", 0))
        self._installed = str(state.get("installed", ""))
        self._layer_name = str(state.get("layer", ""))
        if self._parts.layers:
            self._parts.layers.use(self.project, self._layer_name)
        self._digests = {str(path): str(digest) for path, digest in dict(state.get("files", {})).items()}
        self._asleep = str(state.get("asleep", ""))
        self._has_sidecars = bool(state.get("sidecars", False))
        self._told, self._given = dict(state.get("told", {})), None
        self._moved = bool(state.get("moved", False))

    async def running_container(self) -> DockerContainer:
        """The container of the app. Raises `EngineFailed` (`not_running`) where none runs or it is asleep."""
        with _as_fault():
            container = await self._find()
            state = (await container.show())["State"] if container else None
        if container is None or state is None or not state["Running"] or (state["Paused"] and self._asleep):
            raise EngineFailed(_NOT_RUNNING)
        return container

    async def given(self) -> Mapping[str, str]:
        """The environment that the app runs with. Raises `EngineFailed`.

        Passwords are in no state: after our restart they are asked for again.
        """
        if self._given is None:
            sidecars = self._parts.sidecars if self._has_sidecars else None
            access = await sidecars.access(self.project) if sidecars else None
            self._given = {**self._told, **self.environment, **(access.environment if access else {})}
        return self._given

    async def usage(self) -> ContainerUsage | None:
        """What the preview uses at this moment; None where none runs."""
        try:
            async with asyncio.timeout(_POLL_SECONDS):
                container = await self._find()
                return await usage_of(container) if container else None
        except (aiodocker.DockerError, TimeoutError):
            return None

    async def exec(self, command: Sequence[str], *, seconds: float = 30.0, limit: int = 256 * 1024) -> Executed:
        """Run `command` (no shell) in the running preview, with what the app is given. Raises `EngineFailed` where none runs."""
        try:
            container = await self.running_container()
            given = await self.given()
            return await execute(container, command, seconds=seconds, limit=limit, environment=given)
        except (aiodocker.DockerError, TimeoutError) as error:
            if isinstance(error, aiodocker.DockerError) and error.status == CONFLICT:
                raise EngineFailed(_NOT_RUNNING) from error
            raise EngineFailed(faults.platform(error)) from error

    async def logs(self, *, follow: bool = True, tail: int = 1000, limit: int = 256 * 1024) -> AsyncIterator[LogLine]:
        """The last `tail` lines of the app's output, then (`follow`) each further one until the container ends.

        Holds `limit` bytes at most: a slow reader loses the oldest lines, and a line says how many. Nothing where no
        container is.
        """
        container = await self._find()
        if container is None:
            return
        wanted = {"stdout": "1", "stderr": "1", "timestamps": "1", "tail": str(tail), "follow": "1" if follow else "0"}
        async with self._docker._query(f"containers/{container.id}/logs", params=wanted, timeout=None) as response:
            lines = buffered(log_lines(response.content.iter_any()), limit)
            try:
                async for line in lines:
                    yield line
            finally:
                await lines.aclose()
                response.close()

    async def _at_work(self, work: Any) -> str:
        try:
            await self._busy.acquire()
        except BaseException:
            work.close()
            raise
        try:
            self._phase = Phase.QUEUED
            self._work = asyncio.create_task(work, name=f"preview {self.project}")
            try:
                return await self._work
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task and task.cancelling():
                    raise
                fault = Fault(FaultKind.PLATFORM, "stopped", "The preview was stopped while it was starting.")
                raise EngineFailed(fault) from None
            finally:
                self._work = None
        finally:
            self._busy.release()

    async def _start(self, tree: FileTree) -> str:
        fresh_volume = False
        # It takes a few milliseconds beside all that has to be done before a program of the project's own may run.
        closed = asyncio.create_task(self._slots.networks.prove())
        try:
            wanted = await self._prepared(tree)
            fresh_volume = self._slot == self.project and not await self._slots.has_volume(self._slot)
            answer = await self._start_warm(wanted, closed) if fresh_volume else ""
            answer = answer or await self._start_cold(wanted, closed)
            self._layer_name = wanted.layer.name if wanted.layer else ""
            if self._parts.layers:
                self._parts.layers.use(self.project, self._layer_name)
            return answer
        except BaseException as error:
            over_limit = self._limit_fault() if isinstance(error, EngineFailed) else None
            await self._give_up(volume=fresh_volume)
            if over_limit:
                raise EngineFailed(over_limit) from error
            if isinstance(error, (aiodocker.DockerError, TimeoutError)):
                raise EngineFailed(faults.platform(error)) from error
            raise
        finally:
            await _ended(closed)

    async def _prepared(self, tree: FileTree) -> StartRequest:
        """All that has to be there before a container is."""
        plan = await asyncio.to_thread(self._planned, tree)
        self._phase = Phase.BOOT
        plan, image = await self._image(plan, tree)
        self.plan = plan
        layer = await self._layer(plan, tree, image)
        access = await self._sidecars(tree)
        self._told = {**plan.environment, **self._settings.environment, **(layer.environment if layer else {})}
        given = self._given = {**self._told, **self.environment, **(access.environment if access else {})}
        return StartRequest(plan, tree, image, given, layer, access)

    async def _start_warm(self, wanted: StartRequest, closed: asyncio.Task[None]) -> str:
        """Its address; "" where no container waits, or none that does as it should. Nothing starts before `closed`."""
        pool = self._parts.pool
        if pool is None or not wanted.agent or wanted.installs_itself:
            return ""
        if self._settings.limits_of(builds=wanted.plan.builds) != self._settings.limits:
            return ""  # it gets more than one that was made in advance, and takes seconds anyway
        async with self._first():
            while blank := await pool.take(wanted.plan.runtime):
                self._slot, self._container, self._digests, self._port = blank.slot, blank.container.id, {}, 0
                try:
                    await self._kept()
                    self._watch(blank.container)
                    if wanted.access:
                        await self._join(blank.container, wanted.access)
                    files, digests = await asyncio.to_thread(to_bring, wanted.tree, {})
                    await closed
                    await client.send(blank.host, files, paths_of(wanted.tree), wanted.run, seconds=_SEND_SECONDS)
                except (client.AgentFailed, aiodocker.DockerError) as error:
                    log.info("A container made in advance was of no use: %s", error)
                    # What runs beside the app is there for the next one.
                    await uncancelled(self._clear_slot(volume=True))
                    self._slot = self.project
                    continue
                self._digests = {**digests, **how(wanted.run)}
                return await self._answering(blank.container, blank.host, wanted.plan)
        return ""

    async def _start_cold(self, wanted: StartRequest, closed: asyncio.Task[None]) -> str:
        """Its address. Nothing starts before `closed`."""
        await self._slots.ensure_layers()
        if await self._slots.ensure_volume(self._slot):
            self._installed = ""
        elif not self._moved:
            await self._move()
        if wanted.installs_itself:
            await closed
            await self._install(wanted)
        async with self._first():
            # It takes as long to make as all else before the start, which alone needs it.
            network = asyncio.create_task(self._network(closed))
            try:
                return await self._run(wanted, network)
            finally:
                # What is cleared after a failure is all there is.
                await uncancelled(_ended(network))

    async def _network(self, closed: asyncio.Task[None]) -> str:
        """The name of the slot's network, once an app on it is known to reach nothing of the host."""
        title = await self._slots.networks.ensure(self._slot)
        await closed
        return title

    def _first(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Around what somebody waits for: no container is made in advance meanwhile."""
        return self._parts.pool.starting() if self._parts.pool else contextlib.nullcontext()

    async def _move(self) -> None:
        """Have all in the volume belong to the user that the app is going to run as."""
        if not await self._slots.is_moved(self._slot):
            self._phase = Phase.BOOT
            await uncancelled(self._slots.delete_containers(self._slot, Role.APP))
            await data_owner.move(self._slots, self._slot)
        self._moved = True

    async def _run(self, wanted: StartRequest, network: asyncio.Task[str]) -> str:
        title = self._slots.title(self._slot)
        config = app_container.configuration(wanted, self._settings, self.project, self._slot, title)
        container = await self._find()
        mark = config["Labels"][CONFIGURATION]
        if container and (await container.show())["Config"]["Labels"].get(CONFIGURATION) != mark:
            await uncancelled(self._slots.delete_containers(self._slot, Role.APP))
            container = None
        if container is None:
            container = await self._slots.create(self._slot, config)
            self._container, self._digests, self._port, self._asleep = container.id, {}, 0, ""
            await self._kept()
        await self._bring(container, wanted, network)
        shown = await container.show()
        host = str((shown["NetworkSettings"]["Networks"].get(title) or {}).get("IPAddress", ""))
        return await self._answering(container, host, wanted.plan)

    async def _resume(self) -> str:
        with _as_fault():
            container = await self._find()
            if container is None:
                raise EngineFailed(_NOT_RUNNING)
            shown = await container.show()
            state = shown["State"]
            sidecars = self._parts.sidecars if self._has_sidecars else None
            if state["Running"] and not self._asleep and not state["Paused"]:
                return self._address(shown)
            if self._asleep and not self._is_own(shown):
                raise EngineFailed(_NOT_RUNNING)
            self._phase = Phase.START
            if state["Running"]:
                if sidecars:
                    await sidecars.resume(self.project)
                await uncancelled(freezing.thaw(container))
                self._asleep = ""
                return self._address(shown)
            if sidecars:
                await sidecars.resume(self.project)
            await self._slots.networks.prove()
            async with self._first():
                await uncancelled(container.start())
                self._asleep = ""
                self._watch(container, anew=True)
                shown = await container.show()
                port = self._port or self._asked or port_of(shown["Config"]["Labels"])
                address = self._address(shown).removeprefix("http://").partition(":")[0]
                return await self._answering(container, address, None, port)

    async def _answering(self, container: DockerContainer, host: str, plan: RunPlan | None, port: int = 0) -> str:
        """Wait until the app answers; its address."""
        if plan and self._asked != plan.port:
            self._asked, self._port = plan.port, 0
        self._phase = Phase.START
        answer = await answering(
            self._docker,
            container,
            host,
            self._port or port or self._asked,
            seconds=self._settings.start_seconds * (_COMPILING if self.plan and self.plan.builds else 1),
        )
        self._port, self._phase = answer.port, Phase.LISTENING
        return answer.address

    async def _give_up(self, *, volume: bool) -> None:
        """Leave nothing behind; an engine that is gone cannot be asked for that, the next start finds the rest."""
        try:
            await uncancelled(self._clear(volume=volume))
        except (aiodocker.DockerError, EngineFailed, TimeoutError):
            self._container, self._digests = "", {}
        if volume:
            self._slot = self.project

    def _planned(self, tree: FileTree) -> RunPlan:
        try:
            plan = plan_run(tree, self.hints)
        except NothingToRun as error:
            raise EngineFailed(Fault(FaultKind.BUILD, "nothing_to_run", str(error))) from error
        return plan

    async def _image(self, plan: RunPlan, tree: FileTree) -> tuple[RunPlan, str]:
        """The image, and the plan that it is for: another one where the image of a Dockerfile cannot be had."""
        if plan.runtime is None:
            self._phase = Phase.BUILD
            try:
                if self._parts.own_images is None:
                    raise EngineFailed(NOT_BUILT_HERE)
                return plan, await self._parts.own_images.ensure(self.project, plan, tree, self._say)
            except EngineFailed as failed:
                plan = without_image(plan, failed)
            self._say(plan.reason)
        runtime = plan.runtime or Runtime.STATIC
        if await catalogue.missing_images(self._docker, [runtime]):
            raise EngineFailed(image_missing(runtime))
        return plan, catalogue.tag(runtime)

    async def _layer(self, plan: RunPlan, tree: FileTree, image: str) -> Layer | None:
        if self._parts.layers is None or plan.packages is None:
            return None
        self._phase = Phase.DEPENDENCIES
        return await self._parts.layers.ensure(plan, tree, image, self._say) or Layer({}, {})

    async def _sidecars(self, tree: FileTree) -> Access | None:
        if self._parts.sidecars is None:
            return None
        access = await self._parts.sidecars.ensure(self.project, tree)
        if access is None and self._has_sidecars:
            await self._parts.sidecars.stop(self.project)  # the files ask for none any more
        self._has_sidecars = access is not None
        return access

    async def _join(self, container: DockerContainer, access: Access) -> None:
        """Connect the container to the networks of what runs beside it, where it is not yet."""
        joined = (await container.show())["NetworkSettings"]["Networks"]
        for title in access.networks:
            if title not in joined:
                await (await self._docker.networks.get(title)).connect({"Container": container.id})

    async def _bring(self, container: DockerContainer, wanted: StartRequest, network: asyncio.Task[str]) -> None:
        """Put the tree into the container and have the app run it, once its `network` is there; where nothing changed
        and it runs, do nothing."""
        plan, tree, run = wanted.plan, wanted.tree, wanted.run
        known = self._digests if container.id == self._container else {}
        self._container = container.id
        files, digests = await asyncio.to_thread(to_bring, tree, known)
        digests |= how(run)
        changed = {path for path, digest in digests.items() if known.get(path) != digest}
        gone = [path for path in known if path not in digests]
        shown = await container.show()
        running = shown["State"]["Running"]
        if running:
            await self._connected(container, wanted, network)
        if running and shown["State"]["Paused"]:
            await freezing.thaw(container)
        self._asleep = ""
        if running and not changed and not gone:
            return
        self._digests = {}  # whatever happens in between, half of it is in
        if running and wanted.agent:
            host = str(shown["NetworkSettings"]["Networks"][self._slots.title(self._slot)]["IPAddress"])
            reloads = plan.reloads and not (changed & {RUN, *plan.install_inputs})
            try:
                await client.send(host, files, paths_of(tree), None if reloads else run, seconds=_SEND_SECONDS)
            except client.AgentFailed as error:
                # It ended in this moment, or the app has spoiled it: a new life of the container begins with all files.
                log.info("The program in the container of %s did not answer: %s", self.project, error)
                await uncancelled(container.stop(t=1))
                running = False
            else:
                self._digests = digests
                return
        if plan.runtime is not None:
            await app_container.put(container, wanted, files, self._slots.user(self._slot), running=running)
        elif not running:
            await own(container, DATA_FOLDER, self._slots.user(self._slot))
        if not running:
            self._port = 0
            await self._connected(container, wanted, network)
            await container.start()
        elif plan.start:
            await app_container.restart(container, gone)
        elif gone:
            await app_container.remove_files(container, gone)
        self._digests = digests

    async def _connected(self, container: DockerContainer, wanted: StartRequest, network: asyncio.Task[str]) -> None:
        """Have the container on all its networks, and its limits looked after from now on."""
        await network
        if wanted.access:
            await self._join(container, wanted.access)
        self._watch(container, anew=True)

    async def _install(self, wanted: StartRequest) -> None:
        """Install what the plan asks for into the volume, unless that is there already."""
        told = volume_install.digest(wanted.plan, wanted.tree, wanted.image)
        if told and told != self._installed:
            self._phase = Phase.DEPENDENCIES
            registries = self._parts.registries
            access = await registries.access() if registries else None
            await volume_install.install(
                self._slots, self._slot, wanted.plan, wanted.tree, wanted.image, access, self._say
            )
            self._installed = told

    async def _kept(self) -> None:
        if self._keep:
            await uncancelled(_awaited(self._keep))

    async def _find(self) -> DockerContainer | None:
        """The app's container, by its labels."""
        return await self._slots.find(self._slot)

    async def _clear(self, *, volume: bool) -> None:
        """Remove the container and the networks, the volume only when `volume`, and end what runs beside the app."""
        await self._clear_slot(volume=volume)
        if self._has_sidecars and self._parts.sidecars:
            await self._parts.sidecars.stop(self.project)

    async def _clear_slot(self, *, volume: bool) -> None:
        await self._slots.clear(self._slot, volume=volume)
        self._container, self._digests, self._port, self._asleep = "", {}, 0, ""
        self._watched = ""
        if self._parts.limits:
            self._parts.limits.forget(self.project)
        self._layer_name = ""
        if self._parts.layers:
            self._parts.layers.leave(self.project)
        if volume:
            self._installed, self._moved = "", False

    def _watch(self, container: DockerContainer, *, anew: bool = False) -> None:
        """Have its limits looked after; `anew`: also where it was, so that it is counted at once."""
        if self._parts.limits and (anew or self._watched != container.id):
            self._parts.limits.watch(self.project, self._slots.title(self._slot), container.id)
            self._watched = container.id

    def _limit_fault(self) -> Fault | None:
        """Why the preview was stopped, where it had passed a limit."""
        return self._parts.limits.passed(self.project) if self._parts.limits else None

    def _is_own(self, shown: Mapping[str, Any]) -> bool:
        """Whether the container runs as the app's own user. An earlier Sayso had one for all: a start moves it over."""
        return bool(shown["Config"]["User"] == account(self._slots.user(self._slot)))

    def _address(self, shown: Mapping[str, Any]) -> str:
        port = self._port or self._asked or port_of(shown["Config"]["Labels"])
        host = (shown["NetworkSettings"]["Networks"].get(self._slots.title(self._slot)) or {}).get("IPAddress", "")
        return f"http://{host}:{port}" if host else ""


_NOT_RUNNING: Final = Fault(FaultKind.PLATFORM, "not_running", "The app is not running. Start it first.")


class _as_fault:
    """Turns what the engine refuses into `EngineFailed`."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (aiodocker.DockerError, TimeoutError)):
            raise EngineFailed(faults.platform(error)) from error


async def _awaited(keep: Keep) -> None:
    await keep()


async def _ended(task: asyncio.Task[Any]) -> None:
    await asyncio.wait([task])
    task.cancelled() or task.exception()  # whoever needs what it made has heard of it


async def running_projects(docker: aiodocker.Docker, settings: ContainerSettings) -> list[str]:
    """The slots that have a container in the engine, found by label and name: what our own restart takes over."""
    found = await docker.containers.list(all=1, filters=json.dumps(filters(settings.instance, role=Role.APP)))
    slots = {str(one["Labels"][PROJECT]) for one in found if _is_the_slots(one._container, settings)}
    return sorted(slots)


def _is_the_slots(container: Mapping[str, Any], settings: ContainerSettings) -> bool:
    return is_named(container, name(settings.instance, str(container["Labels"][PROJECT])))
