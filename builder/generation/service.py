"""Generations: started, stopped, continued and retried by people, run by the server, found again after a crash."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.access import Action, Subject
from builder.accounts.actor import Actor
from builder.base.errors import BadInput, Conflict
from builder.base.events import EventLog
from builder.base.ids import new_id
from builder.base.leases import LeaseLost, Leases
from builder.base.watching.traces import traces
from builder.generation.aside import set_aside
from builder.generation.asking import Asking, PromptOptions
from builder.generation.assembly import Assembly, Text
from builder.generation.file_tree_stream import MalformedTree
from builder.generation.further_calls import BROKEN_OFF, Refusal
from builder.generation.models.model import DraftModel, EarlierMessage, ModelRequest
from builder.generation.prompts.attached import attached
from builder.generation.prompts.request import Surroundings, build_request
from builder.generation.records import RESUMABLE, Records, describe, ended_error
from builder.generation.run import Ending, Parts, Run
from builder.generation.sent.calls import SentCalls
from builder.generation.spool import Spool, Spools
from builder.generation.tables import Generation
from builder.generation.tools.observed import Observed, kept_form, observed_in
from builder.generation.tools.open_pages import OpenPages
from builder.llm.conversation.settings import ModelSettings
from builder.projects.attachments.attachments import AttachmentContent, Attachments
from builder.projects.project_settings import locks_of
from builder.projects.shapes import AttachmentView
from builder.projects.store import ProjectStore
from builder.projects.tables import Project
from builder.projects.walks.spoken_of import spoken_of
from builder.safety.judging.flood import clean_prompt
from builder.texts import t
from preview_runtime.file_tree import FileTree
from preview_runtime.tasks import Tasks

logger = logging.getLogger(__name__)

AT_ONCE: Final = 4
"""Generations that are begun or ended at one moment; the others wait their turn. Each takes tens of milliseconds of the
one thread that also hands on what running answers say: 200 begun together held those up for seconds, and for 5 ms at the
95th percentile one after the other (`script/bench sessions`)."""


class ModelSource(Protocol):
    """Where models come from; `builder.generation.models.Models` is it."""

    async def get(self, actor: Actor, name: str) -> DraftModel: ...

    async def default(self, actor: Actor) -> str: ...


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    text: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a generation has written so far. `offset`: code points of its text."""

    generation: Generation
    files: dict[str, ArrivedFile]
    offset: int


@dataclass(frozen=True, slots=True)
class WriteOrder:
    """What is to be written. `asked` is what the model reads instead of `prompt`, where that differs; `label` is what its
    version is called; `adds` are files that come with it, where the answer has none of that name. `observed`: what the
    app showed that is to be mended; `walks`: those of the project's that are shown for that."""

    project: str
    prompt: str
    model: str = ""
    turn: str | None = None
    asked: str = ""
    label: str = ""
    adds: Mapping[str, str] = field(default_factory=dict)
    options: PromptOptions = field(default_factory=PromptOptions)
    observed: Observed | None = None
    walks: tuple[str, ...] = ()


class Alongside(Protocol):
    """Called in the transaction that begins a generation, for rows that are made with it."""

    async def __call__(self, session: AsyncSession, generation: Generation) -> None: ...


