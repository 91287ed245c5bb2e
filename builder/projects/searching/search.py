"""Finds projects, files and messages of a workspace by the beginnings of their words."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.memberships import check
from builder.base.db import Database
from builder.base.edit_distance import edit_distance
from builder.base.errors import Conflict
from builder.projects import blobs
from builder.projects.rows import as_person, shown_to
from builder.projects.searching import texts
from builder.projects.searching.tables import SearchEntry
from builder.projects.searching.words import excerpt, folded, place_of, terms_of, words_of
from builder.projects.tables import Message, Project, WorkingFile
from builder.projects.typed_files import content_of

Kind = Literal["project", "file", "message"]
MOST_QUERY: Final = 200
"""Characters."""
NEWEST: Final = 2**62
"""Above every entry's number."""
_MOST_TITLES: Final = 2_000  # of a workspace, the ones changed last: compared letter by letter
_SLIP: Final = 4  # a word has so many letters for each slip of the keyboard that is forgiven


class Hit(BaseModel):
    """Something found. `ref`: the file's path or the message's id, "" for the project itself. `excerpt`: a part of its
    text; `marks` say where the words stand there: from and to, in characters. `line` from 1, for files."""

    kind: Kind
    project: str
    title: str
    ref: str
    line: int | None = None
    excerpt: str = ""
    marks: list[tuple[int, int]] = []


class SearchResults(BaseModel):
    """`next` goes on after these where there may be more."""

    results: list[Hit]
    next: str | None = None


class Search:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(
        self, actor: Actor, query: str, kind: Kind, *, limit: int = 20, before: int = NEWEST
    ) -> SearchResults:
        """What has a word for each beginning in `query`, the text written last first; only of projects that are not
        deleted. Projects are also found by a title with a slip. `before` is the `next` of an earlier answer."""
        terms = terms_of(query[:MOST_QUERY])
        async with self._db.reader() as session:
            await as_person(session, actor)
            await check(session, actor, Action.READ, actor.workspace)
            if not terms:
                return SearchResults(results=[])
            owner = actor.workspace
            entries = await texts.ask(session, owner, kind, terms, shown_to(actor), before=before, most=limit)
            hits = await _hits(session, owner, entries, terms)
            if kind == "project" and before == NEWEST and len(hits) < limit:
                hits += await _misspelt(session, actor, terms, {hit.project for hit in hits}, limit - len(hits))
        return SearchResults(results=hits, next=str(entries[-1][0].id) if len(entries) == limit else None)


async def _hits(
    session: AsyncSession, owner: str, entries: Sequence[tuple[SearchEntry, Project]], terms: list[str]
) -> list[Hit]:
    contents = await _contents(session, owner, [entry for entry, _ in entries])
    hits = []
    for entry, project in entries:
        hit = Hit(kind=entry.kind, project=project.id, title=project.title, ref=entry.ref)
        text = project.prompt if entry.kind == "project" else contents.get(entry.id or 0, "")
        if place := place_of(text, terms):
            hit.excerpt, hit.marks = excerpt(place[1], terms)
            hit.line = place[0] if entry.kind == "file" else None
        hits.append(hit)
    return hits


async def _contents(session: AsyncSession, owner: str, entries: Sequence[SearchEntry]) -> Mapping[int, str]:
    """The texts of files and messages as they were when their words were taken, by the entry's id."""
    messages = [entry.ref for entry in entries if entry.kind == "message"]
    said = select(col(Message.id), col(Message.text)).where(col(Message.id).in_(messages))
    by_id = {row.id: row.text for row in await session.execute(said)} if messages else {}
    shas = {entry.mark for entry in entries if entry.kind == "file"}
    stored, _ = await blobs.readable_blobs(session, owner, shas)
    # Typed text is no blob before it is saved.
    typed = {}
    if missing := shas - stored.keys():
        rows = await session.scalars(
            select(WorkingFile).where(col(WorkingFile.owner) == owner, col(WorkingFile.sha256).in_(missing))
        )
        for row in rows:
            with contextlib.suppress(Conflict):
                typed[row.sha256 or ""] = content_of(row)
    found: dict[int, str] = {}
    for entry in entries:
        text = by_id.get(entry.ref) if entry.kind == "message" else stored.get(entry.mark, typed.get(entry.mark))
        if isinstance(text, str):
            found[entry.id or 0] = text
    return found


async def _misspelt(session: AsyncSession, actor: Actor, terms: list[str], known: set[str], most: int) -> list[Hit]:
    """Projects whose title nearly has the words."""
    titles = select(col(Project.id), col(Project.title)).where(
        col(Project.owner) == actor.workspace, col(Project.deleted_at).is_(None), shown_to(actor)
    )
    newest = titles.order_by(col(Project.updated_at).desc()).limit(_MOST_TITLES)
    hits = []
    for project, title in await session.execute(newest):
        if project not in known and all(_nearly(term, words_of(title)) for term in terms):
            hits.append(Hit(kind="project", project=project, title=title, ref=""))
            if len(hits) == most:
                break
    return hits


def _nearly(term: str, words: Sequence[str]) -> bool:
    most = min(2, len(term) // _SLIP)
    plain = folded(term)
    return any(word.startswith(plain) or (most and edit_distance(plain, word, most) <= most) for word in words)
