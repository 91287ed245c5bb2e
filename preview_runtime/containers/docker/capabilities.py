"""Optional features of an engine: other runtimes, quotas for volumes, and its mapping of users."""

from __future__ import annotations

import contextlib
import secrets

import aiodocker

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.labels import name
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.docker.users import MAPPED, WIDE, Users
from preview_runtime.uncancelled import uncancelled


async def has_runtime(docker: aiodocker.Docker, runtime: str) -> bool:
    """Whether the engine knows `runtime`, such as gVisor's `runsc`; "" is the engine's default."""
    return not runtime or runtime in ((await docker.system.info()).get("Runtimes") or {})


async def users(docker: aiodocker.Docker) -> Users:
    """The user ids for apps: a small range when the engine maps its users to others of the computer.

    Raises aiodocker.DockerError.
    """
    said = (await docker.system.info()).get("SecurityOptions") or ()
    return MAPPED if {"name=userns", "name=rootless"} & {one.partition(",")[0] for one in said} else WIDE


async def has_quotas(docker: aiodocker.Docker, settings: ContainerSettings) -> bool:
    """Whether the engine makes volumes of a fixed size: with project quotas of XFS, from Docker 23 on. Found out by
    trying."""
    project = f"quota-{secrets.token_hex(4)}"
    title = name(settings.instance, project)
    try:
        made = await uncancelled(docker.volumes.create(policy.volume(project, title, settings)))
    except aiodocker.DockerError as error:
        if error.status >= 500 or error.status == 400:
            return False
        raise
    with contextlib.suppress(aiodocker.DockerError):
        await uncancelled(made.delete(force=True))
    return True
