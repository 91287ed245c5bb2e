"""The same store on PostgreSQL, on a real server that lives as long as this file's tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from builder.accounts.access import MemberRole
from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor, acting_for
from builder.accounts.memberships import Memberships
from builder.base.db import Database, alembic_config
from builder.base.errors import Conflict, NotFound, Refused
from builder.base.events import NoText
from builder.base.leases import Leases
from builder.billing.usage_log import UsageLog
from builder.composition.settings import Settings
from builder.composition.upkeep import Upkeep
from preview_runtime.file_tree import FileTree
from tests.integration.conftest import Parts, parts_on
from tests.integration.databases import emptied
from tests.integration.facts import numbered


@pytest.fixture
async def postgres(postgres_server: str, settings: Settings) -> AsyncIterator[Parts]:
    there = settings.model_copy(update={"database_url": postgres_server})
    db = Database(await emptied(there))
    await asyncio.gather(db.migrate(), Database(there).migrate())
    yield parts_on(db, there)
    await db.close()


async def test_the_migrations_make_exactly_the_tables_of_the_models(postgres: Parts) -> None:
    async with postgres.db.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.check(alembic_config(sync)))


async def test_the_rules_that_keep_teams_apart_can_be_taken_back(postgres: Parts) -> None:
    async with postgres.db.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(alembic_config(sync), "0042"))
        assert await connection.scalar(text("SELECT count(*) FROM pg_policies")) == 0
    await postgres.db.migrate()
    async with postgres.db.engine.begin() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM pg_policies")) > 80


async def test_versions_typing_undo_and_purging_work_as_on_sqlite(postgres: Parts) -> None:
    store = postgres.store
    project = (await store.create(ME, "é")).id
    tree = FileTree({"a.txt": "1", "b.bin": b"\0\xff", "src/c.ts": "3"})
    first = await store.commit(ME, project, tree, kind="generation", label="x", expect_head=None)
    await store.write_working(ME, project, {"a.txt": "2"}, ["b.bin"], {"src": "lib"})
    assert dict(await store.working_tree(ME, project)) == {"a.txt": "2", "lib/c.ts": "3"}
    await store.undo(ME, project)
    assert dict(await store.working_tree(ME, project)) == dict(tree)
    await store.redo(ME, project)
    await store.restore(ME, project, first.id)
    assert [v.kind for v in await store.versions(ME, project)] == ["restore", "save", "generation"]
    stream = postgres.events.frames(project, 0, NoText())
    count = await postgres.events.last(project)
    seen = [(await anext(stream)).split("\n")[0] for _ in range(count)]
    await stream.aclose()
    assert seen == [f"id: {n}" for n in range(1, count + 1)]
    await store.delete(ME, project)
    assert await Upkeep(store).purge(timedelta(0)) == [project]
    async with postgres.db.reader() as session:
        assert await session.scalar(text("SELECT count(*) FROM blob")) == 0


async def test_calls_of_models_are_logged_as_on_sqlite(postgres: Parts, tmp_path: Path) -> None:
    log, later = (
        UsageLog(postgres.db, Leases(postgres.db, tmp_path, seconds=-1)),
        UsageLog(postgres.db, Leases(postgres.db, tmp_path)),
    )
    asked = {"operation": "chat", "project": None, "reference": None, "model": "a:b", "tokens": 10, "cost": 0.5}
    left, made = await log.reserve(ME, **asked), await log.reserve(ME, **asked)
    told = {"input_tokens": 3, "output_tokens": 4, "cache_read": 0, "cache_write": 0, "cost": 0.1}
    await log.settle(made, "settled", **told)
    assert await later.recover() == 1
    assert {(call.id, call.status, call.cost_usd) for call in await log.calls(ME)} == {
        (left, "failed", None),
        (made, "settled", 0.1),
    }


async def test_writers_at_the_same_moment_follow_each_other(postgres: Parts) -> None:
    store = postgres.store
    project = (await store.create(ME, "p")).id
    await asyncio.gather(*(store.write_working(ME, project, {f"f{n}": str(n)}) for n in range(30)))
    assert len(await store.working_tree(ME, project)) == 30
    assert (await store.get(ME, project)).revision == 30
    commits = (
        store.commit(ME, project, FileTree({"n": str(n)}), kind="generation", label="x", expect_head=None)
        for n in range(10)
    )
    results = await asyncio.gather(*commits, return_exceptions=True)
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert all(isinstance(result, Conflict) for result in results if isinstance(result, Exception))
    async with postgres.db.reader() as session:
        seqs = [*await session.scalars(text("SELECT seq FROM event ORDER BY seq"))]
    assert seqs == list(range(1, len(seqs) + 1))


async def test_two_listeners_hear_of_facts_in_order_while_many_write(postgres: Parts) -> None:
    project = (await postgres.store.create(ME, "p")).id

    async def listen() -> list[str]:
        stream = postgres.events.frames(project, 0, NoText())
        try:
            return [(await asyncio.wait_for(anext(stream), 10)).split("\n")[0] for _ in range(50)]
        finally:
            await stream.aclose()

    listeners = [asyncio.create_task(listen()) for _ in range(2)]
    await asyncio.gather(*(postgres.events.append(project, numbered(n)) for n in range(50)))
    for heard in await asyncio.gather(*listeners):
        assert heard == [f"id: {n}" for n in range(1, 51)]


async def test_a_member_s_role_comes_with_the_row_that_is_locked(postgres: Parts) -> None:
    team, vera = acting_for("team"), Actor("vera")
    memberships = Memberships(postgres.db)
    project = await postgres.store.create(team, "Shop")
    with pytest.raises(NotFound):
        await postgres.store.write_working(vera, project.id, {"a.txt": "1"})
    await memberships.put(team, "vera", MemberRole.VIEWER)
    assert (await postgres.store.get(vera, project.id)).id == project.id
    with pytest.raises(Refused):
        await postgres.store.write_working(vera, project.id, {"a.txt": "1"})
    await memberships.put(team, "vera", MemberRole.EDITOR)
    await postgres.store.write_working(vera, project.id, {"a.txt": "1"})
    version = await postgres.store.save(vera, project.id)
    assert version
    assert (version.owner, version.created_by) == ("team", "vera")
