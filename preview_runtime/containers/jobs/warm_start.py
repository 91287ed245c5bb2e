"""Starts a job in a waiting container: which jobs fit, and how the agent there is told the command."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from aiodocker.containers import DockerContainer

from preview_runtime.containers.agents import client
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.jobs.spec import JobSpec
from preview_runtime.plans.runtimes import Runtime

_LONGEST: Final = 100_000  # characters: the command as one argument of a shell


class WaitingContainer(Protocol):
    """See `preview_runtime.containers.app.warm.Blank`."""

    @property
    def slot(self) -> str: ...

    @property
    def container(self) -> DockerContainer: ...

    @property
    def host(self) -> str: ...


class WaitingContainers(Protocol):
    """See `preview_runtime.containers.app.warm.WarmPool`."""

    def starting(self) -> AbstractAsyncContextManager[None]: ...

    async def take(self, runtime: Runtime | None) -> WaitingContainer | None: ...


def fits(spec: JobSpec, settings: ContainerSettings) -> Runtime | None:
    """The runtime in whose waiting containers `spec` can run; None when it needs a container of its own.

    A waiting container has an app's limits, no way out, only its own volume, and labels that name no job.
    """
    if not isinstance(spec.image, Runtime) or spec.image not in client.COMMANDS:
        return None
    if spec.hosts or spec.mounts or spec.resume or spec.limits not in (None, settings.limits):
        return None
    return spec.image if len(command_line(spec.argv)) <= _LONGEST else None


def command_line(argv: Sequence[str]) -> str:
    """The command that a shell reads as exactly `argv`.

    After `exec` the first word is a program, whatever a shell would make of it. The agent in the container reads the
    command before any shell, to see whether it is only Python or Node, and fills in variables even in quotes. So a
    dollar sign is separated from the text after it.
    """
    return "exec " + " ".join(_quoted(word) for word in argv)


def _quoted(word: str) -> str:
    quoted = shlex.quote(word)
    # Without quotes, a first word that contains this would be a variable assignment.
    quoted = f"'{word}'" if "=" in word and quoted == word else quoted
    return quoted.replace("$", "$''")
