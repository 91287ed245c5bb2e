"""Exact versions by themselves: each version whose lists of packages have none gets them in the background, and whatever
installs gets the files with them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from semantic_version import NpmSpec
from semantic_version import Version as NpmVersion
from sqlalchemy.ext.asyncio import AsyncSession

from builder.base.jobs import JobQueue
from builder.base.tables import QueuedJob
from builder.base.workers import CannotBeDone, Worker
from builder.composition.pinning.pins import Pins, made, pins_of, with_locks
from builder.projects.packages.locks import KeptLock, PackageLocks, is_list
from builder.projects.tables import Project, Version
from builder.safety.packages.shapes import Ecosystem
from builder.safety.packages.wanted import read_manifest
from preview_runtime.containers.images.catalogue import DEPLOY
from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.pinning import Pinning
from preview_runtime.dependencies.resolution import npm_lock_of_bun
from preview_runtime.dependencies.service import DependencyService
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.recipe import PackageSet
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.tasks import Tasks

log = logging.getLogger(__name__)
PIN: Final = "pin_packages"
_TRIES: Final = 2
_EARLIER: Final = 6  # lists that are looked at for the versions to begin with
_REMEMBERED: Final = 500  # projects


class Pinner:
    """One for all projects. `begin` starts the background work; the rest needs no worker."""

    def __init__(self, locks: PackageLocks, jobs: JobQueue, pinning: Pinning, dependencies: DependencyService) -> None:
        self.locks = locks
        self._jobs, self._pinning, self._dependencies = jobs, pinning, dependencies
        self._worker = Worker(jobs, PIN, self._work, at_once=1)
        self._tasks = Tasks()
        self._making: dict[tuple[str, str], asyncio.Task[str]] = {}
        self._ran: OrderedDict[str, Mapping[str, str]] = OrderedDict()

    def begin(self) -> None:
        self._worker.begin()

    async def close(self) -> None:
        await self._worker.close()
        await self._tasks.close()

    async def accepted(
        self, session: AsyncSession, project: Project, version: Version, changed: Collection[str]
    ) -> None:
        """Queue the work for a version whose lists of packages changed, with the version itself."""
        if any(is_list(path) for path in changed):
            await self._jobs.ask(session, PIN, version.id, {"project": project.id}, project.owner)

    async def pinning(self, project_id: str) -> bool:
        """Whether work for the project is under way or waits."""
        jobs = await self._jobs.of(PIN)
        return any(job.payload.get("project") == project_id and job.status != "dead" for job in jobs)

    def ran(self, project_id: str, packages: Mapping[str, str]) -> None:
        """Record what the project's page was last given: its lock begins with the same versions."""
        self._ran[project_id] = packages
        self._ran.move_to_end(project_id)
        while len(self._ran) > _REMEMBERED:
            self._ran.popitem(last=False)

    async def again(self, project_id: str, owner: str) -> None:
        """Queue the work once more: what stood in its way may be gone."""
        if (head := await self.locks.head(project_id)) is not None:
            async with self._jobs.db.session() as session:
                await self._jobs.ask(session, PIN, head, {"project": project_id}, owner)

    async def kept(self, project_id: str, tree: FileTree) -> dict[str, KeptLock]:
        """What is kept for the lists in `tree`, by their keys."""
        keys = [one.key for one in await asyncio.to_thread(pins_of, tree)]
        return await self.locks.of(project_id, keys)

    async def locked(self, project_id: str, tree: FileTree) -> FileTree:
        """`tree` as it is installed and taken along: with the exact versions that are kept for it."""
        kept = await self.kept(project_id, tree)
        texts = {key: one.text for key, one in kept.items() if one.text}
        return await asyncio.to_thread(with_locks, tree, texts) if texts else tree

    async def ensured(self, project_id: str, tree: FileTree, paths: Collection[str], seconds: float) -> FileTree:
        """`locked`, and the lists at `paths` get what they lack first, within `seconds`; where that fails, the installer
        itself meets the reason and says it."""
        pins = await asyncio.to_thread(pins_of, tree)
        kept = await self.locks.of(project_id, [one.key for one in pins])
        lacking = [
            one for one in pins if one.path in paths and not one.holds and not (one.key in kept and kept[one.key].text)
        ]
        if lacking:
            head = await self._heads(project_id)
            tasks = [self._make(project_id, tree, one, head) for one in lacking]
            await asyncio.wait(tasks, timeout=seconds)
        return await self.locked(project_id, tree)

    async def _work(self, job: QueuedJob) -> None:
        project_id = str(job.payload["project"])
        lists = await self.locks.lists(job.key, most=_EARLIER)
        if not lists or await self.locks.head(project_id) != job.key:
            return  # a later version, or an undo, has taken its place
        tree = lists[0]
        kept = await self.kept(project_id, tree)
        for one in await asyncio.to_thread(pins_of, tree):
            if one.holds or (one.key in kept and kept[one.key].text):
                continue
            task = self._make(project_id, tree, one, lists[1:])
            await asyncio.wait([task])
            error = None if task.cancelled() else task.exception()
            if isinstance(error, DependencyError) and job.attempts < _TRIES and error.code in _PASSING:
                raise CannotBeDone(f"{error.code}: {error.says}") from error

    def _make(self, project_id: str, tree: FileTree, one: Pins, earlier: list[FileTree]) -> asyncio.Task[str]:
        """The work at one list, which a start and the background may both wait for."""
        key = (project_id, one.key)
        if key not in self._making:
            work = self._made(project_id, tree, one, earlier)
            self._making[key] = task = self._tasks.begin(work, f"exact versions of {project_id}", heard=True)
            task.add_done_callback(lambda _: self._making.pop(key, None))
        return self._making[key]

    async def _made(self, project_id: str, tree: FileTree, one: Pins, earlier: list[FileTree]) -> str:
        try:
            text = await made(tree, one, self._pinning, await self._before(project_id, tree, one, earlier))
        except DependencyError as error:
            log.info("No exact versions for %s of %s: %s %s", one.path, project_id, error.code, error.says)
            log.debug("%s", error.detail)
            problem = {
                "code": error.code,
                "key": error.says.key,
                "values": {
                    name: value if isinstance(value, int) else str(value) for name, value in error.says.values.items()
                },
            }
            await self.locks.keep(project_id, one.key, one.path, problem=problem)
            raise
        await self.locks.keep(project_id, one.key, one.path, text)
        return text

    async def _before(self, project_id: str, tree: FileTree, one: Pins, earlier: list[FileTree]) -> str:
        """The lock to begin with: a file of the project that no longer holds, that of the version before, what the page
        runs with already, or what the image for servers has."""
        if text := tree.text(one.lock):
            return text
        for before in earlier:
            pins = next((other for other in pins_of(before) if other.path == one.path), None)
            if pins is None:
                continue
            if text := before.text(pins.lock):
                return text
            kept = (await self.locks.of(project_id, [pins.key])).get(pins.key)
            if kept is not None and kept.text:
                return kept.text
        if one.ecosystem is Ecosystem.PYPI:
            return await asyncio.to_thread(image_versions, "python/requirements.txt")
        manifest = read_manifest(tree.text(one.path))
        ready = json.loads(await asyncio.to_thread(image_versions, "node/package.json"))["dependencies"]
        asked: Mapping[str, Any] = manifest.get("dependencies") or {}
        if not isinstance(asked, dict):
            return ""
        if set(ready) & set(asked):
            return await asyncio.to_thread(image_versions, "node/package-lock.json")
        running = self._ran.get(project_id, {})
        text = await asyncio.to_thread(self._dependencies.known_lock, running) if running else ""
        return npm_lock_of_bun("app", text)

    async def _heads(self, project_id: str) -> list[FileTree]:
        return await self.locks.lists(await self.locks.head(project_id), most=_EARLIER)


