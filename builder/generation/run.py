"""One generation while it is written: model → spool → events, and its one ending."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, replace
from typing import Final, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.actor import Actor
from builder.base.errors import Conflict, Remedy, SaysoError
from builder.base.events import EventLog
from builder.base.leases import LeaseLost
from builder.generation import policy
from builder.generation.assembly import Assembly, Closed, Edited, Field, Opened, Step, Text
from builder.generation.draft import Draft, DraftRefused, apply
from builder.generation.edits import Edit, EditFailed, replace_once
from builder.generation.extraction import TextAnswer, json_in
from builder.generation.file_tree_stream import MalformedTree, TruncatedTree
from builder.generation.models.model import DraftModel, Finished, JsonText, ModelRequest, ProseText
from builder.generation.records import (
    EditClosedFact,
    FieldSetFact,
    FileClosedFact,
    FileDeletedFact,
    FileOpenedFact,
    Records,
    WritingFact,
    error_shape,
)
from builder.generation.spool import Spool, SpoolFull
from builder.generation.tables import Generation
from builder.llm.conversation import errors
from builder.llm.conversation.events import Usage
from builder.projects import run_hints
from builder.projects.store import ProjectStore
from builder.texts import said, t
from preview_runtime.file_tree import MAX_TREE_BYTES, FileTree, InvalidTree
from preview_runtime.tasks import beside

logger = logging.getLogger(__name__)

BATCH_SECONDS: Final = 0.033
"""Pieces are gathered for as long as a screen shows two frames; the first of a burst goes out at once."""
ROOM_CHARACTERS: Final = 256 * 1024
"""Text that may wait for the database before the model is made to wait."""
Ending = Literal["stopped", "interrupted"]

BROKEN_OFF: Final = frozenset({
    "stopped", "interrupted", "cut_off", "connection_lost", "timed_out", "unreachable", "overloaded", "rate_limited",
    "provider_failed", "bad_key", "no_key", "no_credit", "forbidden", "unknown_model", "request_refused", "internal",
    "budget_reached", "spending_paused", "price_unknown",
})  # fmt: skip
_REMEDIES: Final[dict[str, Remedy]] = {
    "budget_reached": "budget",
    "spending_paused": "budget",
    "price_unknown": "model",
}
"""Endings after which what arrived is good so far; after the others the answer itself was at fault."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run works with."""

    store: ProjectStore
    events: EventLog
    records: Records


