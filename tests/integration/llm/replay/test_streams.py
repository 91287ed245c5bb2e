"""Answers as the vendors send them, cut at any byte, split anew, late, told twice and out of order.

Each is either the whole answer or a fault, and what came before the fault is a beginning of the whole: nothing is lost
inside, doubled or changed. A seeded sample of the cuts; all with --all.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from builder.llm.conversation import errors
from tests.integration.llm.replay.server import CHUNKED, Replay, ReplayServer
from tests.integration.llm.replay.wires import CALLS, TEXT, WIRES, Wire, begins, connected, hear, recorded, whole

CUTS = 60
SPLITS = 12


@pytest.fixture
def wire(request: pytest.FixtureRequest) -> Wire:
    return WIRES[request.param]


@pytest.fixture
async def server() -> AsyncIterator[tuple[ReplayServer, str]]:
    replay = ReplayServer()
    async with replay.serve() as url:
        yield replay, url


every_wire = pytest.mark.parametrize("wire", [*WIRES], indirect=True)


def events_of(body: bytes) -> list[bytes]:
    """The server-sent events, each with the blank line that ends it."""
    end = b"\r\n\r\n" if b"\r\n\r\n" in body else b"\n\n"
    return [event + end for event in body.split(end) if event]


@every_wire
async def test_cut_at_any_byte_it_is_a_beginning_and_a_fault(
    wire: Wire, server: tuple[ReplayServer, str], pytestconfig: pytest.Config
) -> None:
    replay, url = server
    body = await recorded(wire)
    cuts = [*range(len(body))]
    if not pytestconfig.getoption("--all"):
        # The ends of events are where a cut hides best.
        edges = {at for end in _ends(body) for at in (end - 1, end, end + 1) if at < len(body)}
        random.seed(11)
        cuts = sorted({*random.sample(cuts, CUTS), *random.sample(sorted(edges), min(CUTS, len(edges)))})
    async with connected(wire, url) as model:
        replay.then(Replay([body]))
        complete = await hear(model)
        whole(complete)
        for at in cuts:
            replay.then(Replay([body[:at]], cut=True))
            heard = await hear(model)
            assert begins(heard, complete), at
            if heard.fault is None:
                whole(heard)  # the cut took nothing but what follows the end
            else:
                assert type(heard.fault) is errors.ConnectionLost, at
                assert heard.reply.ended is None
            assert replay.requests == 1, at  # what has begun is not asked for again


def _ends(body: bytes) -> list[int]:
    ends, at = [], 0
    for event in events_of(body):
        at += len(event)
        ends.append(at)
    return ends


@every_wire
async def test_split_anyhow_it_is_the_same_answer(wire: Wire, server: tuple[ReplayServer, str]) -> None:
    replay, url = server
    body = await recorded(wire)
    random.seed(12)
    async with connected(wire, url) as model:
        for most in (1, *(random.randint(2, 200) for _ in range(SPLITS))):
            pieces, at = [], 0
            while at < len(body):
                size = random.randint(1, most)
                pieces.append(body[at : at + size])
                at += size
            replay.then(Replay(pieces))
            whole(await hear(model))


@every_wire
async def test_comments_and_unknown_events_between_are_passed_over(
    wire: Wire, server: tuple[ReplayServer, str]
) -> None:
    replay, url = server
    body = await recorded(wire)
    between = b": keep-alive\n\n"
    async with connected(wire, url) as model:
        replay.then(Replay([between + between.join(events_of(body))]))
        whole(await hear(model))


@every_wire
async def test_the_end_told_twice_is_one_end(wire: Wire, server: tuple[ReplayServer, str]) -> None:
    replay, url = server
    events = events_of(await recorded(wire))
    async with connected(wire, url) as model:
        for doubled in range(1, 4):
            replay.then(Replay([b"".join([*events, *events[-doubled:]])]))
            whole(await hear(model))


@every_wire
async def test_an_answer_sent_again_behind_its_end_adds_nothing(wire: Wire, server: tuple[ReplayServer, str]) -> None:
    replay, url = server
    body = await recorded(wire)
    async with connected(wire, url) as model:
        replay.then(Replay([body, body]))
        whole(await hear(model))


@pytest.mark.parametrize("wire", ["responses"], indirect=True)
async def test_numbered_events_told_twice_are_taken_once(wire: Wire, server: tuple[ReplayServer, str]) -> None:
    """On the other wires two equal pieces are two pieces: nothing tells them from one that came twice."""
    replay, url = server
    events = events_of(await recorded(wire))
    async with connected(wire, url) as model:
        replay.then(Replay([b"".join(event * 2 for event in events)]))
        whole(await hear(model))
        replay.then(Replay([b"".join([*events[:9], *events[:9], *events[9:]])]))
        whole(await hear(model))


@pytest.mark.parametrize("wire", ["responses"], indirect=True)
async def test_numbered_events_out_of_order_or_lost_are_a_fault_or_no_loss(
    wire: Wire, server: tuple[ReplayServer, str]
) -> None:
    replay, url = server
    events = events_of(await recorded(wire))
    async with connected(wire, url) as model:
        for at in range(len(events) - 1):
            mixed = [*events[:at], events[at + 1], events[at], *events[at + 2 :]]
            for sent in (mixed, events[:at] + events[at + 1 :]):
                replay.then(Replay([b"".join(sent)]))
                heard = await hear(model)
                if heard.fault is None:
                    # What goes into an app is all there; a piece of the summary of its thinking may be lost.
                    assert heard.reply.text == TEXT, at
                    assert [(call.name, call.values()) for call in heard.reply.calls] == CALLS, at
                else:
                    assert isinstance(heard.fault, errors.ConnectionLost), at


@pytest.mark.parametrize("wire", ["messages"], indirect=True)
async def test_a_piece_outside_its_block_is_a_fault(wire: Wire, server: tuple[ReplayServer, str]) -> None:
    replay, url = server
    events = events_of(await recorded(wire))
    start = next(at for at, event in enumerate(events) if b'"tool_use"' in event and b"content_block_start" in event)
    stop = next(at for at, event in enumerate(events) if at > start and b"content_block_stop" in event)
    async with connected(wire, url) as model:
        before = [*events[:start], events[start + 1], events[start], *events[start + 2 :]]
        behind = [*events[: stop - 1], events[stop], events[stop - 1], *events[stop + 1 :]]
        for mixed in (before, behind):
            replay.then(Replay([b"".join(mixed)]))
            assert isinstance((await hear(model)).fault, errors.ConnectionLost)
        for at, event in enumerate(events):
            if b"content_block_delta" not in event:  # the frame of the answer, told twice
                replay.then(Replay([b"".join([*events[: at + 1], *events[at:]])]))
                whole(await hear(model))


@every_wire
async def test_slow_is_not_silent(wire: Wire, server: tuple[ReplayServer, str]) -> None:
    """The limit is for each silence, not for the answer: 60 s in the wild, a fifth of a second here."""
    replay, url = server
    events = events_of(await recorded(wire))
    async with connected(wire, url, silence=0.25) as model:
        step = -(-len(events) // 6)
        slow = [b"".join(events[at : at + step]) for at in range(0, len(events), step)]
        replay.then(Replay(slow, pause=0.1))
        whole(await hear(model))  # more than half a second in all


@every_wire
@pytest.mark.parametrize("begun", [False, True])
async def test_silence_ends_in_a_fault_and_is_not_asked_again(
    wire: Wire, server: tuple[ReplayServer, str], begun: bool
) -> None:
    replay, url = server
    events = events_of(await recorded(wire))
    first = b"".join(events[:4])
    head = CHUNKED + (f"{len(first):x}\r\n{first.decode()}\r\n" if begun else "")
    async with connected(wire, url, silence=0.2) as model:
        replay.then(Replay([b"late"], pause=30, head=head))
        heard = await hear(model)
        assert isinstance(heard.fault, errors.TimedOut)
        assert replay.requests == 1
