"""Starters with a server as a person meets them: running in a container, their front end, if any, in front of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiodocker
import aiohttp
from aiohttp import web

from preview_runtime.containers.app.parts import EngineParts
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.beside.database import ProjectDatabase
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.engines import RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.database_need import asks_for_postgres
from preview_runtime.plans.runtimes import Runtime, Sidecar
from tests.starters import Starter, build

SETTINGS = ContainerSettings(instance=f"sayso-shown-{os.getpid()}", start_seconds=60, install_seconds=60)


class Databases:
    """What runs beside the starters that ask for PostgreSQL: see `preview_runtime.containers.app.parts.Sidecars`."""

    def __init__(self, docker: aiodocker.Docker, settings: ContainerSettings, networks: Networks) -> None:
        self._databases = ProjectDatabase(docker, settings, networks, b"a secret of the starters' tests")

    async def ensure(self, project: str, tree: FileTree) -> Access | None:
        return await self._databases.ensure(project) if asks_for_postgres(tree) else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._databases, name)  # pause, resume, sleep, stop and remove are one and the same


def images_of(starter: Starter) -> list[Runtime | Sidecar]:
    """The images that `starter` runs in."""
    beside = [Sidecar.POSTGRES] if asks_for_postgres(tree_of(starter)) else []
    return [Runtime(starter.spec["server"]), *beside]


def tree_of(starter: Starter) -> FileTree:
    return FileTree({path: starter.text(path) for path in starter.files()})


@contextlib.asynccontextmanager
async def running(starter: Starter, work: Path) -> AsyncIterator[str]:
    """The address at which `starter` is seen. `work` is a folder for the build of a front end."""
    site = await asyncio.to_thread(build, starter, work) if "index.html" in starter.files() else None
    async with running_tree(tree_of(starter), images_of(starter), site) as address:
        yield address


@contextlib.asynccontextmanager
async def running_tree(tree: FileTree, images: list[Runtime | Sidecar], site: Path | None = None) -> AsyncIterator[str]:
    """The address at which an app is seen that runs in `images`; `site`: the folder of its built front end, if any."""
    async with aiodocker.Docker() as docker:
        wanted = await catalogue.missing_images(docker, images)
        await catalogue.build_images(docker, wanted, lambda _, what: print(what))
        name, networks = f"p-{secrets.token_hex(4)}", Networks(docker, SETTINGS)
        parts = EngineParts(sidecars=Databases(docker, SETTINGS, networks))
        engine = ContainerEngine(docker, name, SETTINGS, RunHints(), networks, parts=parts)
        try:
            address = await engine.start(tree)
            if site is None:
                yield address
            else:
                async with _before(site, address) as front:
                    yield front
        finally:
            await engine.remove()


@contextlib.contextmanager
def shown(server: contextlib.AbstractAsyncContextManager[str]) -> Iterator[str]:
    """The same for callers that do not run in an event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        address = asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        try:
            yield address
        finally:
            asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextlib.asynccontextmanager
async def _before(site: Path, server: str) -> AsyncIterator[str]:
    """The built `site` with everything below /api passed on to `server`, as the preview host does it."""
    async with aiohttp.ClientSession(auto_decompress=False) as session:

        async def api(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            headers = {name: request.headers[name] for name in ("Content-Type", "X-Voter") if name in request.headers}
            async with session.request(request.method, server + request.path_qs, data=body, headers=headers) as answer:
                response = web.StreamResponse(
                    status=answer.status, headers={"Content-Type": answer.headers.get("Content-Type", "")}
                )
                await response.prepare(request)
                with contextlib.suppress(ConnectionError):
                    async for part in answer.content.iter_any():
                        await response.write(part)
                return response

        async def page(request: web.Request) -> web.FileResponse:
            return web.FileResponse(site / "index.html")

        app = web.Application()
        app.router.add_route("*", "/api/{path:.*}", api)
        app.router.add_get("/", page)
        app.router.add_static("/", site)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        place = web.TCPSite(runner, "127.0.0.1", 0)
        await place.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()
