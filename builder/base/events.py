"""The append-only event log of each project, and the streams that follow it.

Facts are rows; the text of a running generation is read from its spool and merged at the right place. A listener pulls
from its own cursor: there is no queue per listener, so a listener that does not read costs nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol
from weakref import WeakValueDictionary

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Integer, String, column, select, table, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.base.db import Database, after_commit
from builder.base.errors import NotFound
from builder.base.tables import Event
from builder.texts import t

HEARTBEAT_SECONDS: Final = 15.0
COALESCE_SECONDS: Final = 0.033
HEARTBEAT: Final = ": heartbeat\n\n"
_TAIL_ROWS: Final = 256
_PAGE_ROWS: Final = 500
_TEXT_LIMIT: Final = 65_536


class Fact(BaseModel):
    """The content of a row of the log. Each area defines its own types; `kind` is the name of the row and of its
    frame."""

    model_config = ConfigDict(frozen=True)
    kind: ClassVar[str]


class TextSource(Protocol):
    """Where the text of generations is read from, in code points.

    A writer appends the row that opens a file before the file's first text, and the row that closes it after the last
    text. The stream keeps that order for every listener.
    """

    def active(self, project_id: str) -> str | None:
        """The generation that writes for this project at the moment."""

    def read(self, generation_id: str, offset: int, limit: int) -> str:
        """At most `limit` code points from `offset`; empty when there is no text yet, or none any more."""


class NoText:
    """A text source without any generation."""

    def active(self, project_id: str) -> str | None:  # noqa: ARG002  # the protocol's signature
        return None

    def read(self, generation_id: str, offset: int, limit: int) -> str:  # noqa: ARG002
        return ""


Heard = Callable[[AsyncSession, str, str, Fact], Awaitable[None]]
"""Is given the session, the project, its owner and the fact."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row ready to send. `position` is the offset that its generation's text has reached at this row, None if the row
    does not say."""

    seq: int
    kind: str
    frame: str
    generation: str = ""
    position: int | None = None


def _row(seq: int, kind: str, data: str) -> _Row:
    frame = f"id: {seq}\nevent: {kind}\ndata: {data}\n\n"
    if kind in ("file_opened", "file_closed"):
        fact = json.loads(data)
        return _Row(seq, kind, frame, str(fact["generation"]), int(fact["at" if kind == "file_opened" else "end"]))
    if kind in ("generation_started", "generation_finished"):
        return _Row(seq, kind, frame, str(json.loads(data)["generation"]["id"]))
    return _Row(seq, kind, frame)


def text_frame(generation: str, offset: int, text: str) -> str:
    """A frame without an id. It is no row of the log, as text can be requested again by its offset."""
    return f"event: text\ndata: {dump({'generation': generation, 'offset': offset, 'text': text})}\n\n"


def dump(data: Mapping[str, Any]) -> str:
    """JSON on one line, as events carry it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


# The columns of the table of projects that the log uses: the owner, and the counter that numbers the facts.
_PROJECT: Final = table("project", column("id", String), column("owner", String), column("event_seq", Integer))


