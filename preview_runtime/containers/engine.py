"""The engine that runs a project in a container of a real Docker Engine."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shlex
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers import faults, images, policy, supervisor
from preview_runtime.containers.archive import archive, file_list, is_private
from preview_runtime.containers.execution import Executed, execute
from preview_runtime.containers.images import Runtime
from preview_runtime.containers.labels import CONFIGURATION, PORT, PROJECT, Role, filters, name, ours
from preview_runtime.containers.logs import LogLine, buffered, log_lines
from preview_runtime.containers.networks import Networks, image_missing, taken
from preview_runtime.containers.plan import NothingToRun, RunPlan, plan_run
from preview_runtime.containers.policy import RUNTIME_USER, ContainerSettings
from preview_runtime.containers.readiness import answering, end_of_log, how_it_ended
from preview_runtime.containers.recipe import PRIVATE_FOLDER, WORK_FOLDER
from preview_runtime.containers.settled import settled
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

_POLL_SECONDS: Final = 5.0
_CHECK_SECONDS: Final = 60.0
_RESTART_SECONDS: Final = 5.0
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_REMOVE_FILES: Final = 'for path in "$@"; do rm -f -- "$path"; done'


class ContainerEngine:
    """Runs one project in one container; see `preview_runtime.engines.Engine` for what start, stop and poll mean.

    The project's volume holds its files, its packages and what the app itself wrote. It outlives `stop`, so that data
    is there again at the next start; `remove` takes it away. A first start that fails leaves no volume either.
    `hints` may be set before each start. `networks` is shared by all previews of one engine.
    """

    kind = EngineKind.DOCKER

    def __init__(
        self,
        docker: aiodocker.Docker,
        project: str,
        settings: ContainerSettings | None = None,
        hints: RunHints | None = None,
        networks: Networks | None = None,
    ) -> None:
        self.project = project
        self.hints = hints or RunHints()
        self.plan: RunPlan | None = None
        self._docker = docker
        self._settings = settings or ContainerSettings()
        self._networks = networks or Networks(docker, self._settings)
        self._name = name(self._settings.instance, project)
        self._busy = asyncio.Lock()
        self._work: asyncio.Task[str] | None = None
        self._phase = Phase.QUEUED
        self._container = ""
        self._port = 0
        self._installed = ""  # digest of what the packages in the volume were installed from
        self._digests: dict[str, str] = {}  # of the files in the container

    async def start(self, tree: FileTree) -> str:
        """Bring the preview up to `tree` and return its address, such as http://10.213.4.2:8000.

        Raises `EngineFailed`; nothing runs then, and after a cancellation.
        """
        async with self._busy:
            self._phase = Phase.QUEUED
            self._work = asyncio.create_task(self._start(tree), name=f"preview {self.project}")
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

    async def stop(self) -> None:
        """Remove the container and the network; a start that is under way is given up. The volume stays."""
        if self._work:
            self._work.cancel()
        async with self._busy:
            try:
                await settled(self._clear(volume=False))
            except (aiodocker.DockerError, TimeoutError) as error:
                raise EngineFailed(faults.platform(error)) from error

    async def remove(self) -> None:
        """Stop the preview and remove all the project has in the engine, its data included."""
        await self.stop()
        await settled(self._clear(volume=True))
        self._installed = ""

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
                if state["Running"]:
                    return EngineState(EngineStatus.RUNNING, Phase.LISTENING, self._address(shown))
                if state["Status"] == "created":
                    return EngineState(EngineStatus.ABSENT)  # what a start of ours left when we were killed
                fault = await how_it_ended(self._docker, container, self._settings.limits.memory)
                return EngineState(EngineStatus.FAILED, Phase.LISTENING, "", fault)
        except aiodocker.DockerError as error:
            if error.status == _NOT_FOUND:
                return EngineState(EngineStatus.ABSENT)
            return EngineState(EngineStatus.FAILED, self._phase, "", faults.platform(error))
        except TimeoutError as error:
            return EngineState(EngineStatus.FAILED, self._phase, "", faults.platform(error))

    def get_state(self) -> dict[str, Any]:
        """What finds the preview again; the digests let an edit after our restart bring changed files only."""
        return {
            "project": self.project,
            "container": self._container,
            "port": self._port,
            "installed": self._installed,
            "files": dict(self._digests),
        }

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Take over what `get_state` gave, before our restart."""
        self._container = str(state.get("container", ""))
        self._port = int(state.get("port", 0))
        self._installed = str(state.get("installed", ""))
        self._digests = {str(path): str(digest) for path, digest in dict(state.get("files", {})).items()}

    async def running_container(self) -> DockerContainer:
        """The app's container. Raises `EngineFailed` (`not_running`) where none runs."""
        try:
            container = await self._find()
        except (aiodocker.DockerError, TimeoutError) as error:
            raise EngineFailed(faults.platform(error)) from error
        if container is None:
            raise EngineFailed(Fault(FaultKind.PLATFORM, "not_running", "The app is not running. Start it first."))
        return container

    async def exec(self, command: Sequence[str], *, seconds: float = 30.0, limit: int = 256 * 1024) -> Executed:
        """Run `command` (no shell) in the running preview. Raises `EngineFailed` where none runs."""
        container = await self._find()
        try:
            if container is None:
                raise EngineFailed(Fault(FaultKind.PLATFORM, "not_running", "The app is not running. Start it first."))
            return await execute(container, command, seconds=seconds, limit=limit)
        except (aiodocker.DockerError, TimeoutError) as error:
            if isinstance(error, aiodocker.DockerError) and error.status == _CONFLICT:
                fault = Fault(FaultKind.PLATFORM, "not_running", "The app is not running. Start it first.")
                raise EngineFailed(fault) from error
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

    async def _start(self, tree: FileTree) -> str:
        fresh_volume = False
        try:
            plan = self.plan = self._planned(tree)
            self._phase = Phase.BOOT
            image = await self._image(plan)
            await self._networks.prove()
            network = await self._networks.ensure(self.project)
            fresh_volume = await self._ensure_volume()
            await self._install(plan, tree, image)
            command = ["sh", "-c", supervisor.SUPERVISE] if plan.start else []
            config = policy.app_container(plan, image, command, self.project, network, self._name, self._settings)
            mark = hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()[:16]
            config["Labels"][CONFIGURATION] = mark
            container = await self._find()
            if container and (await container.show())["Config"]["Labels"].get(CONFIGURATION) != mark:
                await settled(self._delete_containers(Role.APP))
                container = None
            if container is None:
                container = await self._create(config)
            await self._bring(container, plan, tree)
            self._phase = Phase.START
            answer = await answering(
                self._docker,
                container,
                network,
                self._port or plan.port,
                seconds=self._settings.start_seconds,
                memory=self._settings.limits.memory,
            )
            self._port, self._phase = answer.port, Phase.LISTENING
        except BaseException as error:
            await self._give_up(volume=fresh_volume)
            if isinstance(error, (aiodocker.DockerError, TimeoutError)):
                raise EngineFailed(faults.platform(error)) from error
            raise
        return answer.address

    async def _give_up(self, *, volume: bool) -> None:
        """Leave nothing behind; an engine that is gone cannot be asked for that, the next start finds the rest."""
        try:
            await settled(self._clear(volume=volume))
        except (aiodocker.DockerError, TimeoutError):
            self._container, self._digests = "", {}

    def _planned(self, tree: FileTree) -> RunPlan:
        try:
            plan = plan_run(tree, self.hints)
        except NothingToRun as error:
            raise EngineFailed(Fault(FaultKind.BUILD, "nothing_to_run", str(error))) from error
        if plan.runtime is None:
            message = "This project brings its own Dockerfile. Images of projects are not built here yet."
            raise EngineFailed(Fault(FaultKind.POLICY, "own_dockerfile", message))
        return plan

    async def _image(self, plan: RunPlan) -> str:
        runtime = plan.runtime or Runtime.STATIC
        if await images.missing_images(self._docker, [runtime]):
            raise EngineFailed(image_missing(runtime))
        return images.tag(runtime)

    async def _ensure_volume(self) -> bool:
        """Whether the project's volume had to be made."""
        try:
            found = await (await self._docker.volumes.get(self._name)).show()
        except aiodocker.DockerError as error:
            if error.status != _NOT_FOUND:
                raise
            await settled(self._docker.volumes.create(policy.volume(self.project, self._name, self._settings)))
            self._installed = ""
            return True
        if not ours(found.get("Labels"), self._settings.instance, self.project):
            raise EngineFailed(taken(self._name))
        return False

    async def _create(self, config: Mapping[str, Any], role: Role = Role.APP) -> DockerContainer:
        title = name(self._settings.instance, self.project, role)
        try:
            container = await settled(self._docker.containers.create(dict(config), name=title))
        except aiodocker.DockerError as error:
            if error.status == _CONFLICT:
                raise EngineFailed(taken(title)) from error
            raise
        if role is Role.APP:
            self._container, self._digests, self._port = container.id, {}, 0
        return container

    async def _bring(self, container: DockerContainer, plan: RunPlan, tree: FileTree) -> None:
        """Put `tree` into the container and have the app run it; where nothing changed and it runs, do nothing."""
        known = self._digests if container.id == self._container else {}
        self._container = container.id
        own = {supervisor.FILES_FILE: file_list(tree)}
        own |= {supervisor.RUN_FILE: supervisor.run_script(plan)} if plan.start else {}
        digests = FileTree(
            {path: text for path, text in {**dict(tree), **own}.items() if path in own or not is_private(path)}
        ).digests()
        changed = {path for path, digest in digests.items() if known.get(path) != digest}
        gone = [path for path in known if path not in digests]
        state = (await container.show())["State"]
        if state["Running"] and not changed and not gone:
            return
        self._digests = {}  # whatever happens in between, half of it is in
        files = {path: content for path, content in tree.items() if path in changed}
        await container.put_archive(WORK_FOLDER, archive(files, RUNTIME_USER, time.time(), own))
        if not state["Running"]:
            self._port = 0
            await container.start()
        elif plan.start:
            await self._restart(container, gone)
        elif gone:
            await execute(container, ["sh", "-c", _REMOVE_FILES, "sh", *gone], seconds=_RESTART_SECONDS)
        self._digests = digests

    async def _restart(self, container: DockerContainer, gone: Sequence[str]) -> None:
        try:
            done = await execute(container, ["sh", "-c", supervisor.RESTART, "sh", *gone], seconds=_RESTART_SECONDS)
        except (aiodocker.DockerError, TimeoutError):
            done = None  # it ended in this moment, or has no process left to run a command with
        if done is None or done.code:
            await container.restart(t=1)

    async def _install(self, plan: RunPlan, tree: FileTree, image: str) -> None:
        """Install what the plan asks for, unless that is there already; the packages come to lie in the volume."""
        inputs = [tree[path] for path in plan.install_inputs]
        told = hashlib.sha256(repr((plan.install, image, plan.folder, inputs)).encode()).hexdigest()
        if not plan.install or told == self._installed:
            return
        self._phase = Phase.DEPENDENCIES
        try:
            if plan.installed and await self._ran(plan, tree, image, plan.installed, "none", _CHECK_SECONDS) is None:
                self._installed = told
                return
            network = await self._networks.ensure(self.project, Role.INSTALL)
            seconds = self._settings.install_seconds
            if fault := await self._ran(plan, tree, image, plan.install, network, seconds):
                raise EngineFailed(fault)
            self._installed = told
        finally:
            await settled(self._networks.remove(self.project, Role.INSTALL))

    async def _ran(
        self, plan: RunPlan, tree: FileTree, image: str, command: str, network: str, seconds: float
    ) -> Fault | None:
        """Run `command` to its end in a container for installs; None when it succeeded."""
        folder = shlex.quote(f"{WORK_FOLDER}/{plan.folder}")
        script = f"cd {folder} && {{ {command}\n}}"
        settings = self._settings
        config = policy.install_container(
            plan, image, ["sh", "-c", script], self.project, network, self._name, settings
        )
        try:
            container = await self._create(config, Role.INSTALL)
            await container.put_archive(
                WORK_FOLDER, archive(tree, RUNTIME_USER, time.time(), {f"{PRIVATE_FOLDER}/scratch/.keep": ""})
            )
            await container.start()
            try:
                async with asyncio.timeout(seconds):
                    code = int((await container.wait())["StatusCode"])
            except TimeoutError:
                log = await end_of_log(self._docker, container)
                message = f"Installing what the app needs took longer than {seconds:.0f} seconds and was stopped."
                return faults.runtime("install_slow", message, log, FaultKind.BUILD)
            if code == 0:
                return None
            log = await end_of_log(self._docker, container)
            if (await container.show())["State"]["OOMKilled"]:
                return faults.ended(code, True, settings.install_limits.memory, log)
            message = "What the app needs could not be installed."
            return faults.runtime("install_failed", message, log, FaultKind.BUILD)
        finally:
            await settled(self._delete_containers(Role.INSTALL))

    async def _find(self) -> DockerContainer | None:
        """The app's container, by its labels."""
        wanted = filters(self._settings.instance, self.project, Role.APP)
        found = await self._docker.containers.list(all=1, filters=json.dumps(wanted))
        return found[0] if found else None

    async def _delete_containers(self, role: Role | None = None) -> None:
        wanted = filters(self._settings.instance, self.project, role)
        for container in await self._docker.containers.list(all=1, filters=json.dumps(wanted)):
            try:
                await container.delete(force=True, v=True)
            except aiodocker.DockerError as error:
                # Gone, or being removed already by a request of before.
                if error.status not in (_NOT_FOUND, _CONFLICT):
                    raise

    async def _clear(self, *, volume: bool) -> None:
        """Remove what carries the project's labels, the volume only when `volume`."""
        await self._delete_containers()
        await self._networks.remove(self.project)
        self._container, self._digests, self._port = "", {}, 0
        if volume:
            self._installed = ""
            found = await self._docker.volumes.list(filters=filters(self._settings.instance, self.project))
            for one in found["Volumes"] or ():
                await (await self._docker.volumes.get(one["Name"])).delete(force=True)

    def _address(self, shown: Mapping[str, Any]) -> str:
        port = self._port or int(shown["Config"]["Labels"].get(PORT, 0))
        host = (shown["NetworkSettings"]["Networks"].get(self._name) or {}).get("IPAddress", "")
        return f"http://{host}:{port}" if host else ""


async def running_projects(docker: aiodocker.Docker, settings: ContainerSettings) -> list[str]:
    """The projects that have a container in the engine, found by label: what our own restart takes over."""
    found = await docker.containers.list(all=1, filters=json.dumps(filters(settings.instance, role=Role.APP)))
    return sorted({str(container["Labels"][PROJECT]) for container in found})
