"""A server that is lent to walks: reached at their names alone, its pages with the driver, its cookies for one walk."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route as Path_

from builder.texts import said
from preview_runtime.routes.preview_host import PreviewHost
from preview_runtime.routes.route_table import Route, RouteTable
from preview_runtime.walked_answers import WalkedServer
from tests.integration.preview_routers import APP, DOMAIN, NoPackages, Outputs, served

NAVIGATION = {"accept": "text/html", "sec-fetch-mode": "navigate"}
PAGE = "http://localhost:8000"
LENT = "lent"
DRIVER = f'<script src="/@sayso/capture.js" data-builder="{PAGE}"></script>'


async def page(request: Request) -> Response:
    answer = HTMLResponse(f"<!-- first -->\n<!DOCTYPE html><html><p>{sorted(request.cookies)}")
    answer.set_cookie("session", "ada", httponly=True, samesite="lax")
    answer.headers["ETag"] = '"1"'
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(gzip.compress(answer.body), headers={"content-encoding": "gzip"}, media_type="text/html")
    return answer


async def strict(_: Request) -> Response:
    policy = {"Content-Security-Policy": "script-src 'nonce-c2F5c28='", "X-Frame-Options": "DENY"}
    return HTMLResponse("<p>no doctype", headers=policy)


async def data(request: Request) -> Response:
    return JSONResponse(sorted(request.cookies), headers={"cache-control": "max-age=60"})


async def led_on(_: Request) -> Response:
    return RedirectResponse("/")


PATHS = [Path_("/", page), Path_("/strict", strict), Path_("/api/data", data), Path_("/on", led_on)]


@pytest.fixture
async def table() -> AsyncIterator[RouteTable]:
    async with served(Starlette(routes=PATHS)) as upstream:
        table = RouteTable()
        table.put(LENT, Route(upstream))
        table.lend(APP, WalkedServer(LENT, PAGE))
        yield table


@pytest.fixture
async def host(table: RouteTable, tmp_path: Path) -> AsyncIterator[PreviewHost]:
    (tmp_path / "walk.js").write_text("the driver")
    host = PreviewHost(Outputs(), NoPackages(), tmp_path, speak=said, routes=table)
    yield host
    await host.close()


def browser(host: PreviewHost, label: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(host), base_url=f"http://{label}.{DOMAIN}")


async def test_it_is_reached_at_the_names_for_walks_alone(host: PreviewHost) -> None:
    for label in (f"w-{APP}", f"w1-{APP}"):
        async with browser(host, label) as walked:
            assert DRIVER in (await walked.get("/", headers=NAVIGATION)).text
            assert (await walked.get("/api/data")).status_code == 200
            assert (await walked.get("/@sayso/capture.js")).text == "the driver"
    for label in (f"p-{APP}", f"p-{LENT}", f"w-{LENT}"):
        async with browser(host, label) as other:
            assert (await other.get("/api/data")).status_code == 404
            assert DRIVER not in (await other.get("/", headers=NAVIGATION)).text


async def test_a_page_has_the_driver_after_its_doctype_and_nothing_else_has(host: PreviewHost) -> None:
    async with browser(host, f"w-{APP}") as walked:
        answer = await walked.get("/", headers={**NAVIGATION, "accept-encoding": "gzip"})
        assert answer.text == f"<!-- first -->\n<!DOCTYPE html>{DRIVER}<html><p>[]"
        assert int(answer.headers.get("content-length", len(answer.content))) == len(answer.content)
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        assert DRIVER not in (await walked.get("/", headers={"accept": "text/html", "sec-fetch-mode": "cors"})).text
        assert (await walked.get("/api/data")).headers["cache-control"] == "no-store"
        assert (await walked.get("/on", headers=NAVIGATION)).status_code == 307
        strict = await walked.get("/strict", headers=NAVIGATION)
        assert strict.text.startswith('<script src="/@sayso/capture.js"')
        assert 'nonce="c2F5c28="' in strict.text


async def test_each_walk_begins_without_the_cookies_of_the_one_before(host: PreviewHost, table: RouteTable) -> None:
    async with browser(host, f"w-{APP}") as walked:
        await walked.get("/", headers=NAVIGATION)
        assert (await walked.get("/api/data")).json() == ["session"]
        server = table.walked(APP)
        assert server is not None
        server.begins = True
        # What the page before still asks for does not reach the walk that begins.
        assert (await walked.get("/api/data")).status_code == 404
        assert "[]" in (await walked.get("/", headers=NAVIGATION)).text
        assert "['session']" in (await walked.get("/", headers=NAVIGATION)).text
        walked.cookies.set("__Host-sayso-preview", "of ours")
        assert (await walked.get("/api/data")).json() == ["session"]
