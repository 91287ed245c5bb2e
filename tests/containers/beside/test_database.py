"""A project's PostgreSQL in a real Docker Engine: reached by its app alone, kept over everything but its removal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiodocker
import pytest
from aiodocker.containers import DockerContainer

from builder.texts import said
from preview_runtime.containers.beside import database_container
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.beside.database import DatabaseStatus, ProjectDatabase
from preview_runtime.containers.beside.database_container import database_slot
from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.execution import Executed, execute
from preview_runtime.containers.docker.labels import Role, filters, labels, name
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.reconciler import Known, Reconciler
from preview_runtime.engines import EngineFailed
from preview_runtime.plans.runtimes import Sidecar

pytestmark = pytest.mark.usefixtures("firewalled")

INSTANCE = f"sayso-test-db-{os.getpid()}"
SETTINGS = ContainerSettings(instance=INSTANCE)
SECRET = b"a secret of this test"
NOTES = (
    "CREATE TABLE notes (id serial PRIMARY KEY, text text NOT NULL); INSERT INTO notes (text) VALUES ('one'), ('two')"
)


class Projects:
    """Databases, a stand-in for the app of each, and what they leave."""

    def __init__(self, docker: aiodocker.Docker) -> None:
        self.docker = docker
        self.networks = Networks(docker, SETTINGS)
        self.databases = self.again()
        self.made: list[str] = []

    def again(self) -> ProjectDatabase:
        """The databases as a process that was just started sees them."""
        return ProjectDatabase(self.docker, SETTINGS, self.networks, SECRET)

    def new(self) -> str:
        self.made.append(f"p-{secrets.token_hex(4)}")
        return self.made[-1]

    async def app(self, project: str, access: Access | None = None) -> DockerContainer:
        """A container that is an app's in its rights and networks, with a client of PostgreSQL in it."""
        network = await self.networks.ensure(project)
        config = policy.probe_container(catalogue.tag(Sidecar.POSTGRES), ["sleep", "600"], network, SETTINGS)
        config["Labels"] = labels(INSTANCE, project, Role.APP)
        container = await self.docker.containers.create(config)
        if access:
            await (await self.docker.networks.get(access.networks[0])).connect({"Container": container.id})
        await container.start()
        return container

    async def left(self, project: str = "") -> list[str]:
        """Names of everything in the engine that carries our labels, the project's if one is named."""
        wanted = filters(INSTANCE)
        containers = await self.docker.containers.list(all=1, filters=json.dumps(wanted))
        networks = await self.docker.networks.list(filters=wanted)
        volumes = (await self.docker.volumes.list(filters=wanted))["Volumes"] or []
        found = [
            *[container["Names"][0] for container in containers],
            *[f"network {network['Name']}" for network in networks],
            *[f"volume {volume['Name']}" for volume in volumes],
        ]
        return sorted(one for one in found if project in one)


@pytest.fixture
async def projects(docker: aiodocker.Docker, database_image: str) -> AsyncIterator[Projects]:
    made = Projects(docker)
    yield made
    for project in made.made:
        wanted = json.dumps(filters(INSTANCE, project, Role.APP))
        for container in await docker.containers.list(all=1, filters=wanted):
            await container.delete(force=True, v=True)
        await made.databases.remove(project)
        await made.networks.remove(project)
    assert await made.left() == []


async def sql(app: DockerContainer, access: Access, query: str) -> str:
    """What the app's own client answers, over the address it was given."""
    done = await _client(app, access, query)
    assert done.code == 0, done.output
    return done.output.strip()


