"""Signing out ends what the session has open, at once, and nothing of it can be taken up again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from builder.accounts.actor import LOCAL_OWNER
from builder.accounts.open_connections import SIGNED_OUT, OpenConnections, Session
from builder.accounts.session_cookie import SessionCookies
from builder.accounts.sign_in import require_sign_in
from builder.api import create_api
from builder.base.http.hosts import same_origin_only
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.projects.archive import imports as imports_module
from builder.texts import said
from preview_runtime.file_tree import FileTree
from preview_runtime.routes.gate import Gate
from preview_runtime.routes.proxy import CutAnswer
from preview_runtime.routes.tickets import GRANT_SECONDS, Tickets
from tests.integration.api.test_api import archive
from tests.integration.previews.shells.test_terminals import FakeContainers
from tests.integration.server import serving

PASSWORD = "correct horse"  # a test's own
PROGRAM = {"X-Sayso-Client": "tests"}
MOST_SECONDS = 2.0


class Builder:
    """The API behind the sign-in on a real socket, one project of which runs in a container that is none."""

    def __init__(self, services: Services, address: str) -> None:
        self.services, self.address = services, address
        self.containers = FakeContainers()
        services.terminals.shells = self.containers
        services.shells = self.containers  # type: ignore[assignment]
        self.http = httpx.AsyncClient(base_url=f"http://{address}", headers=PROGRAM, trust_env=False, timeout=30)

    async def sign_in(self) -> dict[str, str]:
        """The headers of a program with a session of its own."""
        self.http.cookies.clear()
        answer = await self.http.post("/sign-in", data={"password": PASSWORD})
        assert answer.status_code == 303
        cookie = answer.headers["set-cookie"].partition(";")[0]
        self.http.cookies.clear()
        return {**PROGRAM, "cookie": cookie}

    async def sign_out(self, session: dict[str, str]) -> None:
        assert (await self.http.post("/sign-out", headers=session)).status_code == 303

    def socket(self, path: str, session: dict[str, str]) -> connect:
        return connect(f"ws://{self.address}/api/v1{path}", proxy=None, open_timeout=30, additional_headers=session)


@pytest.fixture
def locked(settings: Settings) -> Settings:
    return settings.model_copy(update={"owner_password": SecretStr(PASSWORD)})


@pytest.fixture
async def builder(locked: Settings) -> AsyncIterator[Builder]:
    services = Services(locked)
    await services.start()
    app = require_sign_in(same_origin_only(create_api(lambda: services), locked), locked, lambda: services.connections)
    async with serving(app) as address:
        builder = Builder(services, address)
        yield builder
        await builder.http.aclose()
    await services.close()


async def closed(socket: ClientConnection) -> int:
    """The code with which the server closes it, whatever it says before."""
    with contextlib.suppress(ConnectionClosed):
        async for _ in socket:
            pass
    assert socket.close_code is not None
    return socket.close_code


async def test_signing_out_ends_every_socket_and_stream_within_two_seconds(
    builder: Builder, caplog: pytest.LogCaptureFixture
) -> None:
    session, other = await builder.sign_in(), await builder.sign_in()
    project = (await builder.services.store.create(LOCAL_OWNER, "p")).id
    terminals = "/projects/mine/terminals"
    shown = (await builder.http.post(f"/api/v1{terminals}", json={}, headers=session)).json()["terminal"]["id"]
    async with contextlib.AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(builder.socket(path, owner))
            for owner in (session, other)
            for path in (f"{terminals}/{shown}/ws", f"/projects/{project}/events/ws", "/servers/ws")
        ]
        stream = await stack.enter_async_context(
            builder.http.stream("GET", f"/api/v1/projects/{project}/events", headers=session)
        )
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith("retry")
        (shell,) = builder.containers.shells
        await sockets[0].send(b"before\n")
        async with asyncio.timeout(10):
            while shell.typed != b"before\n":  # noqa: ASYNC110 - a fake without an event
                await asyncio.sleep(0.01)
        shell.deaf.clear()
        await sockets[0].send(b"on its way\n")  # typed, and not yet taken by the shell
        began = time.monotonic()
        await builder.sign_out(other)
        with contextlib.suppress(ConnectionClosed):
            await sockets[0].send(b"after\n")
        shell.deaf.set()
        async with asyncio.timeout(MOST_SECONDS):
            assert [await closed(one) for one in sockets] == [SIGNED_OUT] * len(sockets)
            with contextlib.suppress(httpx.RemoteProtocolError):
                async for _ in lines:
                    pass
        assert time.monotonic() - began < MOST_SECONDS
        async with asyncio.timeout(MOST_SECONDS):
            while not shell.closed:  # noqa: ASYNC110 - a fake without an event
                await asyncio.sleep(0.01)
        assert b"after" not in shell.typed
    for owner in (session, other):
        assert (await builder.http.get(f"/api/v1{terminals}", headers=owner)).status_code == 401
        with pytest.raises(InvalidStatus) as refused:
            await builder.socket(f"{terminals}/{shown}/ws", owner)
        assert refused.value.response.status_code == 403
    # Whoever signs in again begins with a shell of their own, and works on.
    again = await builder.sign_in()
    assert (await builder.http.get(f"/api/v1{terminals}", headers=again)).json() == {"terminals": []}
    opened = (await builder.http.post(f"/api/v1{terminals}", json={}, headers=again)).json()["terminal"]["id"]
    async with builder.socket(f"{terminals}/{opened}/ws", again) as socket:
        await socket.send(b"again\n")
        async with asyncio.timeout(10):
            while builder.containers.shells[-1].typed != b"again\n":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR and "ASGI" in record.message
                and not isinstance((record.exc_info or (None, None))[1], CutAnswer)]  # fmt: skip


async def gone(process: int) -> None:
    """Waits until there is no process of that number."""
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.kill(process, 0)
            await asyncio.sleep(0.01)


class NoPlace(asyncio.Semaphore):
    """Gives nobody a place; says when somebody waits for one."""

    def __init__(self, asked: asyncio.Event) -> None:
        super().__init__(0)
        self.asked = asked

    async def acquire(self) -> Literal[True]:
        self.asked.set()
        return await super().acquire()


@pytest.mark.parametrize("step", ["sent", "unpacked", "read", "waiting"])
async def test_an_import_ends_with_its_session_and_leaves_nothing(
    builder: Builder, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is: its zip is on its way, a process unpacks it, what that wrote is read, or it waits for a place."""
    session, imports = await builder.sign_in(), builder.services.imports
    began, go_on = asyncio.Event(), asyncio.Event()
    zipped = archive({"index.html": "x"})

    async def body() -> AsyncIterator[bytes]:
        yield zipped[:10]
        if step == "sent":
            began.set()
            await go_on.wait()
        yield zipped[10:]

    async def asked() -> int:
        async with httpx.AsyncClient(base_url=f"http://{builder.address}", timeout=30) as client:
            return (await client.post("/api/v1/projects/import", headers=session, content=body())).status_code

    folder = builder.services.settings.data_dir / "imports"
    if step == "unpacked":
        reader = tmp_path / "never.py"
        reader.write_text(
            "import os, sys, time\nopen(sys.argv[1] + '.new', 'w').write(str(os.getpid()))\n"
            "os.rename(sys.argv[1] + '.new', sys.argv[1] + '.began')\ntime.sleep(600)"
        )
        monkeypatch.setattr("builder.projects.archive.unzip.__file__", str(reader))
    if step == "read":
        check, loop = imports_module.check_alike, asyncio.get_running_loop()

        def slowly(tree: FileTree) -> None:
            loop.call_soon_threadsafe(began.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(20)
            check(tree)

        monkeypatch.setattr(imports_module, "check_alike", slowly)
    if step == "waiting":
        monkeypatch.setattr(imports, "places", NoPlace(began))
    asking, process = asyncio.create_task(asked()), 0
    async with asyncio.timeout(20):
        if step == "unpacked":
            while not (marks := [*folder.glob("*.began")]):  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.01)
            process = int(marks[0].read_text())
            marks[0].unlink()
        else:
            await began.wait()
    await builder.sign_out(session)
    async with asyncio.timeout(MOST_SECONDS):
        if step != "sent":  # who sends goes on with that first
            assert await asking == 401
        if process:
            await gone(process)
        while imports.at_work and step != "read":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    go_on.set()
    with contextlib.suppress(httpx.HTTPError):
        assert await asking == 401
    async with asyncio.timeout(MOST_SECONDS):
        while imports.at_work:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert [*folder.glob("*")] == []  # it is made with the first file in it
    assert await builder.services.store.list(LOCAL_OWNER) == []
    # Whoever signs in again imports at once.
    monkeypatch.undo()
    again = await builder.sign_in()
    assert (await builder.http.post("/api/v1/projects/import", headers=again, content=zipped)).status_code == 201


