"""Shells and single commands in the containers of projects, for the terminals and the API."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, runtime_checkable

from aiodocker.containers import DockerContainer

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import Conflict
from builder.previews.failures import answered
from builder.previews.servers.previews import ServerPreviews
from builder.texts import t
from preview_runtime.containers.app.terminal import ContainerShell, end_marked, open_shell
from preview_runtime.containers.docker.execution import Executed
from preview_runtime.engines import EngineStatus

log = logging.getLogger(__name__)

MAX_SECONDS: Final = 300.0
MAX_OUTPUT: Final = 256 * 1024  # bytes


@runtime_checkable
class ShellEngine(Protocol):
    """An engine whose app runs in a container that commands can be started in."""

    async def given(self) -> Mapping[str, str]:
        """The environment the app runs with. Raises `EngineFailed`."""
        ...

    async def exec(
        self,
        command: Sequence[str],
        *,
        seconds: float = 30.0,
        limit: int = MAX_OUTPUT,
        stdin: bytes = b"",
        folder: str = "",
    ) -> Executed:
        """Raises `EngineFailed` (`not_running`)."""
        ...

    def get_state(self) -> dict[str, Any]: ...

    async def running_container(self) -> DockerContainer:
        """Raises `EngineFailed` (`not_running`)."""
        ...


class Shells:
    """Opens shells in the containers of `servers`; see `builder.previews.shells.terminals.ShellSource`."""

    def __init__(self, servers: ServerPreviews, used: Callable[[str], None]) -> None:
        """`used(preview_id)` is called when somebody works in a terminal: a container in use is not put to sleep."""
        self._servers, self._used = servers, used

    async def open_shell(self, actor: Actor, project_id: str, mark: str, columns: int, rows: int) -> ContainerShell:
        """Raises NotFound, and Conflict (`not_running`, `no_shell`)."""
        engine = await self._engine(actor, project_id)
        with answered():
            container = await engine.running_container()
            return await open_shell(container, mark, columns, rows, await engine.given())

    async def status(self, actor: Actor, project_id: str) -> EngineStatus:
        return (await self._servers.state(actor, project_id, Action.RUN)).state.status

    async def end_strays(self, actor: Actor, project_id: str, spare: Sequence[str]) -> None:
        await end_marked(await self.container(actor, project_id), "", spare)

    def used(self, project_id: str) -> None:
        """Called when somebody types, or reads a command's output."""
        self._used(project_id)

    async def run(
        self,
        actor: Actor,
        project_id: str,
        command: Sequence[str],
        seconds: float,
        stdin: bytes = b"",
        folder: str = "",
    ) -> Executed:
        """Run one command to its end, in `folder` of the app's. The log gets the person, the project and the program, never its arguments.

        Raises NotFound, and Conflict (`not_running`).
        """
        engine = await self._engine(actor, project_id)
        seconds = min(seconds, MAX_SECONDS)
        with answered():
            done = await engine.exec(command, seconds=seconds, limit=MAX_OUTPUT, stdin=stdin, folder=folder)
        program = shlex.quote(command[0].rpartition("/")[2])[:60]
        log.info(
            "Command: %s ran %s with %d arguments in project %s: code %d%s",
            actor.id, program, len(command) - 1, project_id, done.code, ", timed out" if done.timed_out else "",
        )  # fmt: skip
        return done

    async def container(self, actor: Actor, project_id: str) -> DockerContainer:
        """The project's running container. Raises NotFound, and Conflict (`not_running`)."""
        engine = await self._engine(actor, project_id)
        with answered():
            return await engine.running_container()

    async def brought(self, actor: Actor, project_id: str) -> Mapping[str, str]:
        """The files that the engine put into the container: path → SHA-256. Raises NotFound, and Conflict
        (`not_running`)."""
        state = (await self._engine(actor, project_id)).get_state()
        return {str(path): str(digest) for path, digest in dict(state.get("files", {})).items()}

    async def _engine(self, actor: Actor, project_id: str) -> ShellEngine:
        engine = await self._servers.engine(actor, project_id, Action.RUN)
        if not isinstance(engine, ShellEngine):
            raise Conflict(t("terminal.not_running"), code="not_running")
        return engine
