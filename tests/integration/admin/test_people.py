"""What administrators do with people: who may, what it does at once, and what is written down of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col
from websockets.asyncio.client import connect

from builder.accounts.actor import acting_for
from builder.accounts.audit.tables import AuditEntry
from builder.accounts.open_connections import RIGHTS_CHANGED, SIGNED_OUT
from builder.composition.settings import Settings
from builder.previews.links.tables import ShareLink
from preview_runtime.compiling.compiler import Compiler
from preview_runtime.file_tree import FileTree
from preview_runtime.output import OutputFile
from tests.integration.accounts.people.school import OWNER, OWNER_PASSWORD, PASSWORD, PROGRAM, School, bearer, school
from tests.integration.accounts.teams.club import member
from tests.integration.accounts.test_signed_out import closed
from tests.integration.server import serving
from tests.integration.servers import Engines, GoodEngine, World

ADMIN = "/api/v1/admin"


@pytest.fixture
async def open_school(shared: Settings) -> AsyncIterator[School]:
    async with school(shared) as made:
        yield made


async def overseer(made: School) -> httpx.AsyncClient:
    """The first account's browser."""
    browser = made.caller()
    answer = await browser.post("/api/v1/auth/login", json={"email": OWNER, "password": OWNER_PASSWORD})
    assert answer.status_code == 200
    return browser


async def id_of(made: School, email: str) -> str:
    account = await made.services.people.register.by_email(email)
    assert account is not None
    return account.id


async def written(made: School) -> list[tuple[str, str, str]]:
    """(action, resource, reason) of every line."""
    async with made.services.db.reader() as session:
        rows = await session.scalars(select(AuditEntry).order_by(col(AuditEntry.number)))
        return [(row.action, row.resource, row.reason) for row in rows]


async def test_nobody_but_an_administrator_is_let_in(open_school: School) -> None:
    boss, ana = await overseer(open_school), await open_school.signed_up("ana@example.org")
    token = (await boss.post("/api/v1/me/tokens", json={"name": "p", "scopes": ["admin"]})).json()["secret"]
    for path in ("/users", "/projects", "/dashboard", "/system", "/jobs", "/audit"):
        assert (await boss.get(ADMIN + path)).status_code == 200, path
        assert (await ana.get(ADMIN + path)).json()["error"]["code"] == "forbidden", path
        assert (await open_school.caller().get(ADMIN + path)).status_code == 401, path
        # No token with scopes reaches it, whoever made it.
        assert (await open_school.caller(**bearer(token)).get(ADMIN + path)).json()["error"]["code"] == "scope", path
    assert ("admin.read", "admin_people", "") in await written(open_school)
    who = await id_of(open_school, "ana@example.org")
    assert (await boss.patch(f"{ADMIN}/users/{who}", json={"role": "admin"})).status_code == 200
    assert (await ana.get(f"{ADMIN}/users")).status_code == 200
    assert (await ana.patch(f"{ADMIN}/users/{who}", json={"role": "member"})).status_code == 200
    assert (await ana.get(f"{ADMIN}/users")).status_code == 403
    own = await id_of(open_school, OWNER)
    refused = await boss.patch(f"{ADMIN}/users/{own}", json={"state": "suspended"})
    assert refused.json()["error"]["code"] == "last_admin"


async def test_people_are_listed_by_pages_and_found_by_how_they_begin(open_school: School) -> None:
    boss = await overseer(open_school)
    for name in ("ana", "anabel", "bea", "100%"):
        await open_school.signed_up(f"{name}@example.org")

    async def listed(**query: str | int) -> list[str]:
        found, cursor = [], ""
        while True:
            page = (await boss.get(f"{ADMIN}/users", params={"limit": 2, "cursor": cursor, **query})).json()
            found += [one["email"].partition("@")[0] for one in page["people"]]
            if page["next"] is None:
                return found
            cursor = page["next"]

    assert await listed() == ["100%", "bea", "anabel", "ana", "owner"]
    assert await listed(q="ana") == ["anabel", "ana"]
    assert await listed(q="100%") == ["100%"]
    assert await listed(q="%") == []
    assert await listed(role="admin") == ["owner"]
    assert await listed(q=await id_of(open_school, "bea@example.org")) == ["bea"]
    assert {*await listed(order="active")} == {"100%", "bea", "anabel", "ana", "owner"}


