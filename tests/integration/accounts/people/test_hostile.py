"""Every route of people's accounts with accounts on, called hundreds of times from a seed: no failure of ours."""

from __future__ import annotations

import logging
from itertools import islice
from random import Random
from typing import Any

import pytest
from starlette.types import Scope

from builder.accounts.actor import Actor
from builder.api import create_api
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import OWNER, OWNER_PASSWORD, PASSWORD, school
from tests.integration.api.test_every_route import wrong
from tests.integration.hostile_calls import Calls

CALLS, ALL_CALLS = 800, 8_000
KNOWN: dict[str, list[Any]] = {
    "email": [OWNER, "ana@example.org"], "password": [PASSWORD, OWNER_PASSWORD], "current": [OWNER_PASSWORD], "new": [PASSWORD],
    "name": ["Ana"], "username": ["ana"], "scopes": ["projects:read"], "website": ["https://ana.example"],
}  # fmt: skip


async def test_no_call_about_an_account_is_a_failure_of_ours(
    settings: Settings, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    async def signed_in(_: Scope) -> Actor:
        return Actor("owner", session="a" * 16)

    async with school(settings, changes_per_minute=0) as made:
        made.services.actors.sources.insert(0, signed_in)
        app = create_api(lambda: made.services)
        document = app.openapi()
        mine = {path: one for path, one in document["paths"].items() if path.startswith(("/api/v1/auth", "/api/v1/me"))}
        del mine["/api/v1/auth/oauth/{provider}/callback"]  # a page for people, whose errors are pages
        calls = Calls({**document, "paths": mine}, lambda name: KNOWN.get(name, []), Random(5))
        caplog.set_level(logging.WARNING)
        faults: dict[str, str] = {}
        total = ALL_CALLS if request.config.getoption("--all") else CALLS
        for call in islice(calls, total):
            await call.send(app)
            if problem := wrong(call):
                faults.setdefault(problem, f"{problem}\n{call}")
        assert not faults, "\n\n".join(faults.values())
        assert len(calls.made) == len(calls.operations) > 20
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
