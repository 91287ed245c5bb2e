"""An engine that never answers: each call of ours ends by itself, and what is endless by its nature goes on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiodocker
import pytest
from aiohttp import web

from builder.texts import said
from preview_runtime.containers.docker import connection, faults
from preview_runtime.containers.docker.connection import SILENT, EngineConnection, no_answer, silent
from preview_runtime.containers.docker.execution import execute
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.reconciler import Known, Reconciler

PATIENCE = 0.1
STREAMED = 4 * PATIENCE
LABELS = {"sayso.instance": "test", "sayso.project": "p", "sayso.role": "app"}


class Mute:
    """An engine that answers what `answers` names, by the end of the path, and keeps silent otherwise."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {"/version": {"ApiVersion": "1.41"}}
        self.asked: list[str] = []
        self.end = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        for end, answer in self.answers.items():
            if request.path.endswith(end):
                if callable(answer):
                    return await answer(request)  # type: ignore[no-any-return]
                return web.json_response(answer)
        await self.end.wait()
        return web.Response(status=500)


@pytest.fixture
async def mute(tmp_path: Path) -> AsyncIterator[tuple[Mute, EngineConnection]]:
    engine = Mute()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", engine.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.01)
    await runner.setup()
    await web.UnixSite(runner, str(tmp_path / "engine.sock")).start()
    async with EngineConnection(f"unix://{tmp_path}/engine.sock", patience=PATIENCE) as client:
        yield engine, client
    engine.end.set()
    await runner.cleanup()


def container(client: aiodocker.Docker) -> Any:
    return client.containers.container("c1")


CALLS: dict[str, Callable[[aiodocker.Docker], Awaitable[Any]]] = {
    "create": lambda client: client.containers.create({"Image": "x"}),
    "start": lambda client: container(client).start(),
    "stop": lambda client: container(client).stop(t=0),
    "restart": lambda client: container(client).restart(t=0),
    "kill": lambda client: container(client).kill(),
    "pause": lambda client: container(client).pause(),
    "unpause": lambda client: container(client).unpause(),
    "delete": lambda client: container(client).delete(force=True, v=True),
    "inspect": lambda client: container(client).show(),
    "list": lambda client: client.containers.list(all=1),
    "logs": lambda client: container(client).log(stdout=True),
    "exec": lambda client: container(client).exec(["true"]),
    "archive put": lambda client: container(client).put_archive("/", b"x"),
    "archive get": lambda client: container(client).get_archive("/etc"),
    "image inspect": lambda client: client.images.inspect("x"),
    "image list": lambda client: client.images.list(),
    "image remove": lambda client: client.images.delete("x"),
    "network list": lambda client: client.networks.list(),
    "network inspect": lambda client: client.networks.get("n1"),
    "network create": lambda client: client.networks.create({"Name": "n1"}),
    "network connect": lambda client: aiodocker.networks.DockerNetwork(client, "n1").connect({"Container": "c1"}),
    "network disconnect": lambda client: aiodocker.networks.DockerNetwork(client, "n1").disconnect({"Container": "c"}),
    "network remove": lambda client: aiodocker.networks.DockerNetwork(client, "n1").delete(),
    "volume inspect": lambda client: client.volumes.get("v1"),
    "volume create": lambda client: client.volumes.create({"Name": "v1"}),
    "volume remove": lambda client: aiodocker.volumes.DockerVolume(client, "v1").delete(),
    "update": lambda client: client._query_json("containers/c1/update", "POST", data={"PidsLimit": 1}),
    "stats once": lambda client: client._query_json("containers/c1/stats", params={"stream": "0", "one-shot": "1"}),
    "exec inspect": lambda client: client._query_json("exec/e1/json"),
    "info": lambda client: client.system.info(),
}


@pytest.mark.parametrize("call", CALLS)
async def test_a_call_that_the_engine_does_not_answer_ends_by_itself(
    mute: tuple[Mute, EngineConnection], call: str
) -> None:
    _, client = mute
    with pytest.raises(aiodocker.DockerError) as failed:
        async with asyncio.timeout(20):
            await CALLS[call](client)
    assert failed.value.status == SILENT
    assert silent(failed.value)
    # The engine may answer for all else: nobody gives up on it because of one container.
    assert not no_answer(failed.value)
    fault = faults.platform(failed.value)
    assert (fault.code, "Docker does not answer for this app" in said(fault.says)) == ("engine_silent", True)


