"""An app's container: its configuration, the files put into it from outside, and the restart of what runs in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.agents import client
from preview_runtime.containers.app import supervisor
from preview_runtime.containers.app.start_request import StartRequest, paths_of
from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.archive import archive, file_list
from preview_runtime.containers.docker.execution import execute
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.isolation.slots import marked
from preview_runtime.plans.recipe import DATA_FOLDER, PRIVATE_FOLDER, WORK_FOLDER

_RESTART_SECONDS: Final = 5.0
_REMOVE_FILES: Final = 'for path in "$@"; do rm -f -- "$path"; done'


def configuration(
    wanted: StartRequest, settings: ContainerSettings, project: str, slot: str, title: str
) -> dict[str, Any]:
    """The configuration of the container in `slot`, with its digest as a label; `title` is the name of its network and
    volume."""
    plan = wanted.plan
    command, environment = wanted.agent, policy.BASE_ENVIRONMENT
    if not command and plan.start and plan.runtime:
        command = ["sh", "-c", supervisor.SUPERVISE]
    elif not command:
        environment = {**environment, **wanted.given}
    if plan.runtime is None:
        environment = {**environment, "HOME": DATA_FOLDER}
    config = policy.app_container(
        wanted.image,
        command,
        slot,
        title,
        title,
        settings,
        environment,
        # A container that was made in advance has no port in its labels, and is kept as it is.
        port=plan.port if slot == project else 0,
        target=WORK_FOLDER if plan.runtime else DATA_FOLDER,
        builds=plan.builds,
    )
    return marked(config)


async def put(
    container: DockerContainer,
    wanted: StartRequest,
    files: Mapping[str, str | bytes],
    user: int,
    *,
    running: bool,
    named: bool = False,
) -> None:
    """Put `files`, owned by `user`, and the start command into a container that has no agent to take them. `named`: put
    the names of its users in as well, for a container that has never run."""
    own = {supervisor.FILES_FILE: file_list(wanted.tree)}
    if wanted.agent:
        own = {f"{PRIVATE_FOLDER}/run.json": client.kept(wanted.run, paths_of(wanted.tree))}
    elif wanted.plan.start:
        own |= {supervisor.RUN_FILE: supervisor.run_script(wanted.plan, wanted.given)}
    # An agent that did not answer may have applied any part of the request.
    whole = wanted.tree if wanted.agent else files
    folder = "" if running else WORK_FOLDER
    packed = await asyncio.to_thread(archive, whole, user, time.time(), own, folder=folder, named=named)
    await container.put_archive(WORK_FOLDER, packed)


async def restart(container: DockerContainer, gone: Sequence[str]) -> None:
    """Have the container's supervisor restart the app, without the files in `gone`."""
    try:
        done = await execute(container, ["sh", "-c", supervisor.RESTART, "sh", *gone], seconds=_RESTART_SECONDS)
    except (aiodocker.DockerError, TimeoutError):
        done = None  # it ended at this moment, or has no process left to run a command
    if done is None or done.code:
        await container.restart(t=1)


async def remove_files(container: DockerContainer, gone: Sequence[str]) -> None:
    """Remove files from a container whose app reads them directly."""
    await execute(container, ["sh", "-c", _REMOVE_FILES, "sh", *gone], seconds=_RESTART_SECONDS)
