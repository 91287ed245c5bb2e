"""The install phase of a project whose packages go into its own volume."""

from __future__ import annotations

import asyncio
import hashlib
import shlex
import time

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.archive import archive
from preview_runtime.containers.docker.labels import Role
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.jobs.container_job import begin
from preview_runtime.containers.packages.install_watch import InstallWatch
from preview_runtime.containers.packages.registries import CERTIFICATES, InstallAccess
from preview_runtime.engines import EngineFailed, Fault
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Say
from preview_runtime.plans.recipe import PACKAGES_FOLDER, PRIVATE_FOLDER, WORK_FOLDER, RunPlan
from preview_runtime.uncancelled import uncancelled


def digest(plan: RunPlan, tree: FileTree, image: str) -> str:
    """The digest of the inputs of a volume's packages; "" when there is nothing to install."""
    if not plan.install:
        return ""
    inputs = [tree[path] for path in plan.install_inputs]
    return hashlib.sha256(repr((plan.install, image, plan.folder, inputs)).encode()).hexdigest()


async def install(
    slots: Slots,
    slot: str,
    plan: RunPlan,
    tree: FileTree,
    image: str,
    access: InstallAccess | None,
    say: Say,
) -> None:
    """Run the plan's install command in an install container, unless everything is installed; `say` gets its lines.

    Raises `EngineFailed`.
    """
    run = _Install(slots, slot, plan, tree, image, access)
    try:
        if plan.installed and await run.ran(plan.installed, "none", lambda _: None) is None:
            return
        network = await slots.networks.ensure(slot, Role.INSTALL)
        if fault := await run.ran(plan.install, network, say):
            raise EngineFailed(fault)
    finally:
        await uncancelled(slots.networks.remove(slot, Role.INSTALL))


class _Install:
    def __init__(
        self, slots: Slots, slot: str, plan: RunPlan, tree: FileTree, image: str, access: InstallAccess | None
    ) -> None:
        self._slots, self._slot, self._plan, self._tree, self._image = slots, slot, plan, tree, image
        self._access = access

    async def ran(self, command: str, network: str, say: Say) -> Fault | None:
        """Run `command` to its end; None when it succeeded."""
        slots, settings = self._slots, self._slots.settings
        script = f"cd {shlex.quote(f'{WORK_FOLDER}/{self._plan.folder}')} && {{ {command}\n}}"
        volume, user = slots.title(self._slot), slots.user(self._slot)
        config = policy.install_container(
            self._plan, self._image, ["sh", "-c", script], self._slot, network, volume, settings, user
        )
        # Tools that scan a project skip what git would ignore: without this, Tailwind read the installer's cache (370
        # MB of packages), and took 1,650 MB instead of 530 for an empty page of Next.js.
        own: dict[str, str] = {f"{PRIVATE_FOLDER}/scratch/.keep": "", f"{PRIVATE_FOLDER}/.gitignore": "*\n"}
        if self._access:
            config = self._access.applied(config, f"{PACKAGES_FOLDER}/{CERTIFICATES}")
            own[f"{PRIVATE_FOLDER}/{CERTIFICATES}"] = self._access.certificates.decode("utf-8", "replace")
        packed = await asyncio.to_thread(archive, self._tree, user, time.time(), own, folder=WORK_FOLDER)
        installer, title = InstallWatch(settings, say), slots.title(self._slot, Role.INSTALL)
        brought = [(WORK_FOLDER, packed)]
        await slots.delete_containers(self._slot, Role.INSTALL)  # of an interrupted install
        async with await begin(slots.docker, config, installer.terms, title=title, archives=brought) as job:
            return await installer.ended(job)
