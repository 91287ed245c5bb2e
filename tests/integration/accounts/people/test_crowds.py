"""Many at once: who guesses is locked out and nobody else, and whoever only reads waits for no crowd at the door."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import Counter
from collections.abc import AsyncIterator
from itertools import islice

import pytest

from builder.accounts.passwords import Passwords
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import PASSWORD, School, school

ANA = "ana@example.org"
LOGIN = "/api/v1/auth/login"


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[School]:
    async with school(settings) as made:
        yield made


async def test_wrong_sign_ins_from_many_addresses_lock_out_nobody_but_the_guessers(
    house: School, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Each address tries six times: the sixth is told to wait. 10,000 with --all. Hashes are made quick: what is looked at
    is who is counted, and the time of the hash is not."""
    tries = 10_000 if request.config.getoption("--all") else 600
    ana = await house.signed_up(ANA)
    right = (await ana.get("/api/v1/me")).json()["account"]

    async def quickly(_: Passwords, password: str, kept: str) -> tuple[bool, str | None]:
        return bool(kept) and password == PASSWORD, None

    monkeypatch.setattr(Passwords, "checked", quickly)
    guessers = [str(address) for address in islice(ipaddress.ip_network("10.0.0.0/16").hosts(), tries // 6)]
    seen: Counter[int] = Counter()

    async def guess(address: str) -> None:
        async with house.caller(address) as caller:
            said = [
                (await caller.post(LOGIN, json={"email": ANA, "password": f"guess {number}"})).status_code
                for number in range(6)
            ]
        assert said == [401] * 5 + [429], (address, said)
        seen.update(said)

    for begin in range(0, len(guessers), 50):
        await asyncio.gather(*(guess(address) for address in guessers[begin : begin + 50]))
    assert seen == {401: 5 * len(guessers), 429: len(guessers)}
    body = {"email": ANA, "password": PASSWORD}
    entered = await house.caller("203.0.113.9").post(LOGIN, json=body)
    assert (entered.status_code, entered.json()["account"]["id"]) == (200, right["id"])
    assert (await house.caller(guessers[-1]).post(LOGIN, json=body)).status_code == 429
    assert (await ana.get("/api/v1/me")).status_code == 200


async def test_who_reads_does_not_wait_for_a_crowd_that_signs_in(house: School) -> None:
    """While twelve people sign in, each answer comes before the crowd is in: its passwords are looked at elsewhere."""
    ana = await house.signed_up(ANA)
    crowd = asyncio.gather(
        *(
            house.caller(f"192.0.2.{number}").post(LOGIN, json={"email": ANA, "password": PASSWORD})
            for number in range(1, 13)
        )
    )
    waits: list[float] = []
    while not crowd.done():
        began = time.perf_counter()
        assert (await ana.get("/api/v1/me")).status_code == 200
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)  # as a person turns pages, beside the crowd
    assert {answer.status_code for answer in crowd.result()} == {200}
    assert len(waits) > 5
    assert sorted(waits)[len(waits) // 2] < 0.25
