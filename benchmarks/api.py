"""Fifty people at work at once: they type, ask for changes, list and search, each in a project of their own.

Two processes: the server, and this one. Milliseconds of the 95th percentile by kind, counted from when each call was due.
Baseline: one person without accounts who does all of it, with as many projects.

Afterwards, with nobody else at work: the own part of a completion, which is all but what the model has of it; and what
`may()` adds to reading a project's row, for a person with an account.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks._harness import finish, percentile, running_server, say
from benchmarks.accounts import OWNER, PASSWORD, PROGRAM, registered
from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.composition.settings import Settings
from builder.llm.testing.messages_api import KEY, MessagesApi, MessagesBehaviour
from builder.projects.rows import project_of
from builder.projects.tables import Project

EVERY = {"type": 1.0, "list": 2.0, "search": 4.0, "prompt": 20.0}
"""Seconds between two of one person."""
UNLIMITED = {
    "CONNECTIONS_PER_ADDRESS": "0", "GENERATIONS_PER_MINUTE": "10000", "CHANGES_PER_MINUTE": "100000",
    "READS_PER_MINUTE": "100000", "OFFLINE_SPEED": "60000",
}  # fmt: skip
COMPLETIONS, WARM = 90, 10
"""A person may ask for a hundred a minute."""
READINGS = 2_000


@dataclass
class Times:
    """Milliseconds by kind. `refused`: answers that were none of the expected, by kind and status."""

    of: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in EVERY})
    refused: dict[str, int] = field(default_factory=dict)


class Person:
    def __init__(self, client: aiohttp.ClientSession, url: str, number: int, times: Times) -> None:
        self._client, self._url, self._number, self._times = client, f"{url}/api/v1", number, times
        self._random, self._typed, self._project = Random(number), 0, ""  # only when each is due

    async def begins(self, *, signs_in: bool) -> None:
        if signs_in:
            body = {"email": f"p{self._number}@example.org", "password": PASSWORD}
            await self._call("POST", "/auth/login", body)
        made = await self._call("POST", "/projects", {"starter": "todo"})
        self._project = f"/projects/{made['project']['id']}"

    async def works(self, seconds: float) -> None:
        """Every kind in its own rhythm, until the time is over."""
        kinds: dict[str, Callable[[], Awaitable[object]]] = {
            "type": self._types, "list": self._lists, "search": self._searches, "prompt": self._prompts,
        }  # fmt: skip
        ends = time.perf_counter() + seconds
        await asyncio.gather(*(self._repeats(kind, do, ends) for kind, do in kinds.items()))

    async def _repeats(self, kind: str, do: Callable[[], Awaitable[object]], ends: float) -> None:
        due = time.perf_counter() + self._random.random() * EVERY[kind]
        while due < ends:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            try:
                await do()
            except aiohttp.ClientResponseError as error:
                name = f"{kind} {error.status}"
                self._times.refused[name] = self._times.refused.get(name, 0) + 1
            else:
                self._times.of[kind].append((time.perf_counter() - due) * 1000)
            due += EVERY[kind]

    async def _types(self) -> None:
        self._typed += 1
        text = f"# Notes\n\n{self._typed} words of person {self._number}\n"
        await self._call("PATCH", f"{self._project}/working", {"put": {"NOTES.md": text}})

    async def _lists(self) -> None:
        await self._call("GET", "/projects")

    async def _searches(self) -> None:
        await self._call("GET", "/search?q=todo")

    async def _prompts(self) -> None:
        await self._call("POST", f"{self._project}/messages", {"text": "Make the buttons green"})

    async def _call(self, method: str, path: str, body: object = None) -> Any:
        async with self._client.request(method, self._url + path, json=body, headers=PROGRAM) as answer:
            found = await answer.json() if answer.content_type == "application/json" else None
            answer.raise_for_status()
            return found


async def measured(url: str, people: int, seconds: float, *, accounts: bool) -> Times:
    times = Times()
    clients = [aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) for _ in range(people)]
    try:
        everybody = [Person(client, url, number, times) for number, client in enumerate(clients)]
        for start in range(0, people, 10):  # the password of each takes a moment
            await asyncio.gather(*(one.begins(signs_in=accounts) for one in everybody[start : start + 10]))
        say(f"{people} people at work for {seconds:.0f} s")
        await asyncio.gather(*(one.works(seconds) for one in everybody))
    finally:
        await asyncio.gather(*(client.close() for client in clients))
    return times


class TimedModel(MessagesApi):
    """Answers at once, and knows how long it had each request."""

    def __init__(self) -> None:
        super().__init__(MessagesBehaviour(prose="return a + b;", stop_reason="end_turn", chunk=60))
        self.had: list[float] = []
        self.app = self._timed(self.app)  # type: ignore[assignment]  # uvicorn takes any ASGI application

    def _timed(self, app: ASGIApp) -> ASGIApp:
        async def timed(scope: Scope, receive: Receive, send: Send) -> None:
            began = time.perf_counter()
            await app(scope, receive, send)
            self.had.append(time.perf_counter() - began)

        return timed


async def completions() -> list[float]:
    """Milliseconds of Sayso's own part of each, one after the other."""
    model, own = TimedModel(), []
    async with model.serve() as address:
        keys = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": address, "MODEL": "anthropic:claude-sonnet-5-5"}
        # The server waits for its start in this thread, which the model needs only later.
        with running_server(**UNLIMITED, **keys) as server:
            async with aiohttp.ClientSession(headers=PROGRAM) as client:
                for number in range(WARM + COMPLETIONS):
                    body = {"prefix": f"function sum{number}(a, b) {{\n  ", "suffix": "\n}", "language": "TypeScript"}
                    began = time.perf_counter()
                    async with client.post(f"{server.url}/api/v1/ai/complete", json=body) as answer:
                        answer.raise_for_status()
                        assert (await answer.json())["suggestion"], "nothing was suggested"
                    own.append((time.perf_counter() - began - model.had[-1]) * 1000)
    return own[WARM:]


