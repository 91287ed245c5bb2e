"""Servers without an engine: what runs outside of our process, and engines that keep the contract of real ones."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builder.accounts.actor import LOCAL_OWNER
from builder.base.errors import Conflict
from builder.previews.engine import Keep, ServerEngine
from builder.previews.observation.logs import ServerLogs
from builder.previews.runnables.contents import Contents, RunnableContents, WorkingCopies
from builder.previews.runnables.runnables import PROJECT, RunnableKind
from builder.previews.servers.lifecycle import IdleTimes, Lifecycle
from builder.previews.servers.places import PlaceLimits
from builder.previews.servers.previews import ServerPreviews, ServerState
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.rows import ServerRows
from builder.previews.servers.starts import Admits
from builder.texts import said
from preview_runtime.engines import (
    EngineFailed,
    EngineKind,
    EngineState,
    EngineStatus,
    Fault,
    FaultKind,
    Phase,
    RunHints,
)
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, Say, verbatim
from preview_runtime.routes.route_table import RouteTable

from .conftest import Parts

OUT_OF_MEMORY = Fault(FaultKind.RUNTIME, "out_of_memory", verbatim("The app needs more memory than it has."))
CRASHED = Fault(FaultKind.RUNTIME, "app_crashed", verbatim("The app stopped with an error: no module named flask."))
DISK_FULL = Fault(FaultKind.POLICY, "disk_limit", verbatim("Its data takes more room than a preview has."))
AWAY = Fault(FaultKind.PLATFORM, "engine_missing", verbatim("Docker does not answer."))


@dataclass
class Container:
    """`state`: running, paused, slept or failed."""

    address: str
    state: str = "running"
    fault: Fault | None = None
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    stream: str
    text: str
    at: str
    lost: int = 0


@dataclass(frozen=True)
class Taken:
    cpu: float = 12.5
    memory: int = 64 * 1024**2
    limit: int = 512 * 1024**2


class World:
    """What runs outside of our process, and what was done to it."""

    def __init__(self) -> None:
        self.containers: dict[str, Container] = {}
        self.data: set[str] = set()
        self.copies: list[tuple[str, str]] = []
        self.starts: list[tuple[str, dict[str, str]]] = []
        self.hints: list[RunHints] = []
        self.resumed: list[str] = []
        self.measured = 0
        self.away = False
        self.made = 0

    def lose(self, project: str, fault: Fault | None = None) -> None:
        """End a container from outside; with `fault` it is still to be seen how."""
        if fault is None:
            del self.containers[project]
        else:
            self.containers[project].state, self.containers[project].fault = "failed", fault

    @property
    def running(self) -> set[str]:
        return {project for project, container in self.containers.items() if container.state == "running"}


class GoodEngine:
    """Starts at once, keeps what it was given."""

    kind = EngineKind.DOCKER

    def __init__(self, world: World, runnable_id: str, keep: Keep | None, say: Say | None) -> None:
        self.world, self.project_id, self.keep, self.say = world, runnable_id, keep, say
        self.busy = asyncio.Lock()
        self.reason = None

    def answers(self) -> None:
        if self.world.away:
            raise EngineFailed(AWAY)

    async def start(self, tree: FileTree, hints: RunHints | None = None) -> str:
        async with self.busy:
            self.answers()
            if self.keep:
                await self.keep()
            texts = {path: str(tree[path]) for path in tree}
            self.world.starts.append((self.project_id, texts))
            self.world.hints.append(hints or RunHints())
            self.world.data.add(self.project_id)
            self.world.made += 1
            address = f"http://127.0.0.1:{self.world.made}"
            self.world.containers[self.project_id] = Container(address, lines=self.lines())
            return address

    def lines(self) -> list[Line]:
        at = f"2026-01-01T00:00:{self.world.made:02}.000000000Z"
        return [Line("stdout", f"run {self.world.made} listens", at)]

    async def stop(self) -> None:
        async with self.busy:
            self.answers()
            self.world.containers.pop(self.project_id, None)

    async def remove(self) -> None:
        await self.stop()
        self.world.data.discard(self.project_id)

    async def pause(self) -> None:
        await self._to("paused")

    async def sleep(self) -> None:
        await self._to("slept")

    async def _to(self, state: str) -> None:
        async with self.busy:
            self.answers()
            container = self.world.containers.get(self.project_id)
            if container is not None:
                container.state = state

    async def resume(self) -> str:
        await self._to("running")
        if self.project_id not in self.world.containers:
            raise EngineFailed(Fault(FaultKind.PLATFORM, "not_running", verbatim("The app is not running.")))
        self.world.resumed.append(self.project_id)
        return self.world.containers[self.project_id].address

    async def poll(self) -> EngineState:
        if self.world.away:
            return EngineState(EngineStatus.FAILED, fault=AWAY)
        if self.busy.locked():
            return EngineState(EngineStatus.PENDING, Phase.START)
        container = self.world.containers.get(self.project_id)
        if container is None:
            return EngineState(EngineStatus.ABSENT)
        if container.state == "failed":
            return EngineState(EngineStatus.FAILED, Phase.LISTENING, fault=container.fault)
        status = EngineStatus.RUNNING if container.state == "running" else EngineStatus.ASLEEP
        return EngineState(status, Phase.LISTENING, container.address)

    async def usage(self) -> Taken | None:
        self.world.measured += 1
        return Taken() if self.project_id in self.world.running else None

    async def logs(self, *, follow: bool = True, tail: int = 1000) -> AsyncIterator[Line]:
        container = self.world.containers.get(self.project_id)
        told = 0
        while container is not None:
            for line in container.lines[told:][-tail:]:
                yield line
            told = len(container.lines)
            if not follow or self.world.containers.get(self.project_id) is not container:
                return
            await asyncio.sleep(0.01)

    def get_state(self) -> dict[str, Any]:
        return {"slot": f"slot-{self.project_id}"}

    def load_state(self, state: Mapping[str, Any]) -> None:
        assert state in ({}, {"slot": f"slot-{self.project_id}"})


class SlowEngine(GoodEngine):
    """Starts when it is let."""

    gate: asyncio.Event

    async def start(self, tree: FileTree, hints: RunHints | None = None) -> str:
        await self.gate.wait()
        return await super().start(tree, hints)


class SlowToEnd(GoodEngine):
    """Takes its time to end, as a real container does, and ends whatever is there then."""

    gate: asyncio.Event

    async def stop(self) -> None:
        await self.gate.wait()
        await super().stop()


class BadEngine(GoodEngine):
    """The app ends with an error each time."""

    async def start(self, tree: FileTree, hints: RunHints | None = None) -> str:
        raise EngineFailed(
            Fault(FaultKind.RUNTIME, "exited", verbatim("The app ended: no module named flask."), frame="boom")
        )


class WrongEngine(GoodEngine):
    """Has a mistake of its own."""

    async def start(self, tree: FileTree, hints: RunHints | None = None) -> str:
        raise KeyError("mistake")


class Engines:
    def __init__(self, world: World, make: type[GoodEngine] = GoodEngine) -> None:
        self.world, self.make = world, make
        self.gate = asyncio.Event()
        self.why_not: Phrase | None = None
        self.disk_note = None

    def engine(self, runnable_id: str, keep: Keep | None = None, say: Say | None = None) -> GoodEngine:
        if self.why_not:
            raise Conflict(said(self.why_not), code="no_engine")
        engine = self.make(self.world, runnable_id, keep, say)
        if isinstance(engine, (SlowEngine, SlowToEnd)):
            engine.gate = self.gate
        return engine


class GoodCopier:
    """Copies at once what engines stored; `gate` holds it up, `fault` has it fail."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Fault | None = None
        self.most: int | None = None

    async def copy(
        self, source: ServerEngine, target: str, tell: Callable[[int, int], None], most: int | None = None
    ) -> None:
        assert isinstance(source, GoodEngine)
        self.most = most
        tell(1, 2)
        await self.gate.wait()
        if self.fault:
            raise EngineFailed(self.fault)
        self.world.copies.append((source.project_id, target))
        if source.project_id in self.world.data:
            self.world.data.add(target)


