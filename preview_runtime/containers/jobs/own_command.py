"""Runs a command of our own in a closed container of a runtime image, to its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import aiodocker

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.labels import Role, labels
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.jobs.container_job import JobTerms, begin

_PROJECT: Final = "layers"
_TAIL: Final = 500
_OUTPUT: Final = 64 * MEGABYTE  # a list of many layers


class OwnCommandFailed(aiodocker.DockerError):
    """A command of ours failed; the details are for the log."""


class Said:
    """Collects the output of a command of ours: all of stdout, the end of stderr."""

    def __init__(self) -> None:
        self._out: list[bytes] = []
        self._err = b""

    def hear(self, stream: str, data: bytes) -> None:
        if stream == "stdout":
            self._out.append(data)
        else:
            self._err = (self._err + data)[-2 * _TAIL :]

    @property
    def out(self) -> str:
        return b"".join(self._out).decode("utf-8", "replace")

    @property
    def err(self) -> str:
        return self._err.decode("utf-8", "replace").strip()[-_TAIL:]


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
    """The output of `command`. It has no network and runs no program of a project. With `capabilities` it runs as root.

    Raises `OwnCommandFailed`, aiodocker.DockerError, TimeoutError after `seconds`.
    """
    config = policy.probe_container(image, command, "none", settings)
    config["Labels"] = labels(settings.instance, _PROJECT, Role.LAYERS)
    config["HostConfig"]["Mounts"] = [*mounts]
    if capabilities:
        config["User"] = "0:0"
        config["HostConfig"]["CapAdd"] = [*capabilities]
    said = Said()
    async with await begin(docker, config, JobTerms(seconds, _OUTPUT, hear=said.hear)) as job:
        code = await job.exit_code()
    if code:
        raise OwnCommandFailed(500, f"{command[0]} ended with {code}: {said.err}")
    return said.out
