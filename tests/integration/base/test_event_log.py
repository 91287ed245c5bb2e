from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base import events as module
from builder.base.errors import NotFound
from builder.base.events import HEARTBEAT, EventLog, NoText
from tests.integration.conftest import Parts
from tests.integration.facts import closed, finished, numbered, opened, started


@dataclass
class Texts:
    """Generations' texts in memory; what a spool is to the log."""

    texts: dict[str, str] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)

    def active(self, project_id: str) -> str | None:
        return self.running.get(project_id)

    def read(self, generation_id: str, offset: int, limit: int) -> str:
        return self.texts.get(generation_id, "")[offset : offset + limit]


@dataclass
class Client:
    """What a careful client knows: its position, the facts, the text it put together."""

    after: int = 0
    generation: str = ""
    offset: int = 0
    facts: list[tuple[int, str]] = field(default_factory=list)
    text: str = ""
    order: list[str] = field(default_factory=list)

    def take(self, frame: str) -> None:
        lines = dict(line.split(": ", 1) for line in frame.strip().split("\n") if not line.startswith(":"))
        if not lines:
            return
        data: dict[str, Any] = json.loads(lines["data"])
        if lines["event"] == "text":
            assert (data["generation"], data["offset"]) == (self.generation, self.offset), "a gap or something doubled"
            self.text += data["text"]
            self.offset += len(data["text"])
            return
        assert int(lines["id"]) == self.after + 1, "a fact is missing or doubled"
        self.after = int(lines["id"])
        self.facts.append((self.after, lines["event"]))
        if lines["event"] == "generation_started":
            self.generation, self.offset, self.text = data["generation"]["id"], 0, ""
        elif lines["event"] == "file_opened":
            assert self.offset == data["at"], "text of a file came before the file"
        elif lines["event"] == "file_closed":
            assert self.offset == data["end"], "a file was closed before all of its text had come"


async def listen(log: EventLog, texts: Texts, project: str, client: Client, frames: int) -> None:
    """Take `frames` frames, then leave, as a tab does that is closed."""
    stream = log.frames(project, client.after, texts, client.generation, client.offset)
    try:
        for _ in range(frames):
            client.take(await asyncio.wait_for(anext(stream), 5))
    finally:
        await stream.aclose()


async def write_files(log: EventLog, texts: Texts, project: str, generation: str, files: list[list[str]]) -> None:
    """What a generation does: open, write piece by piece, close."""
    texts.texts[generation] = ""
    texts.running[project] = generation
    await log.append(project, started(generation))
    for number, pieces in enumerate(files):
        at = len(texts.texts[generation])
        await log.append(project, opened(generation, str(number), at))
        for piece in pieces:
            texts.texts[generation] += piece
            log.wake(project)
            await asyncio.sleep(0)
        end = len(texts.texts[generation])
        await log.append(project, closed(generation, str(number), end))
    await log.append(project, finished(generation))
    del texts.running[project]


@pytest.fixture
async def project(parts: Parts) -> str:
    return (await parts.store.create(ME, "p")).id


pieces = st.lists(st.lists(st.text(min_size=1, max_size=20), max_size=5), min_size=1, max_size=4)