class Line:
    """One request or socket as a server gives it to the application; what the browser says and hears."""

    def __init__(self, kind: str, path: str = "/x") -> None:
        self.scope: dict[str, Any] = {"type": kind, "path": path, "headers": [], "method": "GET"}
        self.told: asyncio.Queue[Message] = asyncio.Queue()
        self.heard: list[Message] = []
        self.blocked: asyncio.Event | None = None

    async def send(self, message: Message) -> None:
        if self.blocked is not None and message["type"] != "websocket.accept":
            await self.blocked.wait()
        self.heard.append(message)


async def until(connections: OpenConnections, session: str) -> None:
    while not connections.count(session):  # noqa: ASYNC110
        await asyncio.sleep(0)


def begun(connections: OpenConnections, session: Session, app: Any, line: Line) -> asyncio.Task[None]:
    return asyncio.create_task(connections.run(session, app, line.scope, line.told.get, line.send))


MINE = Session("mine", time.time() + 3600)


async def only_sends(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})
    while True:
        await send({"type": "websocket.send", "text": "x"})
        await asyncio.sleep(0.001)


async def only_waits(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("app", [only_sends, only_waits])
@pytest.mark.parametrize("reads", [True, False])
async def test_a_socket_that_does_not_hear_its_end_is_ended(app: Any, reads: bool) -> None:
    connections, line = OpenConnections(), Line("websocket")
    if not reads:
        line.blocked = asyncio.Event()
    task = begun(connections, MINE, app, line)
    await until(connections, "mine")
    connections.end_all()
    async with asyncio.timeout(MOST_SECONDS):
        await task
    assert connections.count("mine") == 0
    if reads:
        assert line.heard[-1] == {"type": "websocket.close", "code": SIGNED_OUT, "reason": "signed out"}


async def test_an_answer_under_way_is_broken_off_and_never_looks_whole() -> None:
    connections, line, cleaned = OpenConnections(), Line("http"), asyncio.Event()

    async def download(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
                await asyncio.sleep(0.001)
        finally:
            cleaned.set()

    task = begun(connections, MINE, download, line)
    while len(line.heard) < 3:  # noqa: ASYNC110
        await asyncio.sleep(0)
    connections.end_all()
    so_far = len(line.heard)
    with pytest.raises(CutAnswer):
        await asyncio.wait_for(task, MOST_SECONDS)
    assert cleaned.is_set()
    assert len(line.heard) == so_far


async def test_work_that_has_not_answered_goes_on_unheard_and_a_command_does_not() -> None:
    connections, finished, release = OpenConnections(), asyncio.Event(), asyncio.Event()

    async def saves(scope: Scope, receive: Receive, send: Send) -> None:
        await release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a secret"})
        finished.set()

    save, command = Line("http"), Line("http", "/api/v1/projects/mine/server/exec")
    tasks = [begun(connections, MINE, saves, line) for line in (save, command)]
    while connections.count("mine") < 2:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    connections.end_all()
    async with asyncio.timeout(MOST_SECONDS):
        await tasks[1]
        while len(save.heard) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
    for line in (save, command):
        assert [message.get("status") for message in line.heard] == [401, None]
        assert b"sign_in" in line.heard[1]["body"]
    assert not finished.is_set()
    release.set()
    await asyncio.wait_for(tasks[0], MOST_SECONDS)
    assert finished.is_set()
    assert len(save.heard) == 2


async def test_what_is_typed_after_the_end_is_not_heard_terminals_first() -> None:
    connections, order = OpenConnections(), list[str]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "websocket.disconnect":
            order.append(str(message.get("text")))
        order.append(f"{scope['path']} {message['code']}")
        with pytest.raises(asyncio.CancelledError):  # and again, however often it asks
            await asyncio.gather(receive(), asyncio.Event().wait())

    paths = ["/_event", "/api/v1/projects/p/events/ws", "/api/v1/projects/p/terminals/t/ws"]
    lines = [Line("websocket", path) for path in paths]
    tasks = [begun(connections, MINE, app, line) for line in lines]
    while connections.count("mine") < len(lines):  # noqa: ASYNC110
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    connections.end_all()
    for line in lines:
        line.told.put_nowait({"type": "websocket.receive", "text": "rm -rf ."})
    async with asyncio.timeout(2 * MOST_SECONDS):
        await asyncio.gather(*tasks)
    assert order[0] == f"{paths[2]} {SIGNED_OUT}"
    assert sorted(order) == sorted(f"{path} {SIGNED_OUT}" for path in paths)


async def test_a_session_ends_with_what_it_has_open_when_its_time_is_over() -> None:
    connections, soon, later = OpenConnections(), Line("websocket"), Line("websocket")
    ending = begun(connections, Session("soon", time.time() + 0.05), only_sends, soon)
    staying = begun(connections, MINE, only_sends, later)
    async with asyncio.timeout(MOST_SECONDS):
        await ending
    assert soon.heard[-1]["code"] == SIGNED_OUT
    assert not staying.done()
    assert connections.count("mine") == 1
    connections.end_all()
    await staying


async def test_another_password_ends_sessions_tickets_and_previews_of_before(locked: Settings) -> None:
    """The password is read at the start, so this is what the next start finds."""
    before = Services(locked)
    after = Services(locked.model_copy(update={"owner_password": SecretStr("another")}))
    try:
        cookies = SessionCookies(locked)
        name, _, value = cookies.issue().partition(";")[0].partition("=")
        assert cookies.session(Headers({"cookie": f"{name}={value}"})) is not None
        assert SessionCookies(after.settings).session(Headers({"cookie": f"{name}={value}"})) is None
        old, new = before.access.gate.tickets, after.access.gate.tickets
        ticket, grant = old.ticket("app", "owner"), old.grant("app", "owner")
        assert new.redeem(ticket, "app") is None
        assert new.read(grant, "app") is None
        assert old.read(grant, "app") is not None
        cookies.revoke_all()
        assert old.read(grant, "app") is None
    finally:
        await before.close()
        await after.close()


async def test_who_is_let_in_while_signing_out_is_not_let_in_with_the_next_key() -> None:
    """The way in asks who may see the preview, which takes time: what it then signs is of before."""
    key, asked, told = [b"before"], asyncio.Event(), asyncio.Event()

    class People:
        async def may_see(self, person: str, preview_id: str) -> bool:
            asked.set()
            await told.wait()
            return True

    async def answered(work: Any) -> Any:
        await asyncio.wait_for(asked.wait(), 5)
        key[0] = b"after"
        told.set()
        return await work

    from starlette.requests import Request

    now = [time.time()]
    tickets = Tickets(lambda: key[0], lambda: now[0])

    async def ask(preview: str, to: str) -> str:
        return "/"

    gate = Gate(tickets, People(), ask, speak=said)
    query = f"ticket={tickets.ticket('app', 'ada')}".encode()
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": query}
    entered = await answered(asyncio.create_task(gate.enter(Request(scope), "app")))
    cookie = entered.headers["set-cookie"].partition(";")[0].partition("=")[2]
    assert tickets.read(cookie, "app") is None

    key[0] = b"before"
    grant = tickets.grant("app", "bob")
    now[0] += GRANT_SECONDS * 0.75
    asked.clear()
    told.clear()
    scope["headers"] = [(b"cookie", f"{gate.cookie}={grant}".encode())]
    admission = await answered(asyncio.create_task(gate.admit(Request(scope), "app")))
    assert tickets.read(admission.cookie.partition(";")[0].partition("=")[2], "app") is None
    assert admission.valid() is None  # and the app is not asked
