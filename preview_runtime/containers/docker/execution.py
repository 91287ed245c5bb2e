"""Runs one command inside a running container."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiodocker.containers import DockerContainer
from aiodocker.execs import Exec
from aiodocker.stream import Stream

from preview_runtime.containers.docker.freezing import starting

_TIMED_OUT: Final = (124, 137)  # timeout(1): it ended the command, or had to kill it
_GRACE_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.005


@dataclass(frozen=True, slots=True)
class Executed:
    """How a command ended. `output` holds both of its streams; if there was more than allowed, only the end."""

    code: int
    output: str
    timed_out: bool = False
    cut: bool = False


async def execute(
    container: DockerContainer,
    command: Sequence[str],
    *,
    seconds: float = 30.0,
    limit: int = 256 * 1024,
    environment: Mapping[str, str] | None = None,
) -> Executed:
    """Run `command` (no shell) as the app's user in the container's own folder; `seconds` at most, `limit` bytes of output kept.

    `environment` is added to the container's own. The engine cannot end a command it runs, so `timeout` inside the
    container does. Raises aiodocker.DockerError when the container does not run, TimeoutError when even that had no
    effect.
    """
    bounded = ["timeout", "-k", "1", f"{seconds:.3f}", *command]
    output = bytearray()
    cut = False
    async with asyncio.timeout(seconds + _GRACE_SECONDS):
        run, stream = await begin(container, bounded, environment=dict(environment or {}))
    async with asyncio.timeout(seconds + _GRACE_SECONDS), stream:
        while message := await stream.read_out():
            output += message.data
            if len(output) > limit:
                cut = True
                del output[: len(output) - limit]
        code = int((await run.inspect())["ExitCode"] or 0)
    return Executed(code, output.decode("utf-8", "replace"), code in _TIMED_OUT, cut)


async def begin(
    container: DockerContainer, command: Sequence[str], *, tty: bool = False, **options: Any
) -> tuple[Exec, Stream]:
    """Start `command` as the app's user in the container's own folder; returns once its process is there.

    The caller has to close the stream. Raises aiodocker.DockerError when the container does not run.
    """
    async with starting(container.id):
        user = (await container.show())["Config"]["User"]
        run = await container.exec(list(command), user=user, tty=tty, **options)
        stream = run.start(detach=False)
        try:
            # Opens the connection here: the engine answers before the process exists.
            await stream._init()
            while True:
                state = await run.inspect()
                if state.get("Pid") or (not state["Running"] and state["ExitCode"] is not None):
                    return run, stream
                await asyncio.sleep(_LOOK_SECONDS)
        except BaseException:
            await stream.close()
            raise