@given(
    generations=st.lists(pieces, min_size=1, max_size=2), visits=st.lists(st.integers(1, 9), min_size=1, max_size=30)
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whoever_comes_and_goes_gets_every_fact_and_every_character_once(
    parts: Parts, generations: list[list[list[str]]], visits: list[int]
) -> None:
    project = (await parts.store.create(ME, "p")).id
    texts, client = Texts(), Client()

    async def write() -> None:
        for number, files in enumerate(generations):
            await write_files(parts.events, texts, project, f"g{number}", files)

    writing = asyncio.create_task(write())
    total = sum(2 + 2 * len(files) for files in generations)
    turn = 0
    while client.after < total:
        # One at a time towards the end, so that no visit waits for a frame that never comes.
        frames = visits[turn % len(visits)] if not writing.done() else 1
        left = total - client.after
        await listen(parts.events, texts, project, client, min(frames, left))
        turn += 1
    await writing
    assert [seq for seq, _ in client.facts] == list(range(1, total + 1))
    assert client.text == "".join("".join(file) for file in generations[-1])


async def test_a_late_listener_gets_the_same_as_an_early_one(parts: Parts, project: str) -> None:
    texts, early, late = Texts(), Client(), Client()
    files = [["a" * 70_000, "é😀"], [], ["b"]]
    reading = asyncio.create_task(listen(parts.events, texts, project, early, 9))
    await write_files(parts.events, texts, project, "g", files)
    await listen(parts.events, texts, project, late, 8 + 3)
    await asyncio.wait_for(reading, 5)
    assert late.text == "a" * 70_000 + "é😀b"
    assert early.facts == late.facts[: len(early.facts)]


async def test_a_program_that_only_knows_its_last_event_gets_the_open_file_from_its_beginning(
    parts: Parts, project: str
) -> None:
    texts = Texts({"g": "first|second"}, {project: "g"})
    await parts.events.append(project, started("g"))
    await parts.events.append(project, opened("g", "a", 0))
    await parts.events.append(project, closed("g", "a", 6))
    await parts.events.append(project, opened("g", "b", 6))
    stream = parts.events.frames(project, 4, texts)
    assert json.loads((await anext(stream)).split("data: ")[1]) == {"generation": "g", "offset": 6, "text": "second"}
    await stream.aclose()


async def test_text_of_a_committed_generation_is_not_sent_again(parts: Parts, project: str) -> None:
    texts = Texts()
    await write_files(parts.events, texts, project, "g", [["abc"], ["def"]])
    texts.texts.clear()
    client = Client()
    stream = parts.events.frames(project, 0, texts)
    kinds = [(await anext(stream)).split("event: ")[1].split("\n")[0] for _ in range(6)]
    await stream.aclose()
    assert "text" not in kinds
    assert kinds[-1] == "generation_finished"
    assert client.text == ""


async def test_a_fact_is_only_told_when_it_is_kept(parts: Parts, project: str) -> None:
    stream = parts.events.frames(project, 0, NoText())
    waiting = asyncio.create_task(anext(stream))
    with pytest.raises(ZeroDivisionError):  # noqa: PT012  # the whole transaction is what fails
        async with parts.db.session() as session:
            await parts.events.append(project, numbered(0), session)
            raise ZeroDivisionError
    await parts.events.append(project, numbered(1))
    assert await asyncio.wait_for(waiting, 5) == 'id: 1\nevent: file_deleted\ndata: {"generation":"","path":"1"}\n\n'
    await stream.aclose()
    with pytest.raises(NotFound):
        await parts.events.append("a" * 16, numbered(0))


async def test_listeners_of_one_project_hear_nothing_of_another_and_leave_nothing_behind(
    parts: Parts, project: str
) -> None:
    other = (await parts.store.create(ME, "other")).id
    streams = [parts.events.frames(project, 0, NoText()) for _ in range(50)]
    waiting = [asyncio.create_task(anext(stream)) for stream in streams]
    await asyncio.sleep(0)
    await parts.events.append(other, numbered(1))
    await parts.events.append(project, numbered(2))
    assert {json.loads(frame.split("data: ")[1])["path"] for frame in await asyncio.gather(*waiting)} == {"2"}
    for stream in streams:
        await stream.aclose()
    log = parts.events
    assert (log._listeners, log._tails, dict(log._signals)) == ({}, {}, {})


async def test_a_listener_that_does_not_read_costs_no_memory(parts: Parts, project: str) -> None:
    slow = parts.events.frames(project, 0, NoText())
    first = asyncio.create_task(anext(slow))
    async with parts.db.session() as session:
        for n in range(2_000):
            await parts.events.append(project, numbered(n), session)
    await first
    assert len(parts.events._tails[project]) <= 256
    for n in range(1, 2_000):
        assert json.loads((await anext(slow)).split("data: ")[1]) == {"generation": "", "path": str(n)}
    await slow.aclose()


async def test_an_idle_stream_shows_that_it_lives(parts: Parts, project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.01)
    stream = parts.events.frames(project, 0, NoText())
    assert [await anext(stream), await anext(stream)] == [HEARTBEAT, HEARTBEAT]
    await stream.aclose()


async def test_text_that_comes_in_small_pieces_is_bundled(parts: Parts, project: str) -> None:
    texts = Texts({"g": ""}, {project: "g"})
    await parts.events.append(project, started("g"))
    await parts.events.append(project, opened("g", "a", 0))
    frames: list[str] = []

    async def read() -> None:
        stream = parts.events.frames(project, 2, texts)
        async for frame in stream:
            frames.append(frame)
            if sum(len(json.loads(frame.split("data: ")[1])["text"]) for frame in frames) == 200:
                break
        await stream.aclose()

    reading = asyncio.create_task(read())
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(200):
        texts.texts["g"] += "x"
        parts.events.wake(project)
        await asyncio.sleep(0.001)
    await asyncio.wait_for(reading, 5)
    assert len(frames) <= (loop.time() - began) / module.COALESCE_SECONDS + 2


async def test_draining_ends_every_stream(parts: Parts, project: str) -> None:
    streams = [parts.events.frames(project, 0, NoText()) for _ in range(3)]
    waiting = [asyncio.create_task(anext(stream, "ended")) for stream in streams]
    await asyncio.sleep(0)
    parts.events.drain()
    assert await asyncio.wait_for(asyncio.gather(*waiting), 5) == ["ended"] * 3
    assert await anext(parts.events.frames(project, 0, NoText()), "ended") == "ended"