@dataclass
class Used:
    requests: int = 0
    open: int = 0
    last: float = -math.inf  # a machine that was started just now has small monotonic times


class Visits:
    """How much previews are used, as a test says."""

    def __init__(self) -> None:
        self.uses: dict[str, Used] = {}

    def of(self, preview_id: str) -> Used:
        return self.uses.setdefault(preview_id, Used())

    def forget(self, preview_id: str) -> None:
        self.uses.pop(preview_id, None)


class Stage:
    """One process of ours beside the world outside. Nothing happens by itself: `look()` is one round."""

    def __init__(
        self,
        parts: Parts,
        world: World,
        engines: Engines,
        folder: Path,
        limits: PlaceLimits | None = None,
        place: str = "",
        kinds: Mapping[RunnableKind, Contents] | None = None,
        admits: Admits | None = None,
    ) -> None:
        self.parts, self.world, self.engines, self.folder = parts, world, engines, folder
        self.routes, self.visits = RouteTable(), Visits()
        kinds = {PROJECT: WorkingCopies(parts.store), **(kinds or {})}
        self.servers = ServerPreviews(
            ServerRegister(ServerRows(parts.db, lambda: place), engines, ServerLogs(folder)),
            RunnableContents(parts.runnables, kinds),
            self.routes,
            whole=lambda _: True,
            limits=limits or PlaceLimits(starts=1),
            activity=self.visits,
            admits=admits,
        )
        self.lifecycle = Lifecycle(self.servers, IdleTimes(600, 1800, 86_400))

    async def project(self, **files: str) -> str:
        project = await self.parts.store.create(LOCAL_OWNER, "App")
        tree = FileTree({f"{name}.py": text for name, text in (files or {"app": "1"}).items()})
        await self.parts.store.commit(LOCAL_OWNER, project.id, tree, kind="import", label="", expect_head=None)
        return project.id

    async def up(self, **files: str) -> str:
        """A project whose server runs."""
        project = await self.project(**files)
        await self.servers.bring_up(LOCAL_OWNER, project)
        await self.until(project, EngineStatus.RUNNING)
        return project

    async def state(self, project: str) -> ServerState:
        return await self.servers.state(LOCAL_OWNER, project)

    async def until(self, project: str, status: EngineStatus) -> ServerState:
        async with asyncio.timeout(60):
            while (state := await self.state(project)).state.status is not status:  # noqa: ASYNC110 - a person asks too
                await asyncio.sleep(0.005)
        return state

    async def look(self, *, idle: float = 0.0) -> None:
        """One round of the lifecycle, after everything was idle for `idle` more seconds."""
        for server in self.servers.register.all:
            server.used -= idle
        await self.lifecycle.round()

    def again(self) -> Stage:
        """Our process after a restart: the world outside goes on."""
        return Stage(self.parts, self.world, Engines(self.world), self.folder)
