"""Python apps that run in the browser of whoever works on them: what such a page is given, and its requests."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.composition.packages import Packages
from builder.projects.store import ProjectStore
from preview_runtime.browser_servers import BrowserServer
from preview_runtime.dependencies.browser_wheels import BrowserWheels, Wheel
from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.service import DependencyService
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase
from preview_runtime.plans.browser_app import browser_app
from preview_runtime.plans.python_app import PythonStart
from preview_runtime.plans.python_packages import REQUIREMENTS
from preview_runtime.routes.route_table import Route, RouteTable
from preview_runtime.stack import detect_stack


@dataclass(frozen=True, slots=True)
class BrowserPythonPlan:
    """`runtime` and `wheels` lie below `/@deps/` of the preview's host."""

    start: PythonStart
    runtime: str
    wheels: tuple[Wheel, ...]


class BrowserPython:
    """`private`: previews are only for people with a ticket."""

    def __init__(
        self, store: ProjectStore, packages: Packages, wheels: BrowserWheels, routes: RouteTable, *, private: bool
    ) -> None:
        self._store, self._packages, self._wheels, self._routes = store, packages, wheels, routes
        self._private = private

    @property
    def there(self) -> bool:
        """Whether Pyodide is installed."""
        return bool(self._wheels.runtime)

    async def plan(self, actor: Actor, project_id: str) -> BrowserPythonPlan:
        """How the working copy is run. Raises NotFound, Refused, `EngineFailed`."""
        tree = (await self._store.read_working(actor, project_id, action=Action.RUN))[2]
        app = await asyncio.to_thread(browser_app, tree)
        if app is None:
            raise EngineFailed(Fault(FaultKind.BUILD, "nothing_to_run", Phrase("fault.browser_python.nothing")))
        if app.requirements is None:
            raise EngineFailed(
                Fault(
                    FaultKind.BUILD,
                    "packages",
                    Phrase("fault.browser_python.packages"),
                    app.inputs[0] if app.inputs else REQUIREMENTS,
                )
            )
        if fault := await self._packages.refuses(project_id, tree, app.inputs):
            raise EngineFailed(fault)
        file = app.inputs[0] if app.inputs else ""
        try:
            wheels = await self._wheels.prepared(app.requirements)
        except DependencyError as error:
            kind = FaultKind.PLATFORM if error.code in ("offline", "time_out") else FaultKind.BUILD
            raise EngineFailed(Fault(kind, error.code, error.says, file)) from error
        if fault := await self._packages.refuses_brought(project_id, file, [one.name for one in wheels]):
            raise EngineFailed(fault)
        return BrowserPythonPlan(app.start, self._wheels.runtime, wheels)

    async def _whole(self, actor: Actor, project_id: str) -> bool:
        tree = (await self._store.read_working(actor, project_id, action=Action.RUN))[2]
        return (await asyncio.to_thread(detect_stack, tree)).is_all_server

    async def route(self, actor: Actor, project_id: str, server: BrowserServer) -> Route:
        """The route to a page that runs the project's app. Raises NotFound, Refused."""
        return Route(whole=await self._whole(actor, project_id), private=self._private, browser=server)

    def attached(self, project_id: str, route: Route) -> contextlib.AbstractContextManager[None]:
        """While this is open the page answers at the project's preview host."""
        return self._routes.attached(project_id, route)


class ServedPackages:
    """What lies below `/@deps/`: sets of npm's packages, and Python's wheels."""

    def __init__(self, dependencies: DependencyService, wheels: BrowserWheels) -> None:
        self._dependencies, self._wheels = dependencies, wheels

    def path(self, hash: str, file: str) -> Path | None:
        """The path of a file, None when there is none."""
        return self._wheels.path(hash, file) or self._dependencies.path(hash, file)
