"""A server is probed in a container of its own before it is shared: what answers that should not is named, with its fix.

Three apps; with --all one in eight of those that are asked as plain processes elsewhere, and one clean app of each framework.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings
from preview_runtime.file_tree import FileTree
from tests.integration.conftest import settings
from tests.integration.safety.probing.test_probe import seeded

__all__ = ["settings"]

Case = tuple[str, Mapping[str, str], set[str]]
ORDINARY = ("fastapi list to other accounts", "express read", "flask clean")
MORE = (
    "fastapi clean", "fastapi deleted by everybody", "fastapi hashes", "fastapi sql", "flask read", "flask delete",
    "express clean", "express list to all", "express cors", "django clean", "django list", "django hashes",
    "node contacts", "node books", "notes in Fastify with holes", "notes in Fastify", "files", "safe files", "bookings",
    "letters with holes", "letters",
)  # fmt: skip


def cases(*, whole: bool) -> Iterator[Case]:
    known = {name: (files, expected) for name, files, expected in seeded()}
    for name in (*ORDINARY, *(MORE if whole else ())):
        files, expected = known[name]
        yield name, in_a_container(files), expected


def in_a_container(files: Mapping[str, str]) -> dict[str, str]:
    """As a project has it: it listens at any address, and a package.json says how it starts."""
    made = {
        path: text.replace("'127.0.0.1'", "'0.0.0.0'").replace("uvicorn.run(app, ", "uvicorn.run(app, host='0.0.0.0', ")
        for path, text in files.items()
    }
    if "server.js" in made:
        package = json.loads(made.get("package.json", "{}"))
        made["package.json"] = json.dumps({**package, "scripts": {"start": "node server.js"}})
    return made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        every = [*cases(whole=metafunc.config.getoption("--all"))]
        metafunc.parametrize("case", every, ids=[name.replace(" ", "-") for name, _, _ in every])


@pytest.fixture
async def services(
    settings: Settings, docker_host: str, firewalled: None, python_image: str, node_image: str
) -> AsyncIterator[Services]:
    made = Services(settings.model_copy(update={"docker_host": docker_host}))
    await made.start()
    async with asyncio.timeout(60):
        while made.servers.why_not is not None:  # noqa: ASYNC110 - an engine tells nobody that it was found
            await asyncio.sleep(0.05)
    yield made
    await made.close()


async def probed(api: httpx.AsyncClient, project: str) -> dict[str, Any]:
    told: dict[str, Any] = (await api.post(f"/projects/{project}/scan")).json()
    async with asyncio.timeout(180):
        while told["probe"]["state"] == "running":
            await asyncio.sleep(0.1)
            told = (await api.get(f"/projects/{project}/scan")).json()
    return told


async def test_before_a_link_its_holes_are_named_with_a_fix(case: Case, services: Services) -> None:
    _, files, expected = case
    project = await services.store.create(ME, "App")
    await services.store.commit(ME, project.id, FileTree(files), kind="import", label="x", expect_head=None)
    transport = httpx.ASGITransport(create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as api:
        told = await probed(api, project.id)
    assert told["probe"]["state"] == "done", told["probe"]["problem"]
    assert {hole["key"] for hole in told["probe"]["holes"]} == expected
    assert all(hole["says"] and hole["fix"] for hole in told["probe"]["holes"])
    assert bool(told["mend"]) is bool(expected)
