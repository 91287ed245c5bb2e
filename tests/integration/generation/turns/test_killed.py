"""SIGKILL at random moments of a turn: what was acknowledged is there, the bill is right, and going on ends as if nothing
had happened."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from builder.base.settings import ROOT
from builder.llm.testing.messages_api import MessagesApi, MessagesBehaviour
from preview_runtime.tasks import beside
from tests.integration.generation.turns.conftest import asked as said

PROGRAM = Path(__file__).resolve().parents[2] / "programs" / "turn_server.py"
PATIENCE = 600
"""Seconds for one turn, killed and gone on with: on a machine that is very busy each call takes half a minute."""
LINES = "".join(f"export const line{number} = 'the {number}th of many';\n" for number in range(50))
FILES = {
    "package.json": '{"name": "shelf"}\n',
    "src/data.ts": LINES,
    "src/App.tsx": f"{LINES}export const App = () => broken();\n",
    "src/end.ts": LINES.replace("line", "last"),
}
PLAN = {
    "title": "Shelf",
    "pages": [{"name": "Shelf", "what": "all books"}],
    "checks": [{"title": "Opens", "how": "it is there", "steps": [{"see": {"text": "Shelf"}}]}],
}
APP = {"title": "Shelf", "summary": "A shelf.", "files": FILES}
MENDED = {
    "title": "Shelf",
    "summary": "It opens.",
    "edits": [{"path": "src/App.tsx", "find": "broken()", "replace": "null"}],
}
TREE = {**FILES, "src/App.tsx": FILES["src/App.tsx"].replace("broken()", "null")}
REPORT = {"painted": True, "faults": [{"kind": "runtime", "message": "broken is not defined", "path": "src/App.tsx"}]}


class Claude(MessagesApi):
    """Answers by what it is asked, slowly."""

    def chosen(self, body: Mapping[str, Any]) -> MessagesBehaviour:
        return MessagesBehaviour(answer_to(body), chunk=60, pause=0.005)


def answer_to(body: Mapping[str, Any]) -> Mapping[str, Any]:
    asked = said(body)
    if body["tools"][0]["name"] == "plan":
        return PLAN
    mends = "broken is not defined" in asked
    if "Call the tool again" not in asked:
        return MENDED if mends else APP
    if mends:
        return MENDED
    there = set(re.findall(r'<file path="([^"]+)" complete="yes">', asked))
    rest = {path: text for path, text in FILES.items() if path not in there}
    if broken_off := re.search(r'<file path="([^"]+)" complete="no">\n(.*?)</file>', asked, re.DOTALL):
        path, kept = broken_off.groups()
        begin = json.loads(re.search(r"starts with exactly (\".*?[^\\]\"),", asked)[1])  # type: ignore[index]
        rest[path] = begin + FILES[path][len(kept) :]
    return {**APP, "files": rest}


@dataclass
class Watched:
    """A server in a process of its own, and what a person who uses it was told."""

    folder: Path
    model_url: str
    port: int = 0
    process: asyncio.subprocess.Process | None = None
    versions: set[str] = field(default_factory=set)
    plan: Any = None

    async def start(self) -> None:
        # The server inherits a socket that listens already: nobody else can take its port in between.
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, str(PROGRAM), str(self.folder), str(listener.fileno()), self.model_url,
                env={**os.environ, "PYTHONPATH": str(ROOT)}, pass_fds=[listener.fileno()],
            )  # fmt: skip
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient() as client:
            while True:
                with suppress(httpx.TransportError):
                    await client.get(f"http://127.0.0.1:{self.port}/api/v1/health")
                    return
                assert self.process.returncode is None, "the server ended before it answered"
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        assert self.process
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def __aenter__(self) -> Watched:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process:
            await self.kill()

    async def used(self, kills: list[float]) -> tuple[dict[str, Any], dict[str, str]]:
        """Somebody has a shelf made, with the server killed so many seconds into it, each time. The project's state,
        and its files."""
        await self.start()
        began = time.monotonic()
        project = ""
        async with (
            asyncio.timeout(PATIENCE),
            httpx.AsyncClient(headers={"x-sayso-client": "tests"}) as client,
            AsyncExitStack() as page,
        ):
            while True:
                if kills and project and time.monotonic() - began > kills[0]:
                    kills.pop(0)
                    await self.kill()
                    await self.start()
                    began = time.monotonic()
                with suppress(httpx.TransportError):
                    root = f"http://127.0.0.1:{self.port}/api/v1/projects"
                    if not project:
                        made = await client.post(root, json={"prompt": "a shelf", "mode": "plan"})
                        project = made.json()["project"]["id"]
                        await page.enter_async_context(beside(self.follow(client, project), "the person's page"))
                    root = f"{root}/{project}"
                    seen = (await client.get(root)).json()
                    if done := await self.react(client, root, seen):
                        files = (await client.get(f"{root}/files")).json()["files"]
                        return done, files
                await asyncio.sleep(0.02)

    async def follow(self, client: httpx.AsyncClient, project: str) -> None:
        """What a page that is open does all the time: it hears what happens, and comes back where that breaks off."""
        while True:
            with suppress(httpx.TransportError):
                way = f"http://127.0.0.1:{self.port}/api/v1/projects/{project}/events"
                async with client.stream("GET", way, timeout=None) as told:
                    async for _ in told.aiter_raw():
                        pass
            await asyncio.sleep(0.02)

    async def react(self, client: httpx.AsyncClient, root: str, seen: dict[str, Any]) -> dict[str, Any] | None:
        """What a page and a person do about what they see; the state once all is done."""
        (turn,) = seen["turns"]
        assert seen["messages"][0]["text"] == "a shelf"
        if self.plan:
            assert turn["plan"] == self.plan
        here = (await client.get(f"{root}/versions")).json()["versions"]
        assert self.versions <= {version["id"] for version in here}, "a version that was told of is gone"
        self.versions |= {version["id"] for version in here}
        way = f"{root}/turns/{turn['id']}"
        match turn["status"]:
            case "planned":
                plan = {**turn["plan"], "summary": "Green."}
                answer = await client.post(f"{way}/plan", json={"plan": plan})
                if answer.status_code == 202:
                    self.plan = plan
            case "interrupted" | "failed" | "stopped":
                await client.post(f"{way}/continue")
            case "done":
                return seen
            case "running" if turn["steps"] and turn["steps"][-1]["kind"] == "check":
                text = (await client.get(f"{root}/files/src/App.tsx")).text
                report = {
                    "version": turn["version"],
                    **(REPORT if "broken()" in text else {"painted": True, "walked": 1}),
                }
                await client.post(f"{root}/check", json=report)
        return None


def calls(folder: Path) -> list[tuple[str, float | None]]:
    with sqlite3.connect(folder / "sayso.db") as database:
        return database.execute("SELECT status, coalesce(cost_usd, reserved_usd) FROM model_call").fetchall()


async def test_a_turn_ends_as_if_nobody_had_killed_it(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    chance = random.Random(11)
    rounds = 50 if pytestconfig.getoption("--all") else 3
    claude = Claude()
    async with claude.serve() as url:
        began = time.monotonic()
        async with Watched(tmp_path / "quiet", url) as quiet:
            seen, files = await quiet.used([])
            length = time.monotonic() - began
        assert seen["turns"][0]["outcome"] == "shown"
        walk = {path: text for path, text in files.items() if path.startswith("walks/")}
        assert files == TREE | walk
        assert len(walk) == 1
        for number in range(rounds):
            folder, before = tmp_path / str(number), len(claude.requests)
            async with Watched(folder, url) as killed:
                seen, files = await killed.used([chance.uniform(0.05, length)])
                (turn,) = seen["turns"]
                assert (turn["status"], turn["outcome"]) == ("done", "shown")
                assert files == TREE | walk, number
                rows = calls(folder)
                assert len(rows) >= len(claude.requests) - before, "a call is on nobody's bill"
                assert "reserved" not in {status for status, _ in rows}
                assert all(cost and cost > 0 for status, cost in rows if status != "failed")