class GenerationService:
    """One generation per project writes at a time. Every call takes the actor first."""

    def __init__(
        self,
        store: ProjectStore,
        events: EventLog,
        spools: Spools,
        settings: ModelSettings,
        models: ModelSource,
        leases: Leases,
        *,
        surroundings: Callable[[], Surroundings] = Surroundings,
        attachments: Attachments | None = None,
        pages: OpenPages | None = None,
    ) -> None:
        self._store = store
        self._leases = leases
        self._spools = spools
        self._settings = settings
        self._models = models
        self._surroundings = surroundings
        self._attachments = attachments
        self._pages = pages
        self._records = Records(store.db, events, leases)
        self.sent = SentCalls(store.db)
        self._parts = Parts(store, events, self._records, self.sent, asyncio.Semaphore(AT_ONCE))
        self._runs: dict[str, Run] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._supervised = Tasks()
        self._closing = False

    async def start(
        self, actor: Actor, project_id: str, prompt: str, model: str = "", options: PromptOptions | None = None
    ) -> Generation:
        """Send `prompt` for the project; the answer is written from now on, whoever watches.

        Raises `BadInput` for a prompt that is empty, too long or no text, and for attachments that cannot be used,
        `Conflict` while another answer is being written, `NotFound`, and `ModelError` where the model has no key.
        """
        prompt, options = clean_prompt(prompt), options or PromptOptions()
        contents = await self.attachments_of(actor, project_id, options, model)

        async def said(session: AsyncSession, generation: Generation) -> None:
            message = new_id()
            views = await self.bound(session, project_id, message, contents)
            await self._store.add_message(
                actor, project_id, "person", prompt, generation_id=generation.id, attachments=views,
                message_id=message, session=session,
            )  # fmt: skip

        return await self.begin(actor, WriteOrder(project_id, prompt, model, options=options), said)

    async def begin(
        self, actor: Actor, order: WriteOrder, alongside: Alongside | None = None, *, retried: Generation | None = None
    ) -> Generation:
        """Begin what is ordered; `retried`: the generation that it takes the place of. Raises `Conflict` while another
        answer is being written, `NotFound`, and `ModelError` where the model has no key."""
        async with self._parts.turnstile:
            return await self._begun(actor, order, alongside, retried)

    async def _begun(
        self, actor: Actor, order: WriteOrder, alongside: Alongside | None, retried: Generation | None
    ) -> Generation:
        # The keys are those of the project's workspace, whoever asks.
        payer = actor.within((await self._store.get(actor, order.project, Action.EDIT)).owner)
        chosen = await self._models.get(payer, order.model or await self._models.default(payer))
        await self._store.save(actor, order.project)
        project, tree = await self._store.read_head(actor, order.project)
        contents = await self._taken(actor, project, order.options, chosen, tree)
        earlier = await self._records.earlier(order.project, order.turn)
        walks = spoken_of(tree, order.prompt, order.options.open_file) | frozenset(order.walks)
        error = (retried.error or {}) if retried else {}
        asking = Asking(
            order.asked or order.prompt, tree, earlier, await self._records.changed(order.project),
            str(error.get("message", "")) if error.get("code") not in BROKEN_OFF else "",
            self._surroundings(), self._settings.max_output_tokens, order.options, await self._locks(order.project),
            await self.sent.last(order.project, chosen.label, tree), attached(contents, tree), order.observed,
            self._pages.of(order.project) if self._pages else None, walks,
        )  # fmt: skip
        generation = Generation(
            id=new_id(), owner=project.owner, created_by=actor.id, project=project.id, turn=order.turn,
            model=chosen.name, model_label=chosen.label, offline=chosen.offline, prompt=order.prompt, base=project.head,
            resume={
                "project_title": project.title, "asked": order.asked, "label": order.label, "adds": dict(order.adds),
                "options": order.options.model_dump(mode="json"), "observed": kept_form(order.observed),
                "walks": sorted(walks),
            },
        )  # fmt: skip
        request = await asyncio.to_thread(asking.first)  # a large project is parsed
        async with self._store.db.session() as session:
            await self._records.begin(session, generation)
            if retried is not None:
                await set_aside.drop(session, retried.id)
            if alongside is not None:
                await alongside(session, generation)
        self._write(actor, generation, chosen, asking, request, Assembly())
        return generation

    def writes(self, generation_id: str) -> bool:
        """Whether it is being written here at this moment."""
        run = self._runs.get(generation_id)
        return run is not None and not run.generation.finished_at

    async def ended(self, generation_id: str) -> Generation | None:
        """The generation once nothing of it is written here any more; None for one that is gone."""
        run, task = self._runs.get(generation_id), self._tasks.get(generation_id)
        if run and task:
            await asyncio.wait({task})
            return run.generation
        return await self._records.row(generation_id)

    async def stop(self, actor: Actor, generation_id: str, project_id: str | None = None) -> Generation:
        """End the answer; what arrived is kept. Raises `Conflict` where it is not being written.

        Here and below `project_id` is the project it has to be of, where the caller names one; else `NotFound`.
        """
        await self.get(actor, generation_id, project_id, Action.EDIT)
        run = self._runs.get(generation_id)
        if run is None:
            raise Conflict(t("generation.not_running"), code="generation_not_running")
        await self._end(generation_id, "stopped")
        return run.generation

    async def continue_(
        self, actor: Actor, generation_id: str, model: str = "", *, project_id: str | None = None
    ) -> Generation:
        """Go on with an answer that broke off: what is complete is kept, the open file goes on behind its last line.

        Raises `Conflict` where it did not break off or another one is being written.
        """
        generation = await self._resumable(actor, generation_id, project_id)
        return await self._continued(actor, generation, await self._restored(generation), model)

    async def _continued(self, actor: Actor, generation: Generation, assembly: Assembly, model: str) -> Generation:
        if assembly.empty:
            return await self._again(actor, generation, model)
        await self._store.save(actor, generation.project)
        project, tree = await self._store.read_head(actor, generation.project)
        chosen = await self._models.get(actor.within(project.owner), model or generation.model)
        generation.base = project.head
        generation.model, generation.model_label, generation.offline = chosen.name, chosen.label, chosen.offline
        asking = Asking(
            generation.resume.get("asked") or generation.prompt, tree, surroundings=self._surroundings(),
            max_output_tokens=self._settings.max_output_tokens,
            options=_options(generation), locked=await self._locks(generation.project),
            before=await self.sent.last(generation.project, chosen.label, tree),
            attached=attached(await self._taken(actor, project, _options(generation), chosen, tree), tree),
            observed=observed_in(generation.resume.get("observed")),
            page=self._pages.of(generation.project) if self._pages else None,
            walks=frozenset(generation.resume.get("walks", [])),
        )  # fmt: skip
        refused = Refusal.kept(generation.resume)
        request = await asyncio.to_thread(asking.onward, assembly, refused.says if refused else "")
        generation.resume = {**generation.resume, "calls": generation.resume.get("calls", 1) + 1}
        async with self._store.db.session() as session:
            await self._records.begin(session, generation)
        self._write(actor, generation, chosen, asking, request, assembly)
        return generation

    async def retry(
        self, actor: Actor, generation_id: str, model: str = "", *, project_id: str | None = None
    ) -> Generation:
        """Try again: goes on where what arrived is good so far, else asks anew and says what was wrong."""
        generation = await self._resumable(actor, generation_id, project_id)
        if str((generation.error or {}).get("code", "")) not in BROKEN_OFF:
            return await self._again(actor, generation, model)
        return await self._continued(actor, generation, await self._restored(generation), model)

    async def get(
        self, actor: Actor, generation_id: str, project_id: str | None = None, action: Action = Action.READ
    ) -> Generation:
        """The row; while it is being written, with what arrived so far. `action`: what it is asked for."""
        run = self._runs.get(generation_id)
        if run and project_id in (None, run.generation.project):
            await self._records.check(actor, run.generation, action)
            # While its end is being written, the row tells what everybody may know.
            if not run.generation.finished_at:
                describe(run.generation, run.assembly)
                return run.generation
        return await self._records.get(actor, generation_id, project_id, action)

    async def arrived(self, actor: Actor, generation_id: str, project_id: str | None = None) -> Arrived:
        """What it has written so far; after its version is committed, nothing: the version has it."""
        generation = await self.get(actor, generation_id, project_id)
        run = self._runs.get(generation_id)
        assembly = (
            run.assembly if run else Assembly() if generation.status == "done" else await self._restored(generation)
        )
        files = {path: ArrivedFile(file.text, file.closed) for path, file in assembly.files.items()}
        return Arrived(generation, files, assembly.characters)

    async def asked(self, actor: Actor, project_id: str, prompt: str) -> ModelRequest:
        """What a model would read if `prompt` were sent for the project as it is; nothing is sent, nothing kept."""
        tree = await self._store.working_tree(actor, project_id)
        earlier, changed = await self._records.earlier(project_id), await self._records.changed(project_id)
        return await asyncio.to_thread(
            build_request, prompt, tree, earlier=earlier, changed=changed, surroundings=self._surroundings(),
            max_output_tokens=self._settings.max_output_tokens, walks=spoken_of(tree, prompt),
        )  # fmt: skip

    async def earlier(self, project_id: str, turn: str | None = None) -> tuple[EarlierMessage, ...]:
        """The conversation that a model reads before `turn`, oldest first."""
        return await self._records.earlier(project_id, turn)

    async def accepted(self, session: AsyncSession, generation: Generation) -> None:
        """One that had ended is done, because the person took what it wrote."""
        await self._records.accepted(session, generation)

    async def stop_all(self, workspace: str, project_id: str | None = None) -> None:
        """End every answer that this process writes for the workspace, or for one project; what arrived is kept."""
        written = [run.generation for run in self._runs.values() if run.generation.owner == workspace]
        here = [one.id for one in written if project_id in (None, one.project)]
        await asyncio.gather(*(self._end(generation_id, "stopped") for generation_id in here))

    async def recover(self) -> int:
        """Interrupt what nobody writes any more; what a living process writes is left alone. Returns how many."""
        dead = await self._leases.dead()
        ended = 0
        for generation in await self._records.left_behind(dead):
            try:
                ended += await self._interrupted(generation, dead)
            except Exception:
                logger.exception("generation %s could not be recovered", generation.id)  # the others still can
        return ended

    async def _interrupted(self, generation: Generation, dead: list[str]) -> bool:
        assembly = await self._restored(generation)
        describe(generation, assembly)
        async with self._store.db.session() as session:
            if taken := await self._records.take_over(session, generation, dead):
                await self._records.end(session, generation, "interrupted", ended_error("interrupted", assembly))
        return taken

    async def close(self) -> None:
        """At shutdown: what is being written is interrupted and kept."""
        self._closing = True
        await asyncio.gather(*(self._end(generation_id, "interrupted") for generation_id in list(self._runs)))
        self._spools.close()

    # Shared steps

    async def _locks(self, project_id: str) -> tuple[str, ...]:
        async with self._store.db.reader() as session:
            return await locks_of(session, project_id)

    async def taken_along(
        self, actor: Actor, subject: Subject, ids: Sequence[str], model: DraftModel, tree: FileTree
    ) -> list[AttachmentContent]:
        """What goes with a request for the project (`subject`), by its ids; see `Attachments.of_request`. Raises
        `BadInput`, also for pictures that the model cannot see."""
        if not ids:
            return []
        if self._attachments is None:
            raise BadInput(t("attachment.gone"), code="attachment_gone")
        contents = await self._attachments.of_request(actor, subject, ids, tree)
        pictures = [one.row.name for one in contents if one.picture]
        if pictures and not model.images:
            names = ", ".join(f"“{name}”" for name in pictures)
            raise BadInput(t("attachment.unseen", model=model.label, name=names), code="attachment_unseen")
        return contents

    async def attachments_of(
        self, actor: Actor, project_id: str, options: PromptOptions, model: str = ""
    ) -> list[AttachmentContent]:
        """What goes with a request that is yet to be sent. Raises `BadInput` for what cannot be used."""
        if not options.attachments:
            return []
        project, tree = await self._store.read_head(actor, project_id)
        payer = actor.within(project.owner)
        chosen = await self._models.get(payer, model or await self._models.default(payer))
        return await self._taken(actor, project, options, chosen, tree)

    async def _taken(
        self, actor: Actor, project: Project, options: PromptOptions, model: DraftModel, tree: FileTree
    ) -> list[AttachmentContent]:
        subject = Subject(project.owner, project.id)
        return await self.taken_along(actor, subject, options.attachments, model, tree)

    async def bound(
        self, session: AsyncSession, project_id: str, message_id: str, contents: Sequence[AttachmentContent]
    ) -> list[AttachmentView]:
        """Bind attachments to the message that they are sent with; returns them as pages show them."""
        return await self._attachments.send(session, project_id, message_id, contents) if self._attachments else []

    async def _again(self, actor: Actor, generation: Generation, model: str) -> Generation:
        resume = generation.resume
        order = WriteOrder(
            generation.project, generation.prompt, model or generation.model, generation.turn,
            resume.get("asked", ""), resume.get("label", ""), resume.get("adds", {}),
            _options(generation), observed_in(resume.get("observed")),
        )  # fmt: skip
        return await self.begin(actor, order, retried=generation)

    async def _resumable(self, actor: Actor, generation_id: str, project_id: str | None) -> Generation:
        run, task = self._runs.get(generation_id), self._tasks.get(generation_id)
        if run and task and run.generation.finished_at:
            await asyncio.wait({task})  # its end is written, and told; it only goes
        generation = await self.get(actor, generation_id, project_id, Action.EDIT)
        if generation_id in self._runs:
            raise Conflict(t("generation.busy"), code="generation_busy")
        if generation.status not in RESUMABLE:
            raise Conflict(t("generation.not_resumable"), code="generation_not_resumable")
        return generation

    async def _restored(self, generation: Generation) -> Assembly:
        """What is on disk of it, read again; its text becomes readable where it is not."""
        spool = self._spools.get(generation.id)
        assembly, text = await asyncio.to_thread(_replayed, spool, generation.resume)
        if not spool.characters and text:
            spool.append_text(text)
        return assembly

    def _write(
        self, actor: Actor, generation: Generation, model: DraftModel, asking: Asking, request: ModelRequest,
        assembly: Assembly,
    ) -> None:  # fmt: skip
        """Have it written from now on, behind what `assembly` has."""
        spool = self._spools.start(generation.project, generation.id)
        run = Run(self._parts, actor, generation, model, asking, request, spool, assembly)
        generation_id = generation.id
        self._runs[generation_id] = run
        task = self._supervised.begin(self._supervise(run), f"generation {generation_id}")
        self._tasks[generation_id] = task
        if self._closing:
            run.end("interrupted")

    async def _supervise(self, run: Run) -> None:
        generation = run.generation
        try:
            with (
                self._leases.kept(Generation, generation.id, lambda: run.end("interrupted")),
                traces.span("generation", project=generation.project, model=generation.model),
            ):
                await run.execute()
        except LeaseLost:
            logger.warning("generation %s is somebody else's by now", generation.id)
        except Exception:
            # The ending itself could not be written (the database is gone, the project deleted): recover() will.
            logger.exception("generation %s could not be ended", generation.id)
        finally:
            self._spools.finish(generation.project, generation.id)
            if generation.status == "done":
                self._spools.remove(generation.id)
            self._runs.pop(generation.id, None)
            self._tasks.pop(generation.id, None)

    async def _end(self, generation_id: str, ending: Ending) -> None:
        run, task = self._runs.get(generation_id), self._tasks.get(generation_id)
        if run and task:
            run.end(ending)
            await asyncio.wait({task})


def _options(generation: Generation) -> PromptOptions:
    return PromptOptions.model_validate(generation.resume.get("options", {}))


def _replayed(spool: Spool, resume: Mapping[str, Any]) -> tuple[Assembly, str]:
    """The assembly that the attempts on disk gave when they were live, and all the text they wrote."""
    assembly = Assembly()
    refused = Refusal.kept(resume)
    for number, raw in enumerate([*spool.attempts(), None]):
        if refused and number == resume["refused"]["attempt"]:
            assembly.refuse(refused.edits, refused.paths, refused.locked)
        if raw is None:
            break
        assembly.begin()
        try:
            assembly.feed(raw)
        except MalformedTree as fault:
            logger.info("an attempt ends in something unreadable: %s", fault)
        assembly.end_attempt()
    return assembly, "".join(step.text for step in assembly.take() if isinstance(step, Text))
