"""Reflex's event socket and whoever is signed in: what is no event leaves a line in the log, no traceback and no secret."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
from collections.abc import Iterator

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.browser.conftest import Server

PASSWORD = "correct horse"  # a test's own
DEEP = "[" * 100_000
_HOME = "reflex___state____state.builder___pages___home_state____home"
# Packets of Engine.IO that are none, before anything else was said.
PACKETS: tuple[str | bytes, ...] = (
    "", "x", "9", "7", "8x", "0", "1", "2", "3probe", "5", "6", "b", "b!!!", "bzzz", "4", "\ufffd", "-1", "٣", "[", b"",
    b"\x00\xff", "4" + DEEP, "42" + DEEP,
)  # fmt: skip
# Messages of Socket.IO on a connection that stands.
MESSAGES: tuple[str | bytes, ...] = (
    "49", "4x", "40/_event,{", "40/nowhere,", "42", "42[]", "42/_event,", "42/_event,{}", "42/_event,5",
    "42/_event,[5]", "42/_event,[null]", '42/_event,["event"]', '42/_event,["event",1,2,3]', '42/_event,["event","{"]',
    '42/_event,["event",5]', '42/_event,["event",{}]', '42/_event,["event",{"name":5}]',
    '42/_event,["event",{"name":[]}]', '42/_event,["event",{"name":"nothing.there","payload":{}}]',
    '42/_event,["event",{"name":"x","payload":5,"router_data":5}]', '42/_event,["event",{"name":"\\ud800"}]',
    f'42/_event,["event",{{"name":"{_HOME}.rename","payload":{{"no":1}},"router_data":{{"pathname":"/"}}}}]',
    f'42/_event,["event",{{"name":"{_HOME}.rename","payload":[],"router_data":{{"pathname":5}}}}]',
    f'42/_event,["event",{{"name":"{_HOME}.rename","payload":{{}},"router_data":{{"query":5}}}}]',
    '42/_event,["ping",1]', '42/_event,["connect"]', '42/_event,["client_error",5]', "43/_event,1[]", "43", "44", "45",
    "451-", '451-/_event,["event",{"_placeholder":true,"num":5}]', '459999999-/_event,["event"]', "45x-", "47",
    '42/_event,99999999999999999999["event"]', "42/_event," + DEEP, b"xx",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"OWNER_PASSWORD": PASSWORD, "DOCKER_HOST": "unix:///nowhere/docker.sock"}
    server = Server(tmp_path_factory.mktemp("events") / "data", settings).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def cookie(server: Server) -> str:
    """Of a session."""
    form = {"content-type": "application/x-www-form-urlencoded", "x-sayso-client": "tests"}
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as asking:
        asking.request("POST", "/sign-in", f"password={PASSWORD.replace(' ', '+')}", form)
        answer = asking.getresponse()
        assert answer.status == 303
        answer.read()
    return answer.headers["set-cookie"].partition(";")[0]


def socket(server: Server, cookie: str, token: int) -> connect:
    address = (
        f"ws://127.0.0.1:{server.port}/_event/?EIO=4&transport=websocket&token=00000000-0000-0000-0000-{token:012}"
    )
    headers = {"cookie": cookie, "origin": f"http://127.0.0.1:{server.port}"}
    return connect(address, proxy=None, additional_headers=headers, max_size=None, open_timeout=60)


async def said(line: ClientConnection, seconds: float) -> None:
    """Have the server say what it has to."""
    with contextlib.suppress(TimeoutError, ConnectionClosed):
        async with asyncio.timeout(seconds):
            async for _ in line:
                pass


@pytest.mark.parametrize("connected", [False, True], ids=["packets", "messages"])
async def test_what_is_no_event_leaves_a_line_at_most_and_no_secret(
    server: Server, cookie: str, connected: bool
) -> None:
    before = len(server.log)

    async def send(number: int, message: str | bytes) -> None:
        async with socket(server, cookie, number) as line:
            await line.recv()
            if connected:
                await line.send("40/_event,")
                await line.recv()
            await line.send(message)
            await said(line, 3)

    sent = MESSAGES if connected else PACKETS
    async with asyncio.TaskGroup() as group:
        for number, message in enumerate(sent):
            group.create_task(send(number, message))
    lines = server.log[before:].splitlines()
    assert not [line for line in lines if "Traceback" in line or line.startswith("  |")]
    assert 0 < len(lines) <= len(sent), lines
    assert not [line for line in lines if len(line) > 400]
    assert cookie.partition("=")[2] not in server.log


async def test_a_page_goes_on_beside_it(server: Server, cookie: str) -> None:
    async with socket(server, cookie, 1_000) as line:
        await line.recv()
        await line.send("40/_event,")
        assert str(await line.recv()).startswith("40/_event,")
        await line.send('42/_event,["ping"]')
        async with asyncio.timeout(10):
            while "pong" not in str(await line.recv()):
                pass


@pytest.mark.parametrize(("chosen", "words"), [("pt-BR", "Isso não funcionou"), ("en", "That did not work")])
async def test_an_event_that_failed_is_told_in_the_persons_language(
    server: Server, cookie: str, chosen: str, words: str
) -> None:
    event = f'42/_event,["event",{{"name":"{_HOME}.rename","payload":{{"no":1}},"router_data":{{"pathname":"/"}}}}]'
    async with socket(server, f"{cookie}; sayso_language={chosen}", 900 + len(chosen)) as line:
        await line.recv()
        await line.send("40/_event,")
        await line.recv()
        await line.send(event)
        async with asyncio.timeout(30):
            async for told in line:
                if "saysoNotice" in str(told):
                    assert words in str(json.loads(str(told).partition(",")[2]))
                    break
