"""Starts a preview or updates a running one: in a container made in advance, in a new one, or in its present one."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.agents import client
from preview_runtime.containers.app import container as app_container
from preview_runtime.containers.app.preview import Preview
from preview_runtime.containers.app.record import Rest
from preview_runtime.containers.app.start_request import RUN, StartRequest, how, paths_of, to_bring
from preview_runtime.containers.data import data_owner
from preview_runtime.containers.docker import freezing
from preview_runtime.containers.docker.labels import CONFIGURATION, Role
from preview_runtime.containers.isolation.slots import own
from preview_runtime.containers.packages import volume_install
from preview_runtime.engines import Phase
from preview_runtime.phrases import Say
from preview_runtime.plans.recipe import DATA_FOLDER
from preview_runtime.tasks import begun
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
_SEND_SECONDS: Final = 20.0


class Start:
    """One start of `preview` towards the state `wanted`. Nothing of the project runs before `closed`, the proof that
    apps cannot reach the host. `say` gets the lines of an install."""

    def __init__(self, preview: Preview, wanted: StartRequest, closed: asyncio.Task[None], say: Say) -> None:
        self._preview = preview
        self._record = preview.record
        self._slots = preview.slots
        self._wanted = wanted
        self._closed = closed
        self._say = say

    async def warm(self) -> str:
        """The app's address; "" when no container was waiting, or none that worked."""
        preview, record, wanted = self._preview, self._record, self._wanted
        pool = preview.parts.pool
        if pool is None or not wanted.agent or wanted.installs_itself:
            return ""
        if preview.settings.limits_of(builds=wanted.plan.builds) != preview.settings.limits:
            return ""  # it has larger limits than a container made in advance; it takes seconds anyway
        async with preview.first():
            while blank := await pool.take(wanted.plan.runtime):
                record.slot, record.container, record.files, record.port = blank.slot, blank.container.id, {}, 0
                try:
                    await preview.kept()
                    preview.watch(blank.container)
                    if wanted.access:
                        await preview.join(blank.container, wanted.access)
                    files, digests = await asyncio.to_thread(to_bring, wanted.tree, {})
                    await self._closed
                    await client.send(blank.host, files, paths_of(wanted.tree), wanted.run, seconds=_SEND_SECONDS)
                except (client.AgentFailed, aiodocker.DockerError) as error:
                    log.info("A container made in advance was of no use: %s", error)
                    # The sidecars stay for the next container.
                    await uncancelled(preview.clear_slot(volume=True))
                    record.slot = preview.project
                    continue
                record.files = {**digests, **how(wanted.run)}
                return await preview.answering(blank.container, blank.host, wanted.plan)
        return ""

    async def cold(self) -> str:
        """The app's address."""
        await self._slots.ensure_layers()
        if await self._slots.ensure_volume(self._record.slot):
            self._record.installed = ""
        elif not self._record.moved:
            await self._move()
        if self._wanted.installs_itself:
            await self._closed
            await self._install()
        async with self._preview.first():
            # Making it takes as long as all steps before the start, and only the start needs it.
            network = begun(self._network(), f"network of {self._record.slot}")
            try:
                return await self._run(network)
            finally:
                # The network exists by then, so that the clearing after a failure removes it too.
                await uncancelled(ended(network))

    async def _network(self) -> str:
        """The name of the slot's network, after the proof that an app on it cannot reach the host."""
        title = await self._slots.networks.ensure(self._record.slot)
        await self._closed
        return title

    async def _move(self) -> None:
        """Give all files in the volume to the user as which the app is going to run."""
        slot = self._record.slot
        if not await self._slots.is_moved(slot):
            self._preview.enter(Phase.BOOT)
            await uncancelled(self._slots.delete_containers(slot, Role.APP))
            await data_owner.move(self._slots, slot)
        self._record.moved = True

    async def _install(self) -> None:
        """Install what the plan asks for into the volume, unless that is there already."""
        wanted = self._wanted
        told = volume_install.digest(wanted.plan, wanted.tree, wanted.image)
        if told and told != self._record.installed:
            self._preview.enter(Phase.DEPENDENCIES)
            registries = self._preview.parts.registries
            access = await registries.access() if registries else None
            await volume_install.install(
                self._slots, self._record.slot, wanted.plan, wanted.tree, wanted.image, access, self._say
            )
            self._record.installed = told

    async def _run(self, network: asyncio.Task[str]) -> str:
        preview, record, wanted = self._preview, self._record, self._wanted
        title = preview.title
        config = app_container.configuration(wanted, preview.settings, preview.project, record.slot, title)
        container = await preview.find()
        mark = config["Labels"][CONFIGURATION]
        shown = await container.show() if container else {}
        # A container that never ran was left by a killed process, perhaps without the names of its users.
        if shown and (shown["Config"]["Labels"].get(CONFIGURATION) != mark or shown["State"]["Status"] == "created"):
            await uncancelled(self._slots.delete_containers(record.slot, Role.APP))
            container = None
        fresh = container is None
        if container is None:
            container = await self._slots.create(record.slot, config, named=wanted.plan.runtime is None)
            record.without_container()
            record.container = container.id
            await preview.kept()
        await self._bring(container, network, fresh=fresh)
        shown = await container.show()
        host = str((shown["NetworkSettings"]["Networks"].get(title) or {}).get("IPAddress", ""))
        return await preview.answering(container, host, wanted.plan)

    async def _bring(self, container: DockerContainer, network: asyncio.Task[str], *, fresh: bool) -> None:
        """Put the tree into the container and run the app, once its `network` exists; does nothing when nothing has
        changed and it runs. `fresh`: the container was just made, and its users have no names yet."""
        record, plan, tree, run = self._record, self._wanted.plan, self._wanted.tree, self._wanted.run
        known = record.files if container.id == record.container else {}
        record.container = container.id
        files, digests = await asyncio.to_thread(to_bring, tree, known)
        digests |= how(run)
        changed = {path for path, digest in digests.items() if known.get(path) != digest}
        gone = [path for path in known if path not in digests]
        shown = await container.show()
        running = shown["State"]["Running"]
        if running:
            await self._connected(container, network)
            self._preview.watch(container, anew=True)
        if running and shown["State"]["Paused"]:
            await freezing.thaw(container)
        record.rest = Rest.NONE
        if running and not changed and not gone:
            return
        record.files = {}  # if this is interrupted, only a part of the files is in
        if running and self._wanted.agent:
            host = str(shown["NetworkSettings"]["Networks"][self._preview.title]["IPAddress"])
            reloads = plan.reloads and not (changed & {RUN, *plan.install_inputs})
            try:
                await client.send(host, files, paths_of(tree), None if reloads else run, seconds=_SEND_SECONDS)
            except client.AgentFailed as error:
                # It ended at this moment, or the app has spoiled it: restart the container with all files.
                log.info("The program in the container of %s did not answer: %s", self._preview.project, error)
                await uncancelled(container.stop(t=1))
                running = False
            else:
                record.files = digests
                return
        user = self._slots.user(record.slot)
        if plan.runtime is not None:
            await app_container.put(container, self._wanted, files, user, running=running, named=fresh)
        elif not running:
            await own(container, DATA_FOLDER, user)
        if not running:
            record.port = 0
            await self._connected(container, network)
            await container.start()
            # Not before: what is found too large and does not run yet cannot be stopped.
            self._preview.watch(container, anew=True)
        elif plan.start:
            await app_container.restart(container, gone)
        elif gone:
            await app_container.remove_files(container, gone)
        record.files = digests

    async def _connected(self, container: DockerContainer, network: asyncio.Task[str]) -> None:
        """Connect the container to all its networks."""
        await network
        if self._wanted.access:
            await self._preview.join(container, self._wanted.access)


async def ended(task: asyncio.Task[Any]) -> None:
    """Wait until `task` is over and ignore its failure: the code that needed its result has got that already."""
    await asyncio.wait([task])
    task.cancelled() or task.exception()
