from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

import pytest
from alembic import command
from sqlalchemy import Connection, text

from builder.base.db import Database, alembic_config
from builder.base.jobs import JobQueue
from builder.base.leases import Leases
from builder.composition.settings import Settings
from builder.previews.data.copies import KIND
from builder.previews.runnables.runnables import LINK, PROJECT, Runnables
from builder.previews.servers.rows import ServerRows
from builder.projects.tables import Message, Project
from tests.integration.conftest import Parts


@pytest.fixture(autouse=True)
def _migrated_once() -> None:
    """Not here: every database is made by the migrations themselves."""


async def test_the_migrations_make_exactly_the_tables_of_the_models(parts: Parts) -> None:
    def check(connection: Connection) -> None:
        command.check(alembic_config(connection))

    async with parts.db.engine.begin() as connection:
        await connection.run_sync(check)


async def test_migrating_twice_and_from_two_sides_at_once_changes_nothing(settings: Settings) -> None:
    first, second = Database(settings), Database(settings)
    await first.migrate()
    await second.migrate()
    await first.close()
    await second.close()


async def test_every_migration_can_be_taken_back(settings: Settings) -> None:
    db = Database(settings)
    await db.migrate()

    def down(connection: Connection) -> None:
        command.downgrade(alembic_config(connection), "base")

    async with db.engine.begin() as connection:
        await connection.run_sync(down)
    await db.migrate()
    await db.close()


async def test_what_was_there_before_people_had_teams_is_the_local_owner_s(settings: Settings) -> None:
    db = Database(settings)

    def before(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "0007")
        for table, columns in {
            "project": {"id": "p", "owner": "owner", "title": "", "prompt": "", "stack": "[]", "redo": "[]"}
            | dict.fromkeys(("can_undo", "can_redo", "revision", "version_count", "event_seq"), 0),
            "message": {"id": "m", "owner": "owner", "project": "p", "role": "person", "text": "hello", "position": 1},
        }.items():
            stamps = ("created_at", "updated_at") if table == "project" else ("created_at",)
            row = columns | dict.fromkeys(stamps, "2026-01-01T00:00:00.000000Z")
            values = ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"), row)

    async with db.engine.begin() as connection:
        await connection.run_sync(before)
    await db.migrate()
    async with db.reader() as session:
        made = [await session.get(Project, "p"), await session.get(Message, "m")]
    assert [row and (row.owner, row.created_by) for row in made] == [("owner", "owner")] * 2
    await db.close()


WHOSE = {
    "account": "id",
    "refresh_token": "session",
    "team": "id",
    "collaborator": "account",
    "invitation": "created_by",
    "audit_entry": "team",
    "audit_chain": "id",
    **dict.fromkeys(
        (
            "sign_in_session",
            "one_time_token",
            "identity",
            "personal_token",
            "mail",
            "second_factor",
            "passkey",
            "notification_choice",
            "avatar",
        ),
        "account",
    ),
}


async def test_every_table_says_whose_its_rows_are(parts: Parts, settings: Settings) -> None:
    with sqlite3.connect(settings.data_dir / "sayso.db") as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        words = {table for table in tables if table.startswith("search_words")}  # ids of rows that say it
        for table in set(tables) - {"alembic_version"} - words:
            columns = {row[1]: row for row in connection.execute(f'PRAGMA table_info("{table}")')}
            # What is a person's own says whose by the account; mail may go to somebody who has none yet.
            whose = WHOSE.get(table, "owner")
            assert columns[whose][3] or table in ("mail", "one_time_token"), f"{table}.{whose} may be empty"
        assert len(set(tables) - words) >= 45
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def test_foreign_keys_are_checked_and_a_crash_can_lose_nothing_that_was_committed(parts: Parts) -> None:
    async with parts.db.session() as session:
        connection = await session.connection()
        found = {
            p: (await connection.exec_driver_sql(f"PRAGMA {p}")).scalar()
            for p in ("foreign_keys", "synchronous", "busy_timeout")
        }
    assert found == {"foreign_keys": 1, "synchronous": 1, "busy_timeout": 10_000}


