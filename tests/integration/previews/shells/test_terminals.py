"""Terminals over a real websocket: what a person sees of a shell, whatever the line and the shell do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.api import create_api
from builder.base.errors import Conflict, NotFound
from builder.base.http.hosts import same_origin_only
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.shells.terminals import MAX_INPUT, PER_PROJECT, WINDOW
from preview_runtime.containers.docker.execution import Executed
from preview_runtime.engines import EngineStatus
from tests.integration.server import serving


class FakeShell:
    """Says what it is told to and writes down what is typed."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.typed = bytearray()
        self.size = (0, 0)
        self.closed = False
        self.taken = 0
        self.deaf = asyncio.Event()
        self.deaf.set()
        self.exit_code: int | None = 0
        self._says: asyncio.Queue[bytes] = asyncio.Queue()
        self.source: Callable[[], bytes] | None = None

    def say(self, data: bytes) -> None:
        self._says.put_nowait(data)

    def end(self, code: int | None = 0) -> None:
        self.exit_code = code
        self._says.put_nowait(b"")

    async def read(self) -> bytes:
        if self.source is not None:
            await asyncio.sleep(0)
            data = self.source()
        else:
            data = await self._says.get()
        self.taken += len(data)
        return data

    async def write(self, data: bytes) -> None:
        await self.deaf.wait()
        self.typed += data
        if b"\x03" in data:
            self.source = None

    async def resize(self, columns: int, rows: int) -> None:
        self.size = (columns, rows)

    async def code(self) -> int | None:
        return self.exit_code

    async def close(self) -> bool:
        self.closed = True
        return True


class FakeContainers:
    """One project, `mine`; its container runs."""

    def __init__(self) -> None:
        self.shells: list[FakeShell] = []
        self.state = EngineStatus.RUNNING
        self.strays: list[list[str]] = []
        self.uses = 0
        self.commands: list[tuple[list[str], float]] = []
        self.given: list[tuple[bytes, str]] = []

    async def status(self, actor: Actor, project_id: str) -> EngineStatus:
        if project_id != "mine":
            raise NotFound("no such project")
        return self.state

    async def open_shell(self, actor: Actor, project_id: str, mark: str, columns: int, rows: int) -> FakeShell:
        if self.state is not EngineStatus.RUNNING:
            raise Conflict("Your app is not running.", code="not_running")
        shell = FakeShell(mark)
        shell.size = (columns, rows)
        self.shells.append(shell)
        return shell

    async def end_strays(self, actor: Actor, project_id: str, spare: Sequence[str]) -> None:
        self.strays.append([*spare])

    def used(self, project_id: str) -> None:
        self.uses += 1

    async def run(
        self,
        actor: Actor,
        project_id: str,
        command: Sequence[str],
        seconds: float,
        stdin: bytes = b"",
        folder: str = "",
    ) -> Executed:
        await self.status(actor, project_id)
        self.commands.append(([*command], seconds))
        self.given.append((stdin, folder))
        return Executed(3, "said\n", timed_out=False, cut=True, stdout="said\n")


PROGRAM = {"X-Sayso-Client": "tests"}


class Stage:
    def __init__(self, services: Services, address: str) -> None:
        self.containers = FakeContainers()
        self.address = address
        services.terminals.shells = self.containers
        services.shells = self.containers  # type: ignore[assignment]
        self.terminals = services.terminals
        self.http = httpx.AsyncClient(
            base_url=f"http://{address}/api/v1/projects/mine", headers=PROGRAM, trust_env=False, timeout=30
        )

    async def open(self, **size: int) -> str:
        answer = await self.http.post("/terminals", json=size)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["terminal"]["id"])

    def look(self, terminal: str, after: int = 0, **options: Any) -> connect:
        return connect(
            f"ws://{self.address}/api/v1/projects/mine/terminals/{terminal}/ws?after={after}",
            proxy=None, open_timeout=30, additional_headers=PROGRAM, **options,
        )  # fmt: skip


@pytest.fixture
async def stage(settings: Settings) -> AsyncIterator[Stage]:
    services = Services(settings)
    async with serving(same_origin_only(create_api(lambda: services), settings)) as address:
        stage = Stage(services, address)
        yield stage
        await stage.terminals.close()
        await stage.http.aclose()
    await services.db.close()


async def told(socket: ClientConnection) -> dict[str, Any]:
    """The next thing that is said beside the output."""
    async with asyncio.timeout(30):
        while isinstance(message := await socket.recv(), bytes):
            pass
    found: dict[str, Any] = json.loads(message)
    return found


async def shown(socket: ClientConnection, text: bytes) -> bytes:
    """The output up to and with `text`."""
    output = b""
    async with asyncio.timeout(30):
        while text not in output:
            message = await socket.recv()
            if isinstance(message, bytes):
                output += message
                await socket.send(json.dumps({"at": 2**52}))
    return output


