"""What a session has open ends with it, whoever ends it and wherever; and accounts that end."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update
from sqlmodel import col
from websockets.asyncio.client import connect

from builder.accounts.open_connections import SIGNED_OUT
from builder.accounts.people.register import COME_BACK
from builder.accounts.tables import Account, SignInSession
from builder.base.ids import now
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.projects.tables import Project
from tests.integration.accounts.people.school import OWNER, OWNER_PASSWORD, PASSWORD, PROGRAM, School, bearer, school
from tests.integration.accounts.test_signed_out import closed
from tests.integration.server import serving


@pytest.fixture
async def open_school(shared: Settings) -> AsyncIterator[School]:
    async with school(shared) as made:
        yield made


async def test_a_suspended_person_s_sockets_end_within_five_seconds_whoever_suspends(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    project = (await browser.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]["id"]
    made = (await browser.post("/api/v1/me/tokens", json={"name": "p", "scopes": ["projects:read"]})).json()
    program = await open_school.program("ana@example.org")
    owner = await open_school.program(OWNER, OWNER_PASSWORD)
    account = await open_school.services.people.register.by_email("ana@example.org")
    assert account is not None
    cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    async with serving(open_school.app) as address:

        def socket(path: str, headers: dict[str, str]) -> connect:
            return connect(f"ws://{address}/api/v1{path}", proxy=None, additional_headers={**PROGRAM, **headers})

        path = f"/projects/{project}/events/ws"
        async with (
            socket(path, cookie) as hers,
            socket(path, bearer(made["secret"])) as token_s,
            socket(path, bearer(program["access_token"])) as program_s,
            socket("/servers/ws", bearer(owner["access_token"])) as owner_s,
        ):
            # As another process would, such as the command line: nobody here is told.
            elsewhere = Services(open_school.services.settings)
            async with asyncio.timeout(20):
                await elsewhere.start(serves=False)
                await elsewhere.people.register.suspend(account.id)
                await elsewhere.close()
            async with asyncio.timeout(5):
                assert {await closed(one) for one in (hers, token_s, program_s)} == {SIGNED_OUT}
            assert owner_s.close_code is None
    assert (await browser.get("/api/v1/me")).status_code == 401
    body = {"email": "ana@example.org", "password": PASSWORD}
    refused = await open_school.caller().post("/api/v1/auth/login", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "suspended")
    await open_school.services.people.register.resume(account.id)
    assert (await open_school.caller().post("/api/v1/auth/login", json=body)).status_code == 200


async def test_a_private_preview_ends_with_the_session_that_opened_it(open_school: School) -> None:
    here, there = await open_school.signed_up("ana@example.org"), open_school.caller()
    await there.post("/api/v1/auth/login", json={"email": "ana@example.org", "password": PASSWORD})
    project = (await here.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]["id"]
    people, access = open_school.services.people, open_school.services.access
    witnesses = []
    for browser in (here, there):
        ticket = (await browser.post(f"/api/v1/projects/{project}/preview/ticket")).json()["url"]
        (key,) = parse_qs(urlsplit(ticket).query)["ticket"]
        witnesses.append(access.gate.tickets.redeem(key, project) or "")
    assert [await access.may_see(witness, project) for witness in witnesses] == [True, True]
    await here.post("/api/v1/auth/logout")
    assert [await access.may_see(witness, project) for witness in witnesses] == [False, True]
    account = await people.register.by_email("ana@example.org")
    assert account is not None
    await people.register.suspend(account.id)
    assert not await access.may_see(witnesses[1], project)


async def test_sessions_are_listed_and_ended_one_by_one(open_school: School) -> None:
    here = await open_school.signed_up("ana@example.org")
    there = open_school.caller("192.0.2.200", **{"User-Agent": "Phone/1.0"})
    await there.post("/api/v1/auth/login", json={"email": "ana@example.org", "password": PASSWORD})
    sessions = (await here.get("/api/v1/me/sessions")).json()["sessions"]
    assert sorted((one["current"], one["address"]) for one in sessions) == [
        (False, "192.0.2.0/24"),
        (True, "192.0.2.0/24"),
    ]
    (other,) = [one for one in sessions if not one["current"]]
    assert other["user_agent"] == "Phone/1.0"
    eve = await open_school.signed_up("eve@example.org")
    assert (await eve.delete(f"/api/v1/me/sessions/{other['id']}")).status_code == 404
    assert (await here.delete(f"/api/v1/me/sessions/{other['id']}")).status_code == 204
    assert (await there.get("/api/v1/me")).status_code == 401
    assert (await here.delete(f"/api/v1/me/sessions/{other['id']}")).status_code == 404
    await there.post("/api/v1/auth/login", json={"email": "ana@example.org", "password": PASSWORD})
    assert (await here.delete("/api/v1/me/sessions")).status_code == 204
    assert [(await one.get("/api/v1/me")).status_code for one in (here, there)] == [200, 401]


async def long_ago(made: School) -> None:
    """Everybody has signed in an hour ago."""
    async with made.services.db.session() as session:
        await session.execute(update(SignInSession).values(created_at=now(ago=timedelta(hours=1)), proven_at=None))


async def test_a_browser_left_open_neither_ends_sessions_nor_changes_the_ways_in(open_school: School) -> None:
    here = await open_school.signed_up("ana@example.org")
    there = open_school.caller()
    await there.post("/api/v1/auth/login", json={"email": "ana@example.org", "password": PASSWORD})
    await long_ago(open_school)
    sessions = (await here.get("/api/v1/me/sessions")).json()["sessions"]
    (other,) = [one["id"] for one in sessions if not one["current"]]
    asked = [
        ("DELETE", "/me/sessions"),
        ("DELETE", f"/me/sessions/{other}"),
        ("POST", "/me/codes"),
        ("DELETE", "/me/passkeys/any"),
        ("DELETE", "/me/identities/google"),
    ]
    for method, path in asked:
        answer = await here.request(method, f"/api/v1{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "prove_again"), path
    start = await here.get("/api/v1/auth/oauth/google/start")
    assert (start.status_code, "set-cookie" in start.headers) == (401, False)
    assert (await there.get("/api/v1/me")).status_code == 200
    wrong = await here.post("/api/v1/me/proof", json={"password": "not that one"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "wrong_credentials")
    assert (await here.delete("/api/v1/me/sessions")).status_code == 401
    assert (await here.post("/api/v1/me/proof", json={"password": PASSWORD})).status_code == 204
    assert (await there.delete("/api/v1/me/sessions")).status_code == 401  # only where it was said
    assert [(await here.request(*one)).status_code for one in [(m, f"/api/v1{p}") for m, p in asked]] == [
        204, 404, 201, 404, 404,
    ]  # fmt: skip
    assert (await there.get("/api/v1/me")).status_code == 401


async def test_one_s_own_session_is_ended_without_more(open_school: School) -> None:
    here = await open_school.signed_up("ana@example.org")
    await long_ago(open_school)
    (mine,) = (await here.get("/api/v1/me/sessions")).json()["sessions"]
    assert (await here.delete(f"/api/v1/me/sessions/{mine['id']}")).status_code == 204
    assert (await here.get("/api/v1/me")).status_code == 401


async def test_a_person_takes_everything_of_theirs_along(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    await browser.post("/api/v1/projects", json={"starter": "kanban"})
    await (await open_school.signed_up("eve@example.org")).post("/api/v1/projects", json={"starter": "shop"})
    answer = await browser.get("/api/v1/me/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        account = json.loads(archive.read("account.json"))
        (project,) = [name for name in archive.namelist() if name.startswith("projects/")]
        with zipfile.ZipFile(io.BytesIO(archive.read(project))) as inner:
            assert "index.html" in inner.namelist()
    assert account["account"]["email"] == "ana@example.org"
    assert "argon2" not in json.dumps(account)
    assert "hash" not in json.dumps(account)
    assert list((open_school.services.settings.data_dir / "exports").iterdir()) == []


async def test_who_leaves_can_come_back_for_thirty_days_and_is_then_gone(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    project = (await browser.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]["id"]
    account = (await browser.get("/api/v1/me")).json()["account"]["id"]
    wrong = await browser.request("DELETE", "/api/v1/me", json={"password": "not that one"})
    assert wrong.status_code == 401
    assert (await browser.request("DELETE", "/api/v1/me", json={"password": PASSWORD})).status_code == 204
    assert (await browser.get("/api/v1/me")).status_code == 401
    login = {"email": "ana@example.org", "password": PASSWORD}
    back = open_school.caller()
    await back.post("/api/v1/auth/login", json=login)
    assert (await back.get(f"/api/v1/projects/{project}")).status_code == 200
    await back.request("DELETE", "/api/v1/me", json={"password": PASSWORD})
    long_ago = now(ago=COME_BACK + timedelta(hours=1))
    async with open_school.services.db.session() as session:
        await session.execute(update(Account).where(col(Account.id) == account).values(deleted_at=long_ago))
    (over,) = await open_school.services.people.register.over()
    await open_school.services.accounts.remove(over.id, over.deleted_at or "")
    await open_school.services.upkeep.purge()
    async with open_school.services.db.reader() as session:
        assert await session.get(Project, project) is None
        assert await session.get(Account, account) is None
    assert (await open_school.caller().post("/api/v1/auth/login", json=login)).status_code == 401


async def test_the_last_admin_stays(open_school: School) -> None:
    browser = open_school.caller()
    await browser.post("/api/v1/auth/login", json={"email": OWNER, "password": OWNER_PASSWORD})
    answer = await browser.request("DELETE", "/api/v1/me", json={"password": OWNER_PASSWORD})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "last_admin")


async def test_a_person_says_of_themselves_what_they_like(open_school: School) -> None:
    ana, eve = await open_school.signed_up("ana@example.org"), await open_school.signed_up("eve@example.org")
    about = {"name": "Ana Lima", "username": "ana-lima", "locale": "pt-BR", "website": "https://ana.example"}
    account = (await ana.patch("/api/v1/me", json=about)).json()["account"]
    assert {name: account[name] for name in about} == about
    taken = await eve.patch("/api/v1/me", json={"username": "ana-lima"})
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "username_taken")
    for wrong in ({"website": "javascript:alert(1)"}, {"username": "A!"}, {"name": "a\nb"}):
        assert (await eve.patch("/api/v1/me", json=wrong)).status_code == 422


async def test_a_session_of_a_year_is_not_made_longer(open_school: School) -> None:
    await open_school.signed_up("ana@example.org")
    people = open_school.services.people
    account = await people.register.by_email("ana@example.org")
    assert account is not None
    (before,) = await people.sessions.list(account.id)
    async with open_school.services.db.session() as session:
        row = await session.get(SignInSession, before.id)
        assert row is not None
        row.created_at = now(ago=timedelta(days=366))
    assert await people.sessions.live(before.id) is not None
    await people.sessions.note_seen()
    (after,) = await people.sessions.list(account.id)
    assert after.expires_at == before.expires_at


async def test_a_session_that_is_used_lasts(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    people = open_school.services.people
    account = await people.register.by_email("ana@example.org")
    assert account is not None
    (before,) = await people.sessions.list(account.id)
    await browser.get("/api/v1/me")
    await people.sessions.note_seen()
    (after,) = await people.sessions.list(account.id)
    assert after.expires_at > before.expires_at
    assert after.last_seen_at > before.last_seen_at
