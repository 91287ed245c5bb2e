"""Which projects' apps a page may show before its workbench is there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlsplit

from builder.base.settings import AddressSettings
from builder.previews.links.output_source import ProjectOutputs, state_of
from builder.projects.tables import Project
from preview_runtime.tasks import Tasks

_MOST: Final = 10_000


class EarlyApps:
    """An app is shown early where the preview host has it, or is about to, and where it is all there is: no server stands
    behind it, and no other engine runs it. That is known for the files that were looked at last; any change of them makes
    it unknown."""

    def __init__(self, outputs: ProjectOutputs, settings: AddressSettings) -> None:
        self._outputs, self._settings = outputs, settings
        self._alone: OrderedDict[str, str] = OrderedDict()
        self._begun: set[str] = set()
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
        self._tasks.begin(self._compile(project_id, look), f"compile {project_id} before it is opened")

    def address(self, project: Project, host: str) -> str:
        """Where the app is, for a page that was asked for at `host`; "" where it is not to be shown before the workbench.
        It is compiled for one address of the builder: at any other it would not speak to its page."""
        if host != urlsplit(self._settings.url).netloc or self._alone.get(project.id) != state_of(project):
            return ""
        there = project.id in self._begun or "index.html" in (self._outputs.ready(project) or ())
        return f"{self._settings.preview_origin(project.id)}/" if there else ""

    async def close(self) -> None:
        await self._tasks.close()

    async def _compile(self, project_id: str, look: Callable[[], Awaitable[object]]) -> None:
        await look()
        if project_id not in self._alone:
            return
        self._begun.add(project_id)
        try:
            await self._outputs.output(project_id)
        finally:
            self._begun.discard(project_id)
