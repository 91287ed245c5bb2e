"""What an app stored goes along to its live links and duplicates: files, SQLite and PostgreSQL, in a real Docker Engine."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiodocker
import httpx
import pytest
from sqlalchemy import select

from builder.accounts.actor import LOCAL_OWNER
from builder.base.ids import now
from builder.base.tables import QueuedJob
from builder.composition.upkeep import FORGET
from builder.previews.data.copies import KIND
from preview_runtime.containers.beside.database_container import database_slot
from preview_runtime.containers.docker.freezing import freeze
from preview_runtime.containers.docker.labels import Role, filters
from tests.containers.beside.test_database_apps import House, call, house

__all__ = ["house"]

pytestmark = pytest.mark.usefixtures("firewalled")

NOTES = """
import os, sqlite3
from pathlib import Path
import psycopg
from fastapi import FastAPI

connection = sqlite3.connect("notes.db", check_same_thread=False, isolation_level=None)
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("CREATE TABLE IF NOT EXISTS notes (text text)")
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as guests:
    guests.execute("CREATE TABLE IF NOT EXISTS guests (name text)")
Path("uploads").mkdir(exist_ok=True)

app = FastAPI()


@app.put("/{word}")
def add(word: str) -> None:
    connection.execute("INSERT INTO notes VALUES (?)", [word])
    Path("uploads", word).write_text(word)
    with psycopg.connect() as guests:
        guests.execute("INSERT INTO guests VALUES (%s)", [word])


@app.get("/")
def everything() -> list[list[str]]:
    with psycopg.connect() as guests:
        names = [row[0] for row in guests.execute("SELECT name FROM guests ORDER BY name")]
    notes = [row[0] for row in connection.execute("SELECT text FROM notes ORDER BY text")]
    return [notes, sorted(path.name for path in Path("uploads").iterdir()), names]
"""
FILES = {"main.py": NOTES, "old.py": "", "requirements.txt": "fastapi\nuvicorn\npsycopg[binary]\n"}


async def woken(house: House, preview: str) -> str:
    """The address of a link's server, once a request has woken it."""
    assert await house.services.servers.standby.wake(preview, 120)
    route = house.services.routes.find(preview)
    assert route is not None
    return route.upstream


async def shared(house: House, project: str, **terms: Any) -> str:
    answer = await house.api.post(f"/projects/{project}/shares", json=terms)
    assert answer.status_code == 201, answer.text
    link = str(answer.json()["share"]["id"])
    house.projects.append(link)
    return link


async def begun_anew(house: House, project: str, link: str, begin: str) -> None:
    answer = await house.api.post(f"/projects/{project}/shares/{link}/data", json={"begin": begin})
    assert answer.status_code == 200, answer.text


def all_of(*words: str) -> list[list[str]]:
    return [list(words)] * 3


async def test_a_link_has_data_of_its_own_begun_from_a_copy_and_keeps_them_over_new_versions(house: House) -> None:
    project = await house.imported(FILES)
    address = await house.started(project)
    await call("PUT", f"{address}/ada")
    link = await shared(house, project, follows=True)
    # What comes later is the project's alone.
    await house.services.data_copies.ready(link)
    await call("PUT", f"{address}/later")
    theirs = await woken(house, link)
    assert await call("GET", theirs) == all_of("ada")
    await call("PUT", f"{theirs}/visitor")
    assert await call("GET", theirs) == all_of("ada", "visitor")
    assert await call("GET", address) == all_of("ada", "later")

    # Two databases, two passwords, and no network that leads from one to the other.
    mine, other = [
        json.loads(
            (await house.services.servers.register.engine_of(one).exec(["python3", "-c", _TELL])).output  # type: ignore[union-attr]
        )
        for one in (project, link)
    ]
    assert mine["PGPASSWORD"] != other["PGPASSWORD"]
    engine = house.services.servers.register.engine_of(link)
    tried = await engine.exec(["python3", "-c", _REACH, mine["DATABASE_URL"]], seconds=20)  # type: ignore[union-attr]
    assert "refused or lost" in tried.output, tried

    # Another user, who owns the whole copy; the database's is neither.
    users = [
        (await house.services.servers.register.engine_of(one).exec(["sh", "-c", _OWNERS])).output.split()  # type: ignore[union-attr]
        for one in (project, link)
    ]
    assert [each[1:] for each in users] == [["0"], ["0"]]
    assert len({users[0][0], users[1][0], "10001"}) == 3

    edited = {"main.py": NOTES + "\n# another version\n"}
    await house.api.patch(f"/projects/{project}/working", json={"put": edited, "delete": ["old.py"], "client": "test"})
    await house.api.post(f"/projects/{project}/save", json={})
    async with asyncio.timeout(60):
        while True:
            [share] = (await house.api.get(f"/projects/{project}/shares")).json()["shares"]
            if share["version_number"] == 2:
                break
            await asyncio.sleep(0.2)
    theirs = await woken(house, link)
    assert await call("GET", theirs) == all_of("ada", "visitor")

    await begun_anew(house, project, link, "empty")
    assert await call("GET", await woken(house, link)) == all_of()
    await begun_anew(house, project, link, "copy")
    theirs = await woken(house, link)
    assert await call("GET", theirs) == all_of("ada", "later")
    # Of the project's files only those of the link's version came along.
    listed = await house.services.servers.register.engine_of(link).exec(["ls", "/app"])  # type: ignore[union-attr]
    assert "old.py" not in listed.output
    assert await call("GET", await house.started(project)) == all_of("ada", "later")