async def _client(app: DockerContainer, access: Access, query: str) -> Executed:
    address = access.environment["DATABASE_URL"]
    return await execute(app, ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", address, "-c", query], seconds=40)


async def saved(databases: ProjectDatabase, project: str, file: Path) -> Path:
    await asyncio.to_thread(file.write_bytes, b"".join([piece async for piece in databases.dump(project)]))
    return file


async def test_an_app_finds_its_data_again_after_a_stop_and_in_another_process_of_ours(projects: Projects) -> None:
    project = projects.new()
    access = await projects.databases.ensure(project)
    app = await projects.app(project, access)
    await sql(app, access, NOTES)
    variables = [f"{key}={value}" for key, value in access.environment.items() if key != "DATABASE_URL"]
    by_variables = await execute(app, ["env", *variables, "psql", "-qAtX", "-c", "SELECT count(*) FROM notes"])
    assert by_variables.output == "2\n"

    await app.delete(force=True, v=True)
    await projects.databases.stop(project)
    assert await projects.left(project) == [
        f"network {name(INSTANCE, project)}",
        f"volume {name(INSTANCE, database_slot(project), Role.DATABASE)}",
    ]
    assert await projects.databases.status(project) is DatabaseStatus.ASLEEP
    later = projects.again()
    again = await later.ensure(project)
    assert again.environment["PGPASSWORD"] == access.environment["PGPASSWORD"]
    app = await projects.app(project, again)
    assert await sql(app, again, "SELECT string_agg(text, ',') FROM notes") == "one,two"
    found = await later.usage(project)
    assert [(table.schema, table.name, table.rows, table.exact) for table in found.tables] == [
        ("public", "notes", 2, True)
    ]
    assert (found.count, found.full) == (1, False)


async def test_it_rests_with_its_app_and_is_there_at_the_same_address(projects: Projects) -> None:
    project = projects.new()
    access = await projects.databases.ensure(project)
    app = await projects.app(project, access)
    await sql(app, access, NOTES)
    for rest in (projects.databases.pause, projects.databases.sleep):
        await rest(project)
        assert await projects.databases.status(project) is DatabaseStatus.ASLEEP
        # A look wakes it for the moment only.
        assert (await projects.databases.usage(project)).count == 1
        assert await projects.databases.status(project) is DatabaseStatus.ASLEEP
        await projects.databases.resume(project)
        assert await projects.databases.status(project) is DatabaseStatus.RUNNING
        assert await sql(app, access, "SELECT count(*) FROM notes") == "2"
    assert (await projects.databases.ensure(project)) == access


async def test_a_crash_of_the_server_costs_the_app_its_connections_and_no_data(projects: Projects) -> None:
    project = projects.new()
    access = await projects.databases.ensure(project)
    app = await projects.app(project, access)
    await sql(app, access, NOTES)
    [container] = await projects.docker.containers.list(
        filters=json.dumps(filters(INSTANCE, database_slot(project), Role.DATABASE))
    )
    before = (await container.show())["RestartCount"]
    with contextlib.suppress(aiodocker.DockerError):
        await execute(container, ["sh", "-c", "kill -9 $(head -n 1 cluster/postmaster.pid)"])

    async def back() -> bool:
        shown = await container.show()
        return shown["RestartCount"] > before and (await _client(app, access, "SELECT 1")).code == 0

    await eventually(back)
    assert await sql(app, access, "SELECT count(*) FROM notes") == "2"


async def test_a_dump_brings_everything_back(projects: Projects, tmp_path: Path) -> None:
    project, other = projects.new(), projects.new()
    access = await projects.databases.ensure(project)
    app = await projects.app(project, access)
    await sql(app, access, "CREATE EXTENSION pgcrypto; CREATE SCHEMA shop; CREATE TABLE shop.cups (n int); " + NOTES)
    await sql(app, access, "CREATE VIEW loud AS SELECT upper(text) AS text FROM notes")
    dump = await saved(projects.databases, project, tmp_path / "app.dump")
    await sql(app, access, "DELETE FROM notes; DROP VIEW loud; CREATE TABLE later (n int)")
    await projects.databases.restore(project, dump)
    assert await sql(app, access, "SELECT string_agg(text, ',' ORDER BY text) FROM loud") == "ONE,TWO"
    # The next number of a series goes on where it was, and the account may still change what is its own.
    assert await sql(app, access, "INSERT INTO notes (text) VALUES ('three') RETURNING id") == "3"
    assert await sql(app, access, "ALTER TABLE shop.cups ADD COLUMN size int; SELECT count(*) FROM shop.cups") == "0"
    assert "later" not in {table.name for table in (await projects.databases.usage(project)).tables}
    # A project that never had a database gets one with the dump.
    await projects.databases.restore(other, dump)
    assert {table.name for table in (await projects.databases.usage(other)).tables} == {"notes", "cups"}
    await projects.databases.reset(project)
    assert (await projects.databases.usage(project)).tables == ()
    assert await sql(app, access, "CREATE TABLE fresh (n int); SELECT count(*) FROM fresh") == "0"


async def test_a_file_that_is_no_dump_or_half_of_one_is_refused_and_the_data_kept(
    projects: Projects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = projects.new()
    access = await projects.databases.ensure(project)
    app = await projects.app(project, access)
    await sql(app, access, NOTES + "; INSERT INTO notes (text) SELECT md5(n::text) FROM generate_series(1, 20000) n")
    dump = await saved(projects.databases, project, tmp_path / "app.dump")
    await sql(app, access, "DELETE FROM notes WHERE id > 1")
    whole = dump.read_bytes()
    for content, code in (
        (b"CREATE TABLE x (n int);\n", "not_a_dump"),
        (b"PGDMP" + secrets.token_bytes(4000), "not_a_dump"),
        (b"", "not_a_dump"),
        (whole[: len(whole) // 2], "restore_failed"),
    ):
        dump.write_bytes(content)
        with pytest.raises(EngineFailed) as failed:
            await projects.databases.restore(project, dump)
        assert failed.value.fault.code == code
        assert "nothing was changed" in said(failed.value.fault.says)
        assert await sql(app, access, "SELECT string_agg(text, ',') FROM notes") == "one"
    dump.write_bytes(whole)
    monkeypatch.setattr("preview_runtime.containers.beside.database_content.SPACE", 8 * MEGABYTE)
    with pytest.raises(EngineFailed) as failed:
        await projects.databases.restore(project, dump)
    assert failed.value.fault.code == "dump_too_large"
    assert await sql(app, access, "SELECT string_agg(text, ',') FROM notes") == "one"
    assert (await projects.databases.usage(project)).count == 1


REACH = 'timeout 1 bash -c "exec 3<>/dev/tcp/$0/$1" 2> /dev/null && echo reached || echo kept out'


async def reached(container: DockerContainer, host: str, port: int | str) -> str:
    return (await execute(container, ["bash", "-c", REACH, host, str(port)])).output.strip()


async def test_nobody_but_its_app_reaches_it_and_it_reaches_nobody(projects: Projects) -> None:
    one, other = projects.new(), projects.new()
    mine, theirs = await projects.databases.ensure(one), await projects.databases.ensure(other)
    app, stranger = await projects.app(one, mine), await projects.app(other, theirs)
    host, port = mine.environment["PGHOST"], mine.environment["PGPORT"]
    assert await reached(app, host, port) == "reached"
    assert await reached(stranger, host, port) == "kept out"
    # Nor with the neighbour's password, from where it can be reached.
    swapped = {
        **mine.environment,
        "DATABASE_URL": mine.environment["DATABASE_URL"].replace(
            mine.environment["PGPASSWORD"], theirs.environment["PGPASSWORD"]
        ),
    }
    refused = await _client(app, Access(mine.networks, swapped), "SELECT 1")
    assert "password authentication failed" in refused.output

    [database] = await projects.docker.containers.list(
        filters=json.dumps(filters(INSTANCE, database_slot(one), Role.DATABASE))
    )
    with socket.create_server(("0.0.0.0", 0)) as service:
        own = service.getsockname()[1]
        closed: list[tuple[str, int | str]] = [(theirs.environment["PGHOST"], port), ("192.0.2.1", 80)]
        for network in (*mine.networks, *theirs.networks, name(INSTANCE, one)):
            config = (await (await projects.docker.networks.get(network)).show())["IPAM"]["Config"][0]
            closed.append((config["Gateway"], own))
        answers = await asyncio.gather(*(reached(database, place, number) for place, number in closed))
    assert answers == ["kept out"] * len(closed)
    assert await reached(database, host, port) == "reached"  # the same call sees a way where there is one
    resolved = await execute(database, ["timeout", "5", "getent", "hosts", "example.com"])
    assert resolved.code != 0


async def test_its_container_has_no_rights_and_its_account_none_beyond_its_own_database(projects: Projects) -> None:
    project = projects.new()
    access = await projects.databases.ensure(project)
    app = await projects.app(project, access)
    [database] = await projects.docker.containers.list(
        filters=json.dumps(filters(INSTANCE, database_slot(project), Role.DATABASE))
    )
    status = (await execute(database, ["cat", "/proc/1/status"])).output
    lines = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert lines["Uid"].split()[0] == "10001"
    assert {int(lines[f"Cap{kind}"], 16) for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {0}
    assert (lines["NoNewPrivs"], lines["Seccomp"]) == ("1", "2")
    assert (await execute(database, ["touch", "/etc/mark"])).code != 0
    host = (await database.show())["HostConfig"]
    assert (host["Memory"], host["PidsLimit"], host["PortBindings"]) == (256 * MEGABYTE, 128, {})
    for query in (
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "SELECT pg_read_file('/etc/passwd')",
        "ALTER SYSTEM SET log_statement = 'all'",
        "CREATE EXTENSION dblink",
        "SELECT rolpassword FROM pg_authid",
        "CREATE DATABASE another",
    ):
        refused = await _client(app, access, query)
        assert "ERROR" in refused.output, query
    away = access.environment["DATABASE_URL"].removesuffix("/app") + "/postgres"
    refused = await _client(app, Access((), {"DATABASE_URL": away}), "SELECT 1")
    assert refused.code != 0


async def test_its_password_is_nowhere_to_be_read(projects: Projects) -> None:
    project = projects.new()
    access = await projects.databases.ensure(project)
    app = await projects.app(project, access)
    await _client(app, access, "CREATE ROLE x PASSWORD 'hidden-word'")
    word = access.environment["PGPASSWORD"]
    [database] = await projects.docker.containers.list(
        filters=json.dumps(filters(INSTANCE, database_slot(project), Role.DATABASE))
    )
    log = "".join(await database.log(stdout=True, stderr=True))
    assert "permission denied to create role" in log
    assert "hidden-word" not in log
    kept = await execute(database, ["grep", "-rlaF", word, "/app", "/tmp"])
    for place in (json.dumps(await database.show()), log, kept.output):
        assert word not in place
    assert kept.output == ""


async def test_one_that_is_full_is_closed_to_its_app_and_can_still_be_taken_along_and_emptied(
    projects: Projects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_container, "SPACE", 96 * MEGABYTE)
    project = projects.new()
    access = await projects.databases.ensure(project)
    app = await projects.app(project, access)
    filling = "CREATE TABLE big AS SELECT n, repeat(md5(n::text), 30) AS text FROM generate_series(1, {}) n"
    await _client(app, access, filling.format(120_000))

    async def closed() -> bool:
        return (await _client(app, access, "SELECT 1")).code != 0

    async def open_again() -> bool:
        return not await closed()

    await eventually(closed)
    assert (await projects.databases.usage(project)).full
    assert (await saved(projects.databases, project, tmp_path / "full.dump")).read_bytes().startswith(b"PGDMP")
    await projects.databases.reset(project)
    await eventually(open_again)
    assert not (await projects.databases.usage(project)).full


async def test_data_of_another_version_of_postgresql_are_named_and_left_alone(projects: Projects) -> None:
    project = projects.new()
    await projects.databases.ensure(project)
    [database] = await projects.docker.containers.list(
        filters=json.dumps(filters(INSTANCE, database_slot(project), Role.DATABASE))
    )
    await execute(database, ["sh", "-c", "echo 9 > cluster/PG_VERSION"])
    await projects.databases.stop(project)
    with pytest.raises(EngineFailed) as failed:
        await projects.databases.ensure(project)
    assert failed.value.fault.code == "database_version"
    assert "The data are of PostgreSQL 9, the server is " in failed.value.fault.frame


async def test_what_was_removed_is_gone_and_what_is_not_ours_is_left_alone(projects: Projects) -> None:
    project = projects.new()
    await projects.databases.ensure(project)
    await projects.databases.remove(project)
    assert await projects.left(project) == []
    assert await projects.databases.status(project) is DatabaseStatus.ABSENT
    with pytest.raises(EngineFailed) as failed:
        await projects.databases.usage(project)
    assert failed.value.fault.code == "no_database"
    title = name(INSTANCE, database_slot(project), Role.DATABASE)
    foreign = await projects.docker.volumes.create({"Name": title, "Labels": {"sayso.test": "1"}})
    try:
        with pytest.raises(EngineFailed) as failed:
            await projects.databases.ensure(project)
        assert failed.value.fault.code == "name_taken"
        await projects.databases.remove(project)
        assert (await foreign.show())["Name"] == title
    finally:
        await foreign.delete()


async def test_it_is_there_as_long_as_its_project_is_whether_its_app_runs_or_not(projects: Projects) -> None:
    project = projects.new()
    access = await projects.databases.ensure(project)
    app = await projects.app(project, access)
    await sql(app, access, NOTES)
    await app.delete(force=True, v=True)
    slots = Slots(projects.docker, SETTINGS, projects.networks)

    async def there() -> Known:
        return Known(frozenset(), frozenset({project}))

    async def gone() -> Known:
        return Known(frozenset(), frozenset())

    removed = await Reconciler(slots, there).once(grace=0)
    assert (removed.containers, removed.volumes) == ([], [])
    assert (await projects.databases.usage(project)).count == 1
    await projects.databases.stop(project)
    assert not (await Reconciler(slots, there).once(grace=0)).volumes
    await projects.databases.resume(project)
    removed = await Reconciler(slots, gone).once(grace=0)
    assert removed.volumes == [name(INSTANCE, database_slot(project), Role.DATABASE)]
    assert await projects.left(project) == []


async def eventually(check: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < end, "it did not come to be"
        await asyncio.sleep(0.05)