class Run:
    """Writes one generation. `execute` never raises for what the model, the answer or the project does wrong; it
    raises `LeaseLost`."""

    def __init__(
        self,
        parts: Parts,
        actor: Actor,
        generation: Generation,
        model: DraftModel,
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
        self._request = replace(request, project=generation.project, generation=generation.id)
        self._spool = spool
        self._earlier = replace(
            Usage(), input_tokens=generation.input_tokens, output_tokens=generation.output_tokens,
            cache_read=generation.cache_read, cache_write=generation.cache_write,
        )  # fmt: skip
        self._earlier_cost = generation.cost_usd
        self._buffer: list[str] = []
        self._buffered = 0
        self._prose: list[str] = []
        self._finished: Finished | None = None
        self._dirty = asyncio.Event()
        self._room = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._ending: Ending | None = None
        self._edited: dict[str, str | None] = {}
        self._received = 0

    def end(self, ending: Ending) -> None:
        """Stop writing; what arrived is kept and `execute` returns soon."""
        self._ending = self._ending or ending
        if self._pump:
            self._pump.cancel()

    async def execute(self) -> None:
        try:
            draft = await self._write()
            await self._commit(draft)
        except LeaseLost:
            raise  # it is somebody else's by now: nothing of ours is written any more
        except errors.ModelError as fault:
            message = fault.message_kept if self._keeps(fault.code) else fault.message
            await self._fail(fault.code, message, fault.remedy, fault.detail)
        except SaysoError as fault:
            await self._fail(fault.code, fault.message, _remedy(fault), fault.detail)
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

    async def _write(self) -> Draft | None:
        """Everything the model says, as a Draft; None where it was ended from outside."""
        self._spool.begin_attempt()
        self.assembly.begin()
        if self._ending is None:
            async with beside(self._read_model(), f"generation {self.generation.id}: read the model") as self._pump:
                await self._follow(self._pump)
        if self._ending:
            return None
        if not self.assembly.begun or (self.assembly.complete and self.assembly.empty):
            await self._take_from_words()
        try:
            draft = self.assembly.finish()
        except TruncatedTree as fault:
            raise errors.CutOff(self._model.label, self._model.label, detail=str(fault)) from None
        await self._announce()
        return draft

    async def _take_from_words(self) -> None:
        """The Draft that stands among what was said or thought, where what came as JSON holds none.

        Raises `TextAnswer` where there is none either and nothing came as JSON.
        """
        said = "\n".join((*self._spool.attempts()[-1:], "".join(self._prose)))
        try:
            text = await asyncio.to_thread(json_in, said)
        except TextAnswer:
            if self.assembly.begun:
                return
            raise
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
            if text:
                await self._take(text)
            if pump.done() and not self._buffer:
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
                else:
                    self._finished = event

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
                facts.extend(self._facts(step))
        await self._log(facts)
        self._parts.events.wake(self.generation.project)

    async def _log(self, facts: list[WritingFact]) -> None:
        if not facts:
            return
        async with self._parts.store.db.session() as session:
            for fact in facts:
                await self._parts.events.append(self.generation.project, fact, session)
        facts.clear()

    def _facts(self, step: Step) -> list[WritingFact]:
        mine = self.generation.id
        match step:
            case Opened(path, at):
                policy.check_opening(path, self.assembly.files)
                return [FileOpenedFact(generation=mine, path=path, at=at)]
            case Closed(path, end):
                self._edited[path] = self.assembly.files[path].text
                return [FileClosedFact(generation=mine, path=path, end=end)]
            case Edited(edit):
                path, applied = edit.path[:400], self._try(edit)
                return [
                    EditClosedFact(generation=mine, path=path, find=edit.find, replace=edit.replace, applied=applied)
                ]
            case Field("delete", paths):
                return [FileDeletedFact(generation=mine, path=path) for path in paths if path in self._request.tree]
            case Field(name, value):
                return [FieldSetFact.model_validate({"generation": mine, "name": name, "value": value})]
        return []

    def _try(self, edit: Edit) -> bool:
        """Whether the edit fits what is there by then; the tree itself changes only at the end."""
        text = self._edited.get(edit.path, self._request.tree.text(edit.path))
        if text is None:
            return False
        try:
            self._edited[edit.path] = replace_once(text, edit.find, edit.replace)
        except EditFailed:
            return False
        return True

    # The ending

    async def _commit(self, draft: Draft | None) -> None:
        if draft is None:
            ending = self._ending or "interrupted"
            await self._end(ending, ended_error(ending, self.assembly))
            return
        for note in draft.notes:
            logger.info("generation %s: %s", self.generation.id, note)
        policy.check_read(draft)
        tree = await asyncio.to_thread(self._applied, draft)
        first = self.generation.base is None
        if tree is None and first and draft.empty and draft.summary:
            raise TextAnswer(draft.summary)
        if tree is None and not (draft.empty and draft.summary):
            raise DraftRefused(t("generation.nothing_changed"), code="nothing_changed")
        summary = draft.summary or t("generation.default_summary" if first else "generation.follow_up_summary")
        async with self._parts.store.db.session() as session:
            version = None
            if tree is not None:
                try:
                    version = await self._parts.store.commit(
                        self._actor, self.generation.project, tree, kind="generation", label=self.generation.prompt[:200],
                        generation_id=self.generation.id, expect_head=self.generation.base,
                        title=await self._title(draft) if first else "", stack=draft.stack or None, session=session,
                    )  # fmt: skip
                except InvalidTree as fault:
                    raise DraftRefused(said(fault.says), code=fault.code, path=fault.path) from None
            self.generation.version = version.id if version else None
            await self._parts.store.add_message(
                self._actor,
                self.generation.project,
                "builder",
                summary,
                generation_id=self.generation.id,
                session=session,
            )
            await self._close(session, "done", None)

    def _applied(self, draft: Draft) -> FileTree | None:
        """The tree after the draft and what it says of starting the app, None where nothing differs. Raises `DraftRefused`."""
        before = self._request.tree
        after = before
        if not draft.empty:
            after = apply(draft, before)
            policy.check(draft, before, after)
        after = run_hints.told(after, draft.run)
        changed, deleted = after.changed_from(before)
        return after if changed or deleted else None

    async def _title(self, draft: Draft) -> str:
        """The project's title from the draft, unless the person has given it one meanwhile."""
        project = await self._parts.store.get(self._actor, self.generation.project)
        return draft.title[:200] if project.title == self.generation.resume.get("project_title") else ""

    async def _fail(self, code: str, message: str, remedy: Remedy, detail: str) -> None:
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
        self.assembly.partial()  # lets go of what was held back, for the person to see
        # What could not be announced once is not tried again: the ending must be written whatever it is.
        with contextlib.suppress(SaysoError):
            await self._announce()
        async with self._parts.store.db.session() as session:
            await self._close(session, status, error)

    async def _close(self, session: AsyncSession, status: str, error: dict[str, str] | None) -> None:
        generation = self.generation
        self._spool.close()
        generation.status, generation.error = status, error
        describe(generation, self.assembly)
        earlier, usage = self._earlier, self.usage
        generation.input_tokens = earlier.input_tokens + usage.input_tokens
        generation.output_tokens = earlier.output_tokens + usage.output_tokens
        generation.cache_read = earlier.cache_read + usage.cache_read
        generation.cache_write = earlier.cache_write + usage.cache_write
        cost = self._model.cost(usage)
        generation.cost_usd = None if cost is None else round((self._earlier_cost or 0.0) + cost, 6)
        await self._parts.records.end(session, generation)


def describe(generation: Generation, assembly: Assembly) -> None:
    """Write what arrived into the row."""
    fields = assembly.fields
    generation.title, generation.summary = fields.title or generation.title, fields.summary or generation.summary
    generation.stack, generation.run = fields.stack, fields.run
    arrived = {file.path: file.closed for file in assembly.files.values()}
    # A file changed by edits alone belongs to the list as well: it is what a follow-up did.
    arrived |= {edit.path: True for edit in fields.edits if edit.path not in arrived}
    generation.files = [{"path": path[:400], "closed": closed} for path, closed in arrived.items()]
    generation.characters = assembly.characters


def ended_error(ending: Ending, assembly: Assembly) -> dict[str, str]:
    """The `error` of an answer that was ended from outside."""
    kept = not assembly.empty
    return error_shape(ending, t(f"generation.{ending}", **errors.onward(kept)), "continue" if kept else "retry")


def _remedy(fault: SaysoError) -> Remedy:
    if fault.code == "nothing_changed":
        return "none"  # the same words would change nothing again
    if fault.code in _REMEDIES:
        return _REMEDIES[fault.code]
    return "retry" if isinstance(fault, (DraftRefused, Conflict)) else "none"
