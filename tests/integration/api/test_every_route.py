"""Every route of the OpenAPI document, called thousands of times: whatever is sent, no failure of ours, one error shape.

5,000 calls from a seed, each route among them; with --all the same sequence goes on to 20,000. A call is milliseconds of
SQLAlchemy and SQLite wherever one looks, so that only fewer calls take less time.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, update

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.accounts.installation.tables import InstallationSwitch
from builder.api import create_api
from builder.base.errors import BadInput, SaysoError
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.llm.wires.anthropic import AnthropicClient
from builder.llm.wires.chat_completions import ChatCompletionsClient
from builder.llm.wires.gemini.generate_content import GeminiClient
from builder.projects.tables import Project
from builder.safety.packages.registry import PackageRegistries, Unanswered
from preview_runtime.compiling.compiler import Compiler
from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.installer import Installer
from preview_runtime.engines import EngineStatus
from preview_runtime.file_tree import FileTree
from preview_runtime.output import OutputFile
from preview_runtime.phrases import verbatim
from tests.integration.hostile_calls import Call, Calls
from tests.integration.previews.shells.test_terminals import FakeContainers
from tests.integration.servers import Engines, World

CALLS = 5_700
ALL_CALLS = 20_000
AT_A_TIME = 800  # then what they took away is put back
AT_ONCE = 8
SEED = 9
FILES = {"server.py": "import flask", "index.html": "<p>hello</p>", "src/main.ts": "1", "requirements.txt": "flask"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.html", "x")
    return buffer.getvalue()


class Containers(FakeContainers):
    """Shells of whatever project there is."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services

    async def status(self, actor: Actor, project_id: str) -> EngineStatus:
        await self.services.store.get(actor, project_id)
        return self.state


class Stage:
    """Some projects with everything that a route can name; what the calls take away comes back."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.ids: dict[str, list[Any]] = {
            "path": [*FILES, "src", "a/b.txt", "package.json"],
            "application/zip": [zipped()], "image/png": [PNG], "image/webp": [PNG],
            "application/octet-stream": [b"PGDMP" + bytes(40)],
            "name": ["kanban", "lodahs", "@acme/ui"], "team_id": ["owner"], "url": ["https://hooks.invalid/"], "ecosystem": ["npm", "pypi"], "provider": ["anthropic", "openai", "google"], "starter": ["kanban", "", ""], "model": ["starter:offline", ""],
            "prompt": ["a kanban board", ""], "text": ["make it blue"], "type": ["text/css", "text/html; charset=utf-8"],
            "base64": ["AAE=", ""], "password": ["long enough"], "command": ["ls"], "hosts": ["example.org"], "variable": ["MAIL_KEY", "kanban"],
        }  # fmt: skip

    def known(self, name: str) -> list[Any]:
        return self.ids.get(name, [])

    async def set(self) -> None:
        """Have two projects again, with versions, a conversation, a link, a terminal and a server each."""
        store, ids = self.services.store, self.ids
        async with self.services.db.session() as session:  # what an administrator's calls stopped
            await session.execute(update(Project).values(blocked_at=None))
            await session.execute(delete(InstallationSwitch))
        alive = {project.id for project in await store.list(LOCAL_OWNER)}
        kept = [project for project in ids.get("project_id", []) if project in alive]
        while len(kept) < 2:
            project = await store.create(LOCAL_OWNER, "App")
            await store.commit(LOCAL_OWNER, project.id, FileTree(FILES), kind="import", label="x", expect_head=None)
            await store.write_working(LOCAL_OWNER, project.id, {"src/main.ts": "2"})
            turn, steps = await self.services.turns.send(LOCAL_OWNER, project.id, "make it blue")
            ids.setdefault("turn_id", []).append(turn.id)
            ids.setdefault("generation_id", []).append(steps[0].generation)
            kept.append(project.id)
        for project in kept:
            await self.services.servers.bring_up(LOCAL_OWNER, project)
        ids["project_id"] = kept
        ids["version_id"] = ids["version"] = [
            version.id for project in kept for version in (await store.versions(LOCAL_OWNER, project))[:3]
        ]
        shares = [share for project in kept for share in await self.services.shares.list(LOCAL_OWNER, project)]
        ids["share_id"] = [share.id for share in shares if not share.revoked_at][:5]
        for project in [] if ids["share_id"] else kept:
            with contextlib.suppress(SaysoError):  # the calls may have taken all its files away
                ids["share_id"].append((await self.services.shares.create(LOCAL_OWNER, project)).id)
        terminals = [await self.services.terminals.list(LOCAL_OWNER, project) for project in kept]
        ids["terminal_id"] = [one.id for mine in terminals for one in mine] or [
            (await self.services.terminals.open(LOCAL_OWNER, kept[0])).id
        ]


def nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs outside of our process: no compiler's Node, no package registry, no provider of models."""

    async def compiled(*_: object) -> dict[str, OutputFile]:
        return {"index.html": OutputFile("text/html", b"x")}

    async def nothing(*_: object, **__: object) -> None:
        raise DependencyError("not_found", verbatim("There is no such package."))

    async def unanswered(*_: object) -> None:
        raise Unanswered

    async def refused(*_: object) -> None:
        raise BadInput("Claude does not take this key.")

    for client in (AnthropicClient, ChatCompletionsClient, GeminiClient):
        monkeypatch.setattr(client, "names", refused)
    monkeypatch.setattr(Compiler, "compile", compiled)
    monkeypatch.setattr(Installer, "install", nothing)
    monkeypatch.setattr(PackageRegistries, "facts", unanswered)


