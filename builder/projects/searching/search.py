"""Finds projects, files and messages, and people of one's teams, by the beginnings of their words."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.memberships import check
from builder.accounts.tables import Account, Collaborator, Membership
from builder.base.db import Database
from builder.base.edit_distance import edit_distance
from builder.base.errors import Conflict
from builder.projects import blobs
from builder.projects.rows import as_person, seen_by, shown_to
from builder.projects.searching import texts
from builder.projects.searching.tables import SearchEntry
from builder.projects.searching.words import excerpt, folded, place_of, terms_of, words_of
from builder.projects.tables import Message, Project, WorkingFile
from builder.projects.typed_files import content_of

Kind = Literal["project", "file", "message", "person"]
MOST_QUERY: Final = 200
"""Characters."""
NEWEST: Final = 2**62
"""Above every entry's number."""
_MOST_TITLES: Final = 2_000  # of a workspace, the ones changed last: compared letter by letter
_MOST_PEOPLE: Final = 2_000  # of one's teams: looked through one by one
_SLIP: Final = 4  # a word has so many letters for each slip of the keyboard that is forgiven


class Hit(BaseModel):
    """Something found. `ref`: the file's path or the message's id, "" for the project itself; of a person, whose name is
    the `title`, their username, and `project` is "". `excerpt`: a part of its
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
        self,
        actor: Actor,
        query: str,
        kinds: Collection[Kind],
        *,
        everywhere: bool = False,
        limit: int = 20,
        before: int = NEWEST,
    ) -> SearchResults:
        """What has a word for each beginning in `query`: people, then the text written last first; only of projects that
        are not deleted. `everywhere`: of all that the actor may see, in their teams and where others let them in; else
        of the workspace. Projects and people are also found with a slip. `before` is the `next` of an earlier answer."""
        terms = terms_of(query[:MOST_QUERY])
        async with self._db.reader() as session:
            await as_person(session, actor)
            await check(session, actor, Action.READ, actor.workspace)
            if not terms:
                return SearchResults(results=[])
            teams = await _teams(session, actor) if everywhere else [actor.workspace]
            shown = seen_by(actor) if everywhere else shown_to(actor)
            texts_of, first = {*kinds} - {"person"}, before == NEWEST
            hits: list[Hit] = []
            if "person" in kinds and first:
                # People have no place in the list of texts, so they come before all of it.
                hits = await _people(session, teams, terms, limit // 2 if texts_of else limit)
            if not texts_of:
                return SearchResults(results=hits)
            owners = {*teams, *(await _hosts(session, actor) if everywhere else ())}
            most = limit - len(hits)
            entries = await texts.ask(session, owners, texts_of, terms, shown, before=before, most=most)
            hits += await _hits(session, entries, terms)
            if "project" in texts_of and first and len(hits) < limit:
                there = col(Project.owner).in_(owners)
                known = {hit.project for hit in hits}
                hits += await _misspelt(session, and_(there, shown), terms, known, limit - len(hits))
        return SearchResults(results=hits, next=str(entries[-1][0].id) if len(entries) == most else None)


async def _teams(session: AsyncSession, actor: Actor) -> list[str]:
    """The actor's own workspace, and those that they are a member of."""
    if actor.alone or actor.key is not None:
        return [actor.workspace]
    mine = select(col(Membership.owner)).where(col(Membership.person) == actor.id)
    return [actor.id, *await session.scalars(mine)]


async def _hosts(session: AsyncSession, actor: Actor) -> list[str]:
    """The workspaces of projects that others let the actor in to."""
    if actor.alone or actor.key is not None:
        return []
    into = select(col(Project.owner)).join(Collaborator, col(Collaborator.project) == col(Project.id))
    return [*await session.scalars(into.where(col(Collaborator.account) == actor.id).distinct())]


async def _people(session: AsyncSession, teams: Collection[str], terms: list[str], most: int) -> list[Hit]:
    """The people of these teams whose name or username nearly has the words: whoever is in a team knows who else is."""
    members = select(col(Membership.person)).where(col(Membership.owner).in_(teams))
    active = select(col(Account.name), col(Account.username)).where(
        col(Account.id).in_(members), col(Account.state) == "active"
    )
    by_name = active.order_by(func.lower(col(Account.name)), col(Account.id)).limit(_MOST_PEOPLE)
    return [
        Hit(kind="person", project="", title=name or username, ref=username)
        for name, username in await session.execute(by_name)
        if all(_nearly(term, words_of(f"{name} {username}")) for term in terms)
    ][:most]


async def _hits(session: AsyncSession, entries: Sequence[tuple[SearchEntry, Project]], terms: list[str]) -> list[Hit]:
    contents: dict[int, str] = {}
    for owner in {entry.owner for entry, _ in entries}:
        contents |= await _contents(session, owner, [entry for entry, _ in entries if entry.owner == owner])
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


async def _misspelt(
    session: AsyncSession, shown: ColumnElement[bool], terms: list[str], known: set[str], most: int
) -> list[Hit]:
    """Projects whose title nearly has the words."""
    titles = select(col(Project.id), col(Project.title)).where(col(Project.deleted_at).is_(None), shown)
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
