"""A preview that sleeps is woken by whoever asks for it, alone and behind Traefik."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from preview_runtime.phrases import verbatim
from preview_runtime.routes.route_table import Route
from tests.integration.preview_routers import APP, HALF, Stage, host

PAGE = {"accept": "text/html", "sec-fetch-mode": "navigate"}


async def eventually(session: aiohttp.ClientSession, stage: Stage, path: str = "/") -> dict[str, object]:
    """What the app answers, once it does: a router that hears of the wake a moment later says so until then."""
    async with asyncio.timeout(30):
        while True:
            async with session.get(stage.origin + path, headers=host(APP)) as answer:
                if answer.status == 200:
                    return dict(await answer.json())
                assert answer.status == 503
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("known", [True, False], ids=["frozen", "ended"])
async def test_a_request_waits_for_the_app_and_then_reaches_it(
    stage: Stage, browser: aiohttp.ClientSession, known: bool
) -> None:
    stage.table.put(APP, Route(stage.upstream if known else "", asleep=True))
    stage.waker.gate.set()
    async with browser.post(stage.origin + "/items?x=1", headers=host(APP), data=b"kept meanwhile") as answer:
        told = await answer.json()
    assert (answer.status, told["target"], told["text"]) == (200, "/items?x=1", "kept meanwhile")
    assert stage.waker.asked == 1
    assert (await eventually(browser, stage))["method"] == "GET"
    assert stage.waker.asked == 1


async def test_many_who_ask_are_one_wake(stage: Stage, browser: aiohttp.ClientSession) -> None:
    stage.table.put(APP, Route(asleep=True))
    asking = [asyncio.create_task(eventually(browser, stage, f"/{number}")) for number in range(20)]
    async with asyncio.timeout(20):
        while stage.waker.asked == 0:  # noqa: ASYNC110 - it is another process that asks
            await asyncio.sleep(0.01)
    stage.waker.gate.set()
    assert len({str((await task)["target"]) for task in asking}) == 20
    assert stage.waker.asked == 1


async def test_a_person_sees_a_page_that_comes_back_and_a_program_is_told_when(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    stage.table.put(APP, Route(asleep=True))
    async with browser.get(stage.origin, headers=host(APP, **PAGE)) as answer:
        text = await answer.text()
        assert (answer.status, answer.headers["x-preview-state"]) == (503, "waking")
        # The builder's frame shows it: an isolated page shows no other.
        assert answer.headers["cross-origin-embedder-policy"] == "credentialless"
    assert "Starting the app" in text
    assert 'role="status"' in text
    assert "<progress" in text
    assert "location.reload()" in text
    async with browser.get(f"{stage.origin}/data", headers=host(APP)) as answer:
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        assert (await answer.json())["error"]["code"] == "app_waking"
    # Those who asked have left; the wake they began goes on, and the next ones join it.
    assert stage.waker.asked == 1


async def test_websockets_and_event_streams_wake_as_well(stage: Stage, browser: aiohttp.ClientSession) -> None:
    for asleep in (Route(asleep=True), Route(stage.upstream, asleep=True)):
        stage.table.put(APP, asleep)
        stage.waker.gate.set()
        async with browser.ws_connect(f"{stage.origin}/socket", headers=host(APP)) as socket:
            await socket.send_str("hello")
            assert (await socket.receive_str()).startswith("hello at")
        stage.table.put(APP, asleep)
        async with browser.get(f"{stage.origin}/events", headers=host(APP, accept="text/event-stream")) as answer:
            assert await answer.content.readuntil(b"\n\n") == b"data: first\n\n"


async def test_of_a_front_end_with_an_api_only_the_api_wakes(stage: Stage, browser: aiohttp.ClientSession) -> None:
    stage.table.put(HALF, Route(whole=False, asleep=True))
    stage.waker.gate.set()
    async with browser.get(stage.origin, headers=host(HALF, **PAGE)) as answer:
        assert await answer.text() == "<h1>front end</h1>"
    assert stage.waker.asked == 0
    async with browser.get(f"{stage.origin}/api/items", headers=host(HALF)) as answer:
        assert answer.status == 200
    assert stage.waker.asked == 1


async def test_a_wake_that_fails_is_told_and_tried_anew(stage: Stage, browser: aiohttp.ClientSession) -> None:
    stage.table.put(APP, Route(asleep=True))
    stage.waker.fails = True
    stage.waker.gate.set()
    for _ in range(2):
        async with browser.get(f"{stage.origin}/data", headers=host(APP)) as answer:
            assert (await answer.json())["error"]["code"] == "app_waking"
    assert stage.waker.asked == 2


async def test_a_preview_that_failed_says_why_and_is_not_started_over_and_over(
    stage: Stage, browser: aiohttp.ClientSession
) -> None:
    stage.table.put(APP, Route(problem=verbatim("The app ended: no module named <flask>.")))
    async with browser.get(stage.origin, headers=host(APP, **PAGE)) as answer:
        text = await answer.text()
        assert (answer.status, answer.headers["x-preview-state"]) == (503, "failed")
    assert "The app does not run" in text
    assert "no module named &lt;flask&gt;" in text
    assert "reload()" not in text
    async with browser.get(f"{stage.origin}/data", headers=host(APP)) as answer:
        assert (await answer.json())["error"]["code"] == "app_failed"
    assert stage.waker.asked == 0


async def test_the_use_of_a_preview_is_known(stage: Stage, browser: aiohttp.ClientSession) -> None:
    before = stage.activity.of(APP).requests
    async with browser.get(f"{stage.origin}/data", headers=host(APP)) as answer:
        await answer.read()
    async with browser.get(f"{stage.origin}/events", headers=host(APP, accept="text/event-stream")) as answer:
        await answer.content.readuntil(b"\n\n")
        async with browser.ws_connect(f"{stage.origin}/socket", headers=host(APP)) as socket:
            await socket.send_str("hello")
            await socket.receive_str()
            use = stage.activity.of(APP)
            assert use.requests == before + 3
            # The stream and the socket, through either router.
            assert use.open == 2
            assert stage.activity.idle(APP) == 0
            assert use.received >= 5
            assert use.sent > 10
    async with asyncio.timeout(20):
        while stage.activity.of(APP).open:  # noqa: ASYNC110 - the routers notice each in its own time
            await asyncio.sleep(0.01)
