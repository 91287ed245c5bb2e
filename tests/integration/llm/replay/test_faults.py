"""Every status and every fault of the line, on every wire: which error it is, and how often it is asked again."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from builder.llm.conversation import errors
from tests.integration.llm.replay.server import Replay, ReplayServer
from tests.integration.llm.replay.wires import WIRES, Wire, connected, hear, recorded, whole

every_wire = pytest.mark.parametrize("name", [*WIRES])


@pytest.fixture
async def server() -> AsyncIterator[tuple[ReplayServer, str]]:
    replay = ReplayServer()
    async with replay.serve() as url:
        yield replay, url


def refusal(wire: Wire, status: int, headers: str = "", body: str = "") -> Replay:
    said = (body or json.dumps(wire.error(status))).encode()
    kind = "text/html" if body else "application/json"
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(said)}\r\n{headers}\r\n"
    return Replay([said], head=head, raw=True)


STATUSES: list[tuple[int, type[errors.ModelError], int]] = [
    (400, errors.RequestRefused, 1),
    (401, errors.BadKey, 1),
    (402, errors.NoCredit, 1),
    (403, errors.Forbidden, 1),
    (404, errors.UnknownModel, 1),
    (408, errors.TimedOut, 1),
    (413, errors.TooLong, 1),
    (429, errors.RateLimited, 3),
    (500, errors.ProviderFailed, 3),
    (502, errors.ProviderFailed, 3),
    (504, errors.TimedOut, 1),
]


@every_wire
async def test_every_status_is_its_error_and_is_asked_again_where_that_helps(
    name: str, server: tuple[ReplayServer, str]
) -> None:
    replay, url = server
    wire = WIRES[name]
    async with connected(wire, url) as model:
        for status, kind, requests in [*STATUSES, (wire.overloaded, errors.Overloaded, 3)]:
            for body in ("", "<html>Bad gateway</html>"):
                replay.then(refusal(wire, status, body=body))
                heard = await hear(model)
                assert type(heard.fault) is kind, (status, body)
                assert replay.requests == requests, (status, body)
                assert [wait.reason for wait in heard.waits] == [kind.code] * (requests - 1)


@every_wire
async def test_what_the_provider_asks_to_wait_is_waited_and_no_longer(
    name: str, server: tuple[ReplayServer, str]
) -> None:
    replay, url = server
    wire = WIRES[name]
    answer = Replay([await recorded(wire)])
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    async with connected(wire, url) as model:
        for asked, least, most in (("7", 7, 7.7), ("0", 0, 0), (soon, 1, 22), ("", 0.5, 1.5), ("soon", 0.5, 1.5)):
            replay.then(refusal(wire, 429, f"retry-after: {asked}\r\n" if asked else ""), answer)
            heard = await hear(model)
            whole(heard)
            assert least <= heard.waits[0].seconds <= most, asked
        for asked in ("31", "3600"):
            replay.then(refusal(wire, 429, f"retry-after: {asked}\r\n"), answer)
            heard = await hear(model)
            assert isinstance(heard.fault, errors.RateLimited)
            assert heard.fault.retry_after == float(asked)
            assert (replay.requests, heard.waits) == (1, [])


@every_wire
async def test_our_own_waits_grow_and_are_not_all_alike(name: str, server: tuple[ReplayServer, str]) -> None:
    replay, url = server
    wire = WIRES[name]
    async with connected(wire, url) as model:
        replay.then(refusal(wire, wire.overloaded))
        waits = [[wait.seconds for wait in (await hear(model)).waits] for _ in range(4)]
    assert all(0.5 <= first <= 1.5 and 1 <= second <= 3 for first, second in waits)
    assert len({first for first, _ in waits}) > 1


@every_wire
async def test_an_answer_after_waits_is_there_once(name: str, server: tuple[ReplayServer, str]) -> None:
    replay, url = server
    wire = WIRES[name]
    async with connected(wire, url) as model:
        replay.then(refusal(wire, 500), refusal(wire, wire.overloaded), Replay([await recorded(wire)]))
        heard = await hear(model)
        whole(heard)
        assert [wait.reason for wait in heard.waits] == ["provider_failed", "overloaded"]


@every_wire
async def test_a_connection_that_breaks_before_the_answer_is_not_asked_again(
    name: str, server: tuple[ReplayServer, str]
) -> None:
    """The request may have arrived, and be paid for."""
    replay, url = server
    async with connected(WIRES[name], url) as model:
        for head in ("", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\ncontent-type: text/event"):
            replay.then(Replay([], head=head, cut=True, raw=True))
            heard = await hear(model)
            assert type(heard.fault) is errors.ConnectionLost, head
            assert (replay.requests, heard.waits, heard.fault.free) == (1, [], False)


@every_wire
async def test_where_nobody_listens_it_is_asked_again_and_costs_nothing(name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening
        async with connected(WIRES[name], f"http://127.0.0.1:{taken.getsockname()[1]}") as model:
            heard = await hear(model)
    assert type(heard.fault) is errors.Unreachable
    assert heard.fault.free
    assert [wait.reason for wait in heard.waits] == ["unreachable"] * 2


@every_wire
@pytest.mark.parametrize(
    "body", [b"", b"<html>Sign in</html>", b"data: {not json\n\n", b"data: []\n\n", b"\xff\xfe\x00"]
)
async def test_an_answer_that_is_none_is_a_fault(name: str, server: tuple[ReplayServer, str], body: bytes) -> None:
    """As of a proxy that answers everything with its own page."""
    replay, url = server
    async with connected(WIRES[name], url) as model:
        replay.then(Replay([body] if body else []))
        heard = await hear(model)
    assert isinstance(heard.fault, errors.ModelError)
    assert heard.texts == ("", "", ())
