"""The one place where containers are created."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.docker.archive import accounts_archive
from preview_runtime.containers.docker.users import ACCOUNTS_FOLDER
from preview_runtime.uncancelled import uncancelled


async def create(
    docker: aiodocker.Docker, config: Mapping[str, Any], title: str = "", *, named: bool = True
) -> DockerContainer:
    """Create a container of `config` (see `policy`) with the name `title`, without starting it; its user has a name in
    it. Without `named` the caller puts the names in before the first start: see `archive`.

    It is created completely or not at all, even when the caller is cancelled. Raises aiodocker.DockerError.
    """
    return await uncancelled(_create(docker, dict(config), title, named=named))


async def _create(docker: aiodocker.Docker, config: dict[str, Any], title: str, *, named: bool) -> DockerContainer:
    container = await docker.containers.create(config, name=title or None)
    if named and any(mount["Target"] == ACCOUNTS_FOLDER for mount in config["HostConfig"]["Mounts"]):
        try:
            await container.put_archive(ACCOUNTS_FOLDER, accounts_archive(int(config["User"].partition(":")[0])))
        except BaseException:
            with contextlib.suppress(aiodocker.DockerError):
                await container.delete(force=True, v=True)
            raise
    return container
