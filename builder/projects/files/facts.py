"""What is known of a project's files without reading them: digest, size, and when each was changed last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.projects import blobs
from builder.projects.rows import digests_of, version_of
from builder.projects.tables import Project, Version, WorkingFile

_LOOKED_BACK: Final = 200
"""Versions that are read for the time of a change: a file that is older has none."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """`size` in bytes. `modified_at`, `changed_by` (the person) and `how` (the kind of the version, "typed"
    where it is in none) are None where the change is more than 200 versions back; nobody notes who typed."""

    sha256: str
    size: int
    modified_at: str | None
    changed_by: str | None = None
    how: str | None = None


async def working_facts(session: AsyncSession, project: Project) -> dict[str, FileFacts]:
    """Of each file that a person sees."""
    columns = select(col(WorkingFile.path), col(WorkingFile.sha256), col(WorkingFile.size), col(WorkingFile.written_at))
    typed = (await session.execute(columns.where(col(WorkingFile.project) == project.id))).all()
    overlaid = {row.path for row in typed}
    head = await digests_of(session, project.head)
    kept = {path: sha for path, sha in head.items() if path not in overlaid}
    facts = await _facts(session, project, project.head, kept)
    facts |= {row.path: FileFacts(row.sha256, row.size, row.written_at, how="typed") for row in typed if row.sha256}
    return dict(sorted(facts.items()))


async def version_facts(session: AsyncSession, project: Project, version_id: str) -> dict[str, FileFacts]:
    """Of each file of a version. Raises NotFound."""
    version = await version_of(session, project.id, version_id)
    return await _facts(session, project, version.id, version.tree)


async def _facts(
    session: AsyncSession, project: Project, version: str | None, digests: Mapping[str, str]
) -> dict[str, FileFacts]:
    sizes = await blobs.sizes(session, project.owner, digests.values())
    changes = await _changes(session, project, version, digests)
    return {
        path: FileFacts(sha, sizes.get(sha, 0), *changes.get(path, (None, None, None)))
        for path, sha in sorted(digests.items())
    }


async def _changes(
    session: AsyncSession, project: Project, version: str | None, digests: Mapping[str, str]
) -> dict[str, tuple[str, str, str]]:
    """When each path got the content that it has in `version`, from whom and how, by the versions that led there."""
    columns = select(
        col(Version.id), col(Version.parent), col(Version.created_at), col(Version.created_by), col(Version.kind),
        col(Version.tree),
    )  # fmt: skip
    of_project = columns.where(col(Version.project) == project.id).order_by(col(Version.number).desc())
    rows = {row.id: row for row in await session.execute(of_project.limit(_LOOKED_BACK))}
    found: dict[str, tuple[str, str, str]] = {}
    left = dict(digests)
    at = rows.get(version or "")
    while at is not None and left:
        before = rows.get(at.parent or "")
        if before is None and at.parent is not None:
            break
        earlier = before.tree if before is not None else {}
        for path in [path for path, sha in left.items() if earlier.get(path) != sha]:
            found[path] = (at.created_at, at.created_by, at.kind)
            del left[path]
        at = before
    return found
