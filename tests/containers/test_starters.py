"""A starter with a server does what it is for in a real container: shown, written to, edited, and nothing is lost.

A sample by default, every one of them with --all or SAYSO_ALL=1.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import os
import random
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import aiodocker
import aiohttp
import pytest

from preview_runtime.containers.app.parts import EngineParts
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.engines import RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Image
from tests.server_starters import Databases
from tests.starters import Starter, server_starters

pytestmark = pytest.mark.usefixtures("firewalled")

SETTINGS = ContainerSettings(instance=f"sayso-starters-{os.getpid()}", start_seconds=60, install_seconds=60)
MARK = "Brass hinges"  # what each test writes, and finds again
SECONDS = 30
SAMPLE = 6
SEED = int(os.environ.get("SAYSO_SEED", datetime.datetime.now(datetime.UTC).date().toordinal()))


class App:
    """A running starter, as a browser sees it."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.session, self.address = session, address

    async def get(self, path: str) -> str:
        async with self.session.get(self.address + path, allow_redirects=False) as answer:
            return await answer.text()

    async def send(self, method: str, path: str, status: int, *, form: object = None, body: object = None) -> str:
        async with self.session.request(
            method,
            self.address + path,
            data=form,
            json=body,
            allow_redirects=False,
            skip_auto_headers=("Content-Type",) if form is None and body is None else (),
        ) as answer:
            text = await answer.text()
            assert answer.status == status, text
            return answer.headers.get("Location") or text

    async def event(self, path: str) -> dict[str, object]:
        """The first event of a stream."""
        async with self.session.get(self.address + path) as answer:
            assert answer.content_type == "text/event-stream"
            async for line in answer.content:
                if line.startswith(b"data: "):
                    found: dict[str, object] = json.loads(line[6:])
                    return found
        raise AssertionError("the stream ended first")


async def stock_api(app: App) -> None:
    await app.send("POST", "/api/items", 201, body={"name": MARK, "shelf": "D1", "quantity": 2, "minimum": 9})
    assert MARK in await app.get("/api/items?low=true&search=brass")
    await app.send("POST", "/api/items", 422, body={"name": "", "shelf": "D1"})
    await app.send("DELETE", "/api/items/999", 404)


async def guestbook(app: App) -> None:
    form = {"name": MARK, "text": "<b>Lovely</b>", "stamp": "fox"}
    assert "entries" in await app.send("POST", "/", 302, form=form)
    assert "&lt;b&gt;Lovely" in await app.get("/")
    assert "Write a line or two" in await app.send("POST", "/", 422, form=form | {"text": ""})


async def journal(app: App) -> None:
    path = await app.send("POST", "/write/", 302, form={"title": MARK, "tag": "Tools", "text": "One\n\nTwo"})
    await app.send("POST", path, 302, form={"name": "Ana", "text": "Which size?"})
    assert "Which size?" in await app.get(path)
    assert MARK in await app.get("/?tag=tools&search=two")
    assert "serif" in await app.get("/static/style.css")


async def chat_room(app: App) -> None:
    async with (
        app.session.ws_connect(f"{app.address}/ws/garden?name=Ana") as ana,
        app.session.ws_connect(f"{app.address}/ws/garden?name=Bo") as bo,
    ):
        await ana.send_json({"text": MARK})
        async for frame in bo:
            if (fact := json.loads(frame.data))["kind"] == "message":
                assert (fact["name"], fact["text"]) == ("Ana", MARK)
                break


async def live_metrics(app: App) -> None:
    await app.send("PUT", "/api/limits", 200, body={"cpu": 55, "memory": 300})
    assert {"at", "cpu", "memory", "requests"} == set(await app.event("/api/stream"))
    assert "memory" in await app.get("/api/history")


async def short_links(app: App) -> None:
    target = "https://example.org/a/long/address"
    assert await app.send("POST", "/links", 303, form={"target": target, "code": "brass", "note": MARK})
    assert await app.send("GET", "/brass", 302) == target
    assert "is taken" in await app.send("POST", "/links", 422, form={"target": target, "code": "brass"})
    assert "no web address" in await app.send("POST", "/links", 422, form={"target": "javascript:1"})


async def shared_list(app: App) -> None:
    made = json.loads(await app.send("POST", "/api/items", 201, body={"name": MARK, "by": "Ana"}))
    await app.send("PATCH", f"/api/items/{made['id']}", 200, body={"done": True})
    await app.send("POST", "/api/items", 422, body={"name": " "})


