"""Runs a command of our own in a closed container of a runtime image, to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import aiodocker

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.creation import create
from preview_runtime.containers.docker.labels import Role, labels
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.docker.uncancelled import uncancelled
from preview_runtime.containers.isolation.slots import delete

_PROJECT: Final = "layers"


class OwnCommandFailed(aiodocker.DockerError):
    """A command of ours did not succeed; the details are for the log."""


async def run_own_command(
    docker: aiodocker.Docker,
    image: str,
    command: Sequence[str],
    settings: ContainerSettings,
    *,
    mounts: Sequence[dict[str, Any]] = (),
    capabilities: Sequence[str] = (),
    seconds: float = 120.0,
) -> str:
    """What `command` writes. No network; nothing of a project is run by it. With `capabilities` it runs as root.

    Raises `OwnCommandFailed`, aiodocker.DockerError, TimeoutError after `seconds`.
    """
    config = policy.probe_container(image, command, "none", settings)
    config["Labels"] = labels(settings.instance, _PROJECT, Role.LAYERS)
    config["HostConfig"]["Mounts"] = [*mounts]
    if capabilities:
        config["User"] = "0:0"
        config["HostConfig"]["CapAdd"] = [*capabilities]
    container = await create(docker, config)
    try:
        await container.start()
        async with asyncio.timeout(seconds):
            code = int((await container.wait())["StatusCode"])
        said = "".join(await container.log(stdout=True))
        if code:
            detail = "".join(await container.log(stderr=True))
            raise OwnCommandFailed(500, f"{command[0]} ended with {code}: {detail.strip()[-500:]}")
        return said
    finally:
        await uncancelled(delete(container))
