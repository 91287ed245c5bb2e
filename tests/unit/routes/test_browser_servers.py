"""Requests that a page answers which runs an app's server."""

from __future__ import annotations

import asyncio

import pytest

from preview_runtime.browser_servers import BrowserAnswered, BrowserAsked, BrowserServer, NotAnswered
from preview_runtime.routes.route_table import Route, RouteTable

ASKED = BrowserAsked("GET", "/api/notes", "", (), b"")


async def test_a_page_answers_what_it_is_asked() -> None:
    given: list[int] = []

    async def give(number: int, _: BrowserAsked) -> None:
        given.append(number)
        server.answer(number, BrowserAnswered(200, (), b"hello"))
        server.answer(number, BrowserAnswered(500, (), b"again"))  # too late, and no error
        server.answer(999, BrowserAnswered(500, (), b"never asked"))

    server = BrowserServer(give)
    assert (await server.ask(ASKED)).body == b"hello"
    assert given == [1]


async def test_nobody_waits_for_a_page_that_is_gone() -> None:
    asked = asyncio.Event()

    async def give(_: int, __: BrowserAsked) -> None:
        asked.set()

    server = BrowserServer(give)
    waiting = asyncio.ensure_future(server.ask(ASKED))
    await asked.wait()
    server.end()
    with pytest.raises(NotAnswered):
        await waiting
    with pytest.raises(NotAnswered):
        await server.ask(ASKED)


async def test_the_page_that_began_last_answers_before_any_container() -> None:
    async def give(_: int, __: BrowserAsked) -> None: ...

    first, second, table = BrowserServer(give), BrowserServer(give), RouteTable()
    table.put("p", Route("http://10.60.0.2:8000"))
    # The next page gets what it runs the app with from the host, while the one before still answers.
    assert not Route(browser=first).takes("/@sayso/python.html")
    assert not Route(browser=first).takes("/@deps/pyodide-1/pyodide.mjs")
    assert Route(browser=first).takes("/")
    with table.attached("p", Route(browser=first)):
        assert table.find("p") == Route(browser=first)
        with table.attached("p", Route(browser=second)):
            assert first.ended.is_set()
            assert table.find("p") == Route(browser=second)
    assert second.ended.is_set()
    assert table.find("p") == Route("http://10.60.0.2:8000")
