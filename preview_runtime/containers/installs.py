"""The install phase of a project whose packages come to lie in its own volume."""

from __future__ import annotations

import asyncio
import hashlib
import shlex
import time
from typing import Final

from preview_runtime.containers import faults, policy
from preview_runtime.containers.archive import archive
from preview_runtime.containers.labels import Role
from preview_runtime.containers.policy import RUNTIME_USER
from preview_runtime.containers.readiness import end_of_log
from preview_runtime.containers.recipe import PRIVATE_FOLDER, WORK_FOLDER, RunPlan
from preview_runtime.containers.settled import settled
from preview_runtime.containers.slots import Slots
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.file_tree import FileTree

_CHECK_SECONDS: Final = 60.0


def digest(plan: RunPlan, tree: FileTree, image: str) -> str:
    """What the packages in a volume were installed from; "" where there is nothing to install."""
    if not plan.install:
        return ""
    inputs = [tree[path] for path in plan.install_inputs]
    return hashlib.sha256(repr((plan.install, image, plan.folder, inputs)).encode()).hexdigest()


async def install(slots: Slots, slot: str, plan: RunPlan, tree: FileTree, image: str) -> None:
    """Run the plan's install command in a container for installs, unless all is there. Raises `EngineFailed`."""
    run = _Install(slots, slot, plan, tree, image)
    try:
        if plan.installed and await run.ran(plan.installed, "none", _CHECK_SECONDS) is None:
            return
        network = await slots.networks.ensure(slot, Role.INSTALL)
        if fault := await run.ran(plan.install, network, slots.settings.install_seconds):
            raise EngineFailed(fault)
    finally:
        await settled(slots.networks.remove(slot, Role.INSTALL))


class _Install:
    def __init__(self, slots: Slots, slot: str, plan: RunPlan, tree: FileTree, image: str) -> None:
        self._slots, self._slot, self._plan, self._tree, self._image = slots, slot, plan, tree, image

    async def ran(self, command: str, network: str, seconds: float) -> Fault | None:
        """Run `command` to its end; None when it succeeded."""
        slots, settings = self._slots, self._slots.settings
        script = f"cd {shlex.quote(f'{WORK_FOLDER}/{self._plan.folder}')} && {{ {command}\n}}"
        volume = slots.title(self._slot)
        config = policy.install_container(
            self._plan, self._image, ["sh", "-c", script], self._slot, network, volume, settings
        )
        try:
            container = await slots.create(self._slot, config, Role.INSTALL)
            own = {f"{PRIVATE_FOLDER}/scratch/.keep": ""}
            await container.put_archive(WORK_FOLDER, archive(self._tree, RUNTIME_USER, time.time(), own))
            await container.start()
            try:
                async with asyncio.timeout(seconds):
                    code = int((await container.wait())["StatusCode"])
            except TimeoutError:
                log = await end_of_log(slots.docker, container)
                message = f"Installing what the app needs took longer than {seconds:.0f} seconds and was stopped."
                return faults.runtime("install_slow", message, log, FaultKind.BUILD)
            if code == 0:
                return None
            log = await end_of_log(slots.docker, container)
            if (await container.show())["State"]["OOMKilled"]:
                return faults.ended(code, True, settings.install_limits.memory, log)
            return faults.runtime("install_failed", "What the app needs could not be installed.", log, FaultKind.BUILD)
        finally:
            await settled(slots.delete_containers(self._slot, Role.INSTALL))
