"""Previews: the engines that run projects and live links, the data that apps store, and who may see a preview."""

from __future__ import annotations

from functools import partial

from builder.accounts.open_connections import OpenConnections
from builder.composition.base import Base
from builder.composition.projects import Projects
from builder.composition.settings import Settings
from builder.composition.sharing.probes import ProbeContents
from builder.composition.sharing.secrets import SecretGate
from builder.previews.data.changes import AppChanges
from builder.previews.data.copies import CopyBoard, DataCopies, Sources
from builder.previews.data.database_copies import Copies
from builder.previews.data.databases import Databases
from builder.previews.data.stored_files import StoredFiles
from builder.previews.docker.connection import DockerConnection
from builder.previews.docker.engines import ContainerEngines
from builder.previews.docker.hosts import AllowedHosts
from builder.previews.docker.secrets import ProjectSecrets
from builder.previews.docker.sidecars import ProjectSidecars
from builder.previews.links.access import Entrance, LinkEntrance, PreviewAccess, ProjectEntrance
from builder.previews.links.contents import LinkContents
from builder.previews.links.early_apps import EarlyApps
from builder.previews.links.output_source import BuilderOutputs, LinkOutputs, ProjectOutputs, Shown
from builder.previews.links.pages import PagesOfLinks
from builder.previews.links.servers import ShareServers
from builder.previews.links.shares import ServerPart, Shares
from builder.previews.observation.logs import ServerLogs
from builder.previews.runnables.contents import Contents, RunnableContents, WorkingCopies
from builder.previews.runnables.runnables import LINK, PROBE, PROJECT, WALK, RunnableKind
from builder.previews.servers.lifecycle import IdleTimes, Lifecycle
from builder.previews.servers.places import PlaceLimits
from builder.previews.servers.previews import ServerPreviews
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.rows import ServerRows
from builder.previews.shells.shells import Shells
from builder.previews.shells.terminals import Terminals
from builder.previews.walks.contents import WalkedVersions, WalkEntrance
from builder.previews.walks.servers import WalkServers
from builder.projects.run_hints import read_hints
from preview_runtime.file_tree import FileTree
from preview_runtime.routes.activity import Activity
from preview_runtime.routes.route_table import RouteTable
from preview_runtime.stack import detect_stack
from preview_runtime.tasks import Tasks


class Previews:
    """Made from the ground up: the connection to an engine, what is known of copies, the servers, the links."""

    def __init__(
        self, settings: Settings, base: Base, projects: Projects, connections: OpenConnections, gate: SecretGate
    ) -> None:
        store, runnables = projects.store, projects.runnables
        self.routes = RouteTable()
        self.activity = Activity()
        board = CopyBoard()
        copies = Copies(settings.data_dir / "database-copies")
        connection = self.connection = DockerConnection(settings)
        self.databases = Databases(store, projects.settings, runnables, copies, connection, board.held)
        self.hosts = AllowedHosts(store, projects.settings, runnables, connection)
        secrets = ProjectSecrets(projects.vault, runnables)
        engines = self.engines = ContainerEngines(connection, ProjectSidecars(self.databases, self.hosts, secrets))
        rows = ServerRows(base.db, lambda: base.leases.place)
        register = ServerRegister(rows, engines, ServerLogs(settings.data_dir / "logs", secrets.mask))
        self.stored_files = StoredFiles(store, register.engine_of, connection, board.held)
        self.data_copies = DataCopies(base.jobs, board, Sources(register.engine_of, engines.copier))
        self.shares = Shares(
            base.db,
            store,
            base.events,
            runnables,
            projects.compiled,
            projects.compiler.shrink,
            _server_part,
            engines,
            board.problem,
            gate.link,
        )
        self.link_pages = PagesOfLinks(base.db, self.shares, settings)
        self.data_copies.on_change(self.shares.data_changed)
        probed = self.probe_contents = ProbeContents()
        self.project_outputs = ProjectOutputs(
            base.db,
            store,
            projects.live,
            projects.compiled,
            lambda project: (settings.url, settings.preview_origin(project)),
        )
        self.early_apps = EarlyApps(self.project_outputs, settings)
        outputs: dict[RunnableKind, Shown] = {
            PROBE: probed,
            PROJECT: self.project_outputs,
            LINK: LinkOutputs(self.shares),
        }
        self.output_source = BuilderOutputs(runnables, outputs)
        entrances: dict[RunnableKind, Entrance] = {
            PROBE: probed,
            PROJECT: ProjectEntrance(store),
            LINK: LinkEntrance(self.shares.doors),
            WALK: WalkEntrance(store, runnables),
        }
        self.access = PreviewAccess(settings, runnables, entrances, connections)
        walked = WalkedVersions(store, private=settings.sign_in_required)
        contents: dict[RunnableKind, Contents] = {
            PROBE: probed,
            PROJECT: WorkingCopies(store, private=settings.sign_in_required),
            LINK: LinkContents(self.shares),
            WALK: walked,
        }
        self.servers = ServerPreviews(
            register,
            RunnableContents(runnables, contents),
            self.routes,
            whole=_is_all_server,
            limits=PlaceLimits(settings.preview_per_person, settings.preview_total, settings.preview_starts),
            activity=self.activity,
            data=self.data_copies,
            admits=projects.packages.admit_server,
        )
        self.share_servers = ShareServers(self.shares, runnables, self.servers, self.data_copies)
        self.walk_servers = WalkServers(
            base.db,
            store,
            runnables,
            walked,
            self.servers,
            self.data_copies,
            self.routes,
            self.activity,
            self.hosts.any,
            most=settings.walk_data_mb * 2**20,
        )
        self.shells = Shells(self.servers, self.activity.note)
        self.terminals = Terminals(self.shells)
        self.changes = AppChanges(self.shells, store)
        self.lifecycle = Lifecycle(self.servers, IdleTimes.of(settings))
        self._tasks = Tasks()
        connections.on_end(self.terminals.close)

    async def recover(self) -> None:
        await self.servers.recovery.recover()
        await self.data_copies.recover()
        await self.walk_servers.recover()

    def begin(self) -> None:
        self._tasks.forever(partial(self.engines.run, self.servers.register.known), "look for a container engine")
        self._tasks.forever(self.lifecycle.run, "look after the servers")
        self._tasks.forever(self.share_servers.run, "look after the live links")
        self._tasks.forever(self.link_pages.run, "count the visits of live links")
        self._tasks.forever(self.walk_servers.run, "end servers for walks")

    async def rest(self) -> None:
        """End the background work."""
        await self._tasks.close()

    async def close(self) -> None:
        """Disconnect from running apps; the next process finds them."""
        await self.early_apps.close()
        await self.terminals.close()
        await self.data_copies.close()
        await self.servers.close()
        await self.engines.close()


def _server_part(tree: FileTree) -> ServerPart:
    stack = detect_stack(tree, read_hints(tree).start)
    return ServerPart(stack.needs_server, stack.is_all_server)


def _is_all_server(tree: FileTree) -> bool:
    return detect_stack(tree, read_hints(tree).start).is_all_server