async def test_suspending_ends_sockets_links_and_sessions_within_two_seconds(
    open_school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def compiled(*_: object) -> dict[str, OutputFile]:
        return {"index.html": OutputFile("text/html", b"x")}

    monkeypatch.setattr(Compiler, "compile", compiled)
    boss, ana = await overseer(open_school), await open_school.signed_up("ana@example.org")
    who, services = await id_of(open_school, "ana@example.org"), open_school.services
    actor = acting_for(who)
    project = (await services.store.create(actor, "Hers")).id
    await services.store.commit(actor, project, FileTree({"index.html": "x"}), kind="import", label="")
    link = (await services.shares.create(actor, project)).id
    token = (await ana.post("/api/v1/me/tokens", json={"name": "p", "scopes": ["projects:read"]})).json()["secret"]
    cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in ana.cookies.items())}
    async with serving(open_school.app) as address:
        path = f"ws://{address}/api/v1/projects/{project}/events/ws"
        async with (
            connect(path, proxy=None, additional_headers={**PROGRAM, **cookie}) as hers,
            connect(path, proxy=None, additional_headers={**PROGRAM, **bearer(token)}) as program_s,
        ):
            body = {"state": "suspended", "reason": "sells our keys"}
            answer = await boss.patch(f"{ADMIN}/users/{who}", json=body)
            assert answer.json()["person"]["state"] == "suspended"
            async with asyncio.timeout(2.5):
                assert {await closed(one) for one in (hers, program_s)} == {SIGNED_OUT}
                while await services.shares.find(link) is not None:  # noqa: ASYNC110 - another task writes it
                    await asyncio.sleep(0.02)
    assert (await ana.get("/api/v1/me")).status_code == 401
    async with services.db.reader() as session:
        revoked = (await session.get_one(ShareLink, link)).revoked_at
    assert revoked is not None
    assert ("account.suspend", "account", "sells our keys") in await written(open_school)
    assert (await boss.patch(f"{ADMIN}/users/{who}", json={"state": "active"})).status_code == 200
    body = {"email": "ana@example.org", "password": PASSWORD}
    assert (await open_school.caller().post("/api/v1/auth/login", json=body)).status_code == 200


async def test_suspending_ends_awake_servers_also_those_started_for_others(open_school: School) -> None:
    boss, ana, ben = await overseer(open_school), await member(open_school, "ana"), await member(open_school, "ben")
    world, servers = World(), open_school.services.servers
    servers.register.engines = Engines(world, GoodEngine)
    team = await ana.makes_team()
    await ben.joins(ana, f"/teams/{team}/invitations", "editor")
    his, started, other = await ben.makes_project("His"), await ana.makes_project("A", team), await ana.makes_project()
    for person, project in ((ben, his), (ben, started), (ana, other)):
        await person.does("PUT", f"/projects/{project}/server", {}, hears=202)
    async with asyncio.timeout(20):
        while world.running != {his, started, other}:  # noqa: ASYNC110 - tasks of their own start them
            await asyncio.sleep(0.02)
    assert (await servers.register.rows.all())[0].state["by"] in (ana.id, ben.id)  # a later process knows it too
    await boss.patch(f"{ADMIN}/users/{ben.id}", json={"state": "suspended", "reason": "sells our keys"})
    async with asyncio.timeout(10):
        while world.running != {other}:  # noqa: ASYNC110 - another task ends them
            await asyncio.sleep(0.02)


