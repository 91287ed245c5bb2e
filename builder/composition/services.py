"""The object that owns everything that outlives a request, area by area, and the use cases that span areas."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.access import Action
from builder.accounts.actor import Actor, of_witness
from builder.accounts.actors import Actors
from builder.accounts.installation.overseers import Overseers
from builder.accounts.open_connections import OpenConnections
from builder.accounts.secret_file import cipher
from builder.base.errors import Conflict
from builder.base.http.done_requests import DoneRequests
from builder.base.http.tickets import SocketTickets
from builder.base.tables import QueuedJob
from builder.base.watching.traces import traces
from builder.base.workers import Worker
from builder.composition.administration.administration import Administration
from builder.composition.administration.figures import Figures
from builder.composition.administration.people import AdminPeople
from builder.composition.administration.projects import AdminProjects
from builder.composition.administration.system import SystemState
from builder.composition.administration.takedown import Takedown
from builder.composition.base import Base
from builder.composition.browser_python import BrowserPython, ServedPackages
from builder.composition.model_calls import ModelCalls
from builder.composition.operation.quotas import Quotas
from builder.composition.operation.stored_data import StoredData
from builder.composition.operation.telling import Telling
from builder.composition.operation.watching import Watching
from builder.composition.overview import read_overview
from builder.composition.people import Accounts
from builder.composition.previews import Previews
from builder.composition.projects import Projects
from builder.composition.settings import Settings, get_settings
from builder.composition.sharing.decisions import Decisions
from builder.composition.sharing.probes import Probes
from builder.composition.sharing.remixing import Remixing
from builder.composition.sharing.secrets import SecretGate
from builder.composition.sharing.sharing import Sharing
from builder.composition.sharing.single_pages import SinglePages
from builder.composition.teams.figures import TeamFigures
from builder.composition.teams.moving import Moving
from builder.composition.teams.parts import TeamParts
from builder.composition.upkeep import FORGET, blobs_of
from builder.generation.graph.reading import ProjectGraphs
from builder.projects.store import ChangeOfProject
from builder.projects.tables import Project
from builder.safety.guard import Guard
from builder.safety.log import SafetyLog
from builder.safety.second_look import SecondLook

if TYPE_CHECKING:
    from builder.generation.service import GenerationService
    from builder.generation.turns.service import TurnService


class Services:
    """Made cheaply; `start()` migrates the database and takes up work that a crash interrupted, `close()` ends
    everything.

    Each area wires itself (`Base`, `Projects`, `Previews`, `ModelCalls`); the parts that routes and pages use are
    attributes here.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._base = base = Base(settings)
        self.db, self.events, self.leases, self.jobs = base.db, base.events, base.leases, base.jobs

        self.actors = Actors(settings)
        self.rates = base.rates
        self.connections = OpenConnections()
        self.tickets = SocketTickets()
        self.done_requests = DoneRequests(base.db, partial(cipher, settings.key_file("answers.key")))

        self._projects = projects = Projects(settings, base)
        self.store, self.runnables, self.imports = projects.store, projects.runnables, projects.imports
        self.project_settings, self.locks, self.files = projects.settings, projects.locks, projects.files
        self.attachments, self.walked = projects.attachments, projects.walked
        self.dependencies, self.compiler, self.compiled = projects.dependencies, projects.compiler, projects.compiled
        self.search, self.graphs = projects.search, ProjectGraphs(projects.store, projects.files)
        self.live, self.upkeep, self.packages = projects.live, projects.upkeep, projects.packages

        decisions = Decisions(base.db)
        self.secret_gate = SecretGate(decisions)
        self._previews = previews = Previews(settings, base, projects, self.connections, self.secret_gate)
        self.engines, self.servers, self.data_copies = previews.engines, previews.servers, previews.data_copies
        self.docker = previews.connection
        self.vault = projects.vault
        self.databases, self.hosts, self.changes = previews.databases, previews.hosts, previews.changes
        self.stored_files = previews.stored_files
        self.shares, self.share_servers, self.access = previews.shares, previews.share_servers, previews.access
        self.walk_servers, self.link_pages = previews.walk_servers, previews.link_pages
        self.routes, self.activity, self.output_source = previews.routes, previews.activity, previews.output_source
        self.project_outputs, self.early_apps = previews.project_outputs, previews.early_apps
        self.browser_python = BrowserPython(
            projects.store, projects.packages, projects.wheels, previews.routes, private=settings.sign_in_required
        )
        self.served_packages = ServedPackages(projects.dependencies, projects.wheels)
        self.shells, self.terminals, self.lifecycle = previews.shells, previews.terminals, previews.lifecycle
        probes = Probes(base.db, projects.runnables, previews.servers, previews.data_copies, previews.probe_contents)
        self.git = projects.git(self.secret_gate.export)
        self.single_pages = SinglePages(
            projects.compiled.compile, projects.compiler, projects.dependencies, self.secret_gate
        )
        self.remixing = Remixing(projects.store, previews.shares, self.secret_gate)
        self.sharing = Sharing(projects.store, projects.compiled, self.secret_gate, decisions, probes)

        self.safety_log = SafetyLog(base.db)
        self._model_calls = calls = ModelCalls(
            settings, base, projects.store, projects.settings, projects.attachments, self.safety_log
        )
        self.credentials, self.usage = calls.credentials, calls.usage
        self.models, self.language_models, self.spools = calls.models, calls.language_models, calls.spools
        self.spending, self.open_pages, self.assistant = calls.spending, calls.pages, calls.assistant
        self.guard = Guard(self.safety_log, SecondLook(calls) if settings.guard_asks_model else None)

        takedown = Takedown(base.db, base.jobs, self.shares, self.share_servers, self.servers, calls)
        self.accounts = Accounts(settings, base, self.connections, self._forget_person, takedown)
        self.people = self.accounts.people
        self.telling = Telling(settings, base.db, base.events, base.jobs, self.accounts.outbox)
        self.webhooks, self.notices = self.telling.webhooks, self.telling.notices
        self.servers.on_failed(self.telling.server_failed)
        self.usage.on_budget(self.telling.budget)
        self._teams = teams = TeamParts(
            base.db, settings, self.accounts.outbox, self.notices, self.connections, self.access
        )
        self.memberships, self.teams, self.invitations = teams.memberships, teams.teams, teams.invitations
        self.collaborators, self.offer = teams.collaborators, teams.offer
        self.team_figures = TeamFigures(base.db)
        self._moving = Moving(projects.store, projects.runnables, previews.servers, projects.vault, blobs_of)
        self.access.still_signed_in = self.people.still_signed_in
        outbox, servers = self.accounts.outbox, self.servers.register
        self.administration = Administration(
            base.db,
            Overseers(base.db, settings),
            self.people.sessions.switches,
            AdminPeople(base.db, self.people, outbox),
            AdminProjects(base.db, self.store, takedown, servers, outbox, self.notices, settings.url),
            Figures(base.db, servers, settings.data_dir),
            SystemState(base.db, settings, lambda: servers.why_not, outbox),
            base.jobs,
        )

        self.stored_data = StoredData(servers, previews.connection)
        self.quotas = Quotas(base.db, settings, self.servers, self.stored_data)
        self.store.on_new(self._new_project)
        self.invitations.on_join(self.quotas.check_member)
        self.watching = Watching(settings, base.db, base.jobs, self.servers, self.credentials, base.rates)
        self.forgetting = Worker(base.jobs, FORGET, self._forget_project)
        self._closing: list[Callable[[], Awaitable[None]]] = []

    @property
    def generations(self) -> GenerationService:
        """Raises RuntimeError before `start`."""
        return self._model_calls.generations

    @property
    def turns(self) -> TurnService:
        """Raises RuntimeError before `start`."""
        return self._model_calls.turns

    async def start(self, *, serves: bool = True) -> None:
        """`serves`: this process is the one of its data directory that looks after running apps and queued jobs."""
        traces.begin(self.settings.otel_exporter_otlp_endpoint)
        await self.db.migrate()
        await self._model_calls.start(self.engines, browser_python=self.browser_python.there)
        await self.engines.look()
        await self.shares.load()
        await self.accounts.start()
        if not serves:
            return
        await self.imports.clear()
        await self.attachments.clear()
        dead = await self.leases.dead()
        await self._model_calls.recover()
        await self.jobs.take_back(dead)
        await self.leases.bury(dead)
        await self._previews.recover()
        await self.sharing.probes.tidy()
        self.forgetting.begin()
        self.watching.begin()
        self.telling.begin()
        self.stored_data.begin()
        for area in (self._projects, self._model_calls, self._previews, self.accounts):
            area.begin()

    def drain(self) -> None:
        """End every event stream; called as soon as the server is asked to stop."""
        self.events.drain()

    def on_close(self, close: Callable[[], Awaitable[None]]) -> None:
        """Have `close` called when the services end: for objects that are made around them later."""
        self._closing.append(close)

    async def close(self) -> None:
        """End running work and keep its results. Safe to call when `start()` failed half-way."""
        self.drain()
        for area in (self._projects, self._previews, self._model_calls):
            await area.rest()
        await self.watching.close()
        await self.telling.close()
        await self.stored_data.close()
        await self.forgetting.close()
        await self.accounts.close()
        await self.sharing.probes.close()
        await self._previews.close()
        for close in self._closing:
            await close()
        await self._projects.close()
        await self._model_calls.close()
        await self._base.close()
        await asyncio.to_thread(traces.end)

    async def duplicate_project(self, actor: Actor, project_id: str, *, data: bool = True) -> Project:
        """Duplicate the project, with its settings and (`data`, for whoever may run it) what its app stored. Raises
        NotFound, Refused."""
        copy = await self.store.duplicate(actor, project_id)
        await self.project_settings.copy(actor, project_id, copy.id)
        await self.packages.decisions.copy(actor, project_id, copy.id)
        await self.packages.pinner.locks.copy(project_id, copy.id)
        if data and await self.collaborators.allows(actor, project_id, Action.RUN):
            await self.data_copies.begin(project_id, copy.id, copy.owner)
        return copy

    async def delete_project(self, actor: Actor, project_id: str) -> Project:
        """End the project's server and generation and delete it; it can be restored, with its stored data, for 30 days.
        Raises NotFound."""
        await self._end_work(actor, project_id, Action.DELETE)
        project = await self.store.delete(actor, project_id)
        with contextlib.suppress(Conflict):  # the engine refuses: it is asked again later
            await self.servers.removal.end(project_id)
        self.live.drop(project_id)
        return project

    async def change_project(self, actor: Actor, project_id: str, change: ChangeOfProject) -> Project:
        """As the store's; what runs in a project is ended when it is archived. Raises what that raises."""
        if change.archived:
            await self._end_work(actor, project_id, Action.DELETE)
        project = await self.store.change(actor, project_id, change)
        if change.archived:
            with contextlib.suppress(Conflict):
                await self.servers.removal.end(project_id)
        if change.archived is not None or change.visibility is not None:
            self._teams.project_changed(project_id)
        return project

    async def move_project(self, actor: Actor, project_id: str, team: str) -> Project:
        """Give a project to another team. Raises what `Moving.move` raises."""
        project = await self._moving.move(actor, project_id, team)
        self._teams.project_changed(project_id)
        return project

    async def _end_work(self, actor: Actor, project_id: str, action: Action) -> None:
        """Stop what models write. Raises NotFound, Refused: the right to `action` is checked before anything ends."""
        seen = await read_overview(self.db, actor, project_id, action)
        for turn, _ in seen.turns:
            if turn.status in ("queued", "running"):
                with contextlib.suppress(Conflict):  # it ended by itself meanwhile
                    await self.turns.stop(actor, project_id, turn.id)
        for generation in seen.generations:
            if generation.status == "running" and generation.turn is None:
                with contextlib.suppress(Conflict):
                    await self.generations.stop(actor, generation.id)

    async def _new_project(self, session: AsyncSession, project: Project) -> None:
        """A project is made, or one comes back: from the archive, or after it was deleted."""
        if project.archived_at is None or project.deleted_at is None:  # it goes back to the archive
            await self.quotas.check_project(session, project.owner)
        if project.archived_at is None and project.deleted_at is None:
            await self.telling.made(session, project)

    async def _forget_project(self, job: QueuedJob) -> None:
        """Remove the files of a purged project from the disk, and from the engine the parts that it can remove at once;
        the reconciler removes the rest."""
        for generation_id in job.payload["generations"]:
            await asyncio.to_thread(self.spools.remove, generation_id)
        await self.git.history.forget(job.key)
        await self.servers.removal.forget([job.key])

    def _forget_person(self, person: str) -> None:
        self.access.gate.forget_person(lambda witness: of_witness(witness)[0] == person)


@lru_cache
def get_services() -> Services:
    """The services of this process, made on first use."""
    return Services(get_settings())
