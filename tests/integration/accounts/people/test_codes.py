"""The codes of an app, after the password."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import httpx
import pyotp
import pytest

from builder.composition.settings import Settings
from tests.integration.accounts.people.school import PASSWORD, School, school

LOGIN = {"email": "ana@example.org", "password": PASSWORD}


@pytest.fixture
async def open_school(settings: Settings) -> AsyncIterator[School]:
    async with school(settings) as made:
        yield made


async def with_app(browser: httpx.AsyncClient) -> tuple[pyotp.TOTP, list[str]]:
    """An app that is set up by the code of half a minute ago, so that the present one is still to be used."""
    made = (await browser.post("/api/v1/me/codes")).json()
    app = pyotp.parse_uri(made["uri"])
    assert isinstance(app, pyotp.TOTP)
    assert (app.secret, app.name, app.issuer) == (made["secret"], "ana@example.org", "Sayso")
    answer = await browser.put("/api/v1/me/codes", json={"code": app.at(time.time() - 30)})
    assert answer.status_code == 200
    return app, answer.json()["recovery_codes"]


async def entered(made: School, **more: str) -> tuple[int, str]:
    async with made.caller() as caller:
        answer = await caller.post("/api/v1/auth/login", json={**LOGIN, **more})
    return answer.status_code, answer.json().get("error", {}).get("code", "")


async def test_the_password_alone_lets_nobody_in_and_no_code_is_taken_twice(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    await browser.post("/api/v1/me/codes")
    assert (await browser.put("/api/v1/me/codes", json={"code": "000000"})).status_code == 422
    assert await entered(open_school) == (200, "")  # not set up yet
    app, _ = await with_app(browser)
    assert await entered(open_school) == (401, "code_needed")
    assert await entered(open_school, code="000000") == (401, "wrong_code")
    wrong = {**LOGIN, "password": "wrong wrong", "code": app.now()}
    answer = await open_school.caller("192.0.2.9").post("/api/v1/auth/login", json=wrong)
    assert answer.json()["error"]["code"] == "wrong_credentials"
    code = app.now()
    assert await entered(open_school, code=f"{code[:3]} {code[3:]}") == (200, "")
    assert await entered(open_school, code=code) == (401, "wrong_code")
    assert (await browser.post("/api/v1/me/codes")).status_code == 409


async def test_a_recovery_code_lets_in_once_and_only_its_own_person(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    _, recovery = await with_app(browser)
    assert len(set(recovery)) == 8
    assert {len(one.replace("-", "")) * 5 for one in recovery} == {120}  # bits
    assert await entered(open_school, code=recovery[0].upper()) == (200, "")
    assert await entered(open_school, code=recovery[0]) == (401, "wrong_code")
    assert (await browser.get("/api/v1/me/codes")).json() == {"on": True, "recovery_left": 7}
    eve = await open_school.signed_up("eve@example.org")
    await open_school.services.people.factors.begin((await eve.get("/api/v1/me")).json()["account"]["id"])
    assert (await eve.put("/api/v1/me/codes", json={"code": recovery[1]})).status_code == 422


async def test_the_page_asks_for_the_code_in_a_second_step(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    app, _ = await with_app(browser)
    other = open_school.caller()
    page = await other.post("/sign-in?next=/p/x", data=LOGIN)
    assert 'autocomplete="one-time-code"' in page.text
    assert PASSWORD not in page.text
    assert "set-cookie" not in page.headers
    step = page.text.partition('name="step" value="')[2].partition('"')[0]
    wrong = await other.post("/sign-in?next=/p/x", data={"step": step, "code": "000000"})
    assert (wrong.status_code, "That is not the code" in wrong.text) == (401, True)
    right = await other.post("/sign-in?next=/p/x", data={"step": step, "code": app.now()})
    assert (right.status_code, right.headers["location"]) == (303, "/p/x")
    assert (await other.get("/api/v1/me")).status_code == 200
    again = await open_school.caller().post("/sign-in", data={"step": step, "code": app.at(time.time() + 30)})
    assert (again.status_code, "set-cookie" in again.headers) == (422, False)


async def test_codes_are_not_guessed_from_however_many_addresses(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    await with_app(browser)
    account = (await browser.get("/api/v1/me")).json()["account"]["id"]
    limits = open_school.services.people.entering.limits
    for _ in range(20):
        limits.try_code(account)
    async with open_school.caller("203.0.113.4") as caller:
        answer = await caller.post("/api/v1/auth/login", json={**LOGIN, "code": "000000"})
    assert (answer.status_code, "retry-after" in answer.headers) == (429, True)


async def test_it_is_turned_off_by_who_knows_the_password(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    _, recovery = await with_app(browser)
    wrong = await browser.request("DELETE", "/api/v1/me/codes", json={"password": "not that one"})
    assert wrong.status_code == 401
    right = await browser.request("DELETE", "/api/v1/me/codes", json={"password": PASSWORD})
    assert right.status_code == 204
    assert await entered(open_school) == (200, "")
    assert (await browser.get("/api/v1/me/codes")).json() == {"on": False, "recovery_left": 0}
    await with_app(browser)
    assert await entered(open_school, code=recovery[1]) == (401, "wrong_code")
