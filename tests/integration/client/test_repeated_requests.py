"""A request that is sent again is carried out once: by many at once, and by a server that was killed and came back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

from builder.api.requests.once import Once
from builder.composition.services import Services
from tests.integration.client.conftest import PROGRAM, ApiProcess
from tests.unit.api.requests.test_once import Counting, ask

KEY = {"Idempotency-Key": "a-key-of-a-program-0001"}


def titles(server: ApiProcess) -> list[str]:
    with httpx.Client(base_url=f"{server.url}/api/v1", headers=PROGRAM, trust_env=False, timeout=60) as client:
        return [project["title"] for project in client.get("/projects").json()["projects"]]


async def test_many_at_once_and_a_kill_make_one_project(make_api: Callable[..., ApiProcess]) -> None:
    server = make_api()
    headers = PROGRAM | KEY

    async def made() -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=f"{server.url}/api/v1", trust_env=False, timeout=60) as client:
            answer = await client.post("/projects", json={"title": "Once"}, headers=headers)
            assert answer.status_code == 201, answer.text
            found: dict[str, Any] = answer.json()
            return found

    first, *others = await asyncio.gather(*(made() for _ in range(8)))
    assert all(one == first for one in others)
    server.kill()
    server.start()
    assert await made() == first
    assert titles(server) == ["Once"]


async def test_what_was_killed_under_way_is_not_done_twice(services: Services) -> None:
    inner = Counting()
    inner.go.clear()
    under_way = asyncio.create_task(ask(Once(inner, lambda: services.done_requests)))
    async with asyncio.timeout(30):
        while not inner.done:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    # Another process, which knows of it by the database alone.
    after = Counting()
    status, body = await ask(Once(after, lambda: services.done_requests))
    assert (status, b'"unsure"' in body, after.done) == (409, True, 0)
    inner.go.set()
    answer = await under_way
    assert await ask(Once(after, lambda: services.done_requests)) == answer
    assert after.done == 0


async def test_what_was_refused_or_did_not_arrive_may_be_asked_for_again(
    services: Services, api: httpx.AsyncClient
) -> None:
    assert (await api.post("/projects", json={"title": "x" * 300}, headers=KEY)).status_code == 422
    inner = Counting()
    gone = {"type": "http.disconnect"}
    cut = Once(inner, lambda: services.done_requests)
    assert (await ask(cut, {"type": "http.request", "body": b"x", "more_body": True}, gone))[0] == 400
    assert await ask(Once(inner, lambda: services.done_requests)) == (201, b"1" * 10)
    assert await ask(Once(inner, lambda: services.done_requests), authorization="x") == (201, b"1" * 10)


async def test_a_secret_that_is_shown_once_is_told_again_after_a_kill_and_lies_nowhere_in_the_clear(
    make_api: Callable[..., ApiProcess],
) -> None:
    server = make_api()
    hook = {"url": "https://hooks.invalid/x", "events": ["share.changed"]}

    async def made() -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=f"{server.url}/api/v1", trust_env=False, timeout=60) as client:
            answer = await client.post("/teams/owner/webhooks", json=hook, headers=PROGRAM | KEY)
            assert answer.status_code == 201, answer.text
            found: dict[str, Any] = answer.json()
            return found

    first, *others = await asyncio.gather(*(made() for _ in range(6)))
    assert all(one == first for one in others)
    server.kill()
    kept = b"".join(path.read_bytes() for path in server.data.glob("sayso.db*"))
    assert first["id"].encode() in kept
    assert first["secret"].encode() not in kept
    server.start()
    assert await made() == first
    async with httpx.AsyncClient(base_url=f"{server.url}/api/v1", headers=PROGRAM, trust_env=False) as client:
        there = (await client.get("/teams/owner/webhooks", timeout=60)).json()["webhooks"]
    assert [one["id"] for one in there] == [first["id"]]
