"""Runs one command inside a running container."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiodocker.containers import DockerContainer
from aiodocker.execs import Exec
from aiodocker.stream import Stream

from preview_runtime.containers.docker.freezing import starting
from preview_runtime.tasks import beside

_TIMED_OUT: Final = (124, 137)  # timeout(1): it ended the command, or had to kill it
_GRACE_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.005
_STDOUT, _STDERR = 1, 2  # in the engine's frames
_PIECE: Final = 32 * 1024
# An engine behind a proxy or TLS has no way to say that the input has ended: the number of its bytes says it.
_READS: Final = 'head -c "$0" | "$@"'
_IN_FOLDER: Final = 'cd -- "$0" && exec "$@"'


@dataclass(frozen=True, slots=True)
class Executed:
    """How a command ended. `output` holds both of its streams as they came, `stdout` and `stderr` each by itself; of what
    was more than allowed, only the end (`cut`)."""

    code: int
    output: str
    timed_out: bool = False
    cut: bool = False
    stdout: str = ""
    stderr: str = ""


class _End:
    """The last `limit` bytes of a stream."""

    def __init__(self, limit: int) -> None:
        self._limit, self._kept, self.cut = limit, bytearray(), False

    def add(self, data: bytes) -> None:
        self._kept += data
        if len(self._kept) > self._limit:
            self.cut = True
            del self._kept[: len(self._kept) - self._limit]

    def __str__(self) -> str:
        return self._kept.decode("utf-8", "replace")


async def execute(
    container: DockerContainer,
    command: Sequence[str],
    *,
    seconds: float = 30.0,
    limit: int = 256 * 1024,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    folder: str = "",
) -> Executed:
    """Run `command` (no shell) as the app's user; `seconds` at most, `limit` bytes of each output kept.

    `environment` is added to the container's own. `stdin` is what the command reads, and then the end. `folder` is where
    it runs, from the container's own folder on. The engine cannot end a command it runs, so `timeout` inside the
    container does. Raises aiodocker.DockerError when the container does not run, TimeoutError when even that had no
    effect.
    """
    read = ["sh", "-c", _READS, str(len(stdin)), *command] if stdin else command
    placed = ["sh", "-c", _IN_FOLDER, folder, *read] if folder else read
    bounded = ["timeout", "-k", "1", f"{seconds:.3f}", *placed]
    both, streams = _End(limit), {_STDOUT: _End(limit), _STDERR: _End(limit)}
    async with asyncio.timeout(seconds + _GRACE_SECONDS):
        run, stream = await begin(container, bounded, environment=dict(environment or {}), stdin=bool(stdin))
    async with asyncio.timeout(seconds + _GRACE_SECONDS), stream, beside(_written(stream, stdin), "a command's input"):
        while message := await stream.read_out():
            both.add(message.data)
            streams[_STDERR if message.stream == _STDERR else _STDOUT].add(message.data)
        code = int((await run.inspect())["ExitCode"] or 0)
    cut = both.cut or any(one.cut for one in streams.values())
    return Executed(code, str(both), code in _TIMED_OUT, cut, str(streams[_STDOUT]), str(streams[_STDERR]))


async def _written(stream: Stream, data: bytes) -> None:
    """What the command does not read is left: it may end before."""
    with contextlib.suppress(OSError, RuntimeError, AssertionError):
        for start in range(0, len(data), _PIECE):
            await stream.write_in(data[start : start + _PIECE])


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
