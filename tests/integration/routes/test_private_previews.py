"""A private preview is for people with a ticket: the way in, the cookie, and everybody else, alone and behind Traefik."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp
import pytest
from yarl import URL

from preview_runtime.routes.gate import way_in
from preview_runtime.routes.route_table import Route
from tests.integration.preview_routers import APP, GONE, HALF, ServerPart, Stage, host

PAGE = {"accept": "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
FRAME = {**PAGE, "sec-fetch-dest": "iframe"}


@pytest.fixture
async def private(stage: Stage) -> Stage:
    """Two private previews: one all server, one with a front end of its own."""
    stage.table.put(APP, Route(stage.upstream, private=True))
    stage.table.put(HALF, Route(stage.upstream, whole=False, private=True))
    return stage


async def enter(
    stage: Stage, browser: aiohttp.ClientSession, ticket: str, preview: str = APP, to: str | None = None
) -> tuple[int, str, str]:
    """The answer's status, where it leads, and what it sets as cookie."""
    address = URL(way_in(stage.origin, ticket, to), encoded=True)
    async with browser.get(address, headers=host(preview), allow_redirects=False) as answer:
        return answer.status, answer.headers.get("location", ""), answer.headers.get("set-cookie", "")


async def cookie_of(stage: Stage, browser: aiohttp.ClientSession, person: str = "ada", preview: str = APP) -> str:
    _, _, cookie = await enter(stage, browser, stage.tickets.ticket(preview, person), preview)
    return cookie.partition(";")[0]


async def status(stage: Stage, browser: aiohttp.ClientSession, cookie: str, preview: str = APP, path: str = "/") -> int:
    async with browser.get(stage.origin + path, headers=host(preview, cookie=cookie)) as answer:
        return answer.status


async def test_a_ticket_becomes_a_cookie_of_this_host_alone(private: Stage, browser: aiohttp.ClientSession) -> None:
    ticket = private.tickets.ticket(APP, "ada")
    code, location, cookie = await enter(private, browser, ticket, to="/items?x=1&y=%2F")
    assert (code, location) == (303, "/items?x=1&y=%2F")
    assert ticket not in location
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert {"Path=/", "HttpOnly", "Secure", "SameSite=None", "Partitioned"} <= parts
    assert "domain" not in cookie.lower()
    assert cookie.startswith("__Host-")
    assert await status(private, browser, cookie.partition(";")[0]) == 200


async def test_the_workbench_enters_without_a_page(private: Stage, browser: aiohttp.ClientSession) -> None:
    code, location, cookie = await enter(private, browser, private.tickets.ticket(HALF, "ada"), HALF)
    assert (code, location) == (204, "")
    assert await status(private, browser, cookie.partition(";")[0], HALF, "/api/items") == 200


async def test_the_hosts_own_pages_speak_the_language_of_who_entered(
    private: Stage, browser: aiohttp.ClientSession
) -> None:
    address = URL(way_in(private.origin, private.tickets.ticket(APP, "ada"), language="pt-BR"), encoded=True)
    async with browser.get(address, headers=host(APP)) as answer:
        grant, chosen = (one.partition(";")[0] for one in answer.headers.getall("set-cookie"))
        assert all("HttpOnly" in one for one in answer.headers.getall("set-cookie"))
    assert chosen == "sayso_language=pt-BR"
    async with browser.get(private.origin, headers=host(APP, cookie=f"{grant}; {chosen}; a=1")) as answer:
        assert (await answer.json())["headers"]["cookie"] == "a=1"
    strange = URL(way_in(private.origin, private.tickets.ticket(APP, "ada"), language="x; Domain=y"), encoded=True)
    async with browser.get(strange, headers=host(APP)) as answer:
        assert len(answer.headers.getall("set-cookie")) == 1


async def test_whoever_has_no_ticket_sees_nothing(private: Stage, browser: aiohttp.ClientSession) -> None:
    asked = private.part.asked
    async with browser.get(f"{private.origin}/data", headers=host(APP)) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (401, "ticket_needed")
    async with browser.post(f"{private.origin}/data", headers=host(APP, **PAGE), data=b"x") as answer:
        assert answer.status == 401
    async with browser.get(f"{private.origin}/events", headers=host(APP, accept="text/event-stream")) as answer:
        assert answer.status == 401
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await browser.ws_connect(f"{private.origin}/socket", headers=host(APP))
    assert refused.value.status == 403
    assert private.part.asked == asked
    assert private.activity.of(HALF).requests == 0


async def test_a_tab_is_led_to_the_builder_for_a_ticket(private: Stage, browser: aiohttp.ClientSession) -> None:
    headers = host(APP, **PAGE)
    async with browser.get(f"{private.origin}/items?x=1", headers=headers, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["cache-control"]) == (303, "no-store")
        assert answer.headers["location"] == f"http://builder.test/open/{APP}?to=/items?x=1"


async def test_a_frame_is_told_what_to_do(private: Stage, browser: aiohttp.ClientSession) -> None:
    async with browser.get(private.origin, headers=host(APP, **FRAME), allow_redirects=False) as answer:
        assert (answer.status, answer.headers["cross-origin-embedder-policy"]) == (401, "credentialless")
        assert "This app is private" in await answer.text()