async def test_an_engine_that_breaks_off_after_its_head_ends_by_itself_too(
    mute: tuple[Mute, EngineConnection],
) -> None:
    engine, client = mute

    async def half(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "100"})
        await answer.prepare(request)
        await answer.write(b"{")
        await engine.end.wait()
        return answer

    engine.answers["/json"] = half
    with pytest.raises(aiodocker.DockerError) as failed:
        async with asyncio.timeout(20):
            await container(client).show()
    assert failed.value.status == SILENT


async def test_a_command_that_the_engine_does_not_begin_ends_by_itself(mute: tuple[Mute, EngineConnection]) -> None:
    engine, client = mute
    engine.answers |= {"/containers/c1/json": {"Config": {"User": "1:1"}}, "/containers/c1/exec": {"Id": "e1"}}
    with pytest.raises(aiodocker.DockerError) as failed:
        async with asyncio.timeout(20):
            await execute(container(client), ["true"])
    assert (failed.value.status, engine.asked[-1].endswith("/exec/e1/start")) == (SILENT, True)


@pytest.mark.parametrize("path", ["logs", "wait", "build", "images/create", "stats"])
async def test_what_takes_its_time_by_its_nature_is_waited_for(mute: tuple[Mute, EngineConnection], path: str) -> None:
    """Silence before the answer, and in the middle of it."""
    engine, client = mute

    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(STREAMED)
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        await answer.write(b'{"StatusCode":')
        await asyncio.sleep(STREAMED)
        await answer.write(b"0}")
        return answer

    engine.answers[path] = slow
    asked = path if "/" in path or path == "build" else f"containers/c1/{path}"
    method, params = ("GET", {"follow": "1", "stream": "1"}) if path in ("logs", "stats") else ("POST", {})
    async with asyncio.timeout(20), client._query(asked, method, params=params, timeout=None) as response:
        assert (await response.read()).endswith(b"0}")


@pytest.mark.usefixtures("mute")
async def test_a_limit_of_the_callers_own_is_the_callers(tmp_path: Path) -> None:
    # Far apart: on a busy machine two that are close end in one turn of the loop, and the engine's is told.
    async with EngineConnection(f"unix://{tmp_path}/engine.sock", patience=60) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(PATIENCE / 4):
                await container(client).show()


async def test_one_container_that_hangs_keeps_the_reconciler_from_nothing_else(
    mute: tuple[Mute, EngineConnection],
) -> None:
    engine, client = mute

    def left(number: int) -> dict[str, Any]:
        return {"Id": f"c{number}", "Names": [f"/left-{number}"], "Labels": LABELS, "Created": 0}

    gone: list[str] = []

    async def removed(request: web.Request) -> web.StreamResponse:
        gone.append(request.path.rpartition("/")[2])
        return web.Response(status=204)

    engine.answers |= {
        "/containers/json": [left(1), left(2)],
        "/networks": [],
        "/volumes": {"Volumes": []},
        "/containers/c2": removed,
    }

    async def nothing() -> Known:
        return Known(frozenset(), frozenset())

    settings = ContainerSettings(instance="test")
    reconciler = Reconciler(Slots(client, settings, Networks(client, settings)), nothing)
    for number in (1, 2):
        async with asyncio.timeout(20):
            assert (await reconciler.once(grace=0)).containers == ["left-2"]
        assert len(gone) == number
    tries = [asked for asked in engine.asked if asked.startswith("DELETE") and asked.endswith("/c1")]
    assert len(tries) == 1, "one that hangs is left alone for a while"


async def test_an_engine_that_takes_no_connection_ends_a_call_too(tmp_path: Path) -> None:
    """Not even the queue for connections has room."""
    import socket

    place = tmp_path / "engine.sock"
    with socket.socket(socket.AF_UNIX) as listening, contextlib.ExitStack() as stack:
        listening.bind(str(place))
        listening.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket(socket.AF_UNIX))
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(str(place))
        async with EngineConnection(f"unix://{place}", patience=PATIENCE) as client:
            with pytest.raises(aiodocker.DockerError):
                async with asyncio.timeout(20):
                    await client.version()


def test_the_builder_connects_with_patience_of_a_minute() -> None:
    assert 30 <= connection.PATIENCE <= 60
    assert catalogue.connect.__annotations__["return"]
