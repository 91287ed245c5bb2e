"""A server's life in a real engine: it rests and wakes, is lost and comes back, and outlives our own process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiodocker
import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.servers.server import Server
from builder.previews.servers.server import Stage as At
from preview_runtime.containers.docker.labels import INSTANCE
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.engines import EngineStatus
from preview_runtime.file_tree import FileTree

pytestmark = pytest.mark.usefixtures("firewalled")

VISITS = """
import http.server, os, pathlib
told = pathlib.Path("told.txt")
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/crash":
            print("about to end", flush=True)
            os._exit(3)
        count = int(told.read_text()) if told.exists() else 0
        if self.path == "/visit":
            count += 1
            told.write_text(str(count))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"visit {count}".encode())
print("\\x1b[32mserving\\x1b[0m", flush=True)
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""


@pytest.fixture
def settings(tmp_path: Path, docker_host: str) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "data", docker_host=docker_host)


class Process:
    """One process of ours; nothing happens by itself, `look()` is one round."""

    def __init__(self, settings: Settings) -> None:
        self.services = Services(settings)
        self.servers, self.routes = self.services.servers, self.services.routes

    async def begin(self) -> Process:
        await self.services.db.migrate()
        await self.services.engines.look()
        assert not self.servers.why_not, self.servers.why_not
        await self.servers.recovery.recover()
        return self

    async def end(self) -> None:
        await self.services.close()

    async def look(self, idle: float = 0.0) -> None:
        for server in self.servers.register.all:
            server.used -= idle
            self.services.activity._use(server.id).last -= idle
        await self.services.lifecycle.round()

    async def until(self, project: str, status: EngineStatus) -> None:
        async with asyncio.timeout(90):
            while (found := (await self.servers.state(LOCAL_OWNER, project)).state).status is not status:
                assert found.fault is None or status is EngineStatus.FAILED, found.fault
                await asyncio.sleep(0.1)

    def server(self, project: str) -> Server:
        return next(server for server in self.servers.register.all if server.id == project)

    async def container(self, project: str) -> str:
        engine = self.server(project).engine
        assert isinstance(engine, ContainerEngine)
        return str((await engine.running_container()).id)

    async def visit(self, project: str, path: str = "/visit") -> str:
        route = self.routes.find(project)
        assert route is not None
        assert route.awake
        async with httpx.AsyncClient(timeout=30) as client:
            return (await client.get(route.upstream + path)).text

    async def log(self, project: str) -> list[str]:
        return [line.text async for line in self.servers.logs(LOCAL_OWNER, project, follow=False)]


@pytest.fixture
async def process(settings: Settings, python_image: str) -> AsyncIterator[Process]:
    process = await Process(settings).begin()
    yield process
    await process.end()
    last = await Process(settings).begin()
    await last.servers.removal.forget([server.id for server in last.servers.register.all])
    await last.end()


async def up(process: Process) -> str:
    store = process.services.store
    project = await store.create(LOCAL_OWNER, "Visits")
    tree = FileTree({"app.py": VISITS})
    await store.commit(LOCAL_OWNER, project.id, tree, kind="import", label="", expect_head=None)
    await process.servers.bring_up(LOCAL_OWNER, project.id)
    await process.until(project.id, EngineStatus.RUNNING)
    return project.id


async def test_a_server_rests_deeper_and_deeper_and_each_visit_wakes_it_with_its_data(process: Process) -> None:
    project = await up(process)
    assert await process.visit(project) == "visit 1"
    reading = await process.servers.reading(LOCAL_OWNER, project)
    assert reading is not None
    assert 1_000_000 < reading.memory < reading.memory_limit <= 512 * 2**20
    first = await process.container(project)
    for count, (idle, stage) in enumerate([(700, At.PAUSED), (2_000, At.ASLEEP), (90_000, At.REMOVED)], 2):
        await process.look(idle)
        assert process.server(project).stage is stage
        assert (await process.servers.state(LOCAL_OWNER, project)).state.status is EngineStatus.ASLEEP
        assert await process.servers.standby.wake(project, 60)
        assert await process.visit(project) == f"visit {count}"
        assert (await process.container(project) == first) is (stage is not At.REMOVED)
    async with asyncio.timeout(30):
        while (await process.log(project)).count("\x1b[32mserving\x1b[0m") < 3:  # noqa: ASYNC110 - it is written by and by
            await asyncio.sleep(0.1)
    await process.servers.stop(LOCAL_OWNER, project)
    assert (await process.log(project))[-1] == "The app was stopped"