class EventLog:
    """Appends facts, wakes listeners, and gives each listener its frames."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._signals: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()
        # The last rows of the projects that have listeners, so that many listeners do not each query the database.
        self._tails: dict[str, deque[_Row]] = {}
        self._listeners: dict[str, int] = {}
        self._heard: list[tuple[Collection[str], Heard]] = []
        self._draining = False

    def hear(self, kinds: Collection[str], heard: Heard) -> None:
        """Have `heard` awaited with each fact of these kinds, in the transaction that writes it."""
        self._heard.append((kinds, heard))

    async def append(self, project_id: str, fact: Fact, session: AsyncSession | None = None) -> int:
        """Write one fact and return its sequence number; listeners hear of it after the commit.

        With `session` it belongs to the caller's transaction. Raises NotFound when there is no such project.
        """
        if session is None:
            async with self._db.session() as own:
                return await self.append(project_id, fact, own)
        await session.flush()  # the session has not flushed a project that this transaction makes
        project = _PROJECT.c
        raised = update(_PROJECT).where(project.id == project_id).values(event_seq=project.event_seq + 1)
        # The number is taken in the writer's transaction, which locks the project's row: numbers follow the order of
        # commits.
        found = (await session.execute(raised.returning(project.event_seq, project.owner))).one_or_none()
        if found is None:
            raise NotFound(t("project.not_found"), detail=f"event {fact.kind} for unknown project {project_id}")
        seq, owner = int(found[0]), str(found[1])
        text = dump(fact.model_dump())
        session.add(Event(project=project_id, seq=seq, owner=owner, kind=fact.kind, data=text))
        await session.flush()
        for kinds, heard in self._heard:
            if fact.kind in kinds:
                await heard(session, project_id, owner, fact)
        after_commit(session, lambda: self._announce(project_id, _row(seq, fact.kind, text)))
        return seq

    def news(self, project_id: str) -> asyncio.Event:
        """Set once a row of the project is committed, or text arrives; whoever waits on asks again."""
        return self._signals.setdefault(project_id, asyncio.Event())

    def wake(self, project_id: str) -> None:
        """Let the project's listeners look again: a row was committed or text arrived."""
        signal = self._signals.pop(project_id, None)
        if signal is not None:
            signal.set()

    def drain(self) -> None:
        """End every stream, also those that begin later; clients reconnect to the next server."""
        self._draining = True
        for project_id in list(self._signals):
            self.wake(project_id)

    @property
    def listened_to(self) -> frozenset[str]:
        """The projects with something in memory for their listeners."""
        return frozenset((*self._listeners, *self._tails, *self._signals))

    def followed(self, project_id: str) -> bool:
        """Whether anybody follows the project at this moment."""
        return project_id in self._listeners

    @property
    def kept(self) -> int:
        """The number of rows in memory, over all projects with listeners."""
        return sum(map(len, self._tails.values()))

    async def last(self, project_id: str) -> int:
        """The sequence number of the project's newest fact, 0 before the first."""
        async with self._db.reader() as session:
            project = _PROJECT.c
            return int(await session.scalar(select(project.event_seq).where(project.id == project_id)) or 0)

    async def frames(
        self, project_id: str, after: int, text: TextSource, generation: str = "", offset: int = 0
    ) -> AsyncGenerator[str, None]:
        """Every frame after `after`, then each new one, until `drain()` is called; a heartbeat when idle.

        The listener already has the text of `generation` up to `offset`. If it names no generation, it gets the text of
        the running one, from the start of the file that was open at `after`; text frames carry their offset.
        """
        loop = asyncio.get_running_loop()
        self._listeners[project_id] = self._listeners.get(project_id, 0) + 1
        try:
            cursor, sent_at = after, -COALESCE_SECONDS
            if not generation:
                generation, offset = await self._position(project_id, after, text)
            while not self._draining:
                signal = self.news(project_id)
                # The text is read before the rows. A row that opens a file is committed before the file's text is
                # written, so the rows that belong before the text read here are among the rows read below.
                active = text.active(project_id)
                seen_of = active or generation
                seen_from = offset if seen_of == generation else 0
                seen = text.read(seen_of, seen_from, _TEXT_LIMIT) if seen_of else ""
                rows = await self._rows(project_id, cursor)
                sent = False
                for row in rows:
                    if row.generation and row.generation != generation and row.kind == "generation_started":
                        generation, offset = row.generation, 0
                    if row.generation == generation and generation:
                        limit = row.position
                        if limit is not None or row.kind == "generation_finished":
                            while limit is None or offset < limit:
                                want = _TEXT_LIMIT if limit is None else min(limit - offset, _TEXT_LIMIT)
                                piece = text.read(generation, offset, want)
                                if not piece:
                                    break
                                yield text_frame(generation, offset, piece)
                                offset += len(piece)
                            offset = max(offset, limit or 0)
                    yield row.frame
                    cursor, sent = row.seq, True
                if len(rows) < _PAGE_ROWS and seen and seen_of:
                    if seen_of != generation:
                        generation, offset = seen_of, 0
                    fresh = seen[max(0, offset - seen_from) :]
                    if fresh:
                        yield text_frame(generation, offset, fresh)
                        offset += len(fresh)
                        sent = True
                if sent or len(rows) == _PAGE_ROWS:
                    sent_at = loop.time()
                    # Look at once for frames that came while this one was sent; later ones are bundled below.
                    if len(rows) == _PAGE_ROWS or len(seen) == _TEXT_LIMIT:
                        continue
                if not await _fires(signal, HEARTBEAT_SECONDS):
                    yield HEARTBEAT
                    continue
                rest = sent_at + COALESCE_SECONDS - loop.time()
                if rest > 0 and not self._has_rows(project_id, cursor) and not self._draining:
                    await self._bundle(project_id, cursor, rest)
        finally:
            left = self._listeners[project_id] - 1
            if left:
                self._listeners[project_id] = left
            else:
                del self._listeners[project_id]
                self._tails.pop(project_id, None)

    async def _bundle(self, project_id: str, cursor: int, seconds: float) -> None:
        """Let text gather for `seconds`; stop early when a fact comes."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not self._draining and not self._has_rows(project_id, cursor):
            signal = self.news(project_id)
            rest = deadline - asyncio.get_running_loop().time()
            if rest <= 0 or not await _fires(signal, rest):
                return

    def _announce(self, project_id: str, row: _Row) -> None:
        if project_id in self._listeners:
            tail = self._tails.setdefault(project_id, deque(maxlen=_TAIL_ROWS))
            if tail and row.seq != tail[-1].seq + 1:
                # Two commits were announced out of order. The database has both; the rows in memory must have no gap.
                if row.seq > tail[-1].seq:
                    tail.clear()
                    tail.append(row)
            else:
                tail.append(row)
        self.wake(project_id)

    def _has_rows(self, project_id: str, cursor: int) -> bool:
        tail = self._tails.get(project_id)
        return bool(tail) and tail[-1].seq > cursor  # type: ignore[index]  # not empty

    async def _rows(self, project_id: str, cursor: int) -> list[_Row]:
        tail = self._tails.get(project_id)
        if tail and tail[0].seq <= cursor + 1:
            return [row for row in tail if row.seq > cursor]
        async with self._db.reader() as session:
            query = select(Event).where(col(Event.project) == project_id, col(Event.seq) > cursor)
            found = await session.scalars(query.order_by(col(Event.seq)).limit(_PAGE_ROWS))
            return [_row(event.seq, event.kind, event.data) for event in found]

    async def _position(self, project_id: str, after: int, text: TextSource) -> tuple[str, int]:
        """The position, in the running generation's text, of a listener that names no generation: (generation,
        offset)."""
        active = text.active(project_id)
        if not active:
            return "", 0
        async with self._db.reader() as session:
            query = select(Event).where(
                col(Event.project) == project_id,
                col(Event.seq) <= after,
                col(Event.kind).in_(("file_opened", "file_closed", "generation_started")),
            )
            event = await session.scalar(query.order_by(col(Event.seq).desc()).limit(1))
        row = _row(event.seq, event.kind, event.data) if event else None
        return active, (row.position or 0) if row and row.generation == active else 0


async def _fires(signal: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(signal.wait(), seconds)
    except TimeoutError:
        return False
    return True
