"""Passkeys over the API: made, used, named and removed; and what opens nothing."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pyotp
import pytest

from builder.composition.settings import Settings
from tests.integration.accounts.identities.device import SoftDevice
from tests.integration.accounts.people.school import PASSWORD, School, school

KEYS, OPTIONS = "/api/v1/me/passkeys", "/api/v1/me/passkeys/options"


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[School]:
    async with school(settings) as made:
        yield made


async def asked(browser: httpx.AsyncClient, path: str = "/api/v1/auth/passkey/options", **body: Any) -> dict[str, Any]:
    answer = await browser.post(path, json=body)
    assert answer.status_code == 200, answer.text
    options: dict[str, Any] = answer.json()["options"]
    return options


async def added(browser: httpx.AsyncClient, device: SoftDevice, name: str = "Laptop") -> httpx.Response:
    credential = device.made(await asked(browser, OPTIONS, password=PASSWORD))
    return await browser.post(KEYS, json={"name": name, "credential": credential})


async def entered(browser: httpx.AsyncClient, device: SoftDevice, **more: Any) -> httpx.Response:
    credential = device.shown(await asked(browser))
    return await browser.post("/api/v1/auth/passkey", json={"credential": credential, **more})


async def test_a_passkey_lets_in_without_password_and_code(house: School) -> None:
    ana, device = await house.signed_up("ana@example.org"), SoftDevice()
    made = await added(ana, device)
    assert (made.status_code, made.json()["name"], made.json()["last_used_at"]) == (201, "Laptop", None)
    enrolled = (await ana.post("/api/v1/me/codes")).json()
    await ana.put("/api/v1/me/codes", json={"code": pyotp.TOTP(enrolled["secret"]).now()})
    browser = house.caller()
    answer = await entered(browser, device)
    assert (answer.status_code, answer.json()["account"]["email"]) == (200, "ana@example.org")
    assert (await browser.get("/api/v1/me")).status_code == 200
    assert (await browser.get("/api/v1/me/sessions")).json()["sessions"][0]["method"] == "passkey"
    (kept,) = (await browser.get(KEYS)).json()["passkeys"]
    assert kept["last_used_at"] is not None
    program = (await entered(house.caller(), device, tokens=True)).json()
    bearer = {"Authorization": f"Bearer {program['access_token']}"}
    assert (await house.caller(**bearer).get("/api/v1/me")).status_code == 200
    letters = [(one["change"], one["what"]) for one in await house.letters("ways_changed")]
    assert letters == [("passkey_added", "Laptop"), ("codes_on", "")]


async def test_a_passkey_is_renamed_and_removed_by_its_person_alone(house: School) -> None:
    ana, eve, device = await house.signed_up("ana@example.org"), await house.signed_up("eve@example.org"), SoftDevice()
    path = f"{KEYS}/{(await added(ana, device)).json()['id']}"
    assert (await eve.patch(path, json={"name": "Mine"})).status_code == 404
    assert (await eve.delete(path)).status_code == 404
    assert (await ana.patch(path, json={"name": "Blue"})).json()["name"] == "Blue"
    assert (await ana.patch(path, json={"name": " "})).status_code == 422
    assert (await ana.delete(path)).status_code == 204
    gone = await entered(house.caller(), device)
    assert (gone.status_code, gone.json()["error"]["code"]) == (401, "wrong_passkey")


async def test_a_passkey_is_made_by_who_knows_the_password(house: School) -> None:
    ana, eve = await house.signed_up("ana@example.org"), await house.signed_up("eve@example.org")
    for password in ("", "not this one"):
        answer = await ana.post(OPTIONS, json={"password": password})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "wrong_credentials")
    stolen = SoftDevice().made(await asked(eve, OPTIONS, password=PASSWORD))
    for answer in (
        await ana.post(KEYS, json={"name": "Other's", "credential": stolen}),
        await ana.post(KEYS, json={"name": "For signing in", "credential": SoftDevice().made(await asked(ana))}),
    ):
        assert answer.json()["error"]["code"] == "wrong_passkey"
    assert (await ana.get(KEYS)).json() == {"passkeys": []}


async def test_one_device_is_there_once(house: School) -> None:
    ana, eve, device = await house.signed_up("ana@example.org"), await house.signed_up("eve@example.org"), SoftDevice()
    await added(ana, device)
    for person in (ana, eve):
        again = await added(person, device)
        assert (again.status_code, again.json()["error"]["code"]) == (409, "passkey_there")
    assert (await asked(ana, OPTIONS, password=PASSWORD))["excludeCredentials"]


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://p-abc.preview.localhost:8000"},  # an app's page
        {"origin": "https://sayso.evil.example"},
        {"site": "evil.example"},
        {"verified": False},
        {"key": SoftDevice().key},
        {"credential": b"x" * 32},
        {"count": 0},  # a copy that was left behind
    ],
    ids=lambda change: "-".join(change),
)
async def test_what_proves_nobody_lets_nobody_in(house: School, change: dict[str, Any]) -> None:
    ana, device = await house.signed_up("ana@example.org"), SoftDevice()
    await added(ana, device)
    assert (await entered(house.caller(), device)).status_code == 200
    answer = await entered(house.caller(), replace(device, **change))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "wrong_passkey")


async def test_an_answer_is_taken_once_and_in_time(house: School, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, device, browser = await house.signed_up("ana@example.org"), SoftDevice(), house.caller()
    await added(ana, device)
    credential = device.shown(await asked(browser))
    answers = [await browser.post("/api/v1/auth/passkey", json={"credential": credential}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]
    late = device.shown(await asked(house.caller()))
    really = time.time
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: really() + 301)
    assert (await house.caller().post("/api/v1/auth/passkey", json={"credential": late})).status_code == 401


@pytest.mark.parametrize(
    "credential", [{}, {"id": 1}, {"response": None}, {"response": {"clientDataJSON": "e30"}}, {"id": "x" * 9_000}]
)
async def test_nonsense_is_refused(house: School, credential: dict[str, Any]) -> None:
    answer = await house.caller().post("/api/v1/auth/passkey", json={"credential": credential})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "wrong_passkey")


async def test_a_suspended_person_is_not_let_in(house: School) -> None:
    ana, device = await house.signed_up("ana@example.org"), SoftDevice()
    await added(ana, device)
    person = (await ana.get("/api/v1/me")).json()["account"]["id"]
    await house.services.people.register.suspend(person)
    answer = await entered(house.caller(), device)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "suspended")
