"""What servers for walks run, and who reaches them: those who may use the project."""

from __future__ import annotations

from builder.accounts.access import Action, Subject, not_found
from builder.accounts.actor import Actor, acting_for
from builder.previews.links.access import OPEN_PREVIEW
from builder.previews.runnables.contents import Key
from builder.previews.runnables.runnables import Runnable, Runnables
from builder.projects.store import ProjectStore
from preview_runtime.file_tree import FileTree


class WalkedVersions:
    """`Contents` of walks: the version that is walked through. `private`: people sign in."""

    def __init__(self, store: ProjectStore, *, private: bool = False) -> None:
        self._store, self._private = store, private
        self.versions: dict[str, str] = {}
        """Runnable → version, for as long as it is walked through."""

    async def key(self, actor: Actor, runnable: Runnable, action: Action) -> Key:
        await self._store.get(actor, runnable.project_id, action)
        return self._version(actor, runnable), 0

    async def read(self, runnable: Runnable) -> tuple[Key, FileTree]:
        actor = acting_for(runnable.workspace)
        version = self._version(actor, runnable)
        return (version, 0), await self._store.version_tree(actor, runnable.project_id, version)

    def private(self, runnable: Runnable) -> bool:  # noqa: ARG002 - as the other kinds have it
        return self._private

    def _version(self, actor: Actor, runnable: Runnable) -> str:
        version = self.versions.get(runnable.id)
        if version is None:
            raise not_found(actor, Subject(runnable.workspace, runnable.id))
        return version


class WalkEntrance:
    """A server for walks is open to those who may see its project."""

    page = OPEN_PREVIEW

    def __init__(self, store: ProjectStore, runnables: Runnables) -> None:
        self._store, self._runnables = store, runnables

    async def lets_in(self, actor: Actor, runnable_id: str) -> bool:
        await self._store.get(actor, await self._runnables.project_of(runnable_id))
        return True
