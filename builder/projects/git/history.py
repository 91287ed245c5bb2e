"""A project's versions as commits: one line of them, `main`.

The person may go back to an earlier version; the next commit then has that version's files again, so that `main` only
grows and whoever has cloned it can pull. Where another history takes its place (`GitRemotes.take`), what it was stays
as a branch. Objects lie in DATA_DIR/git; which version is which commit is said by the table
`git_commit`. Commits are made when somebody asks for them, and always the same ones.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.tables import Account
from builder.base.errors import Conflict, Json
from builder.projects import blobs
from builder.projects.archive.secrets_left_out import may_hold_secrets
from builder.projects.git.process import GitProcess
from builder.projects.git.tables import GitBranch, GitCommit
from builder.projects.rows import project_of
from builder.projects.store import ProjectStore
from builder.projects.tables import Message, Project, Version
from builder.texts import t
from preview_runtime.file_tree import FileTree

MAIN: Final = "main"
_MAIL: Final = "noreply@sayso.invalid"  # an address of a person is nothing to tell everybody who clones
_SUBJECT: Final = 72
_AT_ONCE: Final = 50  # versions in one order: their files go through memory
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class GitTip:
    """The last commit of `main`; `number` commits were made. All of it is empty before the first."""

    commit: str | None
    version: str | None
    number: int


@dataclass(frozen=True, slots=True)
class _Step:
    """A commit to be made: of `version`, whose files then are `tree`."""

    version: Version
    message: str
    name: str


class GitHistory:
    """Every call names the actor, who needs a right to the project."""

    def __init__(self, store: ProjectStore, process: GitProcess) -> None:
        self.store, self._db, self.process = store, store.db, process

    async def recorded(self, actor: Actor, project_id: str, action: Action = Action.READ) -> GitTip:
        """Make commits of all versions up to the project's head. Raises NotFound, Refused, GitFailed."""
        for _ in range(_TRIES):
            tip, project, steps, more = await self._steps(actor, project_id, action)
            if not steps:
                return tip
            made = await self._record(project, tip, steps)
            if await self._keep(project, tip, made) and not more:
                return GitTip(made[-1][1], made[-1][0], tip.number + len(made))
        raise Conflict(t("project.changed_meanwhile"), detail=f"commits of {project_id} are made elsewhere as well")

    async def branches(self, actor: Actor, project_id: str) -> dict[str, str]:
        """Name → commit, `main` first; empty for a project without a version."""
        tip = await self.recorded(actor, project_id)
        async with self._db.reader() as session:
            rows = await session.scalars(select(GitBranch).where(col(GitBranch.project) == project_id))
            others = {row.name: row.commit for row in rows}
        return {MAIN: tip.commit, **others} if tip.commit else {}

    async def unpushed(self, project_id: str, theirs: str | None) -> list[str]:
        """The versions whose commits a repository lacks that has `theirs`, oldest first. It has not looked into commits
        that came from elsewhere: then all of them."""
        async with self._db.reader() as session:
            rows = [*await session.scalars(
                select(GitCommit).where(col(GitCommit.project) == project_id).order_by(col(GitCommit.number))
            )]  # fmt: skip
        known = next((row.number for row in reversed(rows) if row.commit == theirs), 0)
        return list(dict.fromkeys(row.version for row in rows if row.number > known))

    async def forget(self, project_id: str) -> None:
        """Remove a purged project's objects."""
        await asyncio.to_thread(shutil.rmtree, self.process.repository(project_id), ignore_errors=True)

    async def _steps(self, actor: Actor, project_id: str, action: Action) -> tuple[GitTip, Project, list[_Step], bool]:
        """The steps from the tip to the head, and whether there are more than these."""
        async with self._db.reader() as session:
            project = await project_of(session, actor, project_id, action)
            tip = await tip_of(session, project_id)
            if project.head is None or project.head == tip.version:
                return tip, project, [], False
            known = set(
                await session.scalars(select(col(GitCommit.version)).where(col(GitCommit.project) == project_id))
            )
            parents = await session.execute(
                select(col(Version.id), col(Version.parent)).where(col(Version.project) == project_id)
            )
            parent_of = {row.id: row.parent for row in parents}
            chain, at = list[str](), cast("str | None", project.head)
            while at is not None and at not in known:
                chain.append(at)
                at = parent_of.get(at)
            if at is not None and at != tip.version:
                chain.append(at)  # the person came back to it
            chain.reverse()
            versions = await session.scalars(select(Version).where(col(Version.id).in_(chain[:_AT_ONCE])))
            found = {version.id: version for version in versions}
            steps = [await _step(session, found[one], again=one in known) for one in chain[:_AT_ONCE]]
            return tip, project, steps, len(chain) > _AT_ONCE

    async def _record(self, project: Project, tip: GitTip, steps: list[_Step]) -> list[tuple[str, str]]:
        """Version and commit of each step."""
        async with self._db.reader() as session:
            last = await session.get(Version, tip.version) if tip.version else None
            before: Mapping[str, str] = last.tree if last else {}
            orders: list[Json] = []
            contents = bytearray()
            for step in steps:
                tree = step.version.tree
                changed = {path: sha for path, sha in tree.items() if before.get(path) != sha}
                files = await blobs.get_tree(session, project.owner, changed)
                # Files of secrets stay here, as they stay out of archives.
                bodies = {path: blobs.raw(files[path]) for path in changed if not may_hold_secrets(path, files[path])}
                orders.append({
                    "message": step.message, "name": step.name, "email": _MAIL,
                    "when": int(datetime.fromisoformat(step.version.created_at).timestamp()),
                    "put": {path: len(body) for path, body in bodies.items()},
                    "deleted": [path for path in before if path not in tree],
                })  # fmt: skip
                contents += b"".join(bodies.values())
                before = tree
        answer = await self.process.order(project.id, "record", {"tip": tip.commit, "steps": orders}, bytes(contents))
        return [(step.version.id, commit) for step, commit in zip(steps, answer["commits"], strict=True)]

    async def _keep(self, project: Project, tip: GitTip, made: list[tuple[str, str]]) -> bool:
        """Whether they follow the tip still; somebody else may have made the same meanwhile."""
        async with self._db.session() as session:
            await session.get(Project, project.id, with_for_update=True)
            if await tip_of(session, project.id) != tip:
                return False
            keep(session, project, tip, made)
            return True


