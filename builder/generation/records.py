"""Reads and writes the rows of generations; every change is announced in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import ClassVar, Final, Literal

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action, Subject, may, not_found
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.errors import Conflict, Json, NotFound, Remedy
from builder.base.events import EventLog, Fact
from builder.base.ids import now
from builder.base.leases import LeaseLost, Leases
from builder.generation.assembly import Assembly
from builder.generation.edits import Edit, EditFailed, place
from builder.generation.edits import shown as shown_edit
from builder.generation.edits.placing import Fallback
from builder.generation.models.model import Aside, EarlierMessage, ModelChanged, ThoughtText, ToolUsed
from builder.generation.models.thoughts import Thoughts
from builder.generation.shapes import GenerationFault, GenerationView, generation_shape
from builder.generation.tables import Generation, Turn
from builder.generation.tools.declared import ToolName
from builder.llm.conversation.errors import onward
from builder.llm.conversation.events import Waiting
from builder.projects.rows import project_of, roles_in, subject_of
from builder.projects.tables import Message, Project, Version
from builder.safety.talk import CleanTalk, shown
from builder.texts import t

UNFINISHED: Final = ("queued", "running")
RESUMABLE: Final = ("stopped", "interrupted", "failed")
_RECENT_VERSIONS: Final = 5


class GenerationStartedFact(Fact):
    kind: ClassVar = "generation_started"
    generation: GenerationView


class GenerationFinishedFact(Fact):
    kind: ClassVar = "generation_finished"
    generation: GenerationView


class WritingFact(Fact):
    """What the model said, as it is read; `generation` is the id of the one that writes."""

    generation: str


class FieldSetFact(WritingFact):
    """`value`: a text for title and summary, a list of names for the stack. For `run` it is whatever the model wrote there,
    looked at by nobody yet: what of it counts is decided with the whole Draft (`builder.projects.run_hints.told`)."""

    kind: ClassVar = "field_set"
    name: Literal["title", "summary", "stack", "run"]
    value: str | list[str] | dict[str, Json]


class FileOpenedFact(WritingFact):
    """`at`: where in the generation's text the file begins, in code points."""

    kind: ClassVar = "file_opened"
    path: str
    at: int


class FileClosedFact(WritingFact):
    """`end`: where in the generation's text the file ends, in code points."""

    kind: ClassVar = "file_closed"
    path: str
    end: int


class FileDeletedFact(WritingFact):
    kind: ClassVar = "file_deleted"
    path: str


class EditClosedFact(WritingFact):
    """`find` and `replace`: as they stand in the file, where the edit was `applied`; `fallback` says how its place was
    found where the text that the model gave is not there exactly, see `builder.generation.edits.placing`."""

    kind: ClassVar = "edit_closed"
    path: str
    find: str
    replace: str
    applied: bool
    fallback: Fallback = ""


class GenerationContinuedFact(WritingFact):
    """The model is asked once more by itself: `call` counts from 2. `because` it ran out of room (`cut_off`), a file
    could not be joined or was left out (`unfinished`), or something of the answer could not be used (its code).
    `paths`: the files it is about."""

    kind: ClassVar = "generation_continued"
    call: int
    because: str
    paths: list[str]


class ToolUsedFact(WritingFact):
    """The model looked at something before it wrote: with the tool `name`, at `what` in few words; not `ok`: its call
    could not be answered as it was. `characters`: the length of what it got."""

    kind: ClassVar = "tool_used"
    name: ToolName
    what: str
    ok: bool
    characters: int


class ModelWaitsFact(WritingFact):
    """The model's provider did not take the request (`reason`: the code of its error), and is asked again in `seconds`.
    `generation` is the id of the step where one that is in words waits."""

    kind: ClassVar = "model_waits"
    reason: str
    provider: str
    seconds: float


class ModelChangedFact(WritingFact):
    """`model` is asked, because (an error's code) `instead_of` failed before anything of its answer had arrived."""

    kind: ClassVar = "model_changed"
    model: str
    label: str
    because: str
    instead_of: str


class ThoughtAddedFact(WritingFact):
    """A piece of what the model thinks. `call` counts from 1: each call thinks anew."""

    kind: ClassVar = "thought_added"
    call: int
    text: str


