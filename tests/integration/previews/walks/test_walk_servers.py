"""Servers for walks: one for each project, with a copy of its data, and nothing of them is left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.jobs import JobQueue
from builder.base.leases import Leases
from builder.previews.data.copies import CopyBoard, DataCopies, Sources
from builder.previews.observation.logs import ServerLogs
from builder.previews.runnables.contents import RunnableContents, WorkingCopies
from builder.previews.runnables.runnables import PROJECT, WALK
from builder.previews.servers.places import PlaceLimits
from builder.previews.servers.previews import ServerPreviews
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.rows import ServerRows
from builder.previews.walks import servers as walk_servers
from builder.previews.walks.contents import WalkedVersions
from builder.previews.walks.servers import WalkServers, WalkServerState, WalkServerStatus
from preview_runtime.engines import Fault, FaultKind, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, verbatim
from preview_runtime.routes.route_table import RouteTable
from tests.integration.conftest import Parts
from tests.integration.servers import BadEngine, Engines, GoodCopier, GoodEngine, Visits, World

MOST = 1000
PAGE = "http://localhost:8000"


class Rewound(GoodEngine):
    """Begins again with what its first start found."""

    rewinds = 0
    keeps = False

    def keep_data(self) -> None:
        assert self.project_id not in self.world.containers
        self.keeps = True

    async def rewind(self, tree: FileTree, hints: RunHints | None = None) -> str:
        assert self.keeps
        Rewound.rewinds += 1
        return await self.start(tree, hints)


class BadWalk(BadEngine):
    def keep_data(self) -> None: ...

    async def rewind(self, tree: FileTree, hints: RunHints | None = None) -> str:
        return await self.start(tree, hints)


class House:
    """One process of ours. Nothing happens by itself."""

    def __init__(
        self, parts: Parts, world: World, folder: Path, make: type[GoodEngine] = Rewound, places: int = 10
    ) -> None:
        self.parts, self.world = parts, world
        self.engines, self.routes, self.visits = Engines(world, make), RouteTable(), Visits()
        self.copier, self.leases = GoodCopier(world), Leases(parts.db, folder / "processes")
        board, register = CopyBoard(), ServerRegister(ServerRows(parts.db), self.engines, ServerLogs(folder / "logs"))
        sources = Sources(register.engine_of, lambda: self.copier)
        self.copies = DataCopies(JobQueue(parts.db, self.leases), board, sources)
        contents = WalkedVersions(parts.store)
        self.servers = ServerPreviews(
            register,
            RunnableContents(parts.runnables, {PROJECT: WorkingCopies(parts.store), WALK: contents}),
            self.routes,
            whole=lambda tree: "index.html" not in tree,
            limits=PlaceLimits(per_person=places),
            activity=self.visits,
            data=self.copies,
        )
        self.hosts: set[str] = set()

        async def reaches_out(project: str) -> bool:
            return project in self.hosts

        self.walks = WalkServers(
            parts.db,
            parts.store,
            parts.runnables,
            contents,
            self.servers,
            self.copies,
            self.routes,
            self.visits,
            reaches_out,
            most=MOST,
        )

    async def project(self) -> tuple[str, str]:
        """A project with a server that runs, and its version."""
        project = await self.parts.store.create(ME, "App")
        version = await self.parts.store.commit(ME, project.id, FileTree({"app.py": "1"}), kind="generation", label="")
        await self.servers.bring_up(ME, project.id)
        await self.settled()
        return project.id, version.id

    async def settled(self) -> None:
        for server in self.servers.register.all:
            if server.task is not None:
                await server.task

    async def opened(self, project: str, version: str) -> WalkServerState:
        first = await self.walks.open(ME, project, version, "", PAGE)
        if first.status is not WalkServerStatus.STARTING:
            return first
        await self.settled()
        return await self.walks.open(ME, project, version, first.lease, PAGE)

    async def close(self) -> None:
        await self.copies.close()
        await self.servers.close()
        await self.leases.close()


@pytest.fixture
async def house(parts: Parts, tmp_path: Path) -> AsyncIterator[House]:
    house = House(parts, World(), tmp_path)
    await house.copies.recover()
    yield house
    await house.close()


async def test_it_runs_the_version_with_a_copy_at_the_names_for_walks_alone(house: House) -> None:
    project, version = await house.project()
    await house.parts.store.commit(ME, project, FileTree({"app.py": "2"}), kind="save", label="")
    opened = await house.opened(project, version)
    assert opened.status is WalkServerStatus.READY
    assert house.world.copies == [(project, opened.server)]
    assert house.copier.most == MOST
    assert house.world.starts[-1] == (opened.server, {"app.py": "1"})
    walked = house.routes.walked(project)
    assert walked is not None
    assert (walked.preview, walked.builder) == (opened.server, PAGE)
    assert house.routes.is_lent(opened.server)
    assert not house.routes.is_lent(project)
    await house.walks.end(ME, project, opened.lease)
    assert house.world.data == {project}
    assert house.world.running == {project}
    assert house.routes.walked(project) is None
    assert await house.parts.runnables.find(opened.server) is None


async def test_a_walk_begins_again_with_the_copy_once_the_server_was_asked(house: House) -> None:
    project, version = await house.project()
    opened = await house.opened(project, version)
    Rewound.rewinds = 0
    await house.walks.begin_walk(ME, project, opened.lease)
    assert Rewound.rewinds == 0
    house.visits.of(opened.server).requests += 1
    assert (await house.walks.begin_walk(ME, project, opened.lease)).status is WalkServerStatus.READY
    assert Rewound.rewinds == 1
    walked = house.routes.walked(project)
    assert walked is not None
    assert walked.begins
    await house.walks.begin_walk(ME, project, opened.lease)
    assert Rewound.rewinds == 1


async def test_a_project_has_one_at_a_time(house: House) -> None:
    project, version = await house.project()
    opened = await house.opened(project, version)
    assert (await house.opened(project, version)).status is WalkServerStatus.TAKEN
    await house.walks.end(ME, project, "another")
    assert (await house.opened(project, version)).status is WalkServerStatus.TAKEN
    await house.walks.end(ME, project, opened.lease)
    assert (await house.opened(project, version)).status is WalkServerStatus.READY


async def test_what_nobody_asks_for_any_more_is_ended(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    project, version = await house.project()
    opened = await house.opened(project, version)
    await house.walks.round()
    assert opened.server in house.world.running
    monkeypatch.setattr(walk_servers, "LEASE_SECONDS", -1.0)
    await house.walks.round()
    assert house.world.data == {project}
    ended = await house.walks.open(ME, project, version, opened.lease, PAGE)
    assert (ended.status, ended.why) == (WalkServerStatus.FAILED, "The server for the walks was ended.")


async def test_where_none_can_be_it_is_said_why(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    project, version = await house.project()
    house.copier.fault = Fault(FaultKind.PLATFORM, "data_too_large", verbatim("The app has stored too much."))
    failed = await house.opened(project, version)
    assert failed.status is WalkServerStatus.FAILED
    assert failed.why == "The server of this version does not run. The app has stored too much."
    house.hosts.add(project)
    assert "may reach other hosts" in (await house.opened(project, version)).why
    house.engines.why_not = Phrase("engine.no_docker")
    assert "Docker is not installed" in (await house.opened(project, version)).why
    house.engines.why_not = None
    assert house.world.data == {project}


async def test_a_version_that_does_not_run_leaves_nothing(parts: Parts, tmp_path: Path) -> None:
    house = House(parts, World(), tmp_path)
    await house.copies.recover()
    project, version = await house.project()
    house.engines.make = BadWalk
    failed = await house.opened(project, version)
    assert failed.status is WalkServerStatus.FAILED
    assert failed.why.endswith("no module named flask.")
    assert house.world.running == {project}
    assert house.routes.walked(project) is None
    await house.close()


async def test_it_counts_among_the_persons_awake_servers(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(parts, World(), tmp_path, places=1)
    await house.copies.recover()
    project, version = await house.project()
    waits = await house.walks.open(ME, project, version, "", PAGE)
    assert waits.status is WalkServerStatus.STARTING
    monkeypatch.setattr(walk_servers, "PLACE_SECONDS", -1.0)
    failed = await house.walks.open(ME, project, version, waits.lease, PAGE)
    assert failed.status is WalkServerStatus.FAILED
    assert "As many servers are awake as may be" in failed.why
    assert house.world.running == {project}
    await house.close()


async def test_the_next_process_removes_what_a_killed_one_left(house: House, parts: Parts, tmp_path: Path) -> None:
    project, version = await house.project()
    opened = await house.opened(project, version)
    later = House(parts, house.world, tmp_path)
    await later.servers.recovery.recover()
    await later.copies.recover()
    await later.walks.recover()
    assert opened.server not in house.world.data
    assert house.world.data == {project}
    assert await parts.runnables.find(opened.server) is None or later.servers.register.get(opened.server) is None
    await later.close()
