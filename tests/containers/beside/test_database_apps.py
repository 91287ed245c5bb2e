"""Apps with a PostgreSQL database, started as a person starts them: over the API, in a real Docker Engine."""

from __future__ import annotations

import asyncio
import io
import json
import time
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiodocker
import httpx
import pytest
from sqlalchemy import text

from builder.accounts.actor import LOCAL_OWNER
from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings
from preview_runtime.engines import EngineStatus

pytestmark = pytest.mark.usefixtures("firewalled")

GUESTS = """
import json, os
import psycopg
from fastapi import FastAPI

with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS guests (name text)")

app = FastAPI()


@app.get("/")
def home() -> dict[str, str]:
    return {"database": os.environ["PGDATABASE"]}


@app.put("/guests/{name}")
def add(name: str) -> None:
    with psycopg.connect() as connection:
        connection.execute("INSERT INTO guests VALUES (%s)", [name])


@app.get("/guests")
def guests() -> list[str]:
    with psycopg.connect() as connection:
        return [row[0] for row in connection.execute("SELECT name FROM guests ORDER BY name")]
"""
FILES = {"main.py": GUESTS, "requirements.txt": "fastapi\nuvicorn\npsycopg[binary]\n"}


class House:
    """A Sayso of the test's own, which can be started anew on the same data."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.projects: list[str] = []

    async def open(self) -> None:
        self.services = Services(self.settings)
        await self.services.start()
        transport = httpx.ASGITransport(create_api(lambda: self.services), raise_app_exceptions=False)
        self.api = httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1")

    async def close(self) -> None:
        await self.api.aclose()
        await self.services.close()

    async def imported(self, files: dict[str, str]) -> str:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as made:
            for path, content in files.items():
                made.writestr(path, content)
        answer = await self.api.post("/projects/import", content=buffer.getvalue())
        self.projects.append(str(answer.json()["project"]["id"]))
        return self.projects[-1]

    async def started(self, project: str) -> str:
        """The address of the app, once it listens."""
        await self.api.put(f"/projects/{project}/server")
        end = time.monotonic() + 90
        while True:
            seen = (await self.services.servers.state(LOCAL_OWNER, project)).state
            if seen.status is EngineStatus.RUNNING:
                return seen.address
            assert seen.status is EngineStatus.PENDING, seen
            assert time.monotonic() < end, "it did not start"
            await asyncio.sleep(0.05)


@pytest.fixture
async def house(docker_host: str, database_image: str, python_image: str, tmp_path: Path) -> AsyncIterator[House]:
    data = tmp_path / "data"
    settings = Settings(_env_file=None, data_dir=data, docker_host=docker_host, anthropic_api_key="", preview_warm=0)
    house = House(settings)
    await house.open()
    yield house
    for project in house.projects:
        await house.services.servers.removal.end(project)
        await house.services.databases.remove(project)
    await house.close()
    await swept(docker_host, house.services.engines.instance)


async def swept(docker_host: str, instance: str) -> None:
    """Remove the apps' own volumes, which outlive a stop."""
    wanted = {"label": [f"sayso.instance={instance}"]}
    async with aiodocker.Docker(docker_host) as docker:
        for container in await docker.containers.list(all=1, filters=json.dumps(wanted)):
            await container.delete(force=True, v=True)
        for network in await docker.networks.list(filters=wanted):
            await (await docker.networks.get(network["Id"])).delete()
        for volume in (await docker.volumes.list(filters=wanted))["Volumes"] or []:
            await (await docker.volumes.get(volume["Name"])).delete(force=True)


async def call(method: str, address: str) -> Any:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        answer = await client.request(method, address)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def test_an_app_that_asks_for_postgresql_keeps_its_data_over_stops_and_our_own_restart(house: House) -> None:
    project = await house.imported(FILES)
    address = await house.started(project)
    assert await call("GET", address) == {"database": "app"}
    await call("PUT", f"{address}/guests/ada")
    shown = (await house.api.get(f"/projects/{project}/database")).json()
    assert (shown["status"], shown["reason"]) == ("running", "main.py names psycopg.")
    assert [(table["name"], table["rows"]) for table in shown["content"]["tables"]] == [("guests", 1)]

    await house.api.delete(f"/projects/{project}/server")
    assert (await house.api.get(f"/projects/{project}/database")).json()["status"] == "asleep"
    dump = (await house.api.get(f"/projects/{project}/database/dump")).content
    address = await house.started(project)
    assert await call("GET", f"{address}/guests") == ["ada"]

    await house.close()
    await house.open()
    await call("PUT", f"{address}/guests/grace")  # it went on meanwhile
    await house.api.post(f"/projects/{project}/database/restore", content=dump)
    assert await call("GET", f"{address}/guests") == ["ada"]
    [copy] = (await house.api.get(f"/projects/{project}/database")).json()["copies"]
    await house.api.post(f"/projects/{project}/database/copies/restore", json={"copy_id": copy["id"]})
    assert await call("GET", f"{address}/guests") == ["ada", "grace"]
    word = house.services.settings.data_dir / "databases.key"
    assert (await asyncio.to_thread(word.stat)).st_mode & 0o777 == 0o600


async def environment(house: House, project: str) -> dict[str, str]:
    """What a command in the app's container is given, and a terminal the same."""
    command = ["python3", "-c", "import json, os; print(json.dumps(dict(os.environ)))"]
    answer = await house.api.post(f"/projects/{project}/server/exec", json={"command": command, "seconds": 20})
    given: dict[str, str] = json.loads(answer.json()["output"])
    shell = await house.services.shells.open_shell(LOCAL_OWNER, project, "test", 80, 24)
    try:
        await shell.write(b'echo "[$DATABASE_URL]"\n')
        said = b""
        async with asyncio.timeout(20):
            while b"[postgresql:" not in said or b"]" not in said.partition(b"[postgresql:")[2]:
                said += await shell.read()
    finally:
        await shell.close()
    assert given["DATABASE_URL"].encode() in said.replace(b"\r\n", b"")
    return given


async def test_a_terminal_opened_after_our_restart_has_what_the_app_is_given(house: House) -> None:
    project = await house.imported(FILES)
    await house.started(project)
    before = await environment(house, project)
    assert before["DATABASE_URL"].startswith("postgresql://app:")
    await house.close()
    await house.open()
    assert await environment(house, project) == before


async def test_one_that_is_switched_off_has_none_until_it_is_switched_on_again(house: House) -> None:
    tells = "import os\nfrom fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/')\ndef home() -> bool:\n    return 'DATABASE_URL' in os.environ\n"
    project = await house.imported({"main.py": tells, "requirements.txt": "fastapi\nuvicorn\n"})
    assert await call("GET", await house.started(project)) is False
    for mode, has in (("on", True), ("off", False)):
        await house.api.patch(f"/projects/{project}/database", json={"mode": mode})
        assert await call("GET", await house.started(project)) is has


async def test_the_password_of_one_opens_no_other(house: House) -> None:
    one, other = await house.imported(FILES), await house.imported(FILES)
    addresses = [await house.started(project) for project in (one, other)]
    await call("PUT", f"{addresses[0]}/guests/ada")
    assert await call("GET", f"{addresses[1]}/guests") == []
    async with house.services.db.reader() as session:
        rows = [str(row) for row in await session.execute(text("SELECT state FROM server"))]
    assert len(rows) == 2
    assert not any("postgresql://" in row or "PGPASSWORD" in row for row in rows)