class Asides:
    """What happens beside an answer, until it is told: facts, and the generation's row as they change it."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._facts: list[WritingFact] = []
        self.begin()

    @property
    def left(self) -> bool:
        return bool(self._facts)

    def begin(self) -> None:
        """A call begins, and thinks anew."""
        self._thoughts, self._clean = Thoughts(), CleanTalk().stream()

    def note(self, event: Aside) -> None:
        mine = self._generation
        match event:
            case ThoughtText(text):
                self._thoughts.add(self._clean.feed(text))
            case ToolUsed(name, what, ok, characters):
                self._facts.append(ToolUsedFact(generation=mine.id, name=name, what=what, ok=ok, characters=characters))
            case Waiting(reason, seconds, provider):
                fact = ModelWaitsFact(generation=mine.id, reason=reason, provider=provider, seconds=round(seconds, 1))
                self._facts.append(fact)
            case ModelChanged(name, label, because, instead_of):
                mine.model, mine.model_label = name, label
                mine.resume = {**mine.resume, "changed": {"instead_of": instead_of, "because": because}}
                self._facts.append(
                    ModelChangedFact(
                        generation=mine.id, model=name, label=label, because=because, instead_of=instead_of
                    )
                )

    def take(self, *, rest: bool) -> list[WritingFact]:
        """What is to be told; `rest`: thinking as well that would wait for more of it."""
        facts, self._facts = self._facts, []
        if rest:
            self._thoughts.add(self._clean.end())
        if text := self._thoughts.take(rest=rest):
            mine = self._generation
            mine.resume = {**mine.resume, "thinking": self._thoughts.text}
            call = mine.resume.get("calls", 1)
            facts.append(ThoughtAddedFact(generation=mine.id, call=call, text=text))
        return facts


class Records:
    """The table of generations, with its events."""

    def __init__(self, db: Database, events: EventLog, leases: Leases) -> None:
        self.db, self.leases = db, leases
        self._events = events

    async def get(
        self, actor: Actor, generation_id: str, project_id: str | None = None, action: Action = Action.READ
    ) -> Generation:
        """Raises what `may` raises, and `NotFound` for one that is not there or not of the project that is named."""
        mine = and_(col(Generation.project) == col(Project.id), col(Generation.id) == generation_id)
        query = select(Project, *roles_in(actor), Generation).select_from(Project)
        if project_id is None:
            query = query.join(Generation, mine)
        else:
            query = query.outerjoin(Generation, mine)
            query = query.where(col(Project.id) == project_id, col(Project.deleted_at).is_(None))
        async with self.db.reader() as session:
            row = (await session.execute(query)).one_or_none()
        if row is None and project_id is not None:
            raise not_found(actor, Subject("", project_id))
        if row is not None:
            may(actor, action, subject_of(row[0], (row[1], row[2])))
        if row is None or row[3] is None:
            raise NotFound(t("generation.not_found"), detail=f"generation {generation_id[:40]!r} for {actor.id}")
        generation: Generation = row[3]
        return generation

    async def check(self, actor: Actor, generation: Generation, action: Action) -> None:
        """For one that is in memory. Raises what `may` raises."""
        async with self.db.reader() as session:
            await project_of(session, actor, generation.project, action, deleted=True)

    async def left_behind(self, dead: Collection[str]) -> list[Generation]:
        """Everybody's generations that nobody writes any more: their lease has ended, or `dead` held it."""
        async with self.db.reader() as session:
            return [*await session.scalars(select(Generation).where(self._left(dead)))]

    async def take_over(self, session: AsyncSession, generation: Generation, dead: Collection[str]) -> bool:
        """Hold a generation that was left behind, to end it; False where somebody else was quicker."""
        taken = update(Generation).where(col(Generation.id) == generation.id, self._left(dead))
        values = taken.values(**self.leases.taken()).returning(col(Generation.id))
        return await session.scalar(values.execution_options(synchronize_session=False)) is not None

    def _left(self, dead: Collection[str]) -> ColumnElement[bool]:
        return col(Generation.status).in_(UNFINISHED) & self.leases.free(Generation, dead)

    async def begin(self, session: AsyncSession, generation: Generation) -> None:
        """Write the row as running and say so. Raises `Conflict` where another one still writes for the project."""
        busy = select(col(Generation.id)).where(
            col(Generation.project) == generation.project,
            col(Generation.status).in_(UNFINISHED),
            col(Generation.id) != generation.id,
        )
        if (await session.execute(busy.limit(1))).first():
            raise Conflict(t("generation.busy"), code="generation_busy")
        generation.status, generation.error = "running", None
        generation.started_at = generation.started_at or now()
        generation.finished_at = None
        await self._write(session, generation, GenerationStartedFact)
        mine = update(Generation).where(col(Generation.id) == generation.id).values(**self.leases.taken())
        await session.execute(mine.execution_options(synchronize_session=False))

    async def note(self, session: AsyncSession, generation: Generation, fact: WritingFact) -> None:
        """Keep what continuing it needs and what it has cost so far, and say `fact`."""
        names = (
            "model",
            "model_label",
            "resume",
            "input_tokens",
            "output_tokens",
            "cache_read",
            "cache_write",
            "cost_usd",
        )
        values = {name: getattr(generation, name) for name in names}
        await session.execute(update(Generation).where(col(Generation.id) == generation.id).values(**values))
        await self._events.append(generation.project, fact, session)

    async def end(
        self, session: AsyncSession, generation: Generation, status: str, error: dict[str, str] | None
    ) -> None:
        """Write the row as finished and say so. Raises `LeaseLost` where another writes it."""
        row = await session.get(Generation, generation.id, with_for_update=True)
        if row is not None and row.holder != self.leases.id:
            raise LeaseLost(f"generation {generation.id}")
        generation.holder = generation.leased_until = ""
        # Together: whoever asks meanwhile is told what the database has, not an ending whose version is not there yet.
        generation.status, generation.error, generation.finished_at = status, error, now()
        await self._write(session, generation, GenerationFinishedFact)

    async def accepted(self, session: AsyncSession, generation: Generation) -> None:
        """Write the row of one that had ended as done, because the person took what it wrote."""
        generation.status, generation.error = "done", None
        await self._write(session, generation, GenerationFinishedFact)

    async def _write(
        self,
        session: AsyncSession,
        generation: Generation,
        fact: type[GenerationStartedFact] | type[GenerationFinishedFact],
    ) -> None:
        await session.merge(generation)
        await session.flush()
        await self._events.append(generation.project, fact(generation=generation_shape(generation)), session)

    async def row(self, generation_id: str) -> Generation | None:
        async with self.db.reader() as session:
            return await session.get(Generation, generation_id)

    async def earlier(self, project_id: str, turn: str | None = None) -> tuple[EarlierMessage, ...]:
        """The project's conversation, oldest first, without `turn` and without what the person has turned away from."""
        left = col(Message.turn).is_(None) | col(Message.turn).not_in(
            select(col(Turn.id)).where(
                col(Turn.project) == project_id, col(Turn.followed_by).is_not(None) | (col(Turn.id) == turn)
            )
        )
        query = select(Message).where(col(Message.project) == project_id, left)
        async with self.db.reader() as session:
            found = await session.scalars(query.order_by(col(Message.position)))
            return tuple(
                EarlierMessage("person" if row.role == "person" else "builder", _with_attached(row)) for row in found
            )

    async def changed(self, project_id: str) -> tuple[str, ...]:
        """Paths that the last few versions changed, newest first."""
        query = select(Version).where(col(Version.project) == project_id)
        async with self.db.reader() as session:
            newest = [*await session.scalars(query.order_by(col(Version.number).desc()).limit(_RECENT_VERSIONS))]
        paths: dict[str, None] = {}
        for version, older in pairwise(newest):
            paths.update(dict.fromkeys(path for path, sha in version.tree.items() if older.tree.get(path) != sha))
        return tuple(paths)