async def test_what_is_killed_comes_back_and_what_crashes_is_left_with_its_words(
    process: Process, docker: aiodocker.Docker
) -> None:
    project = await up(process)
    await docker.containers.container(await process.container(project)).kill()
    await process.look()
    await process.until(project, EngineStatus.RUNNING)
    assert await process.visit(project) == "visit 1"
    await docker.containers.container(await process.container(project)).delete(force=True)
    await process.look()
    await process.until(project, EngineStatus.RUNNING)
    assert await process.visit(project) == "visit 2"
    with contextlib.suppress(httpx.HTTPError):
        await process.visit(project, "/crash")
    async with asyncio.timeout(60):
        while process.server(project).fault is None:
            await process.look()
    fault = process.server(project).fault
    assert fault is not None
    assert fault.code == "app_crashed"
    await process.look()
    assert (await process.servers.state(LOCAL_OWNER, project)).state.status is EngineStatus.FAILED
    assert "about to end" in await process.log(project)


async def test_another_process_of_ours_takes_over_what_runs_and_brings_back_what_does_not(
    process: Process, settings: Settings, docker: aiodocker.Docker
) -> None:
    runs, rests, dies = await asyncio.gather(*(up(process) for _ in range(3)))
    assert await process.servers.pause(LOCAL_OWNER, rests)
    before, victim = await process.container(runs), await process.container(dies)
    # As after SIGKILL: nothing is said good-bye to.
    await docker.containers.container(victim).delete(force=True)
    later = await Process(settings).begin()
    assert await later.container(runs) == before
    assert await later.visit(runs) == "visit 1"
    await later.until(dies, EngineStatus.RUNNING)
    assert await later.visit(dies) == "visit 1"
    assert await later.servers.standby.wake(rests, 60)
    assert await later.visit(rests) == "visit 1"
    await later.end()


async def test_killed_at_any_moment_it_loses_no_data_and_leaves_nothing_that_nobody_knows(
    process: Process, settings: Settings, docker: aiodocker.Docker, request: pytest.FixtureRequest
) -> None:
    projects = [await up(process) for _ in range(2)]
    await asyncio.gather(*(process.visit(project) for project in projects))
    chance = random.Random(7)
    before = dict.fromkeys(projects, 1)
    for _ in range(15 if request.config.getoption("--all") else 2):
        command = ("-m", "tests.containers.server_process", str(settings.data_dir), settings.docker_host, *projects)
        child = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
        assert child.stdout is not None
        try:
            async with asyncio.timeout(60):
                assert await child.stdout.readline() == b"at work\n"
            await asyncio.sleep(chance.uniform(0.2, 6.0))
        finally:
            child.kill()
            await child.wait()
        later = await Process(settings).begin()
        for project in projects:
            await later.servers.bring_up(LOCAL_OWNER, project)
        for project in projects:
            await later.until(project, EngineStatus.RUNNING)
            count = int((await later.visit(project)).removeprefix("visit "))
            assert count > before[project], "what the app stored is there"
            before[project] = count
        shared = later.services.engines._shared
        assert shared is not None
        shared.known = later.servers.register.known
        await shared.reconciler.once(grace=0)
        mark = f"{INSTANCE}={later.services.engines._settings.instance}"
        left = await docker.containers.list(all=1, filters=json.dumps({"label": [mark]}))
        running = {await later.container(project) for project in projects}
        assert {container.id for container in left} == running
        await later.end()
