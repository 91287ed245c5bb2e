"""Tokens of programs: what they open, what they do not, and what becomes of stolen ones."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import jwt
import pytest
from sqlalchemy import update
from sqlmodel import col

from builder.accounts.access import SCOPES
from builder.accounts.tables import PersonalToken
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import OWNER, OWNER_PASSWORD, PASSWORD, School, bearer, school


@pytest.fixture
async def open_school(settings: Settings) -> AsyncIterator[School]:
    async with school(settings) as made:
        yield made


@pytest.fixture
async def either_school(shared: Settings) -> AsyncIterator[School]:
    """On SQLite and on PostgreSQL."""
    async with school(shared) as made:
        yield made


async def test_a_program_signs_in_and_asks_without_a_cookie(open_school: School) -> None:
    await open_school.signed_up("ana@example.org")
    made = await open_school.program("ana@example.org")
    assert (made["token_type"], made["expires_in"]) == ("bearer", 3600)
    caller = open_school.caller()
    del caller.headers["X-Sayso-Client"]  # a token shows by itself that the request is meant
    answer = await caller.get("/api/v1/me", headers=bearer(made["access_token"]))
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    created = await caller.post("/api/v1/projects", json={"starter": "kanban"}, headers=bearer(made["access_token"]))
    assert created.status_code == 201
    assert (await caller.get("/api/v1/me")).status_code == 401
    foreign = {**bearer(made["access_token"]), "Origin": "https://evil.example"}
    assert (await caller.get("/api/v1/me", headers=foreign)).status_code == 403


async def test_everybody_can_check_an_access_token(open_school: School) -> None:
    made = await open_school.program(OWNER, OWNER_PASSWORD)
    (key,) = (await open_school.caller().get("/api/v1/auth/keys")).json()["keys"]
    assert (key["alg"], "d" in key) == ("EdDSA", False)
    claims = jwt.decode(made["access_token"], jwt.PyJWK(key).key, algorithms=["EdDSA"], audience="sayso")
    assert (claims["sub"], claims["type"], claims["exp"] - claims["iat"]) == ("owner", "access", 3600)


async def test_what_is_no_access_token_opens_nothing(open_school: School) -> None:
    made = await open_school.program(OWNER, OWNER_PASSWORD)
    tokens = open_school.services.people.tokens
    claims = jwt.decode(made["access_token"], options={"verify_signature": False})
    key = tokens.key
    forged = [
        made["refresh_token"],
        jwt.encode({**claims, "type": "refresh"}, key, algorithm="EdDSA"),
        jwt.encode({**claims, "exp": int(time.time()) - 1}, key, algorithm="EdDSA"),
        jwt.encode({**claims, "aud": "another"}, key, algorithm="EdDSA"),
        jwt.encode({**claims, "sid": "a" * 16}, key, algorithm="EdDSA"),
        jwt.encode(claims, "x" * 32, algorithm="HS256"),
        jwt.encode(claims, None, algorithm="none"),
        "",
        "sayso_pat_made-up",
        "é",
    ]
    browser = open_school.caller()
    await browser.post("/api/v1/auth/login", json={"email": OWNER, "password": OWNER_PASSWORD})
    for token in forged:
        headers = {"Authorization": f"Bearer {token}".encode()}
        answer = await open_school.caller().get("/api/v1/me", headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 401, token
    # A cookie beside it does not make a wrong token good.
    assert (await browser.get("/api/v1/me", headers=bearer("made-up"))).status_code == 401
    assert (await browser.get("/api/v1/me")).status_code == 200


async def test_a_stolen_refresh_token_ends_its_session(either_school: School, caplog: pytest.LogCaptureFixture) -> None:
    made, other = [await either_school.program(OWNER, OWNER_PASSWORD) for _ in range(2)]

    async def refreshed(token: str) -> tuple[int, dict[str, str]]:
        answer = await either_school.caller().post("/api/v1/auth/refresh", json={"refresh_token": token})
        return answer.status_code, answer.json()

    status, second = await refreshed(made["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != made["refresh_token"]
    me = either_school.caller()
    assert (await me.get("/api/v1/me", headers=bearer(second["access_token"]))).status_code == 200
    caplog.set_level(logging.WARNING)
    status, told = await refreshed(made["refresh_token"])  # the thief, or the person after the thief
    assert (status, told["error"]["code"]) == (401, "invalid_token")  # type: ignore[index]
    assert "came a second time" in caplog.text
    assert made["refresh_token"] not in caplog.text
    assert (await refreshed(second["refresh_token"]))[0] == 401
    assert (await me.get("/api/v1/me", headers=bearer(second["access_token"]))).status_code == 401
    assert (await me.get("/api/v1/me", headers=bearer(other["access_token"]))).status_code == 200


async def test_of_two_refreshes_at_once_one_wins_and_the_session_ends(either_school: School) -> None:
    made = await either_school.program(OWNER, OWNER_PASSWORD)
    body = {"refresh_token": made["refresh_token"]}
    answers = await asyncio.gather(*(either_school.caller().post("/api/v1/auth/refresh", json=body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401]
    (won,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert (await either_school.caller().get("/api/v1/me", headers=bearer(won["access_token"]))).status_code == 401


async def test_a_program_signs_out(open_school: School) -> None:
    made = await open_school.program(OWNER, OWNER_PASSWORD)
    caller = open_school.caller(**bearer(made["access_token"]))
    assert (await caller.post("/api/v1/auth/logout")).status_code == 204
    assert (await caller.get("/api/v1/me")).status_code == 401
    again = await open_school.caller().post("/api/v1/auth/refresh", json={"refresh_token": made["refresh_token"]})
    assert again.status_code == 401


async def test_a_personal_token_does_what_its_scopes_say(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    project = (await browser.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]["id"]
    asked = {
        "projects:read": ("GET", f"/projects/{project}", None),
        "projects:write": ("PATCH", f"/projects/{project}/working", {"put": {"a.txt": "1"}}),
        "projects:manage": ("PATCH", f"/projects/{project}", {"title": "Other"}),
        "run": ("POST", f"/projects/{project}/terminals", {}),
        "share": ("GET", f"/projects/{project}/shares", None),
        "admin": ("GET", "/keys", None),
    }
    assert asked.keys() == SCOPES.keys()
    for scope in SCOPES:
        body = {"name": scope, "scopes": [scope]}
        made = (await browser.post("/api/v1/me/tokens", json=body)).json()
        caller = open_school.caller(**bearer(made["secret"]))
        assert (await caller.get("/api/v1/me")).json()["account"]["email"] == "ana@example.org"
        for other, (method, path, sent) in asked.items():
            answer = await caller.request(method, f"/api/v1{path}", json=sent)
            code = answer.json().get("error", {}).get("code") if answer.content else None
            allowed = other in (scope, "projects:read") or (other == "share" and scope == "share")
            if other == "share":  # the list of links is read by whoever reads the project
                allowed = True
            assert (code != "scope") == allowed, (scope, other, answer.text)
        # None changes the account it belongs to, and so none makes itself another.
        for method, path in (("POST", "/me/tokens"), ("GET", "/me/sessions"), ("GET", "/me/export"), ("PATCH", "/me")):
            answer = await caller.request(method, f"/api/v1{path}", json=body)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "scope"), path


async def test_a_personal_token_of_somebody_else_sees_nothing(open_school: School) -> None:
    ana, eve = await open_school.signed_up("ana@example.org"), await open_school.signed_up("eve@example.org")
    project = (await ana.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]["id"]
    made = (await eve.post("/api/v1/me/tokens", json={"name": "all", "scopes": list(SCOPES)})).json()
    caller = open_school.caller(**bearer(made["secret"]))
    hers = await caller.get(f"/api/v1/projects/{project}")
    none = await caller.get(f"/api/v1/projects/{'a' * 16}")
    assert (hers.status_code, hers.content) == (404, none.content)
    assert (await ana.delete(f"/api/v1/me/tokens/{made['token']['id']}")).status_code == 404


async def test_a_personal_token_is_shown_once_and_ends(open_school: School) -> None:
    browser = await open_school.signed_up("ana@example.org")
    body = {"name": "laptop", "scopes": ["projects:read"], "days": 1}
    made = (await browser.post("/api/v1/me/tokens", json=body)).json()
    listed = await browser.get("/api/v1/me/tokens")
    assert made["secret"] not in listed.text
    (token,) = listed.json()["tokens"]
    assert (token["name"], token["hint"], token["scopes"]) == ("laptop", made["secret"][-4:], ["projects:read"])
    caller = open_school.caller(**bearer(made["secret"]))
    assert (await caller.get("/api/v1/projects")).status_code == 200
    assert (await browser.delete(f"/api/v1/me/tokens/{token['id']}")).status_code == 204
    assert (await caller.get("/api/v1/projects")).status_code == 401
    other = (await browser.post("/api/v1/me/tokens", json=body)).json()
    async with open_school.services.db.session() as session:
        old = update(PersonalToken).where(col(PersonalToken.id) == other["token"]["id"])
        await session.execute(old.values(expires_at="2020-01-01T00:00:00.000000Z"))
    answer = await open_school.caller().get("/api/v1/projects", headers=bearer(other["secret"]))
    assert answer.status_code == 401
    refused = await browser.post("/api/v1/me/tokens", json={"name": "x", "scopes": ["everything"]})
    assert refused.status_code == 422


async def test_no_answer_of_another_person_is_repeated_for_a_key(open_school: School) -> None:
    ana, eve = await open_school.signed_up("ana@example.org"), await open_school.signed_up("eve@example.org")
    key = {"Idempotency-Key": "k" * 20}
    body = {"name": "same", "scopes": ["projects:read"]}
    first, again = [await ana.post("/api/v1/me/tokens", json=body, headers=key) for _ in range(2)]
    assert first.json() == again.json()
    assert (await eve.post("/api/v1/me/tokens", json=body, headers=key)).json() != first.json()
    assert PASSWORD not in first.text
