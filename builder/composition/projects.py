"""Projects: their versions, their import, and the compiled output of their front ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from builder.accounts.secret_file import cipher
from builder.base.settings import ROOT, words
from builder.composition.base import Base
from builder.composition.packages import Packages
from builder.composition.settings import Settings
from builder.composition.starters import prepare_packages
from builder.composition.upkeep import Upkeep
from builder.previews.runnables.runnables import Runnables
from builder.projects.archive.imports import Imports
from builder.projects.attachments.attachments import Attachments
from builder.projects.compiled import Compiled
from builder.projects.files.by_path import FilesByPath
from builder.projects.git.history import GitHistory
from builder.projects.git.process import GitProcess
from builder.projects.git.remotes import GitRemotes
from builder.projects.live_outputs import LiveOutputs
from builder.projects.project_settings import Locks, ProjectSettings
from builder.projects.searching.index import SearchIndex
from builder.projects.searching.search import Search
from builder.projects.store import ProjectStore
from builder.projects.vault.keys import VaultKeys, vault_keys
from builder.projects.vault.vault import Vault
from builder.projects.walks.walked import Walked
from preview_runtime.compiling.compiler import Compiler, Order
from preview_runtime.dependencies.browser_wheels import BrowserWheels
from preview_runtime.dependencies.service import DependencyService
from preview_runtime.file_tree import FileTree
from preview_runtime.node import node_executable
from preview_runtime.output import Output
from preview_runtime.tasks import Tasks

BROWSER_PACKAGE: Final = ROOT / "preview_runtime" / "browser"
_PREPARE_AFTER_SECONDS: Final = 10.0


def vault_keys_of(settings: Settings) -> VaultKeys:
    """The key of this installation's vault."""
    return vault_keys(settings.key_file("vault.key"), settings.vault_key.get_secret_value(), settings.data_dir)


class Projects:
    def __init__(self, settings: Settings, base: Base) -> None:
        self._settings = settings
        packages = settings.data_dir / "packages"
        self.runnables = Runnables(base.db)
        self.store = ProjectStore(base.db, base.events, settings, self.runnables.add_project)
        self.files = FilesByPath(self.store)
        self.settings = ProjectSettings(base.db, self.store)
        self.vault = Vault(base.db, vault_keys_of(settings))
        self.locks = Locks(base.db, base.events)
        self.walked = Walked(self.store)
        self.imports = Imports(settings.data_dir / "imports")
        self.attachments = Attachments(base.db, settings)
        self.dependencies = DependencyService(
            packages, node_executable(), BROWSER_PACKAGE, words(settings.install_hosts)
        )
        self.wheels = BrowserWheels(packages / "wheels", BROWSER_PACKAGE / "dist" / "pyodide")
        self.packages = Packages(settings, base, self.store, self.dependencies)
        self.compiler = Compiler(self.dependencies, node_executable(), BROWSER_PACKAGE, of_page=self.packages.of_page)
        self.compiled = Compiled(self._compile)
        self.live = LiveOutputs()
        self._folder = packages
        self.upkeep = Upkeep(self.store, base.jobs)
        self.search, self._search_index = Search(base.db), SearchIndex(base.db, base.events, base.jobs)
        self._tasks = Tasks()

    def git(self, gate: Callable[[str, FileTree], Awaitable[None]]) -> GitRemotes:
        """`gate` raises for files that would give a secret away."""
        hosts = words(self._settings.git_private_hosts)
        history = GitHistory(self.store, GitProcess(self._settings.data_dir / "git", hosts))
        return GitRemotes(history, partial(cipher, self._settings.key_file("git.key")), hosts, gate)

    def begin(self) -> None:
        """Start the upkeep of resting and deleted projects and of search, and prepare the packages of the starters."""
        self._search_index.begin()
        self._tasks.begin(self._search_index.catch_up(), "find what was never searched")
        self._tasks.forever(self.upkeep.run, "upkeep")
        self.packages.pinner.begin()
        self._tasks.begin(self._prepare_starters(), "prepare the starters' packages")

    async def rest(self) -> None:
        """End the background work."""
        await self._search_index.close()
        await self._tasks.close()
        await self.packages.pinner.close()

    async def close(self) -> None:
        await self.compiled.close()
        await self.compiler.close()
        await self.dependencies.close()
        await self.packages.close()

    async def _compile(self, tree: FileTree, order: Order) -> Output:
        if order.builder:  # its packages are looked at as they are for the page of a workbench
            return await self.compiler.compile(tree, order)
        return await self.compiler.compile(await self.packages.admit_front(tree, order), order)

    async def _prepare_starters(self) -> None:
        await asyncio.sleep(_PREPARE_AFTER_SECONDS)  # the person's first page comes first
        await prepare_packages(self.compiled, self._folder, BROWSER_PACKAGE / "package-lock.json")
