"""Keeps what can be found in step with the projects: a job per project, asked for in the transaction that changes it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.base.db import Database
from builder.base.errors import Conflict
from builder.base.events import EventLog
from builder.base.jobs import JobQueue
from builder.base.tables import Event, QueuedJob
from builder.base.workers import Worker
from builder.projects import blobs
from builder.projects.rows import digests_of, overlay_of
from builder.projects.searching import texts
from builder.projects.searching.tables import SearchEntry
from builder.projects.searching.words import words_of
from builder.projects.tables import Message, Project
from builder.projects.typed_files import content_of

JOB: Final = "search"
KINDS: Final = ("project", "file", "message")
_CHANGES: Final = frozenset({"project_changed", "message_added", "version_committed", "head_moved", "working_changed"})
_AFTER_SECONDS: Final = 0.4  # what comes meanwhile is done together
_AT_ONCE: Final = 100  # texts in a transaction: others want to write too
# Thousands of lines that nobody wrote and nobody looks for.
_MADE: Final = frozenset({"package-lock.json", "bun.lock", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock"})

_Text = tuple[str, str]  # kind and ref


@dataclass(frozen=True, slots=True)
class _State:
    """A project as it is, and what can be found of it. `files`: path → SHA-256; `known`: (kind, ref) → (mark, id)."""

    project: Project
    files: Mapping[str, str]
    messages: frozenset[str]
    known: Mapping[_Text, tuple[str, int]]


class SearchIndex:
    """`begin()` starts the work; text that is written is found within two seconds while nothing else keeps the
    machine busy."""

    def __init__(self, db: Database, events: EventLog, jobs: JobQueue) -> None:
        self._db, self._jobs = db, jobs
        self._worker = Worker(jobs, JOB, self._work, over=self._again, at_once=2)
        self._seen: dict[str, int] = {}  # project → the last fact that its job had seen
        events.hear(_CHANGES, self.wants)

    async def wants(self, session: AsyncSession, project: str, owner: str, _: object = None) -> None:
        """Have the project looked at once the session's transaction is committed."""
        await self._jobs.ask(session, JOB, project, {}, owner)

    def begin(self) -> None:
        """Start to look at projects that change, and at those that never were looked at."""
        self._worker.begin()

    async def close(self) -> None:
        await self._worker.close()

    async def catch_up(self) -> None:
        """Ask for every project that was never looked at, such as those of an earlier version of Sayso."""
        there = select(col(SearchEntry.id)).where(
            col(SearchEntry.project) == col(Project.id), col(SearchEntry.kind) == "project"
        )
        async with self._db.reader() as session:
            left = select(col(Project.id), col(Project.owner)).where(~there.exists())
            found = (await session.execute(left)).all()
        for start in range(0, len(found), _AT_ONCE):
            async with self._db.session() as session:
                for project, owner in found[start : start + _AT_ONCE]:
                    await self.wants(session, project, owner)

    async def _work(self, job: QueuedJob) -> None:
        await asyncio.sleep(_AFTER_SECONDS)
        await self.refresh(job.key)

    async def _again(self, job: QueuedJob, error: BaseException | None) -> None:
        """A change that was committed while its project was looked at could not ask for another look."""
        seen = self._seen.pop(job.key, None)
        if seen is None or error is not None:
            return
        later = select(col(Event.seq)).where(
            col(Event.project) == job.key, col(Event.seq) > seen, col(Event.kind).in_(_CHANGES)
        )
        async with self._db.reader() as session:
            if await session.scalar(later.limit(1)) is None:
                return
        async with self._db.session() as session:
            await self.wants(session, job.key, job.owner)

    async def refresh(self, project_id: str) -> None:
        """Bring what can be found of a project to its present state; no error for a project that is gone."""
        state = await self._state(project_id)
        if state is None:
            return
        self._seen[project_id] = state.project.event_seq
        marks = _marks(state)
        gone = [number for text, (mark, number) in state.known.items() if marks.get(text) != mark]
        new = [text for text, mark in marks.items() if state.known.get(text, ("", 0))[0] != mark]
        # The old words of a text go in the transaction that brings its new ones, or are gone for good.
        stays = {number for text in new if (number := state.known.get(text, ("", 0))[1])}
        async with self._db.session() as session:
            await texts.drop(session, [number for number in gone if number not in stays])
        for start in range(0, len(new), _AT_ONCE):
            part = new[start : start + _AT_ONCE]
            contents = await self._contents(state, part)
            found = await asyncio.to_thread(_words, part, contents)
            project = state.project
            entries = [
                (SearchEntry(owner=project.owner, project=project.id, kind=kind, ref=ref, mark=marks[kind, ref]), words)
                for (kind, ref), words in zip(part, found, strict=True)
            ]
            async with self._db.session() as session:
                still = await session.scalar(select(col(Project.owner)).where(col(Project.id) == project.id))
                if still != project.owner:  # gone, or moved: that is told, and looked at next
                    return
                await texts.drop(session, [state.known[text][1] for text in part if text in state.known])
                await texts.put(session, entries)

    async def _state(self, project_id: str) -> _State | None:
        async with self._db.reader() as session:
            project = await session.get(Project, project_id)
            if project is None:
                return None
            files = await digests_of(session, project.head)
            for path, row in (await overlay_of(session, project_id)).items():
                if row.sha256 is None:
                    files.pop(path, None)
                else:
                    files[path] = row.sha256
            messages = await session.scalars(select(col(Message.id)).where(col(Message.project) == project_id))
            rows = await session.scalars(select(SearchEntry).where(col(SearchEntry.project) == project_id))
            # What was taken before the project moved to another team names the former one: it is taken anew.
            owner = project.owner
            known = {(row.kind, row.ref): (row.mark if row.owner == owner else "", row.id or 0) for row in rows}
            return _State(project, files, frozenset(messages), known)

    async def _contents(self, state: _State, wanted: Iterable[_Text]) -> dict[_Text, str]:
        """The texts themselves, without files that are no text, or are damaged."""
        project = state.project
        paths = [ref for kind, ref in wanted if kind == "file" and PurePosixPath(ref).name not in _MADE]
        messages = [ref for kind, ref in wanted if kind == "message"]
        found: dict[_Text, str] = {("project", ""): f"{project.title}\n{project.prompt}"}
        async with self._db.reader() as session:
            typed = await overlay_of(session, project.id)
            shas = {state.files[path] for path in paths}
            stored, _ = await blobs.readable_blobs(session, project.owner, shas)
            for path in paths:
                row = typed.get(path)
                content = stored.get(state.files[path])
                if row and row.body is not None:
                    with contextlib.suppress(Conflict):  # it is damaged: found by its path alone
                        content = content_of(row)
                if isinstance(content, str):
                    found["file", path] = content
            said = select(col(Message.id), col(Message.text)).where(col(Message.id).in_(messages))
            found.update({("message", row.id): row.text for row in await session.execute(said)})
        return found


def _marks(state: _State) -> dict[_Text, str]:
    """(kind, ref) → mark of everything of the project that can be found."""
    project = state.project
    title = sha256(f"{project.title}\n{project.prompt}".encode("utf-8", "surrogatepass")).hexdigest()
    return {
        ("project", ""): title,
        **{("file", path): sha for path, sha in state.files.items()},
        **{("message", number): "1" for number in state.messages},
    }


def _words(wanted: Iterable[_Text], contents: Mapping[_Text, str]) -> list[list[str]]:
    """The words of each text; a file is found by its path as well."""
    return [
        words_of(f"{ref}\n{contents.get((kind, ref), '')}" if kind == "file" else contents.get((kind, ref), ""))
        for kind, ref in wanted
    ]
