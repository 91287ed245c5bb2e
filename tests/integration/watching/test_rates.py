"""Who asks too often waits, is told for how long, and keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from builder.accounts.actor import Actor
from builder.api import create_api
from builder.base.http.rates import AskedTooOften, Rate, Rates
from builder.composition.services import Services
from builder.composition.settings import Settings

TWO = Rate("tries", 2, 60)


def who(scope: dict[str, object]) -> str:
    return dict(scope["headers"])[b"x-test-person"].decode()  # type: ignore[call-overload, no-any-return]


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    few = {"accounts": "open", "reads_per_minute": 3, "changes_per_minute": 2, "generations_per_minute": 1}
    made = Services(settings.model_copy(update=few))
    await made.start()

    async def named(scope: object) -> Actor:
        person, _, team = who(scope).partition(" ")  # type: ignore[arg-type]
        return Actor(person, team)

    made.actors.sources.insert(0, named)
    yield made
    await made.close()


@pytest.fixture
async def api(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as client:
        yield client


async def read(api: httpx.AsyncClient, person: str) -> httpx.Response:
    return await api.get("/projects", headers={"x-test-person": person})


async def test_a_client_is_told_what_is_left_and_then_when_it_goes_on(api: httpx.AsyncClient) -> None:
    answers = [await read(api, "ana") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    last = answers[-1]
    assert last.headers["RateLimit-Limit"] == "3"
    assert last.headers["Retry-After"] == last.headers["RateLimit-Reset"]
    assert 1 <= int(last.headers["Retry-After"]) <= 60
    error = last.json()["error"]
    assert error["code"] == "rate_limited"
    assert f"goes on in {last.headers['Retry-After']} s" in error["message"]


async def test_nobody_else_waits_and_reading_does_not_count_as_changing(api: httpx.AsyncClient) -> None:
    for _ in range(4):
        await read(api, "ana")
    assert (await read(api, "ben")).status_code == 200
    headers = {"x-test-person": "ana"}
    made = [await api.post("/projects", json={"starter": "kanban"}, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in made] == [201, 201, 429]


async def test_of_many_at_once_no_more_than_the_limit_pass(api: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(read(api, "ana") for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 17


async def test_what_pages_send_by_themselves_is_not_counted(api: httpx.AsyncClient) -> None:
    headers = {"x-test-person": "ana"}
    project = (await api.post("/projects", json={"starter": "kanban"}, headers=headers)).json()["project"]["id"]
    for number in range(5):
        typed = await api.patch(f"/projects/{project}/working", json={"put": {"a.txt": str(number)}}, headers=headers)
        assert typed.status_code == 200
        assert "RateLimit-Limit" not in typed.headers


async def test_code_is_counted_for_the_team_as_well(api: httpx.AsyncClient) -> None:
    first, second, other = [
        await api.post("/projects/none/messages", json={"text": "x"}, headers={"x-test-person": person})
        for person in ("ana school", "ben school", "eva")
    ]
    assert [first.status_code, second.status_code, other.status_code] == [404, 429, 404]


async def test_what_asks_a_model_says_how_much_is_left(api: httpx.AsyncClient) -> None:
    headers = {"x-test-person": "ana"}
    told = [await api.post("/ai/complete", json={"prefix": "x ="}, headers=headers) for _ in range(2)]
    assert [(one.headers["RateLimit-Limit"], one.headers["RateLimit-Remaining"]) for one in told] == [
        ("100", "99"), ("100", "98"),
    ]  # fmt: skip
    asked = {"messages": [{"role": "user", "content": "why?"}]}
    chat = await api.post("/ai/chat", json=asked, headers=headers)
    assert (chat.headers["RateLimit-Limit"], chat.headers["RateLimit-Remaining"]) == ("30", "29")
    change = await api.post("/ai/action", json={"action": "explain", "code": "x"}, headers=headers)
    assert (change.headers["RateLimit-Limit"], change.headers["RateLimit-Remaining"]) == ("20", "19")
    better = await api.post("/ai/improve", json={"prompt": "a list", "model": "starter:offline"}, headers=headers)
    assert better.headers["RateLimit-Limit"] == "30"
    assert (await api.get("/ai/usage", headers=headers)).headers["RateLimit-Limit"] == "3"
    answers = [await api.post("/ai/chat", json=asked, headers=headers) for _ in range(30)]
    assert [one.status_code for one in answers[-2:]] == [409, 429]
    assert answers[-1].headers["RateLimit-Remaining"] == "0"
    assert answers[-1].headers["Retry-After"] == answers[-1].headers["RateLimit-Reset"]


async def test_alone_nobody_waits(settings: Settings) -> None:
    services = Services(settings.model_copy(update={"reads_per_minute": 1}))
    await services.start()
    transport = httpx.ASGITransport(create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as client:
        answers = [await client.get("/projects") for _ in range(5)]
    await services.close()
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit-Limit" not in answers[0].headers


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A real server: its address, and its process."""
    program = shutil.which("redis-server")
    if program is None:
        missing = "redis-server is missing: sudo apt-get install redis-server"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    for line in process.stdout:
        if b"Ready to accept connections" in line:
            break
    yield f"redis://127.0.0.1:{port}/0", process
    process.kill()
    process.wait()
    process.stdout.close()


async def test_processes_count_together_in_redis_and_alone_while_it_is_away(
    redis: tuple[str, subprocess.Popen[bytes]],
) -> None:
    url, process = redis
    one, other = Rates(url), Rates(url)
    await one.count((TWO, "ana"))
    await other.count((TWO, "ana"))
    for rates in (one, other):
        with pytest.raises(AskedTooOften):
            await rates.count((TWO, "ana"))
    assert (await other.of(TWO, "ana")).left == 0
    assert (await one.is_there(), await Rates().is_there()) == (True, None)
    process.kill()
    process.wait()
    state = await one.count((TWO, "ana"))
    assert state is not None
    assert state.left == 1
    assert await one.is_there() is False
    for rates in (one, other):
        await rates.close()
