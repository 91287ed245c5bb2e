"""A right that is taken away ends what was opened with it within two seconds, whatever took it away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.requests import HTTPConnection, Request
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from builder.accounts.actor import Actor
from builder.accounts.open_connections import RIGHTS_CHANGED, SIGNED_OUT
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import PROGRAM, School, school
from tests.integration.accounts.teams.club import API, Member, member
from tests.integration.accounts.test_signed_out import closed
from tests.integration.server import serving

MOST_SECONDS = 2.0


@dataclass
class Club:
    """A team of ana's with a project, in which ben edits; carl edits the project alone, and dora only looks."""

    here: School
    ana: Member
    ben: Member
    carl: Member
    dora: Member
    team: str
    project: str

    def path(self, rest: str = "") -> str:
        return f"/projects/{self.project}{rest}"


@pytest.fixture
async def club(settings: Settings) -> AsyncIterator[Club]:
    async with school(settings) as here:
        ana, ben, carl, dora = [await member(here, name) for name in ("ana", "ben", "carl", "dora")]
        team = await ana.makes_team()
        project = await ana.makes_project("Shop", team)
        await ben.joins(ana, f"/teams/{team}/invitations", "editor")
        await carl.joins(ana, f"/projects/{project}/collaborators", "editor")
        await ana.does("PATCH", f"/projects/{project}", {"visibility": "public"})
        yield Club(here, ana, ben, carl, dora, team, project)


Take = Callable[[Club], Awaitable[object]]


async def _lowered(club: Club) -> object:
    return await club.ana.does("PATCH", f"/teams/{club.team}/members/{club.ben.id}", {"role": "viewer"}, hears=204)


async def _removed(club: Club) -> object:
    return await club.ana.does("DELETE", f"/teams/{club.team}/members/{club.ben.id}", hears=204)


async def _left(club: Club) -> object:
    return await club.ben.does("DELETE", f"/teams/{club.team}/members/{club.ben.id}", hears=204)


async def _lowered_here(club: Club) -> object:
    return await club.ana.does("PATCH", club.path(f"/collaborators/{club.carl.id}"), {"role": "viewer"}, hears=204)


async def _removed_here(club: Club) -> object:
    return await club.ana.does("DELETE", club.path(f"/collaborators/{club.carl.id}"), hears=204)


async def _hidden(club: Club) -> object:
    return await club.ana.does("PATCH", club.path(), {"visibility": "team"})


async def _moved(club: Club) -> object:
    return await club.ana.does("POST", club.path("/move"), {"team": club.ana.id})


async def _archived(club: Club) -> object:
    return await club.ana.does("PATCH", club.path(), {"status": "archived"})


@pytest.mark.parametrize(
    ("take", "who", "reads"),
    [
        (_lowered, "ben", 200),
        (_removed, "ben", 200),  # it is public
        (_left, "ben", 200),
        (_lowered_here, "carl", 200),
        (_removed_here, "carl", 200),
        (_hidden, "dora", 404),
        (_moved, "ben", 200),
        (_archived, "ben", 200),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)).strip("_"),
)
async def test_what_was_open_ends_and_what_may_still_be_seen_opens_again(
    club: Club, take: Take, who: str, reads: int
) -> None:
    person: Member = getattr(club, who)
    cookie = {**PROGRAM, "cookie": "; ".join(f"{name}={value}" for name, value in person.browser.cookies.items())}
    async with serving(club.here.app) as at:
        events = f"{at}{API}{club.path('/events')}"

        def opened(where: str) -> connect:
            return connect(f"ws://{where}", proxy=None, additional_headers=cookie)

        async with (
            opened(f"{events}/ws") as socket,
            opened(f"{at}{API}{club.path('/server/ws')}") as state,
            httpx.AsyncClient(trust_env=False, timeout=30, headers=cookie) as client,
            client.stream("GET", f"http://{events}") as stream,
        ):
            lines = stream.aiter_lines()
            assert (await anext(lines)).startswith("retry")
            await take(club)
            async with asyncio.timeout(MOST_SECONDS):
                assert await closed(socket) == await closed(state) == RIGHTS_CHANGED
                with contextlib.suppress(httpx.RemoteProtocolError):
                    async for _ in lines:
                        pass
        await person.does("GET", club.path(), hears=reads)
        await person.does(
            "PATCH",
            club.path("/working"),
            {"put": {"a.txt": "x"}},
            hears=404 if reads == 404 else 409 if take is _archived else 403,
        )
        if reads == 200:
            async with opened(f"{events}/ws"):
                pass
        else:
            with pytest.raises(InvalidStatus):
                async with opened(f"{events}/ws"):
                    pass


async def test_a_session_that_ends_takes_its_sockets_along(club: Club) -> None:
    cookie = {**PROGRAM, "cookie": "; ".join(f"{name}={value}" for name, value in club.ben.browser.cookies.items())}
    async with serving(club.here.app) as at:
        where = f"ws://{at}{API}{club.path('/events/ws')}"
        async with connect(where, proxy=None, additional_headers=cookie) as socket:
            await club.ben.does("POST", "/auth/logout", hears=204)
            async with asyncio.timeout(MOST_SECONDS):
                assert await closed(socket) == SIGNED_OUT


async def test_others_go_on_while_one_is_removed(club: Club) -> None:
    cookie = {**PROGRAM, "cookie": "; ".join(f"{name}={value}" for name, value in club.carl.browser.cookies.items())}
    async with serving(club.here.app) as at:
        where = f"ws://{at}{API}{club.path('/events/ws')}"
        async with connect(where, proxy=None, additional_headers=cookie) as socket:
            await _removed(club)
            await socket.send("ping")
            async with asyncio.timeout(10):
                while "pong" not in str(await socket.recv()):
                    pass


async def test_a_preview_forgets_whom_it_let_in(club: Club) -> None:
    """The right is asked for again, although it was found a moment ago."""
    access = club.here.services.access
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "scheme": "http"}
    way_in = await access.way_in(Actor(club.dora.id), club.project, "/")
    url = urlsplit(way_in)
    entered = await access.gate.enter(
        Request({**scope, "path": url.path, "query_string": url.query.encode(), "server": (url.hostname, url.port)}),
        club.project,
    )
    cookie = entered.headers["set-cookie"].partition(";")[0].encode()
    asks = HTTPConnection({**scope, "headers": [(b"cookie", cookie)]})
    assert (await access.gate.admit(asks, club.project)).refusal is None
    await _hidden(club)
    assert (await access.gate.admit(asks, club.project)).refusal is not None
