"""An installation where everybody has to have a second proof beside the password (SECOND_PROOF)."""

from __future__ import annotations

import re

import pyotp
import pytest

from builder.composition.settings import Settings
from tests.integration.accounts.people.school import OWNER, OWNER_PASSWORD, PASSWORD, school

LOGIN = {"email": "ana@example.org", "password": PASSWORD}


def step_of(page: str) -> str:
    return page.partition('name="step" value="')[2].partition('"')[0]


def app_of(page: str) -> pyotp.TOTP:
    found = re.search(r"into the app: ([A-Z2-7]+)", page)
    assert found, page
    return pyotp.TOTP(found[1])


async def test_nobody_is_in_before_their_app_is_set_up(shared: Settings) -> None:
    async with school(shared, second_proof="everybody") as made:
        browser = made.caller()
        page = await browser.post("/sign-up", data={**LOGIN, "name": "Ana"})
        assert "Set up an app for codes" in page.text
        assert "<svg" in page.text
        assert (await browser.get("/api/v1/me")).status_code == 401
        async with made.caller() as program:
            answer = await program.post("/api/v1/auth/login", json={**LOGIN, "tokens": True})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "second_proof_needed")
        page = await browser.post("/sign-in?next=/p/x", data=LOGIN)
        app, step = app_of(page.text), step_of(page.text)
        wrong = await browser.post("/sign-in?next=/p/x", data={"step": step, "code": "000000"})
        assert (wrong.status_code, app_of(wrong.text).secret) == (422, app.secret)
        right = await browser.post("/sign-in?next=/p/x", data={"step": step, "code": app.now()})
        assert (right.status_code, right.text.count("<li>"), 'href="/p/x"' in right.text) == (200, 8, True)
        assert (await browser.get("/api/v1/me")).status_code == 200
        assert app.secret not in (await made.caller().post("/sign-in", data=LOGIN)).text


async def test_who_only_knows_the_password_learns_no_secret_of_another_s_app(shared: Settings) -> None:
    async with school(shared, second_proof="everybody") as made:
        await made.caller().post("/sign-up", data={**LOGIN, "name": "Ana"})
        guesser, ana = made.caller("198.51.100.7"), made.caller()
        before = await guesser.post("/sign-in", data=LOGIN)
        page = await ana.post("/sign-in", data=LOGIN)
        assert app_of(before.text).secret != app_of(page.text).secret
        again = await guesser.post("/sign-in", data={"step": step_of(before.text), "code": "000000"})
        assert app_of(page.text).secret not in again.text


@pytest.mark.parametrize(("who", "owner"), [("admins", 401), ("everybody", 401), ("off", 200)])
async def test_sessions_of_one_proof_are_over_once_two_are_asked_for(shared: Settings, who: str, owner: int) -> None:
    async with school(shared) as before:
        ana, admin = await before.signed_up("ana@example.org"), before.caller()
        await admin.post("/api/v1/auth/login", json={"email": OWNER, "password": OWNER_PASSWORD})
        cookies = [dict(one.cookies) for one in (ana, admin)]
    async with school(shared, second_proof=who) as after:
        answers = []
        for kept in cookies:
            browser = after.caller()
            browser.cookies.update(kept)
            answers.append((await browser.get("/api/v1/me")).status_code)
    assert answers == [401 if who == "everybody" else 200, owner]