@pytest.fixture
async def stage(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    """Everything but what runs outside of our process: engines as well."""
    nothing_outside(monkeypatch)
    away = settings.model_copy(update={"docker_host": "unix:///nowhere/docker.sock", "preview_starts": 50})
    services = Services(away)
    services.servers.register.engines = Engines(World())
    await services.start()
    containers = Containers(services)
    services.terminals.shells = services.shells = containers  # type: ignore[assignment]
    await services.db.is_behind()  # read once; the server does so when it starts
    stage = Stage(services)
    await stage.set()
    yield stage
    await services.close()


def wrong(call: Call) -> str:
    """What is wrong with an answer, "" for nothing."""
    if not 200 <= call.status < 500:
        return f"status {call.status}"
    if call.status >= 400 and not is_error(call.answer):
        return "not the error shape"
    # Hostile names in an address may lead to another route, or to none.
    told = call.told.get(str(call.status))
    if told is None and call.status not in (404, 405):
        return f"status {call.status} is not in the document: {call.path[:60]}"
    if told and call.kind not in told.get("content", {"": None}):
        return f"{call.kind!r} of {call.status} is not in the document"
    return ""


def is_error(answer: bytes) -> bool:
    try:
        error = json.loads(answer)["error"]
        return set(error) == {"code", "message", "details"} and bool(error["message"])
    except (ValueError, KeyError, TypeError):
        return False


async def test_no_call_of_any_route_is_a_failure_of_ours(
    stage: Stage, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    app = create_api(lambda: stage.services)
    total = ALL_CALLS if request.config.getoption("--all") else CALLS
    made = Calls(app.openapi(), stage.known, Random(SEED))
    calls: Iterator[Call] = islice(made, total)
    faults: dict[str, str] = {}
    seen: Counter[tuple[str, int]] = Counter()

    async def go_on(some: Iterator[Call]) -> None:
        for call in some:
            try:
                async with asyncio.timeout(60):
                    await call.send(app)
                problem = wrong(call)
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"[:200]
            seen[call.method, call.status] += 1
            if problem:
                faults.setdefault(problem[:80], f"{problem}\n{call}")

    caplog.set_level(logging.WARNING)
    while some := [*islice(calls, AT_A_TIME)]:
        shared = iter(some)
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(go_on(shared))
        await stage.set()
    assert not faults, "\n\n".join(faults.values())
    assert seen.total() == total
    assert len(made.made) == len(made.operations)
    assert min(made.made.values()) > 5, made.made
    # The calls got somewhere: a third of them did what they asked for.
    assert (
        sum(count for (_, status), count in seen.items() if status < 300) > total / 6
    )  # those of people answer that there are no accounts, seen
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