def keep(session: AsyncSession, project: Project, tip: GitTip, made: list[tuple[str, str]]) -> None:
    """Have these versions and commits follow the tip. The caller has locked the project's row."""
    for number, (version, commit) in enumerate(made, tip.number + 1):
        row = GitCommit(project=project.id, number=number, owner=project.owner, version=version, commit=commit)
        session.add(row)


async def tip_of(session: AsyncSession, project_id: str) -> GitTip:
    """The last commit that was made."""
    query = select(GitCommit).where(col(GitCommit.project) == project_id).order_by(col(GitCommit.number).desc())
    row = await session.scalar(query.limit(1))
    return GitTip(row.commit, row.version, row.number) if row else GitTip(None, None, 0)


async def _step(session: AsyncSession, version: Version, *, again: bool) -> _Step:
    label = version.label.strip() or t("git.version", number=version.number)
    subject = t("git.back", number=version.number) if again else _first_line(label)
    asked = None
    if version.generation and not again:
        asked = await session.scalar(
            select(col(Message.text)).where(
                col(Message.generation) == version.generation, col(Message.role) == "person"
            )
        )
    body = (asked or "").strip() or (label if label != subject and not again else "")
    parts = [subject, body, f"Sayso-Version: {version.number}"]
    made = version.kind in ("generation", "mend", "starter")
    person = None if made else await session.get(Account, version.created_by)
    name = (person.name or person.username) if person else "Sayso"
    return _Step(version, "\n\n".join(part for part in parts if part) + "\n", _plain(name) or "Sayso")


def _first_line(text: str) -> str:
    line = text.strip().splitlines()[0].strip()
    return line if len(line) <= _SUBJECT else f"{line[: _SUBJECT - 1]}…"


def _plain(name: str) -> str:
    """A name as a commit can hold it."""
    return "".join(character for character in name if character not in "<>\n\r\0").strip()


def tree_after(tree: FileTree, line: Mapping[str, Any], bodies: Mapping[str, str | bytes]) -> FileTree:
    """The files after a commit (see `git_worker.GitWorker.commits`); `bodies`: those of its files that a project takes."""
    gone = {*line["deleted"], *(path for path in line["put"] if path not in bodies)}
    return FileTree({**{path: content for path, content in tree.items() if path not in gone}, **bodies})