async def test_a_duplicate_has_the_data_and_the_settings_and_leaves_the_original_alone(
    house: House, docker_host: str
) -> None:
    project = await house.imported(FILES)
    await house.api.patch(f"/projects/{project}/database", json={"mode": "on"})
    address = await house.started(project)
    await call("PUT", f"{address}/ada")
    await house.services.servers.pause(LOCAL_OWNER, project)
    copy = str((await house.api.post(f"/projects/{project}/duplicate")).json()["project"]["id"])
    house.projects.append(copy)
    theirs = await house.started(copy)
    assert (await house.api.get(f"/projects/{copy}/database")).json()["mode"] == "on"
    assert await call("GET", theirs) == all_of("ada")
    await call("PUT", f"{theirs}/grace")
    assert await house.services.servers.standby.wake(project, 60)
    assert await call("GET", address) == all_of("ada")
    empty = str(
        (await house.api.post(f"/projects/{project}/duplicate", json={"data": "empty"})).json()["project"]["id"]
    )
    house.projects.append(empty)
    assert await call("GET", await house.started(empty)) == all_of()
    async with aiodocker.Docker(docker_host) as docker:
        instance = house.services.engines.instance
        assert not await docker.containers.list(all=1, filters=json.dumps(filters(instance, role=Role.COPY)))


_OWNERS = "id -u; find /app ! -user $(id -u) ! -path /app/.sayso/passwd | wc -l"
_TELL = "import json, os; print(json.dumps(dict(os.environ)))"
_REACH = """
import sys, psycopg
try:
    psycopg.connect(sys.argv[1], connect_timeout=5)
    print("in")
except psycopg.OperationalError as error:
    print("refused or lost", error)
"""


async def test_a_copy_that_is_killed_leaves_the_original_running(house: House, docker: aiodocker.Docker) -> None:
    project = await house.imported(FILES)
    address = await house.started(project)
    await call("PUT", f"{address}/ada")
    # As a process of ours that was killed in the middle leaves it.
    engine = house.services.servers.register.engine_of(project)
    container = await engine.running_container()  # type: ignore[union-attr]
    its = filters(house.services.engines.instance, database_slot(project), Role.DATABASE)
    [database] = await docker.containers.list(filters=json.dumps(its))
    copy = str((await house.api.post(f"/projects/{project}/duplicate", json={"data": "empty"})).json()["project"]["id"])
    house.projects.append(copy)
    await freeze(container)
    await freeze(database)
    async with house.services.db.session() as session:
        session.add(QueuedJob(kind=KIND, key=copy, payload={"source": project}, owner=LOCAL_OWNER.id, run_at=now()))
    await house.close()
    await house.open()
    assert await call("GET", await house.started(copy)) == all_of("ada")
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        assert (await client.get(address)).json() == all_of("ada")


async def test_a_copy_that_is_made_twice_and_a_project_that_is_forgotten_twice_are_as_after_once(
    house: House, docker: aiodocker.Docker
) -> None:
    """A worker that dies after the work and before it says so leaves the job for the next one."""

    async def again(kind: str, key: str, payload: dict[str, Any]) -> None:
        async with house.services.db.session() as session:
            session.add(QueuedJob(kind=kind, key=key, payload=payload, owner=LOCAL_OWNER.id, run_at=now()))
        await house.close()
        await house.open()
        async with asyncio.timeout(60):
            while True:
                async with house.services.db.reader() as session:
                    if (await session.scalars(select(QueuedJob))).first() is None:
                        return
                await asyncio.sleep(0.1)

    project = await house.imported(FILES)
    address = await house.started(project)
    await call("PUT", f"{address}/ada")
    copy = str((await house.api.post(f"/projects/{project}/duplicate")).json()["project"]["id"])
    house.projects.append(copy)
    await house.services.data_copies.ready(copy)
    await again(KIND, copy, {"source": project})
    assert await call("GET", await house.started(copy)) == all_of("ada")
    assert await call("GET", await house.started(project)) == all_of("ada")

    for _ in range(2):
        await again(FORGET, copy, {"generations": []})
        its = filters(house.services.engines.instance, copy)
        assert not await docker.containers.list(all=1, filters=json.dumps(its))
        assert not (await docker.volumes.list(filters=its))["Volumes"]
    assert await call("GET", await house.started(project)) == all_of("ada")


@pytest.mark.parametrize("hostile", ["link", "pipe"])
async def test_what_an_app_left_there_leads_nowhere(house: House, hostile: str) -> None:
    makes = {"link": "os.symlink('/etc', 'away')", "pipe": "os.mkfifo('pipe')"}[hostile]
    plain = f"""
import os
from fastapi import FastAPI
if not os.path.lexists("away") and not os.path.lexists("pipe"):
    {makes}
    open("closed", "w").write("kept")
    os.chmod("closed", 0)
    with open("holes", "wb") as file:
        file.truncate(500_000_000)
app = FastAPI()


@app.get("/")
def home() -> list:
    os.chmod("closed", 0o600)
    away = os.readlink("away") if os.path.islink("away") else None
    return [open("closed").read(), away, os.path.lexists("pipe"), os.stat("holes").st_size, os.stat("holes").st_blocks < 1000]
"""
    project = await house.imported({"main.py": plain, "requirements.txt": "fastapi\nuvicorn\n"})
    await house.started(project)
    copy = str((await house.api.post(f"/projects/{project}/duplicate")).json()["project"]["id"])
    house.projects.append(copy)
    seen = await call("GET", await house.started(copy))
    assert seen == ["kept", "/etc" if hostile == "link" else None, hostile == "pipe" and seen[2], 500_000_000, True]
