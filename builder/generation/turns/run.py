"""One turn while it runs: step after step, until it is shown to work, waits for the person, or ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final, Literal, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.actor import Actor
from builder.base.errors import Conflict, Remedy, SaysoError
from builder.base.ids import new_id, now
from builder.base.leases import LeaseLost
from builder.generation.asking import PromptOptions
from builder.generation.further_calls import remedy_of
from builder.generation.records import error_shape
from builder.generation.service import WriteOrder
from builder.generation.tables import Generation, Turn, TurnStep
from builder.generation.turns import mending
from builder.generation.turns.choices import StepChoices, is_large, is_vague
from builder.generation.turns.conversing import Conversing
from builder.generation.turns.forms import AppPlan, Understanding
from builder.generation.turns.orders import mend_order, write_order
from builder.generation.turns.parts import TurnParts
from builder.generation.turns.records import copied, ended
from builder.generation.turns.shapes import CheckReport, Outcome, SeenFault, StepKind
from builder.generation.turns.talk import UnreadableForm
from builder.llm.conversation.errors import ModelError, onward
from builder.projects.attachments.attachments import AttachmentContent
from builder.projects.project_settings import is_locked, locks_of
from builder.projects.rows import digests_of
from builder.projects.walks.reading import FOLDER
from builder.safety.log import add_said
from builder.safety.talk import cleaned
from builder.texts import t
from preview_runtime.file_tree import FileTree
from preview_runtime.tasks import beside

logger = logging.getLogger(__name__)
T = TypeVar("T")
Ending = Literal["stopped", "interrupted"]
WRITES: Final = ("write", "mend")


class TurnEnded(Exception):
    """The turn was ended from outside."""


class TurnRun:
    """Runs one turn. `begin` makes its rows and may raise; `execute` never raises for what a model or an app does
    wrong, but `LeaseLost`."""

    def __init__(self, parts: TurnParts, actor: Actor, turn: Turn, steps: list[TurnStep], choices: StepChoices) -> None:
        self.actor, self.turn, self.steps = actor, turn, steps
        self._parts, self._choices = parts, choices
        self._ending: Ending | None = None
        self._hurried = False
        self._inner: asyncio.Task[Any] | None = None
        self._attached: list[AttachmentContent] = []
        self._talk = Conversing(parts, actor, turn, self._said)

    # From outside

    def end(self, ending: Ending) -> None:
        """End it; what was made is kept, and `execute` returns soon."""
        self._ending = self._ending or ending
        if self._inner:
            self._inner.cancel()

    def hurry(self) -> None:
        """Look at nothing any more, and mend nothing: the person goes on."""
        self._hurried = True
        self._parts.checks.skip(self.turn.project)

    @property
    def at_work(self) -> bool:
        """Whether a model works for it; else it looks at what was made."""
        last = self.steps[-1]
        if last.kind in WRITES:
            return last.status == "running" and self._parts.generations.writes(last.generation or "")
        return last.status == "running" and last.kind in ("understand", "plan", "discuss")

    @property
    def writes(self) -> str | None:
        """The generation that writes for it at this moment."""
        last = self.steps[-1] if self.steps else None
        return last.generation if last and last.status == "running" else None

    async def begin(self) -> None:
        """The message, the turn's row and its first step. Raises `Conflict` where the project is busy, and `ModelError`
        where the model has no key."""
        self._attached = await self._parts.generations.attachments_of(
            self.actor, self.turn.project, PromptOptions.model_validate(self.turn.options), self.turn.model
        )
        kind = await self._first()
        if kind == "write":
            await self._order("write", write_order(self.turn), begins=True)
            return
        step = self._new_step(kind)
        async with self._parts.store.db.session() as session:
            await self._begun(session, step)

    async def _begun(self, session: AsyncSession, step: TurnStep, generation_id: str | None = None) -> None:
        await self._parts.records.begin(session, self.turn)
        message = new_id()
        views = await self._parts.generations.bound(session, self.turn.project, message, self._attached)
        await self._parts.store.add_message(
            self.actor, self.turn.project, "person", self.turn.prompt, generation_id=generation_id,
            turn=self.turn.id, attachments=views, message_id=message, session=session,
        )  # fmt: skip
        await self._parts.records.put(session, self.turn, [step])

    async def execute(self) -> None:
        try:
            await self._go()
        except LeaseLost:
            raise
        except TurnEnded:
            if (
                self._ending == "stopped"
                and self.turn.version
                and all(step.status == "done" for step in self.steps if step.kind != "check")
            ):
                await self._closed("done", outcome="unseen")  # what was made is made: only nobody looks at it
            else:
                await self._closed(self._ending or "interrupted", error=self._ended_error())
        except ModelError as fault:
            await self._failed(fault.code, fault.message_retry, fault.remedy, fault.detail)
        except SaysoError as fault:
            await self._failed(fault.code, fault.message, remedy_of(fault), fault.detail)
        except Exception:
            logger.exception("turn %s broke", self.turn.id)
            await self._failed("internal", t("generation.internal", **onward(False)), "retry", "see the traceback")

    # The steps

    async def _first(self) -> StepKind:
        """Which step the turn begins with."""
        if self.turn.mode == "discuss":
            return "discuss"
        if self.turn.mode == "plan":
            return "plan"
        if self.turn.mode == "auto" and await self._talk.talker():
            first = self.turn.base is None
            if first and self._choices.questions and is_vague(self.turn.prompt):
                return "understand"
            if self._choices.plans and is_large(self.turn.prompt):
                return "plan"
        return "write"

    async def _go(self) -> None:
        last = self.steps[-1]
        match last.kind:
            case "discuss":
                return await self._discuss(last)
            case "understand":
                if await self._understand(last):
                    return None
                last = self.steps[-1]
        if last.kind == "plan" and last.status == "running":
            return await self._plan(last)
        if not any(step.kind in WRITES for step in self.steps):
            await self._order("write", write_order(self.turn))
        if await self._written():
            await self._show()
        return None

    async def _understand(self, step: TurnStep) -> bool:
        """Whether the person is asked something; else the next step is there."""
        if step.status != "running":
            return False
        try:
            found = await self._during(self._talk.fill(step, Understanding, "understand"), "understand")
        except UnreadableForm as fault:
            logger.info("turn %s: nothing is asked: %s", self.turn.id, fault.detail)
            found = Understanding()  # nobody waits for a question that could not be read
        ended(step, "done")
        if found.questions:
            self.turn.questions = cleaned([question.model_dump() for question in found.questions])
            await self._closed("asking", step)
            return True
        await self._said(step)
        if found.large and self._choices.plans:
            await self._said(self._new_step("plan"))
        return False

    async def _plan(self, step: TurnStep) -> None:
        plan = await self._during(self._talk.fill(step, AppPlan, "plan"), "plan")
        if plan.empty:
            raise UnreadableForm(t("turn.no_plan"), detail="an empty plan")
        self.turn.plan = cleaned(plan.model_dump())
        ended(step, "done")
        await self._closed("planned", step)

    async def _discuss(self, step: TurnStep) -> None:
        text = await self._during(self._talk.speak(step), "discuss")
        ended(step, "done")
        async with self._parts.store.db.session() as session:
            await self._parts.store.add_message(
                self.actor, self.turn.project, "builder", text or t("generation.text_answer_empty", **onward(False, button=False)),
                turn=self.turn.id, session=session,
            )  # fmt: skip
            add_said(
                session, self.actor.within(self.turn.owner), self._talk.said.counts, length=self._talk.said.characters,
                project=self.turn.project, reference=self.turn.id,
            )  # fmt: skip
            await self._close(session, "done", step)
        await asyncio.to_thread(self._parts.spools.remove, step.id)

    async def _written(self) -> bool:
        """Wait for what is being written. Whether it made the turn's newest version; else the turn has ended."""
        step = self.steps[-1]
        if step.kind not in WRITES or step.status == "done":
            return True
        generation = await self._parts.generations.ended(step.generation or "")
        if generation is None:
            raise LeaseLost(f"turn {self.turn.id}")  # its project is gone
        copied(step, generation)
        if (generation.error or {}).get("remedy") == "decide":
            await self._closed("deciding", step)
            return False
        if generation.status != "done":
            if (
                step.kind == "mend"
                and generation.status == "failed"
                and (generation.error or {}).get("remedy") != "budget"
            ):
                await self._not_mended(step, str((generation.error or {}).get("message", "")))
                return False
            await self._closed(generation.status, step, error=generation.error)
            return False
        self.turn.version = generation.version or self.turn.version
        await self._said(step)
        return True

    async def _show(self) -> None:
        """Look at what was made, and mend what is wrong, until it is shown to work or nothing more can be done."""
        if self.turn.version is None:
            return await self._closed("done")
        await self._mend_free(())
        while True:
            seen = await self._check()
            faults = mending.to_mend(seen) if seen else ()
            gone = await self._is_gone()  # what nobody wants any more is not mended
            if not faults or self._hurried or gone:
                return await self._closed("done", outcome=_outcome(None if gone else seen))
            if await self._mend_free(faults):
                continue
            why = mending.why_not(self.steps, faults, self._choices)
            if await self._is_gone():
                return await self._closed("done", outcome="unseen")
            if why or seen is None or self._hurried or await self._talk.talker() is None:
                return await self._given_up(why)
            await self._order("mend", mend_order(self.turn, await self._tree(), seen, faults), faults)
            if not await self._written():
                return None
            await self._mend_free(())

    async def _check(self) -> CheckReport | None:
        if self._hurried or not self._choices.checks or self.turn.version is None:
            return None
        step = self._new_step("check")
        step.version = self.turn.version
        await self._said(step)
        seen = await self._during(
            self._parts.checks.report(self.turn.project, self.turn.version, lambda: self._hurried, self._is_gone),
            "check",
        )
        if seen:
            step.detail = {
                "seen": cleaned(seen.model_dump(mode="json", exclude={"log"})),
                "walks": await self._changed_walks(),
            }
        ended(step, "done")
        await self._said(step)
        return seen

    async def _changed_walks(self) -> list[str]:
        """The walks of before that are not what they were: whoever is told that all walk is told of these too."""
        async with self._parts.store.db.reader() as session:
            before, after = [await digests_of(session, version) for version in (self.turn.base, self.turn.version)]
        return sorted(path for path in before if path.startswith(FOLDER) and before[path] != after.get(path))

    async def _mend_free(self, faults: tuple[SeenFault, ...]) -> bool:
        """Whether anything was mended without a model."""
        mend = self._parts.mend
        if mend is None or not self._choices.free_mends or self.turn.version is None:
            return False
        store, project = self._parts.store, self.turn.project
        tree = await store.version_tree(self.actor, project, self.turn.version)
        before = await store.version_tree(self.actor, project, self.turn.base) if self.turn.base else FileTree()
        found = await asyncio.to_thread(mend, tree, before, faults)
        if not found.mends or await self._touches_locks(found.tree, tree):
            return False
        step = self._new_step("free_mend")
        step.detail = {"mends": [one.model_dump() for one in found.mends]}
        try:
            version = await store.commit(
                self.actor, project, found.tree, kind="mend", expect_head=self.turn.version,
                label=t("turn.mended", count=len(found.mends)),
            )  # fmt: skip
        except Conflict:
            self.steps.remove(step)
            return False  # the person went on by themselves
        step.version = self.turn.version = version.id
        ended(step, "done")
        await self._said(step)
        return True

    async def _touches_locks(self, after: FileTree, before: FileTree) -> bool:
        async with self._parts.store.db.reader() as session:
            locks = await locks_of(session, self.turn.project)
        changed, deleted = after.changed_from(before)
        return any(is_locked(path, locks) for path in (*changed, *deleted))

    async def _is_gone(self) -> bool:
        """Whether the person has gone on from what was made: taken it back, or changed it."""
        return (await self._parts.store.get(self.actor, self.turn.project)).head != self.turn.version

    async def _tree(self) -> FileTree:
        return await self._parts.store.version_tree(self.actor, self.turn.project, self.turn.version or "")

    # What is ordered

    async def _order(
        self, kind: StepKind, order: WriteOrder, faults: tuple[SeenFault, ...] = (), *, begins: bool = False
    ) -> None:
        """Have a generation write, with its step in the same transaction."""
        if self._ending:
            raise TurnEnded
        step = self._new_step(kind)
        if kind == "mend":
            attempt = sum(one.kind == "mend" for one in self.steps)
            step.detail = {"signatures": mending.signatures(faults), "attempt": attempt}

        async def alongside(session: AsyncSession, generation: Generation) -> None:
            step.generation, step.model, step.model_label = generation.id, generation.model, generation.model_label
            self.turn.model = generation.model
            if begins:
                self.turn.base = generation.base
                await self._begun(session, step, generation.id)
            else:
                await self._parts.records.put(session, self.turn, [step])

        await self._parts.generations.begin(self.actor, order, alongside)

    async def _during(self, work: Coroutine[Any, Any, T], name: str) -> T:
        """The result of `work`; raises `TurnEnded` where the turn is ended meanwhile."""
        async with beside(work, f"turn {self.turn.id}: {name}") as task:
            self._inner = task
            if self._ending:
                task.cancel()
            await asyncio.wait({task})
            self._inner = None
            if task.cancelled():
                raise TurnEnded
            return task.result()

    # Rows

    def _new_step(self, kind: StepKind) -> TurnStep:
        step = TurnStep(
            id=new_id(), owner=self.turn.owner, project=self.turn.project, turn=self.turn.id,
            number=len(self.steps) + 1, kind=kind,
        )  # fmt: skip
        self.steps.append(step)
        return step

    async def _said(self, *steps: TurnStep) -> None:
        async with self._parts.store.db.session() as session:
            await self._parts.records.put(session, self.turn, steps)

    async def _given_up(self, why: mending.Why | None) -> None:
        mends = [step for step in self.steps if step.kind == "mend"]
        if why in ("same", "attempts") and mends:
            async with self._parts.store.db.reader() as session:
                made = [await session.get(Generation, step.generation) for step in mends if step.generation]
            tried = " ".join(f"– {one.summary}" for one in made if one and one.summary)
            said = t(f"turn.not_mended_{why}", count=len(mends))
            said = f"{said} {t('turn.tried', what=tried)}" if tried else said
            await self._parts.store.add_message(self.actor, self.turn.project, "builder", said, turn=self.turn.id)
        await self._closed("done", outcome="faulty")

    async def _not_mended(self, step: TurnStep, reason: str) -> None:
        """A mend whose answer could not be used: the app is as it was before it."""
        await self._parts.store.add_message(
            self.actor, self.turn.project, "builder", t("turn.mend_failed", reason=reason), turn=self.turn.id
        )
        await self._closed("done", step, outcome="faulty")

    def _ended_error(self) -> dict[str, str]:
        if self._ending == "stopped":
            return error_shape("stopped", t("generation.stopped", **onward(False)), "continue")
        code = "unlooked" if self.turn.version else "interrupted"
        return error_shape(code, t(f"turn.{code}"), "continue")

    async def _failed(self, code: str, message: str, remedy: Remedy, detail: str) -> None:
        logger.warning("turn %s failed: %s: %s", self.turn.id, code, detail or message)
        if self._ending:
            await self._closed(self._ending, error=self._ended_error())
            return
        await self._closed("failed", error=error_shape(code, message, remedy))

    async def _closed(
        self, status: str, step: TurnStep | None = None, *, error: dict[str, Any] | None = None, outcome: Outcome = ""
    ) -> None:
        async with self._parts.store.db.session() as session:
            await self._close(session, status, step, error=error, outcome=outcome)

    async def _close(
        self, session: AsyncSession, status: str, step: TurnStep | None = None, *,
        error: dict[str, Any] | None = None, outcome: Outcome = "",
    ) -> None:  # fmt: skip
        changed = [step] if step else []
        for other in self.steps:
            if other.status == "running":
                ended(other, status if status in ("stopped", "interrupted", "failed") else "done")
                changed.append(other)
        self.turn.status, self.turn.error = status, error
        self.turn.outcome, self.turn.finished_at = outcome, now()
        await self._parts.records.put(session, self.turn, changed)


def _outcome(seen: CheckReport | None) -> Outcome:
    if seen is None:
        return "unseen"
    if not seen.painted or seen.faults or seen.failed_walks:
        return "faulty"
    return "shown" if seen.walked else "runs"
