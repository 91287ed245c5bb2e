"""Starters across areas: which ones can run here, projects made from them, and their packages, prepared in advance."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from builder.accounts.actor import Actor
from builder.previews.docker.engines import ContainerEngines
from builder.projects import starters
from builder.projects.compiled import Compiled
from builder.projects.store import ProjectStore
from builder.projects.tables import Project
from builder.texts import said, t
from preview_runtime.compiling.compiler import BuildFault
from preview_runtime.plans.browser_app import browser_app

log = logging.getLogger(__name__)


def why_no_starter(engines: ContainerEngines, starter: starters.Starter, *, python: bool = False) -> str:
    """Why a starter cannot run here at the moment, as half a sentence; "" when it can. `python`: Python for the browser is
    installed. Reads files."""
    if not starter.server or (python and _fits_browser(starter.name)):
        return ""
    if engines.why_not:
        return said(engines.why_not)
    built = starter.server in engines.runtimes
    if not built:
        return t("starter.no_image", runtime=starter.server)
    return t("starter.no_database") if starter.postgres and not engines.has_postgres else ""


def missing_starters(
    engines: ContainerEngines, found: Iterable[starters.Starter], *, python: bool = False
) -> dict[str, str]:
    """Why starters cannot run here, by the names of those that cannot. Reads files."""
    return {one.name: why for one in found if (why := why_no_starter(engines, one, python=python))}


@cache
def _fits_browser(name: str) -> bool:
    starter = starters.find_starter(name)
    return starter.server == "python" and browser_app(starters.starter_tree(starter)) is not None


async def create_from_starter(
    store: ProjectStore, actor: Actor, name: str, title: str = "", description: str = ""
) -> Project:
    """A project whose first version is the starter, its picture included; `title` in place of the starter's. Raises
    NotFound for an unknown one."""
    starter = await asyncio.to_thread(starters.find_starter, name)
    tree = await asyncio.to_thread(starters.starter_tree, starter)
    picture = await asyncio.to_thread(starters.starter_screenshot, starter)
    project = await store.create(
        actor, title or starter.title, prompt=starter.prompt, stack=starter.stack, description=description
    )
    await store.commit(actor, project.id, tree, kind="starter", label=starter.title, expect_head=None)
    if picture:
        await store.set_thumbnail(actor, project.id, picture)
    return await store.get(actor, project.id)


async def prepare_packages(compiled: Compiled, packages: Path, lock: Path) -> None:
    """Compile each starter once, so that its packages are in the folder `packages` for good.

    A marker file there names the starters and the `lock` of our own packages for which this was done.
    """
    found = [
        (starter.name, await asyncio.to_thread(starters.starter_tree, starter))
        for starter in await asyncio.to_thread(starters.list_starters)
    ]
    found = [(name, tree) for name, tree in found if "index.html" in tree]
    state = hashlib.sha256(await asyncio.to_thread(lock.read_bytes))
    for name, tree in found:
        state.update(json.dumps([name, tree.digests()]).encode())
    mark = packages / f"starters-{state.hexdigest()[:16]}"
    if mark.exists():
        return
    failed = False
    for name, tree in found:
        try:
            await compiled.output(f"starter:{name}", tree)
        except BuildFault as fault:  # such as offline: the packages are then fetched on first use
            failed = True
            log.warning("The packages of the starter %s are not prepared: %s", name, fault)
    if not failed:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
