"""The contents of runnables, by kind: their files, who may act on them, and whether everybody may see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from builder.accounts.access import Action, Subject, not_found
from builder.accounts.actor import Actor, acting_for
from builder.previews.runnables.runnables import Runnable, RunnableKind, Runnables
from builder.projects.store import ProjectStore
from preview_runtime.file_tree import FileTree

Key = tuple[str, int]
"""Identifies a content: a version, and the revision of the working copy on top of it."""

NOTHING: Final[Key] = ("", -1)


class Contents(Protocol):
    """The contents that runnables of one kind run. Both methods raise NotFound for a runnable that is gone."""

    async def key(self, actor: Actor, runnable: Runnable, action: Action) -> Key:
        """The key of its present content, if `may` allows the action to the actor. Raises Refused."""
        ...

    async def read(self, runnable: Runnable) -> tuple[Key, FileTree]:
        """Its present content, for the server itself. Raises Conflict when it cannot be read from the disk."""
        ...

    def private(self, runnable: Runnable) -> bool:
        """Whether only people with a ticket see its server."""
        ...


class RunnableContents:
    """The contents of all kinds. A new kind is a further entry of `kinds`."""

    def __init__(self, runnables: Runnables, kinds: Mapping[RunnableKind, Contents]) -> None:
        self._runnables, self._kinds = runnables, kinds

    async def find(self, actor: Actor, runnable_id: str, action: Action = Action.READ) -> tuple[Runnable, Key]:
        """A runnable and the key of its content, if the actor may do this with it. Raises NotFound, Refused."""
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
    """`Contents` of projects. `private`: people sign in, and see only their own projects."""

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
