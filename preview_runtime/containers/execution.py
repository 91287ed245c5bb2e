"""One command run inside a container that runs already."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiodocker.containers import DockerContainer

from preview_runtime.containers.policy import RUNTIME_USER
from preview_runtime.containers.recipe import WORK_FOLDER

_TIMED_OUT: Final = (124, 137)  # timeout(1): it ended the command, or had to kill it
_GRACE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Executed:
    """How a command ended. `output` holds both of its streams, the end of it where there was more than allowed."""

    code: int
    output: str
    timed_out: bool = False
    cut: bool = False


async def execute(
    container: DockerContainer, command: Sequence[str], *, seconds: float = 30.0, limit: int = 256 * 1024
) -> Executed:
    """Run `command` (no shell) as the app's user in the work folder; `seconds` at most, `limit` bytes of output kept.

    The engine cannot end a command it runs, so `timeout` inside the container does. Raises aiodocker.DockerError
    where the container does not run, TimeoutError where even that had no effect.
    """
    bounded = ["timeout", "-k", "1", f"{seconds:.3f}", *command]
    run = await container.exec(bounded, user=f"{RUNTIME_USER}:{RUNTIME_USER}", workdir=WORK_FOLDER)
    output = bytearray()
    cut = False
    async with asyncio.timeout(seconds + _GRACE_SECONDS), run.start(detach=False) as stream:
        while message := await stream.read_out():
            output += message.data
            if len(output) > limit:
                cut = True
                del output[: len(output) - limit]
        code = int((await run.inspect())["ExitCode"] or 0)
    return Executed(code, output.decode("utf-8", "replace"), code in _TIMED_OUT, cut)
