"""The one object that owns what outlives a request: database, log, generations, shares, packages, previews."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.actors import Actors
from builder.accounts.memberships import Memberships
from builder.accounts.open_connections import OpenConnections
from builder.base.db import Database
from builder.base.errors import Conflict
from builder.base.events import EventLog
from builder.base.jobs import Jobs
from builder.base.leases import Leases
from builder.base.settings import ROOT, words
from builder.base.tables import Job, Project
from builder.base.workers import Worker
from builder.billing.usage_log import UsageLog
from builder.composition.settings import Settings, get_settings
from builder.generation.models import Models
from builder.generation.spool import Spools
from builder.llm.credentials import Credentials
from builder.llm.language_models import LanguageModels
from builder.previews.data.changes import AppChanges
from builder.previews.data.copies import DataCopies
from builder.previews.data.database_copies import Copies
from builder.previews.data.databases import Databases
from builder.previews.docker.engines import ContainerEngines
from builder.previews.docker.hosts import AllowedHosts
from builder.previews.links.access import PreviewAccess
from builder.previews.links.contents import ProjectsAndLinks
from builder.previews.links.output_source import BuilderOutputs
from builder.previews.links.servers import ShareServers
from builder.previews.links.shares import ServerPart, Shares
from builder.previews.servers.lifecycle import IdleTimes, Lifecycle
from builder.previews.servers.places import PlaceLimits
from builder.previews.servers.previews import ServerPreviews
from builder.previews.shells.shells import Shells
from builder.previews.shells.terminals import Terminals
from builder.projects import starters
from builder.projects.archive.imports import Imports
from builder.projects.compiled import Compiled
from builder.projects.live_outputs import LiveOutputs
from builder.projects.overview import read_overview
from builder.projects.project_settings import ProjectSettings
from builder.projects.run_hints import read_hints
from builder.projects.store import ProjectStore
from builder.projects.upkeep import FORGET, Upkeep
from builder.texts import said, t
from preview_runtime.compiling.compiler import BuildFault, Compiler
from preview_runtime.dependencies.service import DependencyService
from preview_runtime.file_tree import FileTree
from preview_runtime.node import node_executable
from preview_runtime.phrases import Phrase
from preview_runtime.routes.activity import Activity
from preview_runtime.routes.route_table import RouteTable
from preview_runtime.stack import detect_stack
from preview_runtime.tasks import Tasks

if TYPE_CHECKING:
    from builder.generation.service import GenerationService

log = logging.getLogger(__name__)
BROWSER_PACKAGE: Final = ROOT / "preview_runtime" / "browser"
_PREPARE_AFTER_SECONDS: Final = 10.0


class Services:
    """Made cheaply; `start()` migrates the database and takes up what a crash left, `close()` ends everything."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.db = Database(settings)
        self.actors = Actors(settings)
        self.memberships = Memberships(self.db, self._rights_changed)
        self.events = EventLog(self.db)
        self.leases = Leases(self.db, settings.data_dir / "processes")
        self.jobs = Jobs(self.db, self.leases)
        self.store = ProjectStore(self.db, self.events, settings)
        self.imports = Imports(settings.data_dir / "imports")
        self.credentials = Credentials(self.db, settings)
        self.usage = UsageLog(self.db)
        self.language_models = LanguageModels(settings, self.credentials.key, self.usage)
        self.models = Models(settings, self.language_models)
        self.spools = Spools(settings.data_dir / "spools")
        self.dependencies = DependencyService(
            settings.data_dir / "packages", node_executable(), BROWSER_PACKAGE, words(settings.install_hosts)
        )
        self.compiler = Compiler(self.dependencies, node_executable(), BROWSER_PACKAGE)
        self.compiled = Compiled(self.compiler.compile)
        self.live = LiveOutputs()
        self.shares = Shares(
            self.db,
            self.store,
            self.events,
            self.compiled,
            self.compiler.shrink,
            _server_part,
            lambda: self.engines.why_not,
            self._copying,
        )
        self.output_source = BuilderOutputs(self.db, self.store, self.shares, self.live, self.compiled)
        self.routes = RouteTable()
        self.activity = Activity()
        self.connections = OpenConnections()
        self.access = PreviewAccess(settings, self.store, self.shares, self.connections)
        self.project_settings = ProjectSettings(self.db, self.store)
        copies = Copies(settings.data_dir / "database-copies")
        self.databases = Databases(self.store, self.project_settings, copies)
        self.hosts = AllowedHosts(self.store, self.project_settings)
        self.engines = ContainerEngines(settings, self.databases, self.hosts)
        self.data_copies = DataCopies(
            self.jobs, self.engines.copier, lambda project: self.servers.engine_of(project), self.shares.data_changed
        )
        self.databases.held = self._held
        limits = PlaceLimits(settings.preview_per_person, settings.preview_total, settings.preview_starts)
        self.servers = ServerPreviews(
            self.db,
            ProjectsAndLinks(self.store, self.shares),
            self.routes,
            self.engines,
            whole=_is_all_server,
            logs=settings.data_dir / "logs",
            limits=limits,
            private=self.access.is_private,
            activity=self.activity,
            data=self.data_copies,
            place=lambda: self.leases.place,
        )
        self.share_servers = ShareServers(self.shares, self.servers, self.data_copies)
        self.shells = Shells(self.servers, self.activity.note)
        self.terminals = Terminals(self.shells)
        self.connections.on_end(lambda: self.terminals.close())
        self.engines.known = self.servers.known
        self.changes = AppChanges(self.shells, self.store)
        self.lifecycle = Lifecycle(self.servers, IdleTimes.of(settings))
        self.upkeep = Upkeep(self.store, self.jobs)
        self.forgetting = Worker(self.jobs, FORGET, self._forget_project)
        self._generations: GenerationService | None = None
        self._closing: list[Callable[[], Awaitable[None]]] = []
        self._tasks = Tasks()

    @property
    def generations(self) -> GenerationService:
        if self._generations is None:
            raise RuntimeError("the services were not started")
        return self._generations

    async def start(self, *, serves: bool = True) -> None:
        """`serves`: this process is the one of its data directory that looks after what runs and what is to be done."""
        # The service builds on the store and imports the models' SDKs; neither belongs to the cost of an import.
        from builder.generation.service import GenerationService
        from builder.generation.surroundings import SurroundingsReader

        await self.db.migrate()
        await self.credentials.load()
        around = await asyncio.to_thread(SurroundingsReader, self.settings, self.engines)
        self._generations = GenerationService(
            self.store, self.events, self.spools, self.settings, self.models, self.leases, surroundings=around
        )
        await self.engines.look()
        await self.shares.load()
        if not serves:
            return
        await self.imports.clear()
        dead = await self.leases.dead()
        await self.usage.recover()
        await self._generations.recover()
        await self.jobs.take_back(dead)
        await self.leases.bury(dead)
        await self.servers.recover()
        await self.data_copies.recover()
        self.forgetting.begin()
        self._tasks.forever(self.upkeep.run, "upkeep")
        self._tasks.forever(self._generations.look_after, "look after what other processes write")
        self._tasks.forever(self.engines.run, "look for a container engine")
        self._tasks.forever(self.lifecycle.run, "look after the servers")
        self._tasks.forever(self.share_servers.run, "look after the live links")
        self._tasks.begin(self._prepare_starters(), "prepare the starters' packages")

    def drain(self) -> None:
        """End every event stream; called as soon as the server is asked to stop."""
        self.events.drain()

    def on_close(self, close: Callable[[], Awaitable[None]]) -> None:
        """Have `close` called when the services end: for what was made around them later."""
        self._closing.append(close)

    async def close(self) -> None:
        """Stop what runs, keep what it made. Safe to call when `start()` failed half-way."""
        self.drain()
        await self._tasks.close()
        if self._generations is not None:
            await self._generations.close()
        await self.terminals.close()
        await self.data_copies.close()
        await self.forgetting.close()
        await self.servers.close()
        await self.engines.close()
        for close in self._closing:
            await close()
        await self.compiled.close()
        await self.compiler.close()
        await self.dependencies.close()
        await self.models.close()
        self.spools.close()
        await self.leases.close()
        await self.db.close()

    def why_no_starter(self, starter: starters.Starter) -> str:
        """Why a starter cannot run here at this moment, as half a sentence; "" where it can."""
        if not starter.server:
            return ""
        if self.engines.why_not:
            return said(self.engines.why_not)
        built = starter.server in self.engines.runtimes
        return "" if built else t("starter.no_image", runtime=starter.server)

    async def create_from_starter(self, actor: Actor, name: str) -> Project:
        """A project whose first version is the starter, its picture included. Raises NotFound for an unknown one."""
        starter = await asyncio.to_thread(starters.find_starter, name)
        tree = await asyncio.to_thread(starters.starter_tree, starter)
        picture = await asyncio.to_thread(starters.starter_screenshot, starter)
        project = await self.store.create(actor, starter.title, prompt=starter.prompt, stack=starter.stack)
        await self.store.commit(actor, project.id, tree, kind="starter", label=starter.title, expect_head=None)
        if picture:
            await self.store.set_thumbnail(actor, project.id, picture)
        return await self.store.get(actor, project.id)

    async def duplicate_project(self, actor: Actor, project_id: str, *, data: bool = True) -> Project:
        """A project of its own beside this one, with what was decided for it, and (`data`) what its app stored. Raises
        NotFound, Refused."""
        copy = await self.store.duplicate(actor, project_id)
        await self.project_settings.copy(actor, project_id, copy.id)
        if data:
            await self.data_copies.begin(project_id, copy.id, copy.owner)
        return copy

    def _rights_changed(self, person: str) -> None:
        self.access.gate.forget_person(person)
        self.connections.end_of(person)

    def _copying(self, preview_id: str) -> str | None:
        state = self.data_copies.state(preview_id)
        return None if state is None else said(state.problem) if state.problem else ""

    def _held(self, preview_id: str) -> str:
        state = self.data_copies.state(preview_id)
        return "" if state is None else said(state.problem or Phrase("data.copying"))

    async def delete_project(self, actor: Actor, project_id: str) -> Project:
        """Stop what runs and writes for a project and put it away; it can be brought back for 30 days, with what its
        server stored. Raises NotFound."""
        seen = await read_overview(self.db, actor, project_id, Action.DELETE)  # before anything is stopped
        for generation in seen.generations:
            if generation.status in ("queued", "running"):
                with contextlib.suppress(Conflict):  # it ended by itself meanwhile
                    await self.generations.stop(actor, generation.id)
        project = await self.store.delete(actor, project_id)
        with contextlib.suppress(Conflict):  # an engine that refuses now is asked again
            await self.servers.remove(project_id)
        self.live.drop(project_id)
        return project

    async def _forget_project(self, job: Job) -> None:
        """Remove what a project that is gone left on disk and in the engine, where the reconciler finds the rest."""
        for generation_id in job.payload["generations"]:
            await asyncio.to_thread(self.spools.remove, generation_id)
        await self.servers.forget([job.key])

    async def _prepare_starters(self) -> None:
        """Compile each starter once in the background: its packages are on disk from then on, for good."""
        await asyncio.sleep(_PREPARE_AFTER_SECONDS)  # the person's first page comes first
        found = [
            (starter.name, await asyncio.to_thread(starters.starter_tree, starter))
            for starter in await asyncio.to_thread(starters.list_starters)
        ]
        found = [(name, tree) for name, tree in found if "index.html" in tree]
        state = hashlib.sha256(await asyncio.to_thread((BROWSER_PACKAGE / "package-lock.json").read_bytes))
        for name, tree in found:
            state.update(json.dumps([name, tree.digests()]).encode())
        mark = self.settings.data_dir / "packages" / f"starters-{state.hexdigest()[:16]}"
        if mark.exists():
            return
        failed = False
        for name, tree in found:
            try:
                await self.compiled.output(f"starter:{name}", tree)
            except BuildFault as fault:  # offline, for one: then the packages come with the first use
                failed = True
                log.warning("The packages of the starter %s are not prepared: %s", name, fault)
        if not failed:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()


def _server_part(tree: FileTree) -> ServerPart:
    stack = detect_stack(tree, read_hints(tree).start)
    return ServerPart(stack.needs_server, stack.is_all_server)


def _is_all_server(tree: FileTree) -> bool:
    return detect_stack(tree, read_hints(tree).start).is_all_server


@lru_cache
def get_services() -> Services:
    """The process's services, made on first use."""
    return Services(get_settings())