async def until(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not check():  # noqa: ASYNC110 - what is looked at tells nobody
            await asyncio.sleep(0.005)


async def test_what_is_typed_reaches_the_shell_and_what_it_says_is_shown(stage: Stage) -> None:
    terminal = await stage.open(columns=100, rows=30)
    shell = stage.containers.shells[0]
    assert shell.size == (100, 30)
    async with stage.look(terminal) as socket:
        assert await told(socket) == {"kind": "open", "start": 0, "end": 0, "fresh": True}
        shell.say(b"$ ")
        await shown(socket, b"$ ")
        await socket.send(b"ls\r")
        await socket.send(json.dumps({"size": [120, 40]}))
        await until(lambda: shell.typed == b"ls\r" and shell.size == (120, 40))
        assert stage.containers.uses == 1


async def test_a_reload_brings_the_scrollback_and_a_lost_line_goes_on_where_it_was(stage: Stage) -> None:
    terminal = await stage.open()
    shell = stage.containers.shells[0]
    async with stage.look(terminal) as socket:
        await told(socket)
        shell.say(b"first\n")
        await shown(socket, b"first\n")
    shell.say(b"while nobody looked\n")
    await until(lambda: shell.taken == 26)
    async with stage.look(terminal, after=6) as socket:
        assert await told(socket) == {"kind": "open", "start": 6, "end": 26, "fresh": False}
        assert await shown(socket, b"looked\n") == b"while nobody looked\n"
    async with stage.look(terminal) as socket:
        assert await told(socket) == {"kind": "open", "start": 0, "end": 26, "fresh": True}
        assert await shown(socket, b"looked\n") == b"first\nwhile nobody looked\n"


async def test_two_tabs_see_the_same_terminal(stage: Stage) -> None:
    terminal = await stage.open()
    async with stage.look(terminal) as one, stage.look(terminal) as other:
        stage.containers.shells[0].say(b"hello\n")
        assert await shown(one, b"hello\n") == await shown(other, b"hello\n")


async def test_a_flood_waits_for_its_reader_and_is_ended_by_control_c(stage: Stage) -> None:
    terminal = await stage.open()
    shell = stage.containers.shells[0]
    async with stage.look(terminal) as socket:
        await told(socket)
        shell.source = lambda: b"y\n" * 8_192
        shell.say(b"y\n")  # lets go of the read that waits
        # An answer to the first byte only comes with the flood; the client says nothing of how far it came.
        async with asyncio.timeout(30):
            received = 0
            while received < WINDOW:
                message = await socket.recv()
                received += len(message) if isinstance(message, bytes) else 0
        ring = (await stage.terminals.get(LOCAL_OWNER, "mine", terminal)).ring
        assert ring.end - ring.start <= 256 * 1024
        await socket.send(b"\x03")
        await until(lambda: shell.source is None and bytes(shell.typed) == b"\x03")
        shell.say(b"^C\n$ ")
        await socket.send(json.dumps({"at": 2**52}))


async def test_a_client_that_takes_nothing_loses_the_oldest_and_is_told_to_begin_anew(stage: Stage) -> None:
    terminal = await stage.open()
    shell = stage.containers.shells[0]
    async with stage.look(terminal) as socket:
        await told(socket)
        for _ in range(40):
            shell.say(b"0123456789abcde\n" * 1_024)
        shell.say(b"the end\n")
        await until(lambda: shell.taken >= 40 * 16_384 + 8)
        opened: list[dict[str, Any]] = []
        at, output = 0, b""
        async with asyncio.timeout(30):
            while not output.endswith(b"the end\n"):
                message = await socket.recv()
                if isinstance(message, str):
                    opened.append(json.loads(message))
                    at, output = opened[-1]["start"], b""
                else:
                    at, output = at + len(message), output + message
                    await socket.send(json.dumps({"at": at}))
        assert opened[0]["fresh"]
        assert len(output) <= 256 * 1024
        assert at == 40 * 16_384 + 8


async def test_too_much_pasted_at_once_is_refused_in_whole(stage: Stage) -> None:
    terminal = await stage.open()
    shell = stage.containers.shells[0]
    shell.deaf.clear()
    async with stage.look(terminal) as socket:
        await told(socket)
        for _ in range(5):
            await socket.send(b"p" * (MAX_INPUT // 4))
        assert (await told(socket))["kind"] == "refused"
        # Ctrl+C is felt all the same, and what waited is taken back.
        await socket.send(b"\x03")
        await socket.send(json.dumps({"size": [99, 33]}))  # what comes after it has its effect at once
        await until(lambda: shell.size == (99, 33))
        shell.deaf.set()
        await until(lambda: bool(shell.typed.endswith(b"\x03")))
        assert len(shell.typed) <= 4_097


async def test_a_shell_that_ends_says_so_and_leaves_nothing(stage: Stage) -> None:
    terminal = await stage.open()
    shell = stage.containers.shells[0]
    async with stage.look(terminal) as socket:
        shell.say(b"bye\n")
        shell.end(7)
        await told(socket)
        assert await told(socket) == {"kind": "ended", "code": 7, "running": True}
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert shell.closed
    assert (await stage.http.get("/terminals")).json() == {"terminals": []}
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        async with stage.look(terminal) as socket:
            await socket.recv()


async def test_an_app_that_stopped_takes_its_terminals_with_it_and_says_so(stage: Stage) -> None:
    terminal = await stage.open()
    async with stage.look(terminal) as socket:
        await told(socket)
        stage.containers.state = EngineStatus.ABSENT
        stage.containers.shells[0].end(137)
        assert await told(socket) == {"kind": "ended", "code": 137, "running": False}
    refused = await stage.http.post("/terminals", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_running")


async def test_a_container_that_sleeps_and_wakes_is_told(stage: Stage) -> None:
    terminal = await stage.open()
    async with stage.look(terminal) as socket:
        await told(socket)
        stage.containers.state = EngineStatus.ASLEEP
        assert (await told(socket))["kind"] == "asleep"
        stage.containers.state = EngineStatus.RUNNING
        assert (await told(socket))["kind"] == "awake"


async def test_several_terminals_with_numbers_of_their_own_but_not_too_many(stage: Stage) -> None:
    opened = [await stage.open() for _ in range(PER_PROJECT)]
    listed = (await stage.http.get("/terminals")).json()["terminals"]
    assert listed == [{"id": one, "number": number} for number, one in enumerate(opened, 1)]
    refused = await stage.http.post("/terminals", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "too_many_terminals")
    assert (await stage.http.delete(f"/terminals/{opened[1]}")).status_code == 204
    assert stage.containers.shells[1].closed
    again = await stage.open()
    assert {"id": again, "number": 2} in (await stage.http.get("/terminals")).json()["terminals"]
    assert stage.containers.strays == [[]]  # once, before the first


async def test_four_asked_for_at_once_are_four_and_no_fifth(stage: Stage) -> None:
    answers = await asyncio.gather(*(stage.http.post("/terminals", json={}) for _ in range(PER_PROJECT + 3)))
    assert sorted(answer.status_code for answer in answers) == [201] * PER_PROJECT + [409] * 3
    numbers = [answer.json()["terminal"]["number"] for answer in answers if answer.status_code == 201]
    assert sorted(numbers) == [1, 2, 3, 4]


async def test_another_site_cannot_open_a_terminal_nor_look_at_one(stage: Stage) -> None:
    terminal = await stage.open()
    with pytest.raises(InvalidStatus) as refused:
        async with stage.look(terminal, origin="http://evil.example"):
            pass
    assert refused.value.response.status_code == 403
    answer = await stage.http.post("/terminals", json={}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403


async def test_a_project_of_somebody_else_has_no_terminal(stage: Stage) -> None:
    assert (await stage.http.post("../other/terminals", json={})).status_code == 404
    terminal = await stage.open()
    with pytest.raises(InvalidStatus):
        async with connect(
            f"ws://{stage.address}/api/v1/projects/other/terminals/{terminal}/ws",
            proxy=None,
            additional_headers=PROGRAM,
        ):
            pass


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "[" * 5_000,
        '{"size": [1e9, "x"]}',
        '{"size": [true, true]}',
        '{"size": [100, false]}',
        '{"size": {"columns": 1}}',
        '{"size": [1, 2, 3]}',
        '{"at": -5}',
        '{"at": true}',
        '{"at": ' + "9" * 5_000 + "}",
        '{"size": []}',
        "null",
        "[[]]",
    ],
)
async def test_nonsense_from_a_client_changes_nothing(stage: Stage, message: str) -> None:
    terminal = await stage.open()
    async with stage.look(terminal) as socket:
        await told(socket)
        await socket.send(message)
        await socket.send(b"x")
        await until(lambda: stage.containers.shells[0].typed == b"x")
        assert stage.containers.shells[0].size == (80, 24)


async def test_one_command_answers_with_its_code_and_output(stage: Stage) -> None:
    answer = await stage.http.post("/server/exec", json={"command": ["python", "-V"], "seconds": 5})
    ended = {"code": 3, "output": "said\n", "stdout": "said\n", "stderr": "", "timed_out": False, "cut": True}
    assert answer.json() == ended
    line = {"shell": "ls | wc -l", "stdin": "é", "cwd": "src"}
    assert (await stage.http.post("/server/exec", json=line)).json() == ended
    assert stage.containers.commands == [(["python", "-V"], 5.0), (["sh", "-c", "ls | wc -l"], 30.0)]
    assert stage.containers.given == [(b"", ""), ("é".encode(), "src")]


@pytest.mark.parametrize(
    "body",
    [
        {"command": []},
        {"command": [""]},
        {"command": ["a\0b"]},
        {"command": ["x" * 40_000]},
        {"command": ["ls"], "seconds": 0},
        {"command": ["ls"], "seconds": 1e9},
        {"command": "ls"},
        {"command": ["ls"], "shell": "ls"},
        {"shell": "ls", "cwd": "a\0b"},
        {"shell": "x" * 40_000},
        {"shell": "cat", "stdin": "x" * 300_000},
    ],
)
async def test_a_command_that_cannot_be_run_is_refused(stage: Stage, body: dict[str, Any]) -> None:
    answer = await stage.http.post("/server/exec", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_input")
    assert stage.containers.commands == []
