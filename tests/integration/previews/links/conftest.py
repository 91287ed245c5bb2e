"""A house with live links and their visitors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.preview_app import PreviewApp
from builder.previews.links.terms import Terms
from preview_runtime.compiling.compiler import Compiler
from preview_runtime.file_tree import FileTree
from tests.integration.previews.links.test_share_servers import compiled


class Visitor:
    """A browser: keeps the cookies of each host, follows no redirect by itself."""

    def __init__(self, stage: Stage, address: str) -> None:
        self.builder = httpx.AsyncClient(
            transport=httpx.ASGITransport(stage.api, client=(address, 1)), base_url="http://localhost:8000"
        )
        self.previews = httpx.AsyncClient(transport=httpx.ASGITransport(stage.previews, client=(address, 1)))

    async def opened(self, url: str, **headers: str) -> httpx.Response:
        return await self.previews.get(url, headers={"sec-fetch-mode": "navigate", "accept": "text/html", **headers})

    async def tried(self, page: str, password: str) -> httpx.Response:
        return await self.builder.post(page, data={"password": password})


class Stage:
    def __init__(self, services: Services, settings: Settings) -> None:
        self.services, self.settings = services, settings
        self.api = create_api(lambda: services)
        self.previews = PreviewApp(lambda: services, settings)
        self.visitors: list[Visitor] = []

    def visitor(self, address: str = "192.0.2.1") -> Visitor:
        self.visitors.append(Visitor(self, address))
        return self.visitors[-1]

    async def link(self, **terms: Any) -> str:
        """The address of a link to a page."""
        project = await self.services.store.create(ME, "p")
        tree = FileTree({"index.html": "the page"})
        await self.services.store.commit(ME, project.id, tree, kind="import", label="")
        share = await self.services.shares.create(ME, project.id, Terms(**{"badge": False, **terms}))
        return self.settings.preview_origin(share.id) + "/"


@pytest.fixture
async def stage(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(Compiler, "compile", staticmethod(compiled))
    services = Services(settings)
    await services.db.migrate()
    stage = Stage(services, settings)
    yield stage
    for visitor in stage.visitors:
        await visitor.builder.aclose()
        await visitor.previews.aclose()
    await stage.previews.host().close()
    await services.db.close()
