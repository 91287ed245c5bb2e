"""Files that an app, a generator or a migration wrote in the container, brought back into the project as one
version."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from aiodocker.containers import DockerContainer

from builder.accounts.actor import Actor
from builder.base.comparing import DiffLine, compared
from builder.base.errors import BadInput, Conflict, NotFound
from builder.previews.failures import answered
from builder.projects.archive.secrets_left_out import may_hold_secrets
from builder.projects.blobs import normal, raw
from builder.projects.store import ProjectStore
from builder.projects.tables import Version
from builder.texts import t
from preview_runtime.containers.data.changed_files import FileChange, changes, gone_from, may_be_missing, read_back
from preview_runtime.containers.docker.archive import is_private
from preview_runtime.file_tree import MAX_FILES, FileTree, digest


class RunningProjects(Protocol):
    """The container of a project. Both methods raise NotFound, and Conflict (`not_running`)."""

    async def container(self, actor: Actor, project_id: str) -> DockerContainer: ...

    async def brought(self, actor: Actor, project_id: str) -> Mapping[str, str]:
        """The files that were put into the container: path → SHA-256."""
        ...


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One changed file, for the person to pick. Sizes are in bytes, `before` is that of the project's file; `yours`:
    the person has changed it too since it was put into the container. `digest` stands for both files as they are shown."""

    path: str
    change: Literal["added", "changed", "deleted"]
    size: int
    before: int
    binary: bool
    yours: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Changes:
    """`left_out`: the number of files that no project may hold, or that may hold secrets."""

    files: list[ChangedFile]
    left_out: int


class AppChanges:
    """Looks into containers only on request, and treats everything found there as hostile."""

    def __init__(self, containers: RunningProjects, store: ProjectStore) -> None:
        self._containers, self._store = containers, store

    async def look(self, actor: Actor, project_id: str) -> Changes:
        """The present differences. Raises NotFound, Conflict (`not_running`), and, with a sentence, an error for files
        that cannot be read."""
        found, left_out, tree = await self._found(actor, project_id)
        return Changes([_shown(change, tree) for change in found], left_out)

    async def diff(self, actor: Actor, project_id: str, path: str) -> list[DiffLine] | None:
        """One file line by line; None when it is not text or is too long to compare. Raises NotFound."""
        found, _, tree = await self._found(actor, project_id)
        change = next((one for one in found if one.path == path), None)
        if change is None:
            raise NotFound(t("changes.gone", path=path[:100]))
        before = tree.get(path, "")
        after = "" if change.content is None else normal(change.content)
        if not isinstance(before, str) or not isinstance(after, str):
            return None
        return await asyncio.to_thread(compared, before, after)

    async def take(self, actor: Actor, project_id: str, picked: Mapping[str, str]) -> Version:
        """Make one version with the files of `picked` (path → digest as it was shown).

        Unsaved typing becomes a version of its own first. Raises BadInput for no files, Conflict (`changed_again`) when
        the app or somebody who types has changed a file since it was shown, InvalidTree for files that no project may hold; then no file is taken.
        """
        if not picked or len(picked) > MAX_FILES:
            raise BadInput(t("changes.none_picked"))
        found, _, tree = await self._found(actor, project_id)
        there = {change.path: change for change in found}
        for path, shown in picked.items():
            if path not in there or _digest(there[path], tree) != shown:
                raise Conflict(t("changes.changed_again", path=path[:100]), code="changed_again")
        put = {path: normal(content) for path in picked if (content := there[path].content) is not None}
        gone = [path for path in picked if there[path].content is None]
        await self._store.save(actor, project_id)
        base = {path: digest(tree[path]) if path in tree else None for path in picked}
        try:
            await self._store.write_working(actor, project_id, put, gone, base=base)
        except Conflict as conflict:  # the person has typed in one of them since they looked
            if conflict.code != "changed_meanwhile":
                raise
            digests = conflict.details["digests"]
            path = next(iter(digests)) if isinstance(digests, dict) else ""
            raise Conflict(t("changes.changed_again", path=path[:100]), code="changed_again") from conflict
        one = t("version.from_app_file", path=next(iter(picked)))
        label = one if len(picked) == 1 else t("version.from_app", count=len(picked))
        version = await self._store.save(actor, project_id, label)
        if version is None:
            raise Conflict(t("changes.nothing"), code="changed_again")
        return version

    async def _found(self, actor: Actor, project_id: str) -> tuple[list[FileChange], int, FileTree]:
        container = await self._containers.container(actor, project_id)
        brought = await self._containers.brought(actor, project_id)
        brought = {path: digest for path, digest in brought.items() if not is_private(path)}
        tree = await self._store.working_tree(actor, project_id)
        with answered():
            found = await read_back(container)
            gone = await gone_from(container, may_be_missing(found, brought, tree))
        everything = await asyncio.to_thread(changes, found, gone, brought, tree)
        kept = [c for c in everything if c.content is None or c.path in tree or not may_hold_secrets(c.path, c.content)]
        return kept, found.left_out + len(everything) - len(kept), tree


def _shown(change: FileChange, tree: FileTree) -> ChangedFile:
    before = raw(tree[change.path]) if change.path in tree else None
    kind: Literal["added", "changed", "deleted"]
    kind = "deleted" if change.content is None else "added" if before is None else "changed"
    content = change.content if change.content is not None else before or b""
    return ChangedFile(
        change.path, kind, len(change.content or b""), len(before or b""), isinstance(normal(content), bytes),
        change.yours, _digest(change, tree),
    )  # fmt: skip


def _digest(change: FileChange, tree: FileTree) -> str:
    """Of what the app made and of what the project has: who picks a file has seen both."""
    ours = digest(tree[change.path]) if change.path in tree else ""
    return digest(f"{change.digest} {ours}")
