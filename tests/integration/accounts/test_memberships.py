"""People in a workspace that is not their own: what they make there, whose keys pay, and what ends with a right."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import event, select
from sqlmodel import col
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from builder.accounts.access import Action, MemberRole
from builder.accounts.actor import LOCAL_OWNER, Actor, acting_for
from builder.accounts.memberships import Memberships
from builder.accounts.open_connections import RIGHTS_CHANGED
from builder.accounts.sign_in import require_sign_in
from builder.api import create_api
from builder.base.errors import NotFound, Refused
from builder.base.http.hosts import same_origin_only
from builder.composition.settings import Settings
from builder.llm.credentials import Credentials
from builder.previews.links.tables import ShareLink
from builder.projects.tables import Blob, Message, Version
from preview_runtime.file_tree import FileTree
from tests.integration.accounts.test_signed_out import closed
from tests.integration.conftest import Parts
from tests.integration.server import serving
from tests.integration.team import TEAM, WHO, team

VERA = Actor("vera")
MOST_SECONDS = 2.0


@pytest.fixture
def memberships(parts: Parts) -> Memberships:
    return Memberships(parts.db)


@contextlib.contextmanager
def statements(parts: Parts) -> Iterator[list[str]]:
    """What is asked of the database meanwhile, beside the begin and the end of transactions."""
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            asked.append(statement)

    event.listen(parts.db.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(parts.db.engine.sync_engine, "before_cursor_execute", note)


async def test_members_are_made_by_those_who_administer(memberships: Memberships) -> None:
    await memberships.put(TEAM, "ada", MemberRole.ADMIN)
    ada = Actor("ada", "team")
    await memberships.put(ada, "vera", MemberRole.EDITOR)
    with pytest.raises(Refused):
        await memberships.put(VERA.within("team"), "vera", MemberRole.OWNER)
    with pytest.raises(NotFound):
        await memberships.put(Actor("eve", "team"), "eve", MemberRole.OWNER)
    await memberships.check(VERA.within("team"), Action.EDIT)
    await memberships.put(ada, "vera", MemberRole.VIEWER)
    with pytest.raises(Refused):
        await memberships.check(VERA.within("team"), Action.EDIT)
    await memberships.remove(ada, "vera")
    with pytest.raises(NotFound):
        await memberships.check(VERA.within("team"), Action.READ)


async def test_what_a_member_makes_is_the_team_s_and_says_who_made_it(parts: Parts, memberships: Memberships) -> None:
    await memberships.put(TEAM, "vera", MemberRole.EDITOR)
    project = await parts.store.create(TEAM, "Shop")
    await parts.store.commit(VERA, project.id, FileTree({"a.txt": "1"}), kind="import", label="")
    await parts.store.write_working(VERA, project.id, {"a.txt": "2"})
    await parts.store.save(VERA, project.id)
    await parts.store.add_message(VERA, project.id, "person", "hello")
    copy = await parts.store.duplicate(VERA, project.id)
    assert [(one.owner, one.created_by) for one in (project, copy)] == [("team", "team"), ("team", "vera")]
    async with parts.db.reader() as session:
        for table in (Version, Message):
            rows = [*await session.scalars(select(table).where(col(table.project) == project.id))]
            assert rows
            assert {(row.owner, row.created_by) for row in rows} == {("team", "vera")}
        assert {*await session.scalars(select(col(Blob.owner)))} == {"team"}
    assert (await parts.store.working_tree(TEAM, project.id))["a.txt"] == "2"
    mine = await parts.store.create(VERA, "Mine")
    assert [one.id for one in await parts.store.list(VERA)] == [mine.id]
    with pytest.raises(NotFound):
        await parts.store.get(Actor("eve"), mine.id)


async def test_a_person_alone_is_never_looked_for_and_a_member_with_the_row(
    parts: Parts, memberships: Memberships
) -> None:
    alone = await parts.store.create(LOCAL_OWNER, "Alone")
    shared = await parts.store.create(TEAM, "Shared")
    await memberships.put(TEAM, "vera", MemberRole.VIEWER)
    with statements(parts) as asked:
        await parts.store.get(LOCAL_OWNER, alone.id)
        await parts.store.list(LOCAL_OWNER)
        await parts.store.rename(LOCAL_OWNER, alone.id, "Still alone")
    assert not [one for one in asked if "membership" in one]
    with statements(parts) as asked:
        await parts.store.get(VERA, shared.id)
    assert len(asked) == 1


async def test_a_team_s_key_answers_in_the_team_s_projects(parts: Parts, settings: Settings) -> None:
    async def works(_: object, __: str) -> None:
        """Every key does."""

    keys = Credentials(parts.db, settings, works)
    await keys.put(VERA, "sk-her-own-key")
    await keys.put(VERA.within("team"), "sk-of-the-team")
    assert keys.held(VERA) == "sk-her-own-key"
    assert keys.held(VERA.within("team")) == keys.held(acting_for("team")) == "sk-of-the-team"


@pytest.fixture
async def address(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    locked = settings.model_copy(update={"owner_password": SecretStr("correct horse")})
    async with team(locked, monkeypatch) as made:
        services = made.services
        app = same_origin_only(create_api(lambda: services), locked)
        async with serving(require_sign_in(app, locked, lambda: services.connections)) as at:
            async with httpx.AsyncClient(base_url=f"http://{at}", headers={"x-sayso-client": "tests"}) as browser:
                answer = await browser.post("/sign-in", data={"password": "correct horse"})
            headers = {"x-sayso-client": "tests", "cookie": answer.headers["set-cookie"].partition(";")[0]}
            yield made, at, headers


async def test_sockets_and_streams_end_with_the_right_they_were_opened_with(address: Any) -> None:
    made, at, headers = address
    events = f"{at}/api/v1/projects/{made.ids['project_id']}/events"
    editor, viewer = ({**headers, WHO: f"the-{role}"} for role in (MemberRole.EDITOR, MemberRole.VIEWER))
    terminal = f"{at}/api/v1/projects/{made.ids['project_id']}/terminals/{made.ids['terminal_id']}/ws"

    def opened(where: str, who: dict[str, str]) -> connect:
        return connect(f"ws://{where}", proxy=None, additional_headers=who)

    async with (
        opened(f"{events}/ws", editor) as socket,
        opened(terminal, editor) as shell,
        opened(f"{events}/ws", viewer) as other,
        httpx.AsyncClient(trust_env=False, timeout=30) as client,
        client.stream("GET", f"http://{events}", headers=editor) as stream,
    ):
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith("retry")
        await made.services.memberships.put(TEAM, "the-editor", MemberRole.VIEWER)
        async with asyncio.timeout(MOST_SECONDS):
            assert await closed(socket) == await closed(shell) == RIGHTS_CHANGED
            with contextlib.suppress(httpx.RemoteProtocolError):
                async for _ in lines:
                    pass
        await other.send("ping")
        async with asyncio.timeout(10):
            while "pong" not in str(await other.recv()):
                pass
    async with opened(f"{events}/ws", editor):
        pass  # a viewer may still look
    with pytest.raises(InvalidStatus) as refused:
        async with opened(terminal, editor):
            pass
    assert refused.value.response.status_code == 403
    await made.services.memberships.remove(TEAM, "the-editor")
    with pytest.raises(InvalidStatus) as refused:
        async with opened(f"{events}/ws", editor):
            pass
    assert refused.value.response.status_code == 404


async def test_a_link_says_who_made_it(address: Any) -> None:
    made, _, _ = address
    project = made.ids["project_id"]
    await made.services.store.write_working(TEAM, project, {"index.html": "another version"})
    link = await made.services.shares.create(Actor("the-admin"), project)
    with pytest.raises(Refused):
        await made.services.shares.create(Actor("the-editor"), project)
    async with made.services.db.reader() as session:
        row = await session.get(ShareLink, link.id)
    assert (row.owner, row.created_by) == ("team", "the-admin")
