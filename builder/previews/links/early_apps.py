"""Which projects' apps a page may show before its workbench is there."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from builder.base.errors import SaysoError
from builder.base.settings import AddressSettings
from builder.previews.links.output_source import ProjectOutputs, state_of
from builder.projects.tables import Project
from preview_runtime.tasks import Tasks

_MOST: Final = 10_000
_LOOK_SECONDS: Final = 0.3
"""A look reads the project's files, some tens of milliseconds; a page waits no longer than this for one."""


class EarlyApps:
    """An app is shown early where the preview host has it, or is about to, and where it is all there is: no server stands
    behind it, and no other engine runs it. That is known for the files that were looked at last; any change of them makes
    it unknown."""

    def __init__(self, outputs: ProjectOutputs, settings: AddressSettings) -> None:
        self._outputs, self._settings = outputs, settings
        self._alone: OrderedDict[str, str] = OrderedDict()
        # By project, of what is compiled: set once it has been looked at.
        self._begun: dict[str, asyncio.Event] = {}
        self._tasks = Tasks()

    def note(self, project: Project, alone: bool) -> None:
        """Whether the app needs nothing but a browser, its files being as they are."""
        self._alone.pop(project.id, None)
        if alone:
            self._alone[project.id] = state_of(project)
            if len(self._alone) > _MOST:
                self._alone.popitem(last=False)

    def begin(self, project_id: str, look: Callable[[], Awaitable[object]]) -> None:
        """Compile the app in the background, unless `look`, which is to `note` it, finds that it needs more."""
        looked = self._begun[project_id] = asyncio.Event()
        self._tasks.begin(self._compile(project_id, look, looked), f"compile {project_id} before it is opened")

    async def address(self, project: Project, host: str) -> str:
        """Where the app is, for a page that was asked for at `host`; "" where it is not to be shown before the workbench.
        It is compiled for one address of the builder: at any other it would not speak to its page."""
        if (looked := self._begun.get(project.id)) is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(looked.wait(), _LOOK_SECONDS)
        if host != urlsplit(self._settings.url).netloc or self._alone.get(project.id) != state_of(project):
            return ""
        there = project.id in self._begun or "index.html" in (self._outputs.ready(project) or ())
        return f"{self._settings.preview_origin(project.id)}/" if there else ""

    async def close(self) -> None:
        await self._tasks.close()

    async def _compile(self, project_id: str, look: Callable[[], Awaitable[object]], looked: asyncio.Event) -> None:
        try:
            with contextlib.suppress(SaysoError):  # it may be deleted at once
                await look()
            looked.set()
            if project_id in self._alone:
                await self._outputs.output(project_id)
        finally:
            looked.set()
            self._begun.pop(project_id, None)
