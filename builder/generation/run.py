"""One generation while it is written: model → spool → events, and its one ending."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import asdict, dataclass, replace
from typing import Final, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.actor import Actor
from builder.base.errors import Remedy, SaysoError
from builder.base.events import EventLog
from builder.base.leases import LeaseLost
from builder.generation import policy
from builder.generation.accepting import accept, applied, keys_in, shortened, summary_of
from builder.generation.aside import set_aside
from builder.generation.asking import Asking
from builder.generation.assembly import Assembly, Closed, Edited, Field, Opened, Step, Text, Unfinished
from builder.generation.draft import Draft, DraftRefused
from builder.generation.edits import Edit
from builder.generation.extraction import TextAnswer, changes_beside, json_in
from builder.generation.file_tree_stream import MalformedTree, TruncatedTree
from builder.generation.further_calls import BROKEN_OFF, MOST_CONTINUATIONS, Refusal, refusal_of, remedy_of
from builder.generation.models.model import (
    Aside,
    CallEnded,
    DraftModel,
    Finished,
    JsonText,
    ModelChanged,
    ModelRequest,
    ProseText,
)
from builder.generation.records import (
    Asides,
    EditClosedFact,
    FieldSetFact,
    FileClosedFact,
    FileDeletedFact,
    FileOpenedFact,
    GenerationContinuedFact,
    Records,
    WritingFact,
    describe,
    ended_error,
    error_shape,
    tried,
)
from builder.generation.sent.calls import SentCalls
from builder.generation.spool import Spool, SpoolFull
from builder.generation.tables import Generation
from builder.llm.conversation import errors
from builder.llm.conversation.events import Usage
from builder.projects.project_settings import locks_of
from builder.projects.store import ProjectStore
from builder.safety.log import add_said
from builder.safety.talk import CleanTalk
from builder.texts import t
from preview_runtime.file_tree import MAX_TREE_BYTES
from preview_runtime.tasks import beside

logger = logging.getLogger(__name__)

BATCH_SECONDS: Final = 0.033  # as long as a screen shows two frames; the first piece of a burst goes out at once
ROOM_CHARACTERS: Final = 256 * 1024
"""Text that may wait for the database before the model is made to wait."""
Ending = Literal["stopped", "interrupted"]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run works with."""

    store: ProjectStore
    events: EventLog
    records: Records
    sent: SentCalls
    turnstile: asyncio.Semaphore
    """Held for what is begun or ended, never while a model writes."""