async def test_of_a_front_end_only_its_api_is_private(private: Stage, browser: aiohttp.ClientSession) -> None:
    async with browser.get(private.origin, headers=host(HALF, **PAGE), allow_redirects=False) as answer:
        assert await answer.text() == "<h1>front end</h1>"
    assert await status(private, browser, "", HALF, "/api/items") == 401


async def test_the_app_never_sees_the_cookie_and_keeps_its_own(private: Stage, browser: aiohttp.ClientSession) -> None:
    grant = await cookie_of(private, browser)
    for sent, seen in ((f"a=1; {grant}; b=2", "a=1; b=2"), (grant, None), (f"{grant};c=3", "c=3")):
        async with browser.get(private.origin, headers=host(APP, cookie=sent)) as answer:
            assert (await answer.json())["headers"].get("cookie") == seen
    # Nor through a websocket or a stream; nor when it is no longer private.
    private.table.put(APP, Route(private.upstream))
    async with browser.get(private.origin, headers=host(APP, cookie=grant)) as answer:
        assert "cookie" not in (await answer.json())["headers"]
    async with browser.get(private.origin, headers=host(APP, cookie=grant, accept="text/event-stream")) as answer:
        assert "cookie" not in (await answer.json())["headers"]


async def test_websockets_and_streams_pass_with_the_cookie(private: Stage, browser: aiohttp.ClientSession) -> None:
    grant = await cookie_of(private, browser)
    async with browser.ws_connect(f"{private.origin}/socket", headers=host(APP, cookie=grant)) as socket:
        await socket.send_str("hello")
        assert (await socket.receive_str()).startswith("hello")
    headers = host(APP, cookie=grant, accept="text/event-stream")
    async with browser.get(f"{private.origin}/events", headers=headers) as answer:
        assert await answer.content.readuntil(b"\n\n") == b"data: first\n\n"


async def test_signing_out_ends_websockets_and_streams(
    private: Stage, browser: aiohttp.ClientSession, part: ServerPart
) -> None:
    grant = await cookie_of(private, browser)
    headers = host(APP, cookie=grant, accept="text/event-stream")
    async with (
        browser.ws_connect(f"{private.origin}/socket", headers=host(APP, cookie=grant)) as socket,
        browser.get(f"{private.origin}/events", headers=headers) as answer,
    ):
        await socket.send_str("hello")
        assert (await socket.receive_str()).startswith("hello")
        assert await answer.content.readuntil(b"\n\n") == b"data: first\n\n"
        private.key = b"another"
        private.connections.end_all()
        async with asyncio.timeout(2):
            ended = await socket.receive()
            assert ended.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
            with contextlib.suppress(aiohttp.ClientError):
                assert await answer.content.read() == b""
            await part.left.wait()
    assert await status(private, browser, grant) == 401


async def test_a_ticket_is_used_once(private: Stage, browser: aiohttp.ClientSession) -> None:
    ticket = private.tickets.ticket(APP, "ada")
    assert (await enter(private, browser, ticket))[0] == 204
    # Whoever reads the address in a history or a log comes too late.
    code, location, cookie = await enter(private, browser, ticket, to="/")
    assert (code, location, cookie) == (401, "", "")


async def test_a_ticket_of_somebody_else_or_for_something_else_is_refused(
    private: Stage, browser: aiohttp.ClientSession
) -> None:
    for made_for, person in ((HALF, "ada"), (APP, "bob"), (APP, "nobody")):
        assert await enter(private, browser, private.tickets.ticket(made_for, person), APP) == (401, "", "")


async def test_a_forged_ticket_is_refused(private: Stage, browser: aiohttp.ClientSession) -> None:
    for ticket in ("", "x", "e30.AAAA", "..", "%00"):
        assert (await enter(private, browser, ticket))[0] == 401
        assert await status(private, browser, f"__Host-sayso-preview={ticket}") == 401


async def test_a_cookie_opens_no_other_preview(private: Stage, browser: aiohttp.ClientSession) -> None:
    grant = await cookie_of(private, browser, preview=HALF)
    assert await status(private, browser, grant, APP) == 401
    # A value that another preview set for the common domain does not keep out the right one.
    right = await cookie_of(private, browser)
    assert await status(private, browser, f"__Host-sayso-preview=x; {right}") == 200


async def test_whoever_may_no_longer_see_it_is_out_soon(private: Stage, browser: aiohttp.ClientSession) -> None:
    grant = await cookie_of(private, browser, preview=HALF)
    assert await status(private, browser, grant, HALF, "/api/x") == 200
    private.people.allowed.clear()
    private.gate.forget(HALF)  # as ten seconds later
    assert await status(private, browser, grant, HALF, "/api/x") == 401


async def test_the_way_in_leads_to_no_other_place(private: Stage, browser: aiohttp.ClientSession) -> None:
    for to in ("//evil.example/x", "https://evil.example/", "/\\evil.example", "x", "\r\nX: y"):
        _, location, _ = await enter(private, browser, private.tickets.ticket(APP, "ada"), to=to)
        assert location == "/", to


async def test_a_public_preview_keeps_the_address_for_itself(private: Stage, browser: aiohttp.ClientSession) -> None:
    private.table.put(GONE, Route(private.upstream))
    async with browser.get(f"{private.origin}/@sayso/enter", headers=host(GONE)) as answer:
        assert (await answer.json())["target"] == "/@sayso/enter?"
