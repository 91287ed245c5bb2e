"""Starts and wakes of servers, one at a time per server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from builder.base.errors import Conflict, NotFound
from builder.base.watching.traces import traces
from builder.previews.data.copies import Ready
from builder.previews.engine import RewindableEngine
from builder.previews.runnables.contents import NOTHING, RunnableContents
from builder.previews.runnables.runnables import Runnable
from builder.previews.servers.places import MakeRoom, Places
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.routing import ServerRoutes
from builder.previews.servers.server import Server, Stage
from builder.projects.run_hints import read_hints
from builder.texts import said, t
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, verbatim
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
# The engine went away in the middle of a start: the start is repeated when one answers.
_AWAY: Final = "engine_missing"
# After a wake that failed because of the machine, the next request tries again, but not every request of a burst.
RETRY_SECONDS: Final = 5.0
FailureHeard = Callable[[Runnable, Fault], Awaitable[None]]
Admits = Callable[[Runnable, FileTree], Awaitable[tuple[FileTree, Fault | None]]]


class Starts:
    """Starts servers. A start is a supervised task: closing the tab that asked for it changes nothing.

    `whole(tree)`: the server answers every path. `data`: the copies of data that a server may have to wait for. `admits`: a
    tree as it is started, and why it may not be, before anything of it is installed.
    """

    def __init__(
        self,
        register: ServerRegister,
        routes: ServerRoutes,
        places: Places,
        make_room: MakeRoom,
        contents: RunnableContents,
        data: Ready,
        whole: Callable[[FileTree], bool],
        admits: Admits,
    ) -> None:
        self._register, self._routes, self._places, self._make_room = register, routes, places, make_room
        self._contents, self._data, self._whole, self._admits = contents, data, whole, admits
        self._tasks = Tasks()
        self.heard: FailureHeard = _nobody
        """Is told of a server that does not run and that nothing brings back by itself."""

    def begin(self, server: Server) -> asyncio.Task[None]:
        """Start the server, unless a start is under way already; the task ends when the server runs or has failed."""
        if server.task is None or server.task.done():
            server.task = self._tasks.begin(self._bring(server), f"server {server.id}")
        return server.task

    async def _bring(self, server: Server) -> None:
        """Wake a resting server, start one that does not run, and repeat while newer content was asked for
        meanwhile."""
        try:
            if not await self._has_its_data(server):
                return
            if server.stage is Stage.PAUSED and server.wanted == server.done:
                async with server.lock:
                    if await self._resume(server):  # it has its place and a wake costs nothing: no queue
                        return
            async with self._places.turn(server.id, server.workspace, self._make_room), server.lock:
                while True:
                    asked = server.asked
                    if server.wanted != server.done or not await self._resume(server):
                        await self._start(server)
                    last = server.asked == asked
                    if last:
                        server.wanted = server.done
                    # Try again when newer content than the failed one was asked for: it may fix the fault.
                    if last or server.wanted == (server.tried if server.fault is not None else server.done):
                        return
        except NotFound:
            server.enter(Stage.STOPPED)  # its project or link was deleted meanwhile
        finally:
            if server.stage is Stage.STARTING:
                server.enter(Stage.REMOVED)  # it was cancelled half-way: a request may try again
            if not server.stage.takes_place:
                self._places.leave(server.id)

    async def _has_its_data(self, server: Server) -> bool:
        try:
            if self._data.state(server.id) is not None:
                self._register.logs.mark(server.id, t("data.log"), begins=True)
            await self._data.ready(server.id)
        except EngineFailed as failed:
            async with server.lock:
                await self.failed(server, failed.fault)
            return False
        return True

    async def _resume(self, server: Server) -> bool:
        """Wake a paused or sleeping server; False when it needs a start."""
        if server.stage not in (Stage.PAUSED, Stage.ASLEEP):
            return False
        engine = self._register.engine(server)
        try:
            address = await engine.resume()
        except EngineFailed as failed:
            log.info("The server of %s is started anew: %s", server.id, failed.fault.says)
            return False
        if server.stage is Stage.ASLEEP:
            self._register.logs.mark(server.id, t("server.log.started"), begins=True)
        self.awake(server, address)
        self.follow(server)
        await self._register.rows.keep(server)
        return True

    async def _start(self, server: Server) -> None:
        with traces.span("server start", runnable=server.id):
            await self._started(server)

    async def _started(self, server: Server) -> None:
        try:
            key, tree = await self._contents.read(server.runnable)
        except Conflict as damaged:  # one of its files cannot be read from the disk
            await self.failed(server, Fault(FaultKind.BUILD, damaged.code, verbatim(damaged.message)))
            return
        engine = self._register.engine(server)
        server.fault, server.tried = None, key
        tree, refused = await self._admits(server.runnable, tree)
        if refused is not None:
            if server.stage.takes_place:
                with contextlib.suppress(EngineFailed):  # what runs is older than the files
                    await engine.stop()
            await self.failed(server, refused)
            return
        edit = server.stage is Stage.AWAKE
        if server.stage is Stage.PAUSED:
            with contextlib.suppress(EngineFailed):  # a paused app cannot take new files
                await engine.resume()
        # `done` stays empty until the start is over: after a restart of this process in between, the server is started
        # again.
        server.done = NOTHING
        if not edit:
            server.enter(Stage.STARTING)
            server.whole = await asyncio.to_thread(self._whole, tree)
            self._routes.tell(server)  # who asks already waits
        await self._register.rows.keep(server)
        self._register.logs.mark(server.id, t("server.log.edited" if edit else "server.log.started"), begins=True)
        self.follow(server)
        try:
            address = await engine.start(tree, read_hints(tree))
        except EngineFailed as failed:
            await self.failed(server, failed.fault)
            return
        except Exception:
            await self.failed(server, Fault(FaultKind.PLATFORM, "engine", Phrase("server.broken")))
            raise
        server.done = server.tried
        server.whole = await asyncio.to_thread(self._whole, tree)
        self.awake(server, address)
        await self._register.rows.keep(server)

    async def rewind(self, server: Server) -> None:
        """Run a server's content anew with the data that its first start found. A failure is its fault, as after a
        start."""
        if server.working and server.task is not None:
            await asyncio.wait({server.task})
        async with server.lock:
            engine = self._register.engine(server)
            if server.stage is not Stage.AWAKE or not isinstance(engine, RewindableEngine):
                return
            _, tree = await self._contents.read(server.runnable)
            try:
                address = await engine.rewind(tree, read_hints(tree))
            except EngineFailed as failed:
                await self.failed(server, failed.fault)
                return
            self.awake(server, address)
            self.follow(server)
            await self._register.rows.keep(server)

    def awake(self, server: Server, address: str) -> None:
        """Record that the app listens at `address`."""
        server.enter(Stage.AWAKE)
        server.address, server.fault, server.comes_back = address, None, False
        server.used = time.monotonic()
        self._places.hold(server.id, server.workspace)
        self._routes.tell(server)

    def follow(self, server: Server) -> None:
        """Record the app's output while the server is up."""
        self._register.logs.follow(
            server.id, self._register.engine(server), lambda: server.stage.takes_place or server.working
        )

    async def failed(self, server: Server, fault: Fault) -> None:
        """The server does not run, and a person has to act. After a failure caused by the machine, the next request may
        try again; when no engine answered, the start is repeated by itself."""
        log.info("The server of %s does not run: %s", server.id, fault.says)
        fault = replace(fault, frame=await self._register.logs.masked(server.id, fault.frame))
        server.fault, server.done = fault, NOTHING
        ours = fault.kind is FaultKind.PLATFORM and fault.code != "crash_loop"
        server.enter(Stage.REMOVED if ours else Stage.STOPPED)
        server.comes_back = ours and (server.comes_back or fault.code == _AWAY)
        server.retry_at = time.monotonic() + RETRY_SECONDS
        self._routes.tell(server)
        self._register.logs.mark(server.id, said(fault.says), fault.frame)
        await self._register.rows.keep(server)
        if not server.comes_back:
            await self.heard(server.runnable, fault)


async def _nobody(_: Runnable, __: Fault) -> None:
    return None
