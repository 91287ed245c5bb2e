"""What stops a link and an archive, what is told before, and what a probe of a server leaves behind: nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.api import create_api
from builder.base.errors import Conflict
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.links.terms import LinkChange, Terms
from builder.previews.runnables.runnables import PROBE
from builder.previews.runnables.tables import StoredRunnable
from builder.safety.tables import SharingDecision
from preview_runtime.engines import RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.output import OutputFile
from tests.integration.safety.probing import fastapi_apps
from tests.integration.safety.probing.running import running
from tests.integration.servers import Container, Engines, GoodEngine, World
from tests.unit.safety.leaks.values import filled

KEY = filled("sk_live_«alnum:24»", 7)


class AppThere(GoodEngine):
    """Its container is an app that listens on this computer."""

    base = ""

    async def start(self, tree: FileTree, hints: RunHints | None = None) -> str:
        await super().start(tree, hints)
        self.world.containers[self.project_id] = Container(self.base)
        return self.base


@dataclass
class House:
    services: Services
    api: httpx.AsyncClient
    world: World

    async def project(self, files: dict[str, str]) -> str:
        project = await self.services.store.create(ME, "App")
        await self.services.store.commit(ME, project.id, FileTree(files), kind="import", label="x", expect_head=None)
        return project.id

    async def scan(self, project: str, method: str = "GET", path: str = "", **options: Any) -> dict[str, Any]:
        answer = await self.api.request(method, f"/projects/{project}/scan{path}", **options)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def probed(self, project: str) -> dict[str, Any]:
        async with asyncio.timeout(60):
            # The API has no event for it: a page asks each second.
            while (told := await self.scan(project))["probe"]["state"] == "running":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return told


@pytest.fixture
async def house(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    services = Services(settings.model_copy(update={"docker_host": "unix:///nowhere/docker.sock"}))
    world = World()
    services.servers.register.engines = Engines(world, AppThere)
    monkeypatch.setattr(services.shares, "engines", services.servers.register.engines)

    async def compiled(tree: FileTree, *_: object) -> dict[str, OutputFile]:
        body = str(tree.get("src/main.ts", "")) + str(tree.get(".env", ""))
        return {"assets/index.js": OutputFile("text/javascript", body.encode())}

    monkeypatch.setattr(services.compiled, "compile", compiled)
    await services.start()
    transport = httpx.ASGITransport(create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as api:
        yield House(services, api, world)
    await services.close()


async def test_a_secret_stops_a_link_and_an_archive_until_it_is_gone(house: House) -> None:
    project = await house.project({"index.html": "x", "src/main.ts": f"pay('{KEY}')"})
    for method, path in (("POST", "shares"), ("GET", "export.zip")):
        answer = await house.api.request(method, f"/projects/{project}/{path}")
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (409, "secrets_found")
        assert "src/main.ts, line 1" in error["message"]
        assert "environment variable" in error["message"]
        assert KEY[:-4] not in answer.text
    assert (await house.scan(project))["mend"].count("src/main.ts") == 1

    await house.services.store.write_working(ME, project, {"src/main.ts": "pay(import.meta.env.KEY)"})
    assert not (await house.scan(project))["blocks"]
    assert (await house.api.post(f"/projects/{project}/shares")).status_code == 201
    assert (await house.api.get(f"/projects/{project}/export.zip")).status_code == 200


async def test_who_says_that_it_is_no_secret_is_on_record(house: House) -> None:
    project = await house.project({"index.html": "x", "src/main.ts": f"pay('{KEY}')"})
    (leak,) = (await house.scan(project))["leaks"]
    told = await house.scan(project, "POST", "/decisions", json={"kind": "leak", "keys": [leak["digest"]]})
    assert (told["blocks"], told["leaks"][0]["decided"]) == (False, True)
    assert (await house.api.post(f"/projects/{project}/shares")).status_code == 201
    async with house.services.db.reader() as session:
        (row,) = await session.scalars(select(SharingDecision))
    assert (row.project, row.kind, row.key, row.created_by) == (project, "leak", leak["digest"], ME.id)
    # Another secret is another decision.
    other = filled("sk_live_«alnum:24»", 8)
    await house.services.store.write_working(ME, project, {"src/main.ts": f"pay('{other}')"})
    assert (await house.scan(project))["blocks"]


async def test_a_secret_of_the_environment_stops_only_what_gives_it_away(house: House) -> None:
    # All of this app is a server: visitors get no file of it.
    project = await house.project({"main.py": "import flask", ".env": f"KEY={KEY}\n"})
    told = await house.scan(project)
    assert (told["blocks"], told["leaks"][0]["kept_apart"], told["mend"]) == (False, True, "")
    answer = await house.api.get(f"/projects/{project}/export.zip")
    assert answer.status_code == 200
    assert KEY.encode() not in answer.content
    assert (await house.api.post(f"/projects/{project}/shares")).status_code == 201

    # The build of this one puts the file into the page.
    project = await house.project({"index.html": "x", "src/main.ts": "1", ".env": f"KEY={KEY}\n"})
    told = await house.scan(project)
    assert (told["blocks"], told["leaks"][0]["kept_apart"]) == (True, False)
    assert (await house.api.post(f"/projects/{project}/shares")).status_code == 409


async def test_a_link_that_follows_stays_where_it_is_when_a_secret_comes(house: House) -> None:
    project = await house.project({"index.html": "x", "src/main.ts": "1"})
    share = await house.services.shares.create(ME, project, Terms(follows=True))
    await house.services.store.write_working(ME, project, {"src/main.ts": f"pay('{KEY}')"})
    await house.services.store.save(ME, project)
    with pytest.raises(Conflict, match="Stripe"):
        await house.services.shares.bring_forward(share.id)
    (same,) = await house.services.shares.list(ME, project)
    assert same.version == share.version
    newest = LinkChange(follows=False, version=(await house.services.store.get(ME, project)).head)
    with pytest.raises(Conflict, match="Stripe"):
        await house.services.shares.change(ME, project, share.id, newest)


async def test_a_server_is_asked_on_a_copy_that_is_gone_afterwards(house: House, tmp_path: Path) -> None:
    files = fastapi_apps.made(fastapi_apps.HOLES["list to everybody"][0])
    project = await house.project(files)
    assert (await house.scan(project))["server"]
    async with running(files, tmp_path) as base:
        AppThere.base = base
        started = await house.scan(project, "POST")
        assert started["probe"]["state"] == "running"
        told = await house.probed(project)
    (hole,) = told["probe"]["holes"]
    assert (told["probe"]["state"], hole["route"], hole["decided"]) == ("done", "GET /api/orders", False)
    assert hole["says"] == "GET /api/orders gives everybody's orders to anybody."
    assert hole["says"] in told["mend"]
    assert (house.world.containers, house.world.data) == ({}, set())
    async with house.services.db.reader() as session:
        probes = [*await session.scalars(select(StoredRunnable).where(StoredRunnable.kind == PROBE))]
    assert all(one.ended_at for one in probes)

    left = await house.scan(project, "POST", "/decisions", json={"kind": "hole", "keys": [hole["key"]]})
    assert (left["probe"]["holes"][0]["decided"], left["mend"]) == (True, "")
    # A warning stops nothing.
    assert (await house.api.post(f"/projects/{project}/shares")).status_code == 201


async def test_a_server_that_does_not_start_is_said_so(house: House) -> None:
    project = await house.project({"main.py": "import flask"})
    AppThere.base = "http://127.0.0.1:9"
    house.world.away = True
    await house.scan(project, "POST")
    told = await house.probed(project)
    assert told["probe"]["state"] == "failed"
    assert told["probe"]["problem"]


async def test_a_probe_can_be_stopped(house: House) -> None:
    project = await house.project({"main.py": "import flask\napp = flask.Flask('x')\n@app.get('/a')\ndef a(): ...\n"})
    AppThere.base = "http://10.255.255.1:9"  # nobody answers there
    await house.scan(project, "POST")
    assert (await house.scan(project, "DELETE"))["probe"]["state"] == "none"
    assert house.world.containers == {}