class Run:
    """Writes one generation. `execute` never raises for what the model, the answer or the project does wrong; it
    raises `LeaseLost`."""

    def __init__(
        self,
        parts: Parts,
        actor: Actor,
        generation: Generation,
        model: DraftModel,
        asking: Asking,
        request: ModelRequest,
        spool: Spool,
        assembly: Assembly,
    ) -> None:
        self.generation = generation
        self.assembly = assembly
        self.usage = Usage()
        self._parts = parts
        self._actor = actor
        self._model = model
        self._asking = asking
        self._ask(request)
        self._continuations = 0
        self._spool = spool
        self._buffer: list[str] = []
        self._buffered = 0
        self._prose: list[str] = []
        self._asides = Asides(generation)
        self._talk = CleanTalk()
        self._finished: Finished | None = None
        self._dirty = asyncio.Event()
        self._room = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._ending: Ending | None = None
        self._edited: dict[str, str | None] = {}
        self._received = 0
        self._reached = assembly.progress
        self._refused: DraftRefused | None = None
        self._draft: Draft | None = None

    def end(self, ending: Ending) -> None:
        """Stop writing; what arrived is kept and `execute` returns soon."""
        self._ending = self._ending or ending
        if self._pump:
            self._pump.cancel()

    async def execute(self) -> None:
        try:
            while True:
                try:
                    draft = await self._whole_answer()
                    async with self._parts.turnstile:
                        await self._commit(draft)
                    return
                except DraftRefused as fault:
                    if await self._asks_again(fault):
                        continue
                    if isinstance(fault, policy.Elided) and await self._sets_aside():
                        return
                    raise
        except LeaseLost:
            raise  # it is somebody else's by now: nothing of ours is written any more
        except errors.ModelError as fault:
            message = fault.message_kept if self._keeps(fault.code) else fault.message_retry
            await self._fail(fault.code, message, fault.remedy, fault.detail)
        except SaysoError as fault:
            await self._fail(fault.code, fault.message, remedy_of(fault), fault.detail)
        except MalformedTree as fault:
            message = t("generation.malformed", offset=f"{fault.offset:,}", **errors.onward(False))
            await self._fail("malformed", message, "retry", str(fault))
        except SpoolFull:
            limit = f"{MAX_TREE_BYTES // 2**20} MB"
            await self._fail("tree_too_large", t("generation.too_large", limit=limit), "shorten", "the spool is full")
        except Exception:
            logger.exception("generation %s broke", self.generation.id)
            message = t("generation.internal", **errors.onward(self._keeps("internal")))
            await self._fail("internal", message, "retry", "see the traceback")

    # Writing

    def _ask(self, request: ModelRequest) -> None:
        reference = self.generation.turn or self.generation.id
        self._request = replace(request, project=self.generation.project, reference=reference)

    async def _whole_answer(self) -> Draft | None:
        """The Draft, however many calls it takes: what breaks off for want of room is gone on with."""
        while True:
            try:
                return await self._write()
            except errors.CutOff as cut:
                if not await self._goes_on(cut):
                    # Nothing came instead of what could not be used.
                    raise (self._refused if isinstance(cut.__cause__, Unfinished) and self._refused else cut) from None

    async def _goes_on(self, cut: errors.CutOff) -> bool:
        """Whether the rest is asked for; not where the last call brought nothing."""
        if self._ending or self._continuations >= MOST_CONTINUATIONS or self.assembly.empty or self._stands_still():
            return False
        self._continuations += 1
        unfinished = isinstance(cut.__cause__, Unfinished)
        join, missing = self.assembly.join, self.assembly.missing
        paths = [*([join.path] if join else []), *missing]
        await self._call_again("unfinished" if unfinished else "cut_off", paths)
        return True

    def _stands_still(self) -> bool:
        before, self._reached = self._reached, self.assembly.progress
        return before == self._reached

    async def _asks_again(self, fault: DraftRefused) -> bool:
        """Whether what could not be used is asked for once more: once in a generation."""
        refusal = refusal_of(fault)
        if refusal is None or self._ending or "refused" in self.generation.resume:
            return False
        self.assembly.refuse(refusal.edits, refusal.paths, refusal.locked)
        self._refused, self._reached = fault, self.assembly.progress
        refused = {"attempt": self.assembly.attempts, **asdict(refusal)}
        self.generation.resume = {**self.generation.resume, "refused": refused}
        logger.info("generation %s asks once more: %s: %s", self.generation.id, fault.code, fault.detail)
        about = dict.fromkeys([*refusal.paths, *refusal.edited, *refusal.locked])
        await self._call_again(fault.code, list(about))
        return True

    async def _call_again(self, because: str, paths: list[str]) -> None:
        generation = self.generation
        refused = Refusal.kept(generation.resume)
        self._ask(self._asking.onward(self.assembly, refused.says if refused else ""))
        self._settle()
        calls = generation.resume.get("calls", 1) + 1
        generation.resume = {**generation.resume, "calls": calls}
        fact = GenerationContinuedFact(
            generation=generation.id, call=calls, because=because, paths=[path[:400] for path in paths]
        )
        async with self._parts.store.db.session() as session:
            await self._parts.records.note(session, generation, fact)

    async def _write(self) -> Draft | None:
        """What one call says, with what arrived before, as a Draft; None where it was ended from outside."""
        self._prose, self._finished, self._received = [], None, 0
        self._asides.begin()
        self._spool.begin_attempt()
        self.assembly.begin()
        if self._ending is None:
            async with self._parts.turnstile:
                sent = await self._parts.sent.keep(self._request, self.generation)
            try:
                async with beside(self._read_model(), f"generation {self.generation.id}: read the model") as self._pump:
                    if self._ending:  # while what is sent was kept
                        self._pump.cancel()
                    await self._follow(self._pump)
            finally:
                if sent:
                    await self._parts.sent.settle(sent, self.usage)
        if self._ending:
            return None
        if not self.assembly.begun or self.assembly.silent:
            await self._take_from_words()
        elif self.assembly.complete and (more := changes_beside(self._words(), self.assembly.partial())):
            await self._take_another(more)
        try:
            draft = self.assembly.finish()
        except TruncatedTree as fault:
            raise errors.CutOff(self._model.label, self._model.label, detail=str(fault)) from fault
        await self._announce()
        return draft

    async def _take_from_words(self) -> None:
        """The Draft that stands among what was said or thought, where what came as JSON holds none. Raises `TextAnswer`
        where there is none either and nothing came as JSON."""
        said = "\n".join((*self._spool.attempts()[-1:], "".join(self._prose)))
        try:
            text = await asyncio.to_thread(json_in, said)
        except TextAnswer as answer:
            fields = self.assembly.fields
            only_json = answer.text.startswith(("{", "[", '"', "```"))
            if self.assembly.begun and (only_json or fields.title or fields.summary or self.assembly.attempts > 1):
                return
            raise
        await self._take_another(text)

    def _words(self) -> str:
        return "".join((*self._prose, "\n", self.assembly.rest))

    async def _take_another(self, text: str) -> None:
        self._spool.begin_attempt()
        self.assembly.begin()
        await self._take(text)

    async def _follow(self, pump: asyncio.Task[None]) -> None:
        """Hands on what arrives until the model is done, in batches; raises what the model raised."""
        pump.add_done_callback(lambda _: self._dirty.set())
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            text, self._buffer, self._buffered = "".join(self._buffer), [], 0
            self._room.set()
            await self._tell(rest=bool(text) or pump.done())
            if text:
                await self._take(text)
            if pump.done() and not self._buffer and not self._asides.left:
                break
            if not pump.done():
                await asyncio.wait({pump}, timeout=BATCH_SECONDS)
        if not pump.cancelled() and (fault := pump.exception()):
            raise fault
        if not self._ending:
            self._check_finish()

    async def _read_model(self) -> None:
        async with contextlib.aclosing(self._model.stream(self._request)) as events:
            async for event in events:
                if isinstance(event, JsonText):
                    self._buffer.append(event.text)
                    self._buffered += len(event.text)
                    self._dirty.set()
                    if self._buffered > ROOM_CHARACTERS:
                        self._room.clear()
                        await self._room.wait()
                elif isinstance(event, ProseText):
                    self._prose.append(event.text)
                elif isinstance(event, Usage):
                    self.usage = replace(event)
                elif isinstance(event, CallEnded):
                    self._add(event.usage, event.cost)
                elif isinstance(event, Finished):
                    self._finished = event
                else:
                    self._note(event)

    def _note(self, event: Aside) -> None:
        if isinstance(event, ModelChanged):
            self._settle()  # at the price of the model that failed
        self._asides.note(event)
        self._dirty.set()

    async def _tell(self, *, rest: bool) -> None:
        """What happened beside the answer. `rest`: thinking as well that would wait for more of it."""
        for fact in self._asides.take(rest=rest):
            async with self._parts.store.db.session() as session:
                await self._parts.records.note(session, self.generation, fact)

    def _check_finish(self) -> None:
        reason, detail = (self._finished.reason, self._finished.detail) if self._finished else ("end", "")
        if reason == "refusal":
            raise errors.RefusedByModel(detail=detail)
        whole = self.assembly.complete and not self.assembly.empty
        if reason == "context" and not whole:
            raise errors.TooLong(self._model.label, self._model.label, detail=detail)
        if reason == "max_tokens" and self._received and not whole:
            raise errors.CutOff(detail=detail)

    async def _take(self, text: str) -> None:
        """On disk first, then read, then announced."""
        self._received += len(text)
        self._spool.append_raw(text)
        try:
            self.assembly.feed(text)
        finally:
            await self._announce()
        policy.check_size(self.assembly.open_file, self.assembly.characters)

    async def _announce(self) -> None:
        """Texts go to the spool, facts to the log, in order: a file's first text after the row that opens it."""
        facts: list[WritingFact] = []
        for step in self.assembly.take():
            if isinstance(step, Text):
                await self._log(facts)
                self._spool.append_text(step.text)
            else:
                facts.extend(await self._facts(step))
        await self._log(facts)
        self._parts.events.wake(self.generation.project)

    async def _log(self, facts: list[WritingFact]) -> None:
        if not facts:
            return
        async with self._parts.store.db.session() as session:
            for fact in facts:
                await self._parts.events.append(self.generation.project, fact, session)
        facts.clear()

    async def _facts(self, step: Step) -> list[WritingFact]:
        mine = self.generation.id
        match step:
            case Opened(path, at):
                policy.check_opening(path, self.assembly.files)
                return [FileOpenedFact(generation=mine, path=path, at=at)]
            case Closed(path, end):
                self._edited[path] = self.assembly.files[path].text
                return [FileClosedFact(generation=mine, path=path, end=end)]
            case Edited(edit):
                return [await asyncio.to_thread(self._tried, edit)]
            case Field("delete", paths):
                return [FileDeletedFact(generation=mine, path=path) for path in paths if path in self._request.tree]
            case Field("title" | "summary" as name, str(value)):
                return [FieldSetFact(generation=mine, name=name, value=self._talk.clean(value))]
            case Field(name, value):
                return [FieldSetFact.model_validate({"generation": mine, "name": name, "value": value})]
        return []

    def _tried(self, edit: Edit) -> EditClosedFact:
        """What becomes of the edit on what is there by then; the tree itself changes only at the end."""
        text = self._edited.get(edit.path, self._request.tree.text(edit.path))
        fact, after = tried(self.generation.id, edit, text)
        if after is not None:
            self._edited[edit.path] = after
        return fact

    # The ending

    async def _commit(self, draft: Draft | None) -> None:
        if draft is None:
            ending = self._ending or "interrupted"
            await self._end(ending, ended_error(ending, self.assembly))
            return
        for note in draft.notes:
            logger.info("generation %s: %s", self.generation.id, note)
        policy.check_read(draft)
        self._draft = draft
        async with self._parts.store.db.reader() as session:
            locks = await locks_of(session, self.generation.project)
        before = self._request.tree
        tree = await asyncio.to_thread(applied, self.generation, draft, before, locks)
        first = self.generation.base is None
        if tree is None and first and draft.empty and draft.summary:
            raise TextAnswer(self._talk.clean(draft.summary))
        if tree is None and not (draft.empty and draft.summary):
            raise DraftRefused(t("generation.nothing_changed"), code="nothing_changed")
        if tree is None and self._asking.attached.files:
            tree = before  # data that was attached belongs to the project whatever is answered
        keys = await keys_in(tree, before)
        async with self._parts.store.db.session() as session:
            await accept(
                self._parts.store, session, self._actor, self.generation, tree, head=self.generation.base, keys=keys,
                summary=summary_of(self.generation, self._talk.clean(draft.summary)),
                title=await self._title(draft, first=first), stack=draft.stack or None,
            )  # fmt: skip
            await self._close(session, "done", None)

    async def _sets_aside(self) -> bool:
        """Whether the person is asked instead: what was shortened unasked, even where it was asked for once more, is kept
        for them to look at."""
        draft, generation, before = self._draft, self.generation, self._request.tree
        if draft is None or self._ending or generation.turn is None:
            return False
        async with self._parts.store.db.reader() as session:
            locks = await locks_of(session, generation.project)
        after = await asyncio.to_thread(applied, generation, draft, before, locks, guarded=False)
        found = await asyncio.to_thread(shortened, generation, draft, before, after) if after is not None else []
        if after is None or not found:
            return False
        error = error_shape("elided", t("generation.to_decide", count=len(found)), "decide")
        async with self._parts.store.db.session() as session:
            await set_aside.keep(session, generation, self._asking.tree, after, found)
            await self._close(session, "failed", error)
        return True

    def _workspace(self) -> Actor:
        return self._actor.within(self.generation.owner)

    async def _title(self, draft: Draft, *, first: bool) -> str:
        """The project's title from the draft, unless the person has given it one meanwhile. With a change: where the
        person's own words name it, as in "rename it to Fern"."""
        if not first and draft.title.casefold() not in self.generation.prompt.casefold():
            return ""
        project = await self._parts.store.get(self._actor, self.generation.project)
        ours = project.title == self.generation.resume.get("project_title")
        return self._talk.clean(draft.title)[:200] if ours else ""

    async def _fail(self, code: str, message: str, remedy: Remedy, detail: str) -> None:
        message, detail = self._talk.clean(message), self._talk.clean(detail)
        logger.warning("generation %s failed: %s: %s", self.generation.id, code, detail or message)
        self.generation.version = None
        if self._ending:
            await self._end(self._ending, ended_error(self._ending, self.assembly))
            return
        # The sentence names the button, so what the page offers has to follow from the same question.
        if remedy in ("retry", "wait", "continue"):
            remedy = "continue" if self._keeps(code) else "retry" if remedy == "continue" else remedy
        await self._end("failed", error_shape(code, message, remedy))

    def _keeps(self, code: str) -> bool:
        """Whether something arrived that the answer goes on from after this failure."""
        return code in BROKEN_OFF and not self.assembly.empty

    async def _end(self, status: str, error: dict[str, str]) -> None:
        self.assembly.end_attempt()
        # What could not be announced once is not tried again: the ending must be written whatever it is.
        with contextlib.suppress(SaysoError):
            await self._announce()
        async with self._parts.store.db.session() as session:
            await self._close(session, status, error)

    async def _close(self, session: AsyncSession, status: str, error: dict[str, str] | None) -> None:
        generation = self.generation
        self._spool.close()
        describe(generation, self.assembly)
        self._settle()
        add_said(
            session, self._workspace(), self._talk.counts, length=self._talk.characters, project=generation.project,
            reference=generation.id,
        )  # fmt: skip
        await self._parts.records.end(session, generation, status, error)

    def _settle(self) -> None:
        """Add what the last call used to the row."""
        self._add(self.usage, self._model.cost(self.usage))

    def _add(self, usage: Usage, cost: float | None) -> None:
        generation, self.usage = self.generation, Usage()
        generation.input_tokens += usage.input_tokens
        generation.output_tokens += usage.output_tokens
        generation.cache_read += usage.cache_read
        generation.cache_write += usage.cache_write
        generation.cost_usd = None if cost is None else round((generation.cost_usd or 0.0) + cost, 6)