async def polls(app: App) -> None:
    made = json.loads(await app.send("POST", "/api/polls", 201, body={"question": MARK, "options": ["Yes", "No"]}))
    app.session.headers["X-Voter"] = "ana"
    for option in made["options"]:  # the second vote takes the place of the first
        voted = json.loads(await app.send("PUT", f"/api/polls/{made['id']}/vote", 200, body={"option": option["id"]}))
    assert [option["votes"] for option in voted["options"]] == [0, 1]
    await app.send("POST", "/api/polls", 422, body={"question": "One?", "options": ["Yes"]})


async def bookmarks(app: App) -> None:
    form = {"address": "https://example.org/hinges", "title": MARK, "tags": "Brass, small", "note": "<i>"}
    await app.send("POST", "/bookmarks", 303, form=form)
    assert "&lt;i&gt;" in await app.get("/?tag=brass")
    assert "kept already" in await app.send("POST", "/bookmarks", 422, form=form)


async def feedback_board(app: App) -> None:
    made = json.loads(await app.send("POST", "/api/ideas", 201, body={"title": MARK}))
    app.session.headers["X-Voter"] = "ana"
    assert json.loads(await app.send("POST", f"/api/ideas/{made['id']}/vote", 200))["mine"] is True
    await app.send("PATCH", f"/api/ideas/{made['id']}", 200, body={"state": "planned"})
    await app.send("POST", "/api/ideas", 400, body={"title": "x"})


async def status_page(app: App) -> None:
    await app.send("POST", "/incidents", 303, form={"service": "1", "title": MARK, "level": "down"})
    found = json.loads(await app.get("/api/status"))
    assert (found["services"][0]["state"], found["incidents"][0]["title"]) == ("down", MARK)
    path = f"/incidents/{found['incidents'][0]['id']}/updates"
    await app.send("POST", path, 303, form={"text": "It works again.", "over": "on"})
    assert json.loads(await app.get("/api/status"))["services"][0]["state"] == "up"
    assert "Choose one" in await app.send(
        "POST", "/incidents", 422, form={"service": "99", "title": MARK, "level": "down"}
    )


async def whiteboard(app: App) -> None:
    async with app.session.ws_connect(f"{app.address}/ws") as one, app.session.ws_connect(f"{app.address}/ws") as other:
        await one.send_json({"kind": "stroke", "id": "hinge", "colour": "red", "width": 5, "points": [1, 2, 3, 4]})
        async for frame in other:
            if (fact := json.loads(frame.data))["kind"] == "stroke":
                assert fact["points"] == [1, 2, 3, 4]
                break


async def snippets(app: App) -> None:
    path = await app.send("POST", "/", 303, form={"title": MARK, "text": "<script>1</script>\n", "days": "7"})
    assert await app.get(f"{path}/raw") == "<script>1</script>\n"
    assert "&lt;script&gt;1" in await app.get(path)
    assert "Paste or write" in await app.send("POST", "/", 422, form={"text": " "})


async def waiting_line(app: App) -> None:
    made = json.loads(await app.send("POST", "/api/tickets", 200, form={"name": "Ana", "about": MARK}))
    called = json.loads(await app.send("POST", "/api/next", 200, form={"desk": "2"}))
    assert (called["desk"], called["number"] < made["number"]) == (2, True)
    assert MARK in json.dumps(await app.event("/api/events"))
    await app.send("POST", "/api/next", 422, form={"desk": "9"})


async def lending(app: App) -> None:
    form = {"thing": MARK, "who": "<Ana>", "until": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 5 * 86_400))}
    await app.send("POST", "/loans", 303, form=form)
    assert "&lt;Ana&gt;" in await app.get("/")
    assert "is out already" in await app.send("POST", "/loans", 422, form=form)
    assert "Choose the day" in await app.send("POST", "/loans", 422, form=form | {"thing": "Saw", "until": "soon"})


async def bookings(app: App) -> None:
    day = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=9)).date().isoformat()
    form = {"room": 2, "day": day, "start": 9, "end": 12, "name": MARK, "about": "<b>Fitting</b>"}
    made = json.loads(await app.send("POST", "/api/bookings", 201, body=form))
    assert (made["room"], made["hours"]) == ("Kingfisher", 3)
    assert "taken" in await app.send("POST", "/api/bookings", 409, body=form | {"start": 11, "end": 13})
    next_one = json.loads(await app.send("POST", "/api/bookings", 201, body=form | {"start": 12, "end": 13}))
    await app.send("DELETE", f"/api/bookings/{next_one['id']}", 204)
    assert [one["name"] for one in json.loads(await app.get(f"/api/days/{day}"))] == [MARK]
    await app.send("POST", "/api/bookings", 422, body=form | {"end": 9})
    await app.send("POST", "/api/bookings", 404, body=form | {"room": 99})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "starter" not in metafunc.fixturenames:
        return
    chosen = server_starters()
    if not metafunc.config.getoption("--all"):
        # One of each runtime, and others by the day; SAYSO_SEED repeats a sample.
        drawn = random.Random(SEED).sample(chosen, len(chosen))
        first = {starter.spec["server"]: starter for starter in reversed(drawn)}.values()
        chosen = sorted(
            [*first, *[one for one in drawn if one not in first][: SAMPLE - len(first)]], key=lambda s: s.name
        )
    metafunc.parametrize("starter", chosen, ids=lambda starter: starter.name)