def _with_attached(message: Message) -> str:
    """Its text, behind the names of what was attached: a later request may speak of it."""
    names = [f"{one['name']} at {one['path']}" if one["path"] else str(one["name"]) for one in message.attachments]
    return f"[attached: {', '.join(names)}] {message.text}" if names else message.text


def error_shape(code: str, message: str, remedy: Remedy) -> dict[str, str]:
    """What a generation's `error` holds."""
    return GenerationFault(code=code, message=message, remedy=remedy).model_dump()


def describe(generation: Generation, assembly: Assembly) -> None:
    """Write what arrived into the row."""
    fields = assembly.fields
    generation.title = shown(fields.title) or generation.title
    generation.summary = shown(fields.summary) or generation.summary
    generation.stack, generation.run = fields.stack, fields.run
    arrived = {file.path: file.closed for file in assembly.files.values()}
    # A file changed by edits alone belongs to the list as well: it is what a follow-up did.
    arrived |= {edit.path: True for edit in fields.edits if edit.path not in arrived}
    generation.files = [{"path": path[:400], "closed": closed} for path, closed in arrived.items()]
    generation.characters = assembly.characters


def ended_error(ending: Literal["stopped", "interrupted"], assembly: Assembly) -> dict[str, str]:
    """The `error` of an answer that was ended from outside."""
    kept = not assembly.empty
    return error_shape(ending, t(f"generation.{ending}", **onward(kept)), "continue" if kept else "retry")


def tried(generation: str, edit: Edit, text: str | None) -> tuple[EditClosedFact, str | None]:
    """What is told of an edit of a file's `text`, and the text after it, None where it does not fit."""
    fact = EditClosedFact(
        generation=generation, path=edit.path[:400], find=edit.find, replace=edit.replace, applied=False
    )
    if text is None:
        return fact, None
    try:
        placed = place(text, edit.find, edit.replace)
    except EditFailed:
        return fact, None
    find, replace = shown_edit(text, placed)
    told = {"find": find, "replace": replace, "applied": True, "fallback": placed.fallback}
    return fact.model_copy(update=told), placed.over(text)
