from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import websockets

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.api import create_api
from builder.composition.services import Services
from tests.integration.facts import numbered
from tests.integration.server import serving


@pytest.fixture
async def address(services: Services) -> AsyncIterator[str]:
    async with serving(create_api(lambda: services)) as address:
        yield address


async def some_project(services: Services, facts: int) -> str:
    project = (await services.store.create(ME, "p")).id
    for n in range(facts):
        await services.events.append(project, numbered(n))
    return project


def facts(text: str) -> list[int]:
    return [int(json.loads(line[6:])["path"]) for line in text.split("\n") if line.startswith("data: ")]


async def left(services: Services, project: str) -> bool:
    """Whether no listener is left within a second of the last one's going."""
    for _ in range(100):
        if project not in services.events.listened_to:
            return True
        await asyncio.sleep(0.01)
    return False


async def test_a_program_resumes_after_its_last_event(services: Services, address: str) -> None:
    project = await some_project(services, 5)
    url = f"http://{address}/api/v1/projects/{project}/events"
    async with (
        httpx.AsyncClient(timeout=5) as client,
        client.stream("GET", url, headers={"Last-Event-ID": "3"}) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        text = ""
        async for piece in answer.aiter_text():
            text += piece
            if len(facts(text)) == 2:
                break
    assert text.startswith("retry: 500\n")
    assert facts(text) == [3, 4]
    assert await left(services, project)


async def test_a_tab_gets_what_it_missed_and_what_comes_and_pong_for_ping(services: Services, address: str) -> None:
    project = await some_project(services, 3)
    url = f"ws://{address}/api/v1/projects/{project}/events/ws?after=1"
    async with websockets.connect(url) as socket:
        assert [facts(str(await socket.recv())) for _ in range(2)] == [[1], [2]]
        await services.events.append(project, numbered(3))
        assert facts(str(await asyncio.wait_for(socket.recv(), 5))) == [3]
        await socket.send("ping")
        assert await asyncio.wait_for(socket.recv(), 5) == ": pong\n\n"
    assert await left(services, project)


async def test_a_stream_of_nothing_is_refused(services: Services, address: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://{address}/api/v1/projects/{'a' * 16}/events")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    with pytest.raises(websockets.InvalidStatus):
        await websockets.connect(f"ws://{address}/api/v1/projects/{'a' * 16}/events/ws")


async def test_a_server_that_stops_ends_its_streams_at_once(services: Services, address: str) -> None:
    project = await some_project(services, 0)
    async with websockets.connect(f"ws://{address}/api/v1/projects/{project}/events/ws") as socket:
        services.drain()
        with pytest.raises(websockets.ConnectionClosed) as ended:
            await asyncio.wait_for(socket.recv(), 5)
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 1012


async def test_twelve_tabs_hear_of_a_change_together(services: Services, address: str) -> None:
    project = await some_project(services, 0)
    url = f"ws://{address}/api/v1/projects/{project}/events/ws"
    sockets = [await websockets.connect(url) for _ in range(12)]
    await services.store.write_working(ME, project, {"a.txt": "1"}, client="me")
    async with asyncio.timeout(5):
        heard = [json.loads(str(await socket.recv()).split("data: ")[1]) for socket in sockets]
    assert all(fact["put"] == ["a.txt"] and fact["client"] == "me" for fact in heard)
    for socket in sockets:
        await socket.close()
    assert await left(services, project)
