"""Turns: begun, answered, continued and taken back by people, run by the server, found again after a crash."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Final

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import Conflict, SaysoError
from builder.base.ids import new_id, now
from builder.base.leases import LeaseLost, Leases
from builder.generation.aside.set_aside import Choice
from builder.generation.asking import PromptOptions
from builder.generation.further_calls import remedy_of
from builder.generation.models.model import EarlierMessage
from builder.generation.records import error_shape
from builder.generation.tables import Generation, Turn, TurnStep
from builder.generation.turns import prompts
from builder.generation.turns.choices import SETTING, StepChoices
from builder.generation.turns.deciding import Deciding
from builder.generation.turns.forms import AppPlan, BetterPrompt, Line
from builder.generation.turns.parts import TurnParts
from builder.generation.turns.records import MOST_QUEUED, TurnRecords, copied, ended
from builder.generation.turns.run import WRITES, Ending, TurnRun
from builder.generation.turns.shapes import CheckReport, DecisionView, Mode
from builder.generation.turns.talk import TALK_TOKENS, filled
from builder.llm.conversation.errors import ModelError
from builder.llm.conversation.messages import CallOptions, user_message
from builder.llm.conversation.reply import Reply
from builder.projects.project_settings import ProjectSettings
from builder.projects.tables import Message
from builder.safety.judging.flood import clean_prompt
from builder.texts import t
from preview_runtime.file_tree import FileTree
from preview_runtime.tasks import Tasks

logger = logging.getLogger(__name__)
TurnWithSteps = tuple[Turn, list[TurnStep]]
_RESUMABLE: Final = ("stopped", "interrupted", "failed")
_LOOKS_AGAIN_SECONDS: Final = 0.1


class TurnService:
    """One turn per project runs at a time; others wait for it. Every call takes the actor first."""

    def __init__(self, parts: TurnParts, leases: Leases, settings: ProjectSettings) -> None:
        self._parts, self._leases, self._settings = parts, leases, settings
        self._records: TurnRecords = parts.records
        self._deciding = Deciding(parts)
        self._runs: dict[str, TurnRun] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._supervised = Tasks()
        self._closing = False

    async def send(
        self, actor: Actor, project_id: str, prompt: str, model: str = "", *, mode: Mode = "build",
        queue: bool = False, instead_of: str = "", options: PromptOptions | None = None,
    ) -> TurnWithSteps:  # fmt: skip
        """Send `prompt` for the project. With `queue` it waits where a turn runs. `instead_of`: a turn from before which
        the person goes another way; what was made since stays in the history.

        Raises `BadInput` for a prompt that is empty, too long or no text, `Conflict` where the project is busy,
        `NotFound`, and `ModelError` where the model has no key.
        """
        prompt = clean_prompt(prompt)
        project = await self._parts.store.get(actor, project_id, Action.EDIT)
        turn = Turn(
            id=new_id(), owner=project.owner, created_by=actor.id, project=project_id, prompt=prompt, mode=mode,
            model=model, options=(options or PromptOptions()).model_dump(mode="json"),
        )  # fmt: skip
        if await self._busy(project_id):
            if not queue:
                raise Conflict(t("generation.busy"), code="generation_busy")
            return await self._queued(turn)
        if instead_of:
            await self._leave(actor, project_id, instead_of, turn)
        return await self._begin(actor, turn)

    async def get(self, actor: Actor, project_id: str, turn_id: str) -> TurnWithSteps:
        return await self._records.get(actor, project_id, turn_id)

    async def all(self, actor: Actor, project_id: str) -> list[TurnWithSteps]:
        return await self._records.all(actor, project_id)

    async def answer(self, actor: Actor, project_id: str, turn_id: str, answers: list[Line]) -> TurnWithSteps:
        """Answer the questions in their order, "" for one that is left open; fewer than there are leave the rest open.
        Raises `Conflict` where nothing is asked."""
        turn, steps = await self._waiting(actor, project_id, turn_id, "asking")
        for question, answer in zip(turn.questions, answers, strict=False):
            question["answer"] = answer
        turn.questions = [dict(question) for question in turn.questions]
        return await self._go_on(actor, turn, steps)

    async def build(self, actor: Actor, project_id: str, turn_id: str, plan: AppPlan) -> TurnWithSteps:
        """Have the plan built, as the person left it. Raises `Conflict` where no plan waits."""
        turn, steps = await self._waiting(actor, project_id, turn_id, "planned")
        turn.plan = plan.model_dump()
        return await self._go_on(actor, turn, steps)

    async def decision(self, actor: Actor, project_id: str, turn_id: str) -> DecisionView:
        """What of the turn's answer the person has to look at. Raises `Conflict` where nothing is to be decided."""
        _, steps = await self._records.get(actor, project_id, turn_id)
        return await self._deciding.shown(actor, project_id, steps[-1] if steps else None)

    async def choose_files(self, actor: Actor, project_id: str, turn_id: str, choices: Mapping[str, Choice]) -> None:
        """Keep what the person wants of each file so far. Raises `Conflict` where nothing is to be decided."""
        _, steps = await self._waiting(actor, project_id, turn_id, "deciding")
        await self._deciding.choose(steps[-1], choices)

    async def decide(self, actor: Actor, project_id: str, turn_id: str, head: str | None) -> TurnWithSteps:
        """Take the answer as the person decided, and go on. `head`: the version that they compared it with. Raises what
        `Deciding.take` raises."""
        turn, steps = await self._waiting(actor, project_id, turn_id, "deciding")
        if await self._deciding.take(actor, turn, steps, head):
            return await self._go_on(actor, turn, steps)
        turn.status, turn.outcome, turn.finished_at = "done", "faulty" if steps[-1].kind == "mend" else "", now()
        async with self._parts.store.db.session() as session:
            await self._records.put(session, turn, steps[-1:], held=False)
        return turn, steps

    async def seen(self, actor: Actor, project_id: str, report: CheckReport) -> bool:
        """Hand in what a page saw; False where nobody waits for it any more."""
        await self._parts.store.get(actor, project_id, Action.EDIT)
        return self._parts.checks.seen(project_id, report)

    async def stop(self, actor: Actor, project_id: str, turn_id: str) -> TurnWithSteps:
        """End a turn, or take a queued one out of the queue; what was made is kept. Raises `Conflict` where it has
        ended."""
        turn, steps = await self._records.get(actor, project_id, turn_id, Action.EDIT)
        if turn.status in ("queued", "asking", "planned", "deciding"):
            turn.status, turn.finished_at = "stopped", now()
            async with self._parts.store.db.session() as session:
                await self._records.put(session, turn, [], held=False)
            return turn, steps
        if turn_id not in self._runs:
            raise Conflict(t("generation.not_running"), code="generation_not_running")
        run = self._runs[turn_id]
        await self._end(turn_id, "stopped")
        return run.turn, run.steps

    async def continue_(
        self, actor: Actor, project_id: str, turn_id: str, model: str = "", *, anew: bool = False
    ) -> TurnWithSteps:
        """Go on with a turn that broke off, where it broke off; `anew`: what was being written is asked for anew where
        it was itself at fault. Raises `Conflict` where it has not broken off, or the project is busy."""
        turn, steps = await self._records.get(actor, project_id, turn_id, Action.EDIT)
        if turn_id in self._runs or turn.status not in _RESUMABLE:
            raise Conflict(t("generation.not_resumable"), code="generation_not_resumable")
        if await self._busy(project_id):
            raise Conflict(t("generation.busy"), code="generation_busy")
        turn.model = model or turn.model
        if not steps:  # it was taken out of the queue, or could not begin there
            return await self._begin(actor, turn)
        last = steps[-1]
        if not anew and await self._deciding.waits(last):
            turn.status, turn.error = "deciding", None
            async with self._parts.store.db.session() as session:
                await self._records.put(session, turn, [], held=False)
            return turn, steps
        if last.generation and last.kind in WRITES and last.status != "done":
            go_on = self._parts.generations.retry if anew else self._parts.generations.continue_
            generation = await go_on(actor, last.generation, model, project_id=project_id)
            last.generation, last.status, last.finished_at = generation.id, "running", None
        elif last.kind in ("understand", "plan", "discuss") and last.status != "done":
            last.status, last.finished_at = "running", None
        return await self._go_on(actor, turn, steps)

    async def begun(self, turn_id: str) -> tuple[Message | None, Generation | None]:
        """The person's message of a turn, and the generation that writes first; None for what is not there yet."""
        return await self._records.begun(turn_id)

    async def take_back(self, actor: Actor, project_id: str, turn_id: str) -> None:
        """Bring the project back to what it was before the turn, as a version of its own. Raises `Conflict` where the
        turn changed nothing, or there was nothing before it."""
        if turn_id in self._runs:
            await self.stop(actor, project_id, turn_id)
        turn, _ = await self._records.get(actor, project_id, turn_id, Action.EDIT)
        if turn.base is None or turn.version is None:
            raise Conflict(t("turn.nothing_to_take_back"), code="nothing_to_take_back")
        await self._parts.store.restore(actor, project_id, turn.base)

    async def improve(self, actor: Actor, project_id: str | None, prompt: str, model: str = "") -> str:
        """The prompt as a model would say it, for a project or for one that is not there yet. Raises `Conflict` for a
        model that cannot, and `ModelError`."""
        payer, tree, earlier = actor, FileTree(), tuple[EarlierMessage, ...]()
        if project_id is not None:
            project = await self._parts.store.get(actor, project_id, Action.EDIT)
            payer = actor.within(project.owner)
            tree = await self._parts.store.working_tree(actor, project_id)
            earlier = tuple(await self._parts.generations.earlier(project_id))
        talker = await self._parts.talkers.talker(payer, model or await self._parts.talkers.default(payer))
        if talker is None:
            raise Conflict(t("turn.offline"), code="offline_model")
        asked = prompts.asked_with(clean_prompt(prompt), tree, earlier)
        system = prompts.system_of("improve", self._parts.surroundings())
        options = CallOptions("improve", project=project_id, system=system, max_output_tokens=TALK_TOKENS)
        return (
            await filled(talker, BetterPrompt, "improve", user_message(asked), options, Reply())
        ).prompt.strip() or prompt

    async def choices(self, actor: Actor, project_id: str) -> StepChoices:
        await self._parts.store.get(actor, project_id)
        return await self._choices(project_id)

    async def choose(self, actor: Actor, project_id: str, choices: StepChoices) -> StepChoices:
        await self._settings.put(actor, project_id, SETTING, choices.model_dump())
        return choices

    async def stop_all(self, workspace: str, project_id: str | None = None) -> None:
        """End every turn that this process runs for the workspace, or for one project; what was made is kept."""
        mine = [run.turn for run in self._runs.values() if run.turn.owner == workspace]
        here = [turn.id for turn in mine if project_id in (None, turn.project)]
        await asyncio.gather(*(self._end(turn_id, "stopped") for turn_id in here))

    async def recover(self, dead: list[str]) -> int:
        """Interrupt what nobody runs any more. What was queued behind it waits for the person. Returns how many."""
        count = 0
        for turn in await self._records.left_behind(dead):
            try:
                count += await self._interrupted(turn, dead)
            except Exception:
                logger.exception("turn %s could not be recovered", turn.id)
        return count

    async def close(self) -> None:
        """At shutdown: what runs is interrupted and kept."""
        self._closing = True
        await asyncio.gather(*(self._end(turn_id, "interrupted") for turn_id in list(self._runs)))

    # Shared steps

    async def _choices(self, project_id: str) -> StepChoices:
        value = await self._settings.get(project_id, SETTING)
        return StepChoices.model_validate(value) if value else StepChoices()

    async def _run(self, actor: Actor, turn: Turn, steps: list[TurnStep]) -> TurnRun:
        return TurnRun(self._parts, actor, turn, steps, await self._choices(turn.project))

    async def _busy(self, project_id: str) -> bool:
        """Whether a turn runs; one that only waits for a page to look is over with that."""
        turn = await self._records.writing(project_id)
        if turn is None:
            return False
        run, task = self._runs.get(turn.id), self._tasks.get(turn.id)
        if run is None or task is None or run.at_work:
            return True
        run.hurry()
        while not task.done():
            if run.at_work:
                return True  # it had begun to mend
            await asyncio.wait({task}, timeout=_LOOKS_AGAIN_SECONDS)
        return await self._records.writing(project_id) is not None

    async def _queued(self, turn: Turn) -> TurnWithSteps:
        if len(await self._records.queued(turn.project)) >= MOST_QUEUED:
            raise Conflict(t("turn.queue_full", count=MOST_QUEUED), code="queue_full")
        turn.status = "queued"
        async with self._parts.store.db.session() as session:
            await self._records.put(session, turn, [], held=False)
        return turn, []

    async def start(self, actor: Actor, project_id: str, turn_id: str) -> TurnWithSteps:
        """Begin a queued turn. Raises `Conflict` where the project is busy, or the turn is not queued."""
        turn, _ = await self._records.get(actor, project_id, turn_id, Action.EDIT)
        if turn.status != "queued":
            raise Conflict(t("turn.not_waiting"), code="turn_not_waiting")
        if await self._busy(project_id):
            raise Conflict(t("generation.busy"), code="generation_busy")
        return await self._begin(actor, turn)

    async def _begin(self, actor: Actor, turn: Turn) -> TurnWithSteps:
        turn.base = (await self._parts.store.get(actor, turn.project)).head
        run = await self._run(actor, turn, [])
        await run.begin()
        self._launch(run)
        return turn, run.steps

    async def _leave(self, actor: Actor, project_id: str, turn_id: str, by: Turn) -> None:
        """Bring the project to what it was before a turn. That one and those after it are left: their messages stay,
        and no model reads them."""
        payer = actor.within(by.owner)
        # Raises where the model has no key, before anything is left.
        await self._parts.talkers.talker(payer, by.model or await self._parts.talkers.default(payer))
        left, _ = await self._records.get(actor, project_id, turn_id, Action.EDIT)
        turns = [turn for turn, _ in await self._records.all(actor, project_id)]
        async with self._parts.store.db.session() as session:
            for turn in turns[[turn.id for turn in turns].index(left.id) :]:
                if turn.followed_by is None:
                    turn.followed_by = by.id
                    await self._records.put(session, turn, [], held=False)
        if left.base is not None and left.base != (await self._parts.store.get(actor, project_id)).head:
            await self._parts.store.restore(actor, project_id, left.base)

    async def _waiting(self, actor: Actor, project_id: str, turn_id: str, status: str) -> TurnWithSteps:
        turn, steps = await self._records.get(actor, project_id, turn_id, Action.EDIT)
        if turn.status != status:
            raise Conflict(t("turn.not_waiting"), code="turn_not_waiting")
        if await self._busy(project_id):
            raise Conflict(t("generation.busy"), code="generation_busy")
        return turn, steps

    async def _go_on(self, actor: Actor, turn: Turn, steps: list[TurnStep]) -> TurnWithSteps:
        async with self._parts.store.db.session() as session:
            await self._records.begin(session, turn)
            await self._records.put(session, turn, steps[-1:])
        run = await self._run(actor, turn, steps)
        self._launch(run)
        return turn, steps

    def _launch(self, run: TurnRun) -> None:
        turn_id = run.turn.id
        self._runs[turn_id] = run
        self._tasks[turn_id] = self._supervised.begin(self._supervise(run), f"turn {turn_id}")
        if self._closing:
            run.end("interrupted")

    async def _supervise(self, run: TurnRun) -> None:
        turn = run.turn
        try:
            with self._leases.kept(Turn, turn.id, lambda: run.end("interrupted")):
                await run.execute()
        except LeaseLost:
            logger.warning("turn %s is somebody else's by now", turn.id)
        except Exception:
            logger.exception("turn %s could not be ended", turn.id)
        finally:
            self._runs.pop(turn.id, None)
            self._tasks.pop(turn.id, None)
        if turn.status == "done" and not self._closing:
            await self._next(run)

    async def _next(self, run: TurnRun) -> None:
        """Begin what was queued behind a turn that is done: the first that can begin."""
        for queued in await self._records.queued(run.turn.project):
            try:
                await self.start(run.actor, queued.project, queued.id)
            except Conflict:
                return
            except SaysoError as fault:  # the attachment is gone, or the key
                logger.warning("turn %s could not begin: %s: %s", queued.id, fault.code, fault.detail or fault.message)
                queued.status, queued.finished_at = "failed", now()
                remedy = fault.remedy if isinstance(fault, ModelError) else remedy_of(fault)
                message = fault.message_retry if isinstance(fault, ModelError) else fault.message
                queued.error = error_shape(fault.code, message, remedy)
                async with self._parts.store.db.session() as session:
                    await self._records.put(session, queued, [], held=False)
            else:
                return

    async def _end(self, turn_id: str, ending: Ending) -> None:
        run, task = self._runs.get(turn_id), self._tasks.get(turn_id)
        if run is None or task is None:
            return
        generation = run.writes
        run.end(ending)
        if generation and ending == "stopped":
            with contextlib.suppress(Conflict):
                await self._parts.generations.stop(run.actor, generation)
        await asyncio.wait({task})

    async def _interrupted(self, turn: Turn, dead: list[str]) -> bool:
        async with self._parts.store.db.session() as session:
            if not await self._records.take_over(session, turn, dead):
                return False
            steps = await self._records.steps(session, turn.id)
            last = steps[-1] if steps else None
            if last and last.generation and last.status == "running":
                written = await session.get(Generation, last.generation)
                if written:
                    copied(last, written)
                    turn.version, turn.error = written.version or turn.version, written.error
            elif last and last.status == "running":
                ended(last, "interrupted")
            turn.status, turn.finished_at = "interrupted", now()
            if turn.error is None:
                code = "unlooked" if turn.version else "interrupted"
                turn.error = error_shape(code, t(f"turn.{code}"), "continue")
            await self._records.put(session, turn, steps[-1:])
        return True
