"""What runs, asked of its kind: its files, who may do something with it, whether everybody may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from builder.accounts.access import Action, Subject, not_found
from builder.accounts.actor import Actor, acting_for
from builder.previews.runnables.runnables import Runnable, RunnableKind, Runnables
from builder.projects.store import ProjectStore
from preview_runtime.file_tree import FileTree

Key = tuple[str, int]
"""What tells one content from another: a version, and the revision of the working copy on top of it."""

NOTHING: Final[Key] = ("", -1)


class Contents(Protocol):
    """What runnables of one kind run. Both calls raise NotFound for one that is gone."""

    async def key(self, actor: Actor, runnable: Runnable, action: Action) -> Key:
        """Which content it has at this moment, where `may` lets the actor do this. Raises Refused."""
        ...

    async def read(self, runnable: Runnable) -> tuple[Key, FileTree]:
        """Its content, for the server itself. Raises Conflict where it cannot be read from the disk."""
        ...

    def private(self, runnable: Runnable) -> bool:
        """Whether only people with a ticket see its server."""
        ...


class RunnableContents:
    """The contents of all kinds. A further kind is one more entry of `kinds`."""

    def __init__(self, runnables: Runnables, kinds: Mapping[RunnableKind, Contents]) -> None:
        self._runnables, self._kinds = runnables, kinds

    async def find(self, actor: Actor, runnable_id: str, action: Action = Action.READ) -> tuple[Runnable, Key]:
        """A runnable and which content it has, where the actor may do this with it. Raises NotFound, Refused."""
        runnable = await self._runnables.find(runnable_id)
        if runnable is None:
            raise not_found(actor, Subject("", runnable_id))
        return runnable, await self._kinds[runnable.kind].key(actor, runnable, action)

    async def read(self, runnable: Runnable) -> tuple[Key, FileTree]:
        """See `Contents.read`."""
        return await self._kinds[runnable.kind].read(runnable)

    def private(self, runnable: Runnable) -> bool:
        """See `Contents.private`."""
        return self._kinds[runnable.kind].private(runnable)


class WorkingCopies:
    """`Contents` of projects. `private`: people sign in, and see what is theirs."""

    def __init__(self, store: ProjectStore, *, private: bool = False) -> None:
        self._store, self._private = store, private

    async def key(self, actor: Actor, runnable: Runnable, action: Action) -> Key:
        project = await self._store.get(actor, runnable.project_id, action)
        return project.head or "", project.revision

    async def read(self, runnable: Runnable) -> tuple[Key, FileTree]:
        project, _, tree = await self._store.read_working(acting_for(runnable.workspace), runnable.project_id)
        return (project.head or "", project.revision), tree

    def private(self, runnable: Runnable) -> bool:  # noqa: ARG002 - as the other kinds have it
        return self._private
