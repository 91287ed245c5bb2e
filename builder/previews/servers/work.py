"""What is done to a project's server: start, wake, put to rest, end, find again. One thing at a time for each server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from builder.accounts.actor import acting_for
from builder.base.errors import Conflict, NotFound
from builder.base.ids import now
from builder.previews.data.copies import Ready
from builder.previews.engine import ServerEngine, ServerEngines
from builder.previews.servers.contents import Contents
from builder.previews.servers.logs import ServerLogs
from builder.previews.servers.places import PlaceLimits, Places, Waits
from builder.previews.servers.rows import ServerRows
from builder.previews.servers.server import MOST_LOSSES, NOTHING, Loss, Server, Stage
from builder.projects.run_hints import read_hints
from builder.texts import said, t
from preview_runtime.engines import EngineFailed, EngineState, EngineStatus, Fault, FaultKind
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, verbatim
from preview_runtime.routes.route_table import Route, RouteTable
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
# An end that the app did not choose: it is brought back.
LOSSES: Final = frozenset({"out_of_memory", "app_lost"})
# The engine ended in the middle of a start: it is made again when one answers.
_AWAY: Final = "engine_missing"
# After a wake that failed because of the machine, the next request tries again, but not each of a burst.
_RETRY_SECONDS: Final = 5.0
_PAUSE_AGAIN_SECONDS: Final = 0.5


class ServerWork:
    """`whole(tree)`: the server answers every path. `private(preview_id)`: only people with a ticket see it.

    `make_room(owner, waits)`: see `Places`. `data`: what a server may have to wait for before it starts.
    """

    def __init__(
        self,
        contents: Contents,
        rows: ServerRows,
        routes: RouteTable,
        engines: ServerEngines,
        logs: ServerLogs,
        limits: PlaceLimits,
        *,
        whole: Callable[[FileTree], bool],
        private: Callable[[str], bool],
        make_room: Callable[[str, Waits], Awaitable[bool]],
        data: Ready,
    ) -> None:
        self._contents, self._rows, self._routes, self._engines, self._logs = contents, rows, routes, engines, logs
        self._whole, self._private, self._data = whole, private, data
        self.places = Places(limits, make_room)
        self._tasks = Tasks()

    def engine(self, server: Server) -> ServerEngine:
        """The engine of `server`, made when it is first needed. Raises Conflict (`no_engine`)."""
        if server.engine is None:
            server.engine = self._engines.engine(
                server.project,
                lambda: self._rows.keep(server),
                lambda line: self._logs.say(server.project, said(line) if isinstance(line, Phrase) else line),
            )
            if server.kept is not None:
                server.engine.load_state(server.kept)
        return server.engine

    def begin(self, server: Server) -> asyncio.Task[None]:
        """Have the server come up, unless that is under way already; the task ends when it runs or failed."""
        if server.task is None or server.task.done():
            server.task = self._tasks.begin(self._bring(server), f"server {server.project}")
        return server.task

    async def _bring(self, server: Server) -> None:
        """Wake what rests, start what does not run, and start again as long as more was asked for meanwhile."""
        try:
            if not await self._has_its_data(server):
                return
            if server.stage is Stage.PAUSED and server.wanted == server.done:
                async with server.lock:
                    if await self._resume(server):  # it has its place and costs nothing: no queue
                        return
            async with self.places.turn(server.project, server.owner), server.lock:
                while True:
                    asked = server.asked
                    if server.wanted != server.done or not await self._resume(server):
                        await self._start(server)
                    last = server.asked == asked
                    if last:
                        server.wanted = server.done
                    # What fails is not what was asked for meanwhile: that may be the cure.
                    if last or server.wanted == (server.tried if server.fault is not None else server.done):
                        return
        except NotFound:
            server.enter(Stage.STOPPED)  # the project was deleted meanwhile
        finally:
            if server.stage is Stage.STARTING:
                server.enter(Stage.REMOVED)  # it was given up half-way: a request may try again
            if not server.stage.takes_place:
                self.places.leave(server.project)

    async def _has_its_data(self, server: Server) -> bool:
        try:
            if self._data.state(server.project) is not None:
                self._logs.mark(server.project, t("data.log"), begins=True)
            await self._data.ready(server.project)
        except EngineFailed as failed:
            async with server.lock:
                await self.failed(server, failed.fault)
            return False
        return True

    async def _resume(self, server: Server) -> bool:
        """Wake what is paused or asleep; False where a start is needed."""
        if server.stage not in (Stage.PAUSED, Stage.ASLEEP):
            return False
        engine = self.engine(server)
        try:
            address = await engine.resume()
        except EngineFailed as failed:
            log.info("The server of project %s is started anew: %s", server.project, failed.fault.says)
            return False
        if server.stage is Stage.ASLEEP:
            self._logs.mark(server.project, t("server.log.started"), begins=True)
        self._awake(server, address)
        self.follow(server)
        await self._rows.keep(server)
        return True

    async def _start(self, server: Server) -> None:
        try:
            project, _, tree = await self._contents.read_working(acting_for(server.owner), server.project)
        except Conflict as damaged:  # a file of it cannot be read from the disk
            await self.failed(server, Fault(FaultKind.BUILD, damaged.code, verbatim(damaged.message)))
            return
        engine = self.engine(server)
        server.fault, server.tried = None, (project.head or "", project.revision)
        edit = server.stage is Stage.AWAKE
        if server.stage is Stage.PAUSED:
            with contextlib.suppress(EngineFailed):  # nothing can be brought into what stands still
                await engine.resume()
        # Until the start is over nothing is known to be done: a restart of ours in between starts it again.
        server.done = NOTHING
        if not edit:
            server.enter(Stage.STARTING)
            server.whole = await asyncio.to_thread(self._whole, tree)
            self.route(server)  # who asks already waits
        await self._rows.keep(server)
        self._logs.mark(server.project, t("server.log.edited" if edit else "server.log.started"), begins=True)
        self.follow(server)
        engine.hints = read_hints(tree)
        try:
            address = await engine.start(tree)
        except EngineFailed as failed:
            await self.failed(server, failed.fault)
            return
        except Exception:
            await self.failed(server, Fault(FaultKind.PLATFORM, "engine", Phrase("server.broken")))
            raise
        server.done = server.tried
        server.whole = await asyncio.to_thread(self._whole, tree)
        self._awake(server, address)
        await self._rows.keep(server)

    def _awake(self, server: Server, address: str) -> None:
        server.enter(Stage.AWAKE)
        server.address, server.fault, server.comes_back = address, None, False
        server.used = time.monotonic()
        self.places.hold(server.project, server.owner)
        self.route(server)

    def follow(self, server: Server) -> None:
        """Keep what the app writes, as long as it is up."""
        self._logs.follow(server.project, self.engine(server), lambda: server.stage.takes_place or server.working)

    def route(self, server: Server) -> None:
        """Have the route table say of the server what is true: where it listens, that it is woken first, or why not."""
        fault, retried = server.fault, server.stage.wakeable
        if server.stage is Stage.STOPPED and fault is None:
            self._routes.drop(server.project)
            return
        awake = server.stage is Stage.AWAKE and server.adopted
        route = Route(
            server.address if awake else "",
            whole=server.whole,
            asleep=not awake,
            private=self._private(server.project),
            problem=fault.says if fault is not None and not retried else None,
        )
        self._routes.put(server.project, route)

    async def failed(self, server: Server, fault: Fault) -> None:
        """The server does not run, and a person has to do something; what failed because of the machine may be tried
        again by the next request, and is by itself where no engine answered."""
        log.info("The server of project %s does not run: %s", server.project, fault.says)
        server.fault, server.done = fault, NOTHING
        ours = fault.kind is FaultKind.PLATFORM and fault.code != "crash_loop"
        server.enter(Stage.REMOVED if ours else Stage.STOPPED)
        server.comes_back = ours and (server.comes_back or fault.code == _AWAY)
        server.retry_at = time.monotonic() + _RETRY_SECONDS
        self.route(server)
        self._logs.mark(server.project, said(fault.says), fault.frame)
        await self._rows.keep(server)

    async def rest(self, server: Server, stage: Stage, still: Callable[[], bool] = lambda: True) -> bool:
        """Put the server to rest, unless something is under way or `still()` is false; answers whether it rests.

        From the moment that `still()` is asked no request reaches the app: it waits, and wakes it.
        """
        if server.busy or server.engine is None or not still():
            return False
        before = server.stage
        async with server.lock:
            server.enter(stage)
            self.route(server)
            # Before it is done: what a restart of ours finds half done is started, never taken for awake.
            await self._rows.keep(server)
            try:
                if stage is Stage.PAUSED:
                    await _paused(server.engine)
                elif stage is Stage.ASLEEP:
                    await server.engine.sleep()
                else:
                    await server.engine.stop()
            except EngineFailed as failed:
                log.info("The server of project %s cannot rest: %s", server.project, failed.fault.says)
                server.enter(before)
                self.route(server)
                await self._rows.keep(server)
                return False
            self._logs.mark(server.project, t(f"server.log.{stage}"))
            await self._rows.keep(server)
        if not stage.takes_place:
            self.places.leave(server.project)
        return True

    async def end(self, server: Server, *, data: bool = False) -> None:
        """End the server; `data`: what the app stored goes as well. Raises `EngineFailed` where the engine refuses.

        Where no engine answers, it is ended when one does.
        """
        await server.give_up()
        async with server.lock:
            was_up = server.stage.takes_place
            server.enter(Stage.STOPPED)
            server.fault, server.loss, server.done, server.comes_back = None, None, NOTHING, False
            self.route(server)
            self.places.leave(server.project)
            await self._rows.keep(server)
            server.adopted = False  # until it is gone: what cannot be ended now is ended when the engine answers
            if self._engines.why_not and not data:
                return
            engine = self.engine(server)
            await (engine.remove() if data else engine.stop())
            server.adopted = True
            if was_up:
                self._logs.mark(server.project, t("server.log.stopped"))
            if data:
                self._logs.mark(server.project, t("server.log.data_removed"))
            await self._rows.keep(server)

    async def ended(self, server: Server, found: EngineState) -> None:
        """What should be awake is not: an error of its own, or a limit it passed, is the person's to mend, everything
        else brings it back."""
        fault = found.fault
        if fault is not None and fault.code not in LOSSES:
            self.places.leave(server.project)
            await self.failed(server, fault)
        else:
            await self.lost(server, fault)

    async def vanished(self, server: Server) -> None:
        """What rested is gone from the engine: the next request starts it anew."""
        server.enter(Stage.REMOVED)
        self.route(server)
        self.places.leave(server.project)
        await self._rows.keep(server)

    async def lost(self, server: Server, fault: Fault | None) -> None:
        """The server ended and did not choose to: bring it back, unless that happens again and again."""
        out_of_memory = fault is not None and fault.code == "out_of_memory"
        why = fault.says if fault is not None and out_of_memory else Phrase("server.lost")
        log.warning("The server of project %s is lost: %s", server.project, why)
        if server.lost_too_often(time.monotonic()):
            kind = fault.kind if fault is not None else FaultKind.PLATFORM
            says = Phrase("server.crash_loop", {"why": why, "count": MOST_LOSSES})
            self.places.leave(server.project)
            await self.failed(server, Fault(kind, "crash_loop", says, frame=fault.frame if fault else ""))
            return
        self._logs.mark(server.project, f"{said(why)} {t('server.log.back')}")
        if fault is not None and out_of_memory:
            server.loss = Loss(fault, now())
        server.enter(Stage.REMOVED)
        server.fault, server.done, server.comes_back = None, NOTHING, True
        self.route(server)
        self.begin(server)

    async def adopt(self, server: Server) -> bool:
        """Compare what an earlier process knew of the server with what runs; False while the engine cannot tell."""
        if server.busy or self._engines.why_not:
            return server.adopted
        async with server.lock:
            try:
                engine = self.engine(server)
                found = await engine.poll()
                if found.status is EngineStatus.PENDING or out_of_reach(found):
                    return False
                await self._take_up(server, engine, found)
            except Exception:  # one that cannot be read must not keep the others from coming back
                log.exception("The server of project %s could not be found again", server.project)
                return False
            server.adopted = True
            self.route(server)
        return True

    async def _take_up(self, server: Server, engine: ServerEngine, found: EngineState) -> None:
        before = server.stage
        if before is Stage.STOPPED:
            if found.status is not EngineStatus.ABSENT:
                await engine.stop()
        elif found.status is EngineStatus.RUNNING and (before is not Stage.AWAKE or server.done == NOTHING):
            # A start, a wake or a rest was cut off half-way.
            server.done, server.comes_back = NOTHING, True
            self.begin(server)
        elif found.status is EngineStatus.RUNNING:
            with contextlib.suppress(EngineFailed):
                await engine.resume()  # we were killed while its data were copied or counted: it stands still
            self._awake(server, found.address)
            self.follow(server)
        elif found.status is EngineStatus.ASLEEP:
            server.enter(before if before is Stage.PAUSED else Stage.ASLEEP)
        elif not before.takes_place or before is Stage.PAUSED:
            server.enter(Stage.REMOVED)
        else:
            await self.ended(server, found)
        if server.stage.takes_place:
            self.places.hold(server.project, server.owner)
        self.route(server)
        if server.stage is not before:
            await self._rows.keep(server)


async def _paused(engine: ServerEngine) -> None:
    """A busy machine may fail to freeze an app that has many threads; a moment later it can."""
    for tries_left in (2, 1, 0):
        try:
            return await engine.pause()
        except EngineFailed:
            if not tries_left:
                raise
            await asyncio.sleep(_PAUSE_AGAIN_SECONDS)


def out_of_reach(found: EngineState) -> bool:
    """Whether the engine could not be asked: nothing is known then."""
    if found.status is not EngineStatus.FAILED or found.fault is None:
        return False
    return found.fault.kind is FaultKind.PLATFORM and found.fault.code not in LOSSES
