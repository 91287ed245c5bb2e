"""PostgreSQL keeps teams apart by itself: whatever SQL a person's transaction sends, another team's rows are not there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import JSON, LargeBinary, String, Table, delete, func, insert, select, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import AutoString, SQLModel

from builder.accounts.actor import acting_for
from builder.base.db import Database, act_as
from builder.base.ids import new_id
from builder.composition.settings import Settings
from builder.projects.tables import Project
from tests.integration.team import TEAM, Team, team

# SQLite has no roles: may() alone decides there.
pytestmark = pytest.mark.parametrize("shared", ["postgres"], indirect=True)
# All that hangs on a project, the project, and what its files hold.
TABLES = [
    table
    for table in SQLModel.metadata.sorted_tables
    if table.name in ("project", "blob", "budget", "model_call")
    or ("owner" in table.c and "project" in table.c and table.c.project.foreign_keys)
]
# What a team spends, and how a project was made, is nobody else's, whatever of its projects is public.
THEIRS = (
    "budget", "model_call", "attachment", "event", "generation", "git_branch", "git_commit", "git_remote", "message", "project_secret",
    "search_entry", "sent_call", "set_aside", "share_link", "sharing_decision", "turn", "turn_step",
)  # fmt: skip
OUTSIDE = ("stranger", "other", "the-keeper")
INSIDE = ("the-viewer", "a-editor")


class Undone(Exception):
    """Nothing of a test's own is kept."""


@asynccontextmanager
async def as_if(db: Database, person: str) -> AsyncIterator[AsyncSession]:
    """A transaction of a person, taken back at its end."""
    try:
        async with db.session() as session:
            await act_as(session, person)
            yield session
            raise Undone
    except Undone:
        pass


def row_of(table: Table, project: str) -> dict[str, Any]:
    """A row of the team's own project; "" or 0 where the table says nothing."""
    values: dict[str, Any] = {"owner": TEAM.workspace, "project": project, "visibility": "private"}
    for column in table.c:
        if column.name in values or column.nullable:
            continue
        if isinstance(column.type, AutoString | String):
            values[column.name] = new_id()[: column.type.length or 16]
        elif isinstance(column.type, LargeBinary):
            values[column.name] = b"x"
        else:
            values[column.name] = {} if isinstance(column.type, JSON) else column.type.python_type()
    return {name: value for name, value in values.items() if name in table.c}


@pytest.fixture
async def house(shared: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Team]:
    given = {"owner_password": SecretStr("correct horse"), "accounts": "open"}
    async with team(shared.model_copy(update=given), monkeypatch) as made:
        async with made.services.db.session() as session:
            for table in TABLES:
                await session.execute(insert(table).values(row_of(table, made.ids["project_id"])))
        yield made


async def count(session: AsyncSession, table: Table) -> int:
    theirs = select(func.count()).select_from(table).where(table.c.owner == TEAM.workspace)
    return await session.scalar(theirs) or 0


async def test_a_stranger_reads_and_changes_nothing_of_a_team_and_its_people_everything(house: Team) -> None:
    db, project = house.services.db, house.ids["project_id"]
    assert len(TABLES) > 20
    for table in TABLES:
        for person in OUTSIDE:
            async with as_if(db, person) as session:
                assert await count(session, table) == 0, (person, table.name)
                for statement in (
                    update(table).where(table.c.owner == TEAM.workspace).values(owner=person),
                    delete(table).where(table.c.owner == TEAM.workspace),
                ):
                    assert (await session.execute(statement)).rowcount == 0, (person, table.name)  # type: ignore[attr-defined]
            with pytest.raises(ProgrammingError, match="row-level security"):
                async with as_if(db, person) as session:
                    await session.execute(insert(table).values(row_of(table, project)))
        for person in INSIDE:
            async with as_if(db, person) as session:
                assert await count(session, table) > 0, (person, table.name)
        async with db.reader() as session:  # the server's own work
            assert await count(session, table) > 0, table.name


async def test_a_row_of_one_s_own_cannot_be_given_to_a_team_that_one_is_not_in(house: Team) -> None:
    services = house.services
    mine = await services.store.create(acting_for("stranger"), "Mine")
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with as_if(services.db, "stranger") as session:
            await session.execute(update(Project).where(Project.id == mine.id).values(owner=TEAM.workspace))  # type: ignore[arg-type]


async def test_everybody_reads_a_public_project_and_nobody_else_changes_it(house: Team) -> None:
    db, project = house.services.db, house.ids["project_id"]
    async with db.session() as session:
        await session.execute(update(Project).where(Project.id == project).values(visibility="public"))  # type: ignore[arg-type]
    async with as_if(db, "stranger") as session:
        for table in TABLES:
            assert (await count(session, table) > 0) is (table.name not in THEIRS), table.name
    for table in TABLES:
        if table.name in ("project", "blob"):
            continue
        async with as_if(db, "stranger") as session:
            gone = await session.execute(delete(table).where(table.c.project == project))
            assert gone.rowcount == 0, table.name  # type: ignore[attr-defined]
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with as_if(db, "stranger") as session:
            await session.execute(update(Project).where(Project.id == project).values(title="Mine now"))  # type: ignore[arg-type]


async def test_who_leaves_a_team_sees_nothing_of_it_in_their_next_transaction(house: Team) -> None:
    db = house.services.db
    async with as_if(db, "the-editor") as session:
        assert await count(session, TABLES[0]) > 0
    await house.services.memberships.remove(TEAM, "the-editor")
    async with as_if(db, "the-editor") as session:
        assert [await count(session, table) for table in TABLES] == [0] * len(TABLES)
