"""What people get who register, sign in and out, and what whoever is nobody gets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from statistics import median

import pytest
from pydantic import SecretStr

from builder.accounts.actor import LOCAL_OWNER
from builder.accounts.tables import Account
from builder.composition.services import Services
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import OWNER, OWNER_PASSWORD, PASSWORD, School, school


@pytest.fixture
async def open_school(settings: Settings) -> AsyncIterator[School]:
    async with school(settings) as made:
        yield made


async def test_turning_accounts_on_keeps_the_owner_s_projects(settings: Settings) -> None:
    alone = Services(settings)
    await alone.start(serves=False)
    project = (await alone.store.create(LOCAL_OWNER, "Mine")).id
    await alone.close()
    async with school(settings) as made:
        browser = made.caller()
        answer = await browser.post("/api/v1/auth/login", json={"email": OWNER.upper(), "password": OWNER_PASSWORD})
        assert answer.json()["account"]["role"] == "admin"
        assert [one["id"] for one in (await browser.get("/api/v1/projects")).json()["projects"]] == [project]
        other = await made.signed_up("ana@example.org")
        assert (await other.get("/api/v1/projects")).json()["projects"] == []
        assert (await other.get(f"/api/v1/projects/{project}")).status_code == 404
        assert (await made.caller().get(f"/api/v1/projects/{project}")).status_code == 401


async def test_turning_accounts_off_again_says_who_cannot_sign_in(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with school(settings) as made:
        ana = await made.signed_up("ana@example.org")
        kept = (await ana.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]["id"]
    off = Services(settings)
    await off.start(serves=False)
    assert "1 other people cannot sign in" in caplog.text
    assert await off.store.list(LOCAL_OWNER) == []
    await off.close()
    async with school(settings) as made:
        ana = made.caller()
        await ana.post("/api/v1/auth/login", json={"email": "ana@example.org", "password": PASSWORD})
        assert [one["id"] for one in (await ana.get("/api/v1/projects")).json()["projects"]] == [kept]


async def test_without_accounts_nobody_can_make_one(settings: Settings) -> None:
    async with school(settings, accounts="off") as made:  # type: ignore[arg-type]
        answer = await made.caller().post("/api/v1/auth/login", json={"email": OWNER, "password": OWNER_PASSWORD})
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "accounts_off")


async def test_the_first_account_is_made_on_the_page_where_no_setting_names_it(settings: Settings) -> None:
    async with school(settings, owner_email="") as made:
        browser = made.caller()
        assert "The first account" in (await browser.get("/sign-in")).text
        refused = await made.caller().post(
            "/api/v1/auth/register", json={"email": "eve@example.org", "password": PASSWORD}
        )
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "closed")
        wrong = await browser.post("/sign-in", data={"email": OWNER, "password": PASSWORD})
        assert wrong.status_code == 401
        right = await browser.post("/sign-in?next=/p/x", data={"email": OWNER, "password": OWNER_PASSWORD})
        assert (right.status_code, right.headers["location"]) == (303, "/p/x")
        me = (await browser.get("/api/v1/me")).json()["account"]
        assert (me["id"], me["email"], me["role"], me["email_verified"]) == ("owner", OWNER, "admin", True)
        assert "The first account" not in (await made.caller().get("/sign-in")).text


async def test_a_person_registers_and_has_a_cookie_that_no_script_reads(open_school: School) -> None:
    browser = open_school.caller()
    body = {"email": " Ana@Example.org ", "password": PASSWORD, "name": "Ana"}
    answer = await browser.post("/api/v1/auth/register", json=body)
    assert answer.status_code == 201
    account = answer.json()["account"]
    assert (account["email"], account["username"], account["email_verified"]) == ("ana@example.org", "ana", False)
    assert answer.json()["access_token"] is None
    cookies = answer.headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["sayso_session", "sayso_device"]
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
    assert (await browser.get("/api/v1/me")).json()["account"]["id"] == account["id"]
    again = await open_school.caller().post("/api/v1/auth/register", json=body)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "email_taken")
    named = await open_school.caller().post(
        "/api/v1/auth/register", json={**body, "email": "b@example.org", "username": "ana"}
    )
    assert (named.status_code, named.json()["error"]["code"]) == (409, "username_taken")


async def test_behind_https_the_cookie_is_of_this_host_alone(settings: Settings) -> None:
    async with school(settings, public_url="https://sayso.example") as made:
        answer = await made.caller().post("/api/v1/auth/login", json={"email": OWNER, "password": OWNER_PASSWORD})
        first, second = answer.headers.get_list("set-cookie")
        assert first.startswith("__Host-sayso=")
        assert second.startswith("__Host-sayso-device=")
        assert "; Secure" in first


@pytest.mark.parametrize("password", ["short", "password1", "iloveyou1", " " * 9, "x" * 201])
async def test_a_password_that_is_guessed_first_is_refused(open_school: School, password: str) -> None:
    answer = await open_school.caller().post(
        "/api/v1/auth/register", json={"email": "ana@example.org", "password": password}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "weak_password")


async def test_who_is_not_registered_cannot_be_told_from_who_is(open_school: School) -> None:
    await open_school.signed_up("ana@example.org")
    times: dict[str, list[float]] = {"ana@example.org": [], "nobody@example.org": []}
    said = set()
    for round_ in range(6):
        for email, taken in times.items():
            async with open_school.caller(f"192.0.2.{round_ + 10}") as caller:
                began = time.perf_counter()
                answer = await caller.post("/api/v1/auth/login", json={"email": email, "password": "wrong wrong"})
                taken.append(time.perf_counter() - began)
            said.add((answer.status_code, answer.text))
    assert len(said) == 1
    assert 0.4 < median(times["ana@example.org"]) / median(times["nobody@example.org"]) < 2.5


async def test_only_who_guesses_is_locked_out(open_school: School) -> None:
    await open_school.signed_up("ana@example.org")

    async def tried(address: str, password: str, email: str = "ana@example.org") -> int:
        async with open_school.caller(address) as caller:
            body = {"email": email, "password": password}
            return (await caller.post("/api/v1/auth/login", json=body)).status_code

    for guesser in ("198.51.100.1", "198.51.100.2"):
        answers = await asyncio.gather(*(tried(guesser, "wrong wrong") for _ in range(12)))
        assert sorted(answers) == [401] * 5 + [429] * 7
    assert await tried("198.51.100.1", PASSWORD) == 429
    assert await tried("203.0.113.9", PASSWORD) == 200
    assert await tried("198.51.100.1", OWNER_PASSWORD, OWNER) == 200  # another account from there


async def test_signing_out_ends_this_session_and_no_other(open_school: School) -> None:
    here = await open_school.signed_up("ana@example.org")
    there = open_school.caller()
    await there.post("/api/v1/auth/login", json={"email": "ana@example.org", "password": PASSWORD})
    copied = dict(here.cookies)
    assert (await here.post("/api/v1/auth/logout")).status_code == 204
    again = open_school.caller()
    again.cookies.update(copied)
    assert (await again.get("/api/v1/me")).status_code == 401
    assert (await there.get("/api/v1/me")).status_code == 200


async def test_another_site_signs_nobody_in_or_out(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    foreign = {"Origin": "http://p-abc.preview.localhost:8000"}
    for path in ("/sign-in", "/sign-up", "/forgot", "/reset?token=x", "/verify?token=x", "/sign-out"):
        answer = await open_school.caller().post(
            path, data={"email": OWNER, "password": OWNER_PASSWORD}, headers=foreign
        )
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False), path
    for path in ("/auth/logout", "/auth/login", "/me/tokens"):
        assert (await browser.post(f"/api/v1{path}", json={}, headers=foreign)).status_code == 403
    assert (await browser.get("/api/v1/me")).status_code == 200


async def test_a_password_is_changed_by_who_knows_it_and_the_other_sessions_end(open_school: School) -> None:
    here, there = await open_school.signed_up("ana@example.org"), open_school.caller()
    await there.post("/api/v1/auth/login", json={"email": "ana@example.org", "password": PASSWORD})
    wrong = await here.put("/api/v1/auth/password", json={"current": "not that one", "new": "another long one"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "wrong_credentials")
    right = await here.put("/api/v1/auth/password", json={"current": PASSWORD, "new": "another long one"})
    assert right.status_code == 204
    assert (await here.get("/api/v1/me")).status_code == 200
    assert (await there.get("/api/v1/me")).status_code == 401
    assert [letter["to"] for letter in await open_school.letters("password_changed")] == ["ana@example.org"]


async def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    asked = [
        await open_school.caller().post("/api/v1/auth/password/forgot", json={"email": email})
        for email in ("ana@example.org", "nobody@example.org")
    ]
    assert {(answer.status_code, answer.text) for answer in asked} == {(202, '{"accepted":true}')}
    async with asyncio.timeout(10):
        while not await open_school.letters("reset"):  # noqa: ASYNC110 - sent after the answer
            await asyncio.sleep(0.01)
    body = {"token": await open_school.token_of("reset"), "new": "a new long one"}
    answers = [(await open_school.caller().post("/api/v1/auth/password/reset", json=body)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 422]
    assert answers[1].json()["error"]["code"] == "invalid_token"
    assert (await browser.get("/api/v1/me")).status_code == 401
    await open_school.program("ana@example.org", "a new long one")


async def test_the_links_of_mail_work_through_pages_that_need_no_script(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    token = await open_school.token_of("verify")
    page = await open_school.caller().get(f"/verify?token={token}")
    assert "Confirm the address" in page.text
    assert not (await browser.get("/api/v1/me")).json()["account"]["email_verified"]  # looking confirms nothing
    assert "is confirmed" in (await open_school.caller().post(f"/verify?token={token}")).text
    assert (await browser.get("/api/v1/me")).json()["account"]["email_verified"]
    assert (await open_school.caller().post(f"/verify?token={token}")).status_code == 422
    refused = await open_school.caller().post("/reset?token=made-up", data={"password": "a new long one"})
    assert (refused.status_code, "too old" in refused.text) == (422, True)


async def test_only_who_confirmed_their_address_shares(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    project = (await browser.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]["id"]
    refused = await browser.post(f"/api/v1/projects/{project}/shares", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "unverified")
    await open_school.caller().post("/api/v1/auth/verify", json={"token": await open_school.token_of("verify")})
    shared = await browser.post(f"/api/v1/projects/{project}/shares", json={})
    assert shared.json().get("error", {}).get("code") != "unverified"


async def test_by_invitation_nobody_else_registers(settings: Settings) -> None:
    async with school(settings, accounts="invite") as made:
        body = {"email": "ana@example.org", "password": PASSWORD}
        refused = await made.caller().post("/api/v1/auth/register", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "closed")
        assert (await made.caller().get("/sign-up")).status_code == 403
        link = await made.services.people.links.invite("ana@example.org")
        page = await made.caller().get(link)
        assert 'value="ana@example.org"' in page.text
        browser = await made.signed_up("ana@example.org", invite=link.rpartition("=")[2])
        assert (await browser.get("/api/v1/me")).json()["account"]["email_verified"]
        assert (await made.caller().get(link)).status_code == 403


async def test_a_new_device_is_told_of_and_a_known_one_is_not(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    login = {"email": "ana@example.org", "password": PASSWORD}
    await browser.post("/api/v1/auth/login", json=login)
    assert await open_school.letters("new_device") == []
    other = open_school.caller(**{"User-Agent": "Other/1.0", "Accept-Language": "pt-BR"})
    await other.post("/api/v1/auth/login", json=login)
    (letter,) = await open_school.letters("new_device")
    assert (letter["to"], letter["device"]) == ("ana@example.org", "Other/1.0")
    await other.post("/api/v1/auth/login", json=login)
    assert len(await open_school.letters("new_device")) == 1


async def test_a_stronger_hash_is_made_when_somebody_signs_in(open_school: School) -> None:
    from pwdlib.hashers.argon2 import Argon2Hasher

    weak = Argon2Hasher(memory_cost=1024, time_cost=1, parallelism=1).hash(PASSWORD)
    await open_school.signed_up("ana@example.org")
    async with open_school.services.db.session() as session:
        account = await open_school.services.people.register.by_email("ana@example.org")
        assert account is not None
        row = await session.get(Account, account.id)
        assert row is not None
        row.password = weak
    await open_school.program("ana@example.org")
    account = await open_school.services.people.register.by_email("ana@example.org")
    assert account is not None
    assert "m=32768" in account.password
    await open_school.program("ana@example.org")


async def test_settings_that_open_the_network_need_a_sign_in_of_either_kind(settings: Settings) -> None:
    opened = Settings(_env_file=None, host="0.0.0.0", accounts="invite")  # type: ignore[call-arg]
    assert opened.sign_in_required
    with pytest.raises(ValueError, match="MAIL_FROM"):
        Settings(_env_file=None, smtp_url=SecretStr("smtp://localhost"))  # type: ignore[call-arg]


async def test_the_answer_to_a_sign_in_says_how_many_tries_are_left_and_when_it_goes_on(open_school: School) -> None:
    caller = open_school.caller()
    wrong = {"email": OWNER, "password": "wrong wrong"}
    told = [await caller.post("/api/v1/auth/login", json=wrong) for _ in range(6)]
    assert [one.status_code for one in told] == [401] * 5 + [429]
    assert [one.headers["RateLimit-Remaining"] for one in told] == ["4", "3", "2", "1", "0", "0"]
    assert {one.headers["RateLimit-Limit"] for one in told} == {"5"}
    assert 0 < int(told[-1].headers["RateLimit-Reset"]) <= 60
    assert told[-1].headers["Retry-After"] == told[-1].headers["RateLimit-Reset"]
    assert f"Wait {told[-1].headers['Retry-After']} seconds" in told[-1].json()["error"]["message"]
    page = await caller.post("/sign-in", data=wrong)
    assert (page.status_code, page.headers["RateLimit-Remaining"]) == (429, "0")
    assert page.headers["RateLimit-Reset"] in page.text
    forgot = await open_school.caller("198.51.100.9").post("/api/v1/auth/password/forgot", json={"email": OWNER})
    assert (forgot.status_code, forgot.headers["RateLimit-Remaining"]) == (202, "4")
    right = await open_school.caller("198.51.100.9").post(
        "/api/v1/auth/login", json={"email": OWNER, "password": OWNER_PASSWORD}
    )
    assert (right.status_code, right.headers["RateLimit-Limit"]) == (200, "5")
