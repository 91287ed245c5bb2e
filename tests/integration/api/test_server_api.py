"""Servers over HTTP: started, paused, listed, measured, listened to, ended; with engines that are none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from builder.accounts.actors import Actors
from builder.accounts.memberships import Memberships
from builder.api import create_api
from builder.composition.settings import Settings
from tests.integration.conftest import Parts
from tests.integration.server import serving
from tests.integration.servers import Engines, Stage, World


class Api:
    """The API on a real socket, beside the world outside."""

    def __init__(self, stage: Stage, session: aiohttp.ClientSession, root: str) -> None:
        self.stage, self.session, self.root = stage, session, root

    async def call(self, method: str, path: str) -> tuple[int, Any]:
        async with self.session.request(method, self.root + path) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    def socket(self, path: str) -> Any:
        return self.session.ws_connect(self.root + path, max_msg_size=0)


@pytest.fixture
async def api(parts: Parts, settings: Settings, tmp_path: Path) -> AsyncIterator[Api]:
    world = World()
    stage = Stage(parts, world, Engines(world), tmp_path / "logs")
    services: Any = SimpleNamespace(
        servers=stage.servers,
        store=parts.store,
        actors=Actors(settings),
        memberships=Memberships(parts.db),
        settings=settings,
        rates=None,
    )
    async with serving(create_api(lambda: services)) as address, aiohttp.ClientSession() as session:
        yield Api(stage, session, f"http://{address}/api/v1")
    await stage.servers.close()


async def test_a_server_is_started_paused_listed_and_stopped(api: Api) -> None:
    project = await api.stage.project()
    assert (await api.call("GET", "/servers"))[1]["servers"] == []
    status, state = await api.call("PUT", f"/projects/{project}/server")
    assert (status, state["status"]) == (202, "pending")
    async with api.socket(f"/projects/{project}/server/ws") as socket:
        while (frame := await socket.receive_json(timeout=20))["status"] != "running":
            pass
        usage = frame["usage"]
        assert (usage["memory"], usage["memory_limit"], usage["connections"]) == (64 * 2**20, 512 * 2**20, 0)
        status, state = await api.call("POST", f"/projects/{project}/server/pause")
        assert (status, state["status"], state["stage"]) == (200, "asleep", "paused")
        while (frame := await socket.receive_json(timeout=20))["stage"] != "paused":
            pass
    async with api.socket("/servers/ws") as socket:
        listed = await socket.receive_json(timeout=20)
        assert (listed["awake"], listed["limit"], listed["no_server"], listed["disk_note"]) == (0, 10, None, None)
        assert [(one["project"], one["title"], one["stage"]) for one in listed["servers"]] == [
            (project, "App", "paused")
        ]
        assert (await api.call("DELETE", f"/projects/{project}/server"))[0] == 204
        while (listed := await socket.receive_json(timeout=20))["servers"][0]["stage"] != "stopped":
            pass
        assert listed["awake"] == 0
    assert api.stage.world.data == {project}
    assert (await api.call("DELETE", f"/projects/{project}/server/data"))[0] == 204
    assert api.stage.world.data == set()
    assert (await api.call("GET", "/servers"))[1]["servers"] == []


async def test_nobody_looks_and_nothing_is_measured(api: Api) -> None:
    project = await api.stage.up()
    async with api.socket(f"/projects/{project}/server/ws") as socket:
        await socket.receive_json(timeout=20)
    measured = api.stage.world.measured
    assert measured > 0
    await api.stage.look()
    assert api.stage.world.measured == measured


async def test_the_log_can_be_read_and_followed(api: Api) -> None:
    project = await api.stage.up()
    async with api.socket(f"/projects/{project}/server/logs/ws") as socket:
        lines = [await socket.receive_json(timeout=20) for _ in range(2)]
        assert [(line["stream"], line["text"]) for line in lines] == [
            ("sayso", "The app starts"),
            ("stdout", "run 1 listens"),
        ]
        assert all(line["at"].endswith("Z") for line in lines)
        await api.call("DELETE", f"/projects/{project}/server")
        assert (await socket.receive_json(timeout=20))["text"] == "The app was stopped"
    status, log = await api.call("GET", f"/projects/{project}/server/logs?tail=2")
    assert (status, [line["text"] for line in log["lines"]]) == (200, ["run 1 listens", "The app was stopped"])
    assert (await api.call("GET", f"/projects/{project}/server/logs?tail=0"))[0] == 422


async def test_a_project_that_is_not_there_has_no_server(api: Api) -> None:
    nowhere = "/projects/aaaaaaaaaaaaaaaa/server"
    for method, path in [
        ("PUT", ""), ("GET", ""), ("DELETE", ""), ("POST", "/pause"), ("DELETE", "/data"), ("GET", "/logs")
    ]:  # fmt: skip
        status, answer = await api.call(method, nowhere + path)
        assert (status, answer["error"]["code"]) == (404, "not_found"), (method, path)
    for path in ("/ws", "/logs/ws"):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            async with api.socket(nowhere + path):
                pass