async def test_a_copy_of_data_that_was_under_way_goes_on_as_a_job(settings: Settings) -> None:
    db = Database(settings)
    await db.migrate()

    def to(revision: str) -> Callable[[Connection], None]:
        return lambda connection: command.downgrade(alembic_config(connection), revision)

    async with db.engine.begin() as connection:
        await connection.run_sync(to("0007"))
        await connection.execute(
            text(
                "INSERT INTO data_copy (target, source, owner, created_at) VALUES ('to', 'from', 'me', '2026-01-01T00:00:00.000000Z')"
            )
        )
    await db.migrate()
    jobs = JobQueue(db, Leases(db, settings.data_dir / "processes"))
    [job] = await jobs.of(KIND)
    assert (job.key, job.payload, job.owner, job.status) == ("to", {"source": "from"}, "me", "queued")
    assert await jobs.seconds(KIND) == 0.0
    async with db.engine.begin() as connection:
        await connection.run_sync(to("0007"))
        row = (await connection.execute(text("SELECT target, source, owner FROM data_copy"))).one()
        assert tuple(row) == ("to", "from", "me")
    await db.close()


async def test_servers_of_projects_and_links_are_found_again_under_their_ids(settings: Settings) -> None:
    db = Database(settings)
    moment = "2026-01-01T00:00:00.000000Z"
    servers = [("app", "awake", "slot-a"), ("open", "asleep", "slot-b"), ("closed", "removed", "slot-c")]

    def before(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "0010")

        def put(table: str, row: dict[str, object]) -> None:
            names = ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({names})"), row)

        project = {
            "id": "app",
            "owner": "me",
            "created_by": "me",
            "title": "",
            "prompt": "",
            "stack": "[]",
            "redo": "[]",
        }
        counters = dict.fromkeys(("can_undo", "can_redo", "revision", "version_count", "event_seq"), False)
        put("project", project | counters | {"created_at": moment, "updated_at": moment})
        for link, revoked in (("open", None), ("closed", moment)):
            terms = {"version": "v", "version_number": 1, "access": "public", "password": "", "word": "", "form": ""}
            flags = {"follows": False, "source": False, "server": True, "data": "copy", "revoked_at": revoked}
            put(
                "share_link",
                {"id": link, "owner": "me", "created_by": "me", "project": "app", "created_at": moment} | terms | flags,
            )
        for runnable, stage, slot in servers:
            kept = {"owner": "me", "state": json.dumps({"engine": {"slot": slot}}), "stage": stage, "place": ""}
            stamps = {"since": moment, "updated_at": moment}
            if runnable == "app":
                put("server_preview", {"project": runnable} | kept | stamps)
            else:
                put("share_server", {"share": runnable} | kept | stamps)

    async with db.engine.begin() as connection:
        await connection.run_sync(before)
    await db.migrate()
    rows, runnables = ServerRows(db), Runnables(db)
    found = sorted((server.id, server.stage, (server.kept or {})["slot"]) for server in await rows.mine())
    assert found == sorted(servers)
    kinds = {name: await runnables.find(name) for name in ("app", "open", "closed")}
    assert {name: found and (found.kind, found.workspace, found.project_id) for name, found in kinds.items()} == {
        "app": (PROJECT, "me", "app"),
        "open": (LINK, "me", "app"),
        "closed": (LINK, "me", "app"),
    }
    # What was revoked has no right to its data any more.
    assert (await rows.lasting(), await rows.over(LINK)) == ({"app", "open"}, {"closed"})
    async with db.engine.begin() as connection:
        await connection.run_sync(lambda connection: command.downgrade(alembic_config(connection), "0010"))
        for table, column, ids in (
            ("server_preview", "project", {"app"}),
            ("share_server", "share", {"open", "closed"}),
        ):
            assert set(await connection.scalars(text(f"SELECT {column} FROM {table}"))) == ids
    await db.close()