_PASSING: Final = frozenset({"offline", "time_out", "install_failed"})


def image_has(packages: PackageSet) -> bool:
    """Whether the image for servers has all of them, so that nothing is installed; False where only it can tell."""
    if packages.wanted is None:
        return False
    try:
        if packages.runtime is Runtime.NODE:
            there = {
                name: NpmVersion(one)
                for name, one in json.loads(image_versions("node/package.json"))["dependencies"].items()
            }
            return all(name in there and there[name] in NpmSpec(asked) for name, asked in packages.wanted)
        lines = [Requirement(line) for line in image_versions("python/requirements.txt").splitlines() if line.strip()]
        exact = {(canonicalize_name(one.name), spec.version) for one in lines for spec in one.specifier}
        return all(_fulfilled(Requirement(line), exact) for _, line in packages.wanted)
    except (ValueError, InvalidRequirement):
        return False


def _fulfilled(asked: Requirement, exact: Collection[tuple[str, str]]) -> bool:
    name = canonicalize_name(asked.name)
    return (
        not asked.url
        and not asked.extras
        and any(asked.specifier.contains(version, prereleases=True) for other, version in exact if other == name)
    )


@cache
def image_versions(name: str) -> str:
    return Path(DEPLOY, name).read_text(encoding="utf-8")