async def test_people_are_invited_helped_and_removed(open_school: School) -> None:
    boss, ana = await overseer(open_school), await open_school.signed_up("ana@example.org")
    who = f"{ADMIN}/users/{await id_of(open_school, 'ana@example.org')}"
    invited = (await boss.post(f"{ADMIN}/users", json={"email": "new@example.org"})).json()
    assert invited["sent"] is False
    assert (await open_school.caller().get(invited["link"])).status_code == 200
    taken = await boss.post(f"{ADMIN}/users", json={"email": "ana@example.org"})
    assert taken.json()["error"]["code"] == "email_taken"
    link = (await boss.post(f"{who}/password-link")).json()["link"]
    assert (await open_school.caller().post(link, data={"password": "another long one"})).status_code == 200
    assert (await ana.get("/api/v1/me")).status_code == 401
    here = open_school.caller()
    body = {"email": "ana@example.org", "password": "another long one"}
    await here.post("/api/v1/auth/login", json=body)
    await here.post("/api/v1/me/codes")
    full = (await boss.get(who)).json()
    assert (full["sessions"], full["second_factor"], full["person"]["projects"]) == (1, False, 0)
    assert (await boss.delete(f"{who}/sessions")).status_code == 204
    assert (await here.get("/api/v1/me")).status_code == 401
    assert (await boss.delete(f"{who}/codes")).status_code == 204
    assert (await boss.request("DELETE", who, json={"reason": "asked for it"})).status_code == 204
    assert (await boss.get(who)).json()["person"]["state"] == "deleted"
    actions = [action for action, _, _ in await written(open_school)]
    for action in ("account.invite", "password.link", "password.reset", "session.end_all", "second_factor.off"):
        assert action in actions, action
    assert ("account.delete", "account", "asked for it") in await written(open_school)


async def test_in_maintenance_only_administrators_are_let_in(open_school: School) -> None:
    boss, ana = await overseer(open_school), await open_school.signed_up("ana@example.org")
    project = (await ana.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]["id"]
    cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in ana.cookies.items())}
    async with serving(open_school.app) as address:
        path = f"ws://{address}/api/v1/projects/{project}/events/ws"
        async with connect(path, proxy=None, additional_headers={**PROGRAM, **cookie}) as hers:
            on = await boss.post(f"{ADMIN}/system/maintenance", json={"on": True, "note": "Until noon."})
            assert on.json()["switches"]["maintenance"]["note"] == "Until noon."
            async with asyncio.timeout(5):
                assert await closed(hers) == RIGHTS_CHANGED
    refused = await ana.get("/api/v1/projects")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "maintenance")
    assert "Until noon." in refused.json()["error"]["message"]
    page = await ana.get("/", headers={"accept": "text/html"})
    assert (page.status_code, "Back soon" in page.text) == (503, True)
    assert (await open_school.caller().get("/sign-in")).status_code == 200
    assert (await boss.get("/api/v1/projects")).status_code == 200
    await boss.post(f"{ADMIN}/system/maintenance", json={"on": False})
    assert (await ana.get("/api/v1/projects")).status_code == 200


async def test_with_accounts_off_the_owner_looks_after_it_and_there_are_no_people(settings: Settings) -> None:
    async with school(settings, accounts="off") as made:  # type: ignore[arg-type]  # the door is not asked
        from builder.api import create_api

        transport = httpx.ASGITransport(create_api(lambda: made.services))
        headers: dict[str, Any] = {**PROGRAM, "cookie": ""}
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers) as owner:
            made.services.actors.sources[:] = [_the_owner]
            assert (await owner.get(f"{ADMIN}/dashboard")).status_code == 200
            refused = await owner.get(f"{ADMIN}/users")
            assert refused.json()["error"]["code"] == "accounts_off", json.dumps(refused.json())


async def _the_owner(_: object) -> Any:
    return acting_for("owner")
