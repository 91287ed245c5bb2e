"""What is asked for twice with one key is done once, whatever became of the first answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from builder.api.requests.once import Once

KEY = "0123456789abcdef"


class Counting:
    """An app that reads the body where it is told to, counts what it did, and may be held."""

    def __init__(self, body: bool = True, size: int = 10) -> None:
        self.done = 0
        self.go = asyncio.Event()
        self.go.set()
        self._body, self._size = body, size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 201
        while self._body:
            message = await receive()
            if message["type"] == "http.disconnect":
                status = 400
                break
            if not message.get("more_body"):
                break
        if status == 201:
            self.done += 1
        number = self.done
        await self.go.wait()
        await send({"type": "http.response.start", "status": status, "headers": [(b"x-number", b"%d" % number)]})
        await send({"type": "http.response.body", "body": b"%d" % number * self._size})


async def ask(app: Any, *body: Message, key: str = KEY, method: str = "POST", **scope: Any) -> tuple[int, bytes]:
    given = iter(body or ({"type": "http.request", "body": b"x"},))
    sent: list[Message] = []

    async def receive() -> Message:
        return next(given, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"idempotency-key", key.encode())] if key else []
    whole = {"type": "http", "method": method, "path": "/a", "query_string": b"", "headers": headers} | scope
    await app(whole, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


async def test_the_second_gets_the_first_ones_answer() -> None:
    inner = Counting()
    app = Once(inner)
    assert await ask(app) == await ask(app) == (201, b"1" * 10)
    assert inner.done == 1


async def test_the_second_waits_for_the_first() -> None:
    inner = Counting()
    app = Once(inner)
    inner.go.clear()
    both = asyncio.gather(ask(app), ask(app), ask(app))
    await asyncio.sleep(0)
    inner.go.set()
    assert set(await both) == {(201, b"1" * 10)}
    assert inner.done == 1


@pytest.mark.parametrize("other", [{"key": "another-one-than-that"}, {"path": "/b"}, {"query_string": b"b"},
                                   {"method": "DELETE"}, {"sayso.signed_in": "b"}])  # fmt: skip
async def test_another_request_is_another(other: dict[str, Any]) -> None:
    inner = Counting()
    app = Once(inner)
    await ask(app)
    await ask(app, **other)
    assert inner.done == 2


@pytest.mark.parametrize("other", [{"key": ""}, {"key": "short"}, {"method": "GET"}, {"key": "x" * 65}])
async def test_without_a_key_all_are_done(other: dict[str, Any]) -> None:
    inner = Counting()
    app = Once(inner)
    await ask(app, **other)
    await ask(app, **other)
    assert inner.done == 2


async def test_one_whose_body_never_came_is_done_by_the_next() -> None:
    inner = Counting()
    app = Once(inner)
    half = {"type": "http.request", "body": b"x", "more_body": True}
    assert (await ask(app, half))[0] == 400
    assert await ask(app) == (201, b"1" * 10)
    assert inner.done == 1


async def test_one_that_reads_no_body_is_done_once() -> None:
    inner = Counting(body=False)
    app = Once(inner)
    assert await ask(app) == await ask(app)
    assert inner.done == 1


async def test_one_that_was_ended_on_its_way_is_done_by_the_next() -> None:
    inner = Counting()
    app = Once(inner)
    inner.go.clear()
    first, second = asyncio.ensure_future(ask(app)), asyncio.ensure_future(ask(app))
    await asyncio.sleep(0)
    first.cancel()
    inner.go.set()
    assert await second == (201, b"2" * 10)


async def test_a_large_answer_is_not_kept_but_known() -> None:
    inner = Counting(size=2**20)
    app = Once(inner)
    await ask(app)
    status, body = await ask(app)
    assert status == 409
    assert b"done_before" in body
    assert inner.done == 1


async def test_no_more_answers_are_kept_than_so_many() -> None:
    inner = Counting()
    app = Once(inner)
    for number in range(1_000):
        await ask(app, key=f"{number:016}")
    assert await ask(app, key=f"{999:016}") == (201, b"1000" * 10)
    await ask(app, key=f"{1_000 - 258:016}")  # forgotten, so it is done again
    assert inner.done == 1_001
