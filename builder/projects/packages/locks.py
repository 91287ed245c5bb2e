"""The exact versions of a project's packages, by the list that asks for them.

They are no file of a version: a lock is made after the version was accepted, in the background, and belongs to what the
version asks for. So undo, redo and a restored version have theirs at once, and nothing moves the head while a person or a
model writes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlmodel import col

from builder.base.db import Database
from builder.base.ids import now
from builder.projects import blobs
from builder.projects.tables import PackageLock, Project, Version
from preview_runtime.file_tree import FileTree

_LISTS: Final = frozenset(
    {"package.json", "package-lock.json", "npm-shrinkwrap.json", "bun.lock", "pnpm-lock.yaml", "yarn.lock"}
    | {"requirements.lock"}
)


def is_list(path: str) -> bool:
    """Whether a file says which packages are asked for, or in which versions."""
    name = path.rpartition("/")[2]
    return "node_modules" not in path.split("/") and (
        name in _LISTS or (name.endswith(".txt") and "requirements" in path)
    )


_EARLIER: Final = 50  # versions that are looked at


@dataclass(frozen=True, slots=True)
class KeptLock:
    """`text` is the lock file's; "" where it could not be made. Then `problem` says why: an error's code, its phrase's key
    and values. `at` is ISO 8601."""

    text: str
    problem: Mapping[str, Any]
    at: str


class PackageLocks:
    """Kept by the code that pins, read by the code that installs and exports."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, project_id: str, keys: Collection[str]) -> dict[str, KeptLock]:
        """Those that are kept, by key."""
        if not keys:
            return {}
        query = select(PackageLock).where(col(PackageLock.project) == project_id, col(PackageLock.key).in_([*keys]))
        async with self._db.reader() as session:
            return {row.key: _kept(row) for row in await session.scalars(query)}

    async def head(self, project_id: str) -> str | None:
        """The version that people see."""
        async with self._db.reader() as session:
            project = await session.get(Project, project_id)
            return project.head if project is not None and not project.deleted_at else None

    async def lists(self, version_id: str | None, *, most: int = 1) -> list[FileTree]:
        """The lists of packages, and the lock files, of a version and of those before it; each that differs from the one
        after it, at most `most`."""
        found: list[FileTree] = []
        last: dict[str, str] | None = None
        async with self._db.reader() as session:
            for _ in range(_EARLIER):
                version = await session.get(Version, version_id) if version_id else None
                if version is None or len(found) >= most:
                    break
                tree = {path: sha for path, sha in version.tree.items() if is_list(path)}
                if tree != last:
                    found.append(await blobs.get_tree(session, version.owner, tree))
                last, version_id = tree, version.parent
        return found

    async def keep(
        self, project_id: str, key: str, path: str, text: str = "", problem: Mapping[str, Any] | None = None
    ) -> None:
        """Keep a lock, or why there is none. A lock that is kept already stays: what it says has been installed."""
        async with self._db.session() as session:
            project = await session.get(Project, project_id)
            if project is None:  # it was purged meanwhile
                return
            row = await session.get(PackageLock, (project_id, key))
            if row is None:
                row = PackageLock(project=project_id, key=key, owner=project.owner, path=path)
                session.add(row)
            if row.body is None:
                row.body = zlib.compress(text.encode()) if text else None
                row.problem = json.dumps(problem) if problem and not text else ""
                row.made_at = now()

    async def copy(self, source: str, target: str) -> None:
        """Give a duplicate what its source has."""
        query = select(PackageLock).where(col(PackageLock.project) == source, col(PackageLock.body).is_not(None))
        async with self._db.session() as session:
            project = await session.get(Project, target)
            for row in await session.scalars(query):
                if project is not None and await session.get(PackageLock, (target, row.key)) is None:
                    session.add(
                        PackageLock(project=target, key=row.key, owner=project.owner, path=row.path, body=row.body)
                    )


def _kept(row: PackageLock) -> KeptLock:
    text = zlib.decompress(row.body).decode() if row.body is not None else ""
    return KeptLock(text, json.loads(row.problem) if row.problem else {}, row.made_at)