async def rights(folder: Path) -> float:
    """Milliseconds that it takes more to read a project with the right to than its row alone, on the average."""
    db = Database(Settings(_env_file=None, data_dir=folder))
    try:
        async with db.reader() as session:
            project = (await session.scalars(select(Project).limit(1))).one()
        reads: dict[bool, Callable[[AsyncSession], Awaitable[object]]] = {
            False: lambda session: session.get(Project, project.id),
            True: lambda session: project_of(session, Actor(project.owner), project.id, Action.READ),
        }
        taken = {}
        for asks, read in reads.items():
            began = time.perf_counter()
            for _ in range(READINGS):
                async with db.reader() as session:
                    await read(session)
            taken[asks] = time.perf_counter() - began
        return (taken[True] - taken[False]) / READINGS * 1000
    finally:
        await db.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=50)
    options.add_argument("--seconds", type=float, default=60)
    given = options.parse_args()
    found: dict[str, dict[str, Any]] = {}
    for name, settings in (
        ("alone", {}),
        ("together", {"ACCOUNTS": "open", "OWNER_EMAIL": OWNER, "OWNER_PASSWORD": PASSWORD}),
    ):
        with running_server(**UNLIMITED, **settings) as server:
            if settings:
                asyncio.run(registered(str(server.data / "sayso.db"), given.people))
            times = asyncio.run(measured(server.url, given.people, given.seconds, accounts=bool(settings)))
            added = asyncio.run(rights(server.data)) if settings else 0.0
        found[name] = {f"{kind}_p95_ms": percentile(taken, 0.95) for kind, taken in times.of.items() if taken}
        found[name] |= {f"{kind}_calls": len(taken) for kind, taken in times.of.items()}
        say(f"{name}: {found[name]}, refused {times.refused}")
        found[name]["refused"] = sum(times.refused.values())
    own = asyncio.run(completions())
    alone_by_one = {"may_adds_ms": round(added, 3), "completion_own_p95_ms": percentile(own, 0.95)}
    finish("api", {"people": given.people, **found["together"], **alone_by_one}, found["alone"], 1)


if __name__ == "__main__":
    main()
