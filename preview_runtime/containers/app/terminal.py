"""An interactive shell in a running container: the terminal's side that speaks to the engine.

The engine can start a command in a container but not end it. So each shell has a mark in its environment, which its
children inherit. Closing looks for the mark in /proc, from inside the container, and ends the processes that have it. A
program that clears its environment and leaves the session escapes; it stays within the container's limits and ends with
the container.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import Final

import aiodocker
import aiohttp
from aiodocker.containers import DockerContainer
from aiodocker.execs import Exec
from aiodocker.stream import Stream

from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.execution import begin, execute
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase
from preview_runtime.tasks import beside

MARK: Final = "SAYSO_TERMINAL"
_MARK: Final = re.compile(r"[a-z0-9-]{1,64}")
_STARTED_SECONDS: Final = 30.0
_CLOSE_SECONDS: Final = 10.0
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
# The engine's error when the image has no such program (the words of runc and crun).
_NO_PROGRAM: Final = re.compile(r"executable file|not found|no such file", re.IGNORECASE)

# bash if there is one. Its prompt shows the folder and is short enough for a phone; Debian's own start file would
# change it.
_SHELL: Final = r"""
if command -v bash >/dev/null 2>&1; then
  PS1='\[\e[1;34m\]\w\[\e[0m\] \$ '; export PS1; exec bash --norc
fi
PS1='$PWD $ '; export PS1; exec sh
"""

# Ends every process that has a mark matching $1, but none with a mark matching $2 ("" = spares none). It repeats until
# none is found, because they may start children meanwhile. The searching process has no mark. A shell gets HUP first,
# so that it can save its history.
_END: Final = f"""
tries=0; signal=HUP
while [ "$tries" -lt 40 ]; do
  found=
  for folder in /proc/[0-9]*; do
    grep -aqE -- "{MARK}=($1)" "$folder/environ" 2>/dev/null || continue
    [ -n "$2" ] && grep -aqE -- "{MARK}=($2)" "$folder/environ" 2>/dev/null && continue
    {{ read -r line < "$folder/stat"; }} 2>/dev/null || continue
    case ${{line##*) }} in Z*) continue ;; esac
    found=1; pid=${{folder#/proc/}}
    kill -$signal "$pid" 2>/dev/null; kill -CONT "$pid" 2>/dev/null
  done
  [ -z "$found" ] && exit 0
  tries=$((tries + 1)); [ "$tries" -ge 3 ] && signal=KILL
  sleep 0.05
done
exit 1
"""


class ContainerShell:
    """A shell with a terminal in a container. One reader and one writer at a time; `close` ends everything that it
    started."""

    def __init__(self, container: DockerContainer, run: Exec, stream: Stream, mark: str) -> None:
        self._container, self._run, self._stream, self._mark = container, run, stream, mark

    async def read(self) -> bytes:
        """The next output of the terminal, b"" at its end; at most 64 kB are buffered."""
        try:
            message = await self._stream.read_out()
        except (aiodocker.DockerError, aiohttp.ClientError, OSError):
            return b""  # the engine went away, and the shell with it
        return bytes(message.data) if message else b""

    async def write(self, data: bytes) -> None:
        """Type `data`; waits while the program in the terminal takes nothing."""
        with contextlib.suppress(aiohttp.ClientError, OSError, RuntimeError, AssertionError):
            await self._stream.write_in(data)

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the terminal its size in characters. One that has ended has none."""
        with contextlib.suppress(aiodocker.DockerError, TimeoutError, aiohttp.ClientError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._run.resize(h=rows, w=columns)

    async def code(self) -> int | None:
        """The shell's exit code; None while it runs or when it is no longer known."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                shown = await self._run.inspect()
        except (aiodocker.DockerError, TimeoutError, aiohttp.ClientError):
            return None
        return None if shown.get("Running") else shown.get("ExitCode")

    async def close(self) -> bool:
        """End the shell and all it started, and close the connection; returns whether nothing of it is left."""
        # The remaining output is read and dropped meanwhile: until then the engine reports no other process's end.
        try:
            async with beside(self._drain(), "terminal: the rest"):
                return await end_marked(self._container, self._mark)
        finally:
            with contextlib.suppress(aiohttp.ClientError, OSError, AssertionError):
                await self._stream.close()

    async def _drain(self) -> None:
        while await self.read():
            pass


async def open_shell(
    container: DockerContainer, mark: str, columns: int, rows: int, environment: Mapping[str, str] | None = None
) -> ContainerShell:
    """A shell (bash, else sh) as the app's user in the app's folder. `mark` tells it from every other shell.

    Raises `EngineFailed`: `not_running`, or `no_shell` where the image has none.
    """
    if not _MARK.fullmatch(mark):
        raise ValueError(f"not a mark: {mark!r}")
    given = {**(environment or {}), "TERM": "xterm-256color", "LANG": "C.UTF-8", MARK: mark}
    try:
        async with asyncio.timeout(_STARTED_SECONDS):
            run, stream = await begin(container, ["sh", "-c", _SHELL], tty=True, stdin=True, environment=given)
            try:
                await _sized(run, stream, columns, rows)
            except BaseException:
                await stream.close()
                raise
    except aiodocker.DockerError as error:
        raise _failed(error) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise EngineFailed(faults.platform(error)) from error
    return ContainerShell(container, run, stream, mark)


async def end_marked(container: DockerContainer, mark: str, spare: Sequence[str] = ()) -> bool:
    """End the processes with a mark that begins with `mark`, but none whose mark is in `spare`; returns whether none is
    left.

    A stopped container has none; in a paused container, or when the engine does not answer, they stay.
    """
    if not all(_MARK.fullmatch(one) for one in spare) or (mark and not _MARK.fullmatch(mark)):
        raise ValueError("not a mark")
    command = ["sh", "-c", _END, "sh", mark, "|".join(spare)]
    try:
        done = await execute(container, command, seconds=_CLOSE_SECONDS)
    except (aiodocker.DockerError, aiohttp.ClientError, OSError, TimeoutError):
        return False
    return done.code == 0


async def _sized(run: Exec, stream: Stream, columns: int, rows: int) -> None:
    """Set the terminal's size. Raises aiodocker.DockerError with the engine's error when no shell came up."""
    try:
        await run.resize(h=rows, w=columns)
    except aiodocker.DockerError:
        if (await run.inspect())["Running"]:
            raise
        message = await stream.read_out()
        said = message.data.decode("utf-8", "replace") if message else ""
        raise aiodocker.DockerError(_NOT_FOUND, said or "no such file") from None


def _failed(error: aiodocker.DockerError) -> EngineFailed:
    if error.status == _CONFLICT or "is not running" in error.message:
        return EngineFailed(Fault(FaultKind.PLATFORM, "not_running", Phrase("fault.not_running")))
    if _NO_PROGRAM.search(error.message):
        message = Phrase("fault.no_shell")
        return EngineFailed(Fault(FaultKind.POLICY, "no_shell", message))
    return EngineFailed(faults.platform(error))