@dataclass(frozen=True)
class Case:
    """What is done with a starter: `use` it; what it wrote stands at `kept`; an edit of `file` shows at `shown`."""

    use: Callable[[App], Awaitable[None]]
    kept: str
    file: str
    text: str
    shown: str = "/"
    page: str = "/"


CASES = {
    "bookmarks": Case(bookmarks, "/api/bookmarks", "views.js", "Keep a page"),
    "bookings": Case(bookings, "/api/bookings?search=brass", "page/index.html", "Three rooms, by the hour."),
    "chat-room": Case(chat_room, "/api/rooms/garden/messages", "main.py", "The corner", "/api/rooms"),
    "feedback-board": Case(feedback_board, "/api/ideas", "page/index.html", "Suggest it"),
    "guestbook": Case(guestbook, "/", "templates/book.html", "Sign the book"),
    "journal": Case(journal, "/", "journal/templates/home.html", "Search the journal"),
    "lending": Case(lending, "/api/loans", "src/lending/Page.java", "Lent Out"),
    "live-metrics": Case(live_metrics, "/api/limits", "page/index.html", "Give it two seconds"),
    "polls": Case(polls, "/api/polls", "server/server.js", "There is nothing here", "/api/none", "/api/polls"),
    "shared-list": Case(shared_list, "/api/items", "main.py", "Flat Four", "/openapi.json", "/api/items"),
    "short-links": Case(short_links, "/api/links", "page.py", "Long addresses, made short"),
    "snippets": Case(snippets, "/api/snippets", "pages.js", "Paste it, get a link"),
    "status-page": Case(status_page, "/api/status", "page.ts", "What happened"),
    "stock-api": Case(stock_api, "/api/items", "main.py", "Stockroom", "/openapi.json"),
    "waiting-line": Case(waiting_line, "/api/line", "page/index.html", "Take a number"),
    "whiteboard": Case(whiteboard, "/api/board", "page/index.html", "Wipe"),
}
# What it writes where the mark itself is not part of what is kept.
LEFT = {"live-metrics": "55", "whiteboard": "hinge"}


@pytest.fixture
async def engine(
    docker: aiodocker.Docker, runtime_images: dict[Image, float], database_image: str
) -> AsyncIterator[ContainerEngine]:
    name = f"p-{secrets.token_hex(4)}"
    networks = Networks(docker, SETTINGS)
    parts = EngineParts(sidecars=Databases(docker, SETTINGS, networks))
    engine = ContainerEngine(docker, name, SETTINGS, RunHints(), networks, parts=parts)
    yield engine
    await engine.remove()


def tree_of(starter: Starter) -> FileTree:
    return FileTree({path: starter.text(path) for path in starter.files()})


def test_every_starter_with_a_server_is_tried_here() -> None:
    assert sorted(CASES) == [starter.name for starter in server_starters()]


async def test_it_runs_keeps_what_was_written_and_can_be_edited(starter: Starter, engine: ContainerEngine) -> None:
    case, tree = CASES[starter.name], tree_of(starter)
    left = LEFT.get(starter.name, MARK)
    timeout = aiohttp.ClientTimeout(SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
        app = App(session, await engine.start(tree))
        assert (starter.spec["name"] if case.page == "/" else "[") in await app.get(case.page)
        async with asyncio.timeout(SECONDS):
            await case.use(app)
        edited = {**dict(tree.items()), case.file: (tree.text(case.file) or "").replace(case.text, "Brand-new words")}
        app.address = await engine.start(FileTree(edited))
        assert "Brand-new words" in await app.get(case.shown)
        assert left in await app.get(case.kept)
        await engine.stop()
        app.address = await engine.start(FileTree(edited))
        assert left in await app.get(case.kept)
    logs = [line.text async for line in engine.logs(follow=False)]
    assert not [line for line in logs if re.search(r"Traceback|Error:|panic:|Exception", line)], logs
