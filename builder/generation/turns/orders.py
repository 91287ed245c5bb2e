"""What a turn has written: by its words, answers and plan, or by what is wrong with the app."""

from __future__ import annotations

from builder.generation.asking import PromptOptions
from builder.generation.service import WriteOrder
from builder.generation.tables import Turn
from builder.generation.tools.observed import Observed
from builder.generation.turns import prompts
from builder.generation.turns.forms import AppPlan, Question, walk_of
from builder.generation.turns.shapes import CheckReport, SeenFault
from builder.projects.naming import slug
from builder.projects.walks.reading import FOLDER
from builder.texts import t
from preview_runtime.engines import FaultKind
from preview_runtime.file_tree import FileTree


def write_order(turn: Turn) -> WriteOrder:
    """The plan's walks come with the version and are not known to what writes it."""
    plan = AppPlan.model_validate(turn.plan) if turn.plan else None
    questions = [Question.model_validate(one) for one in turn.questions]
    walks = {
        f"{FOLDER}{slug(check.title) or number}.json": walk
        for number, check in enumerate(plan.checks if plan else (), 1)
        if (walk := walk_of(check))
    }
    return WriteOrder(
        turn.project, turn.prompt, turn.model, turn.id, prompts.build_words(turn.prompt, questions, plan),
        adds={path: walk.model_dump_json(indent=2, exclude_none=True) + "\n" for path, walk in walks.items()},
        options=PromptOptions.model_validate(turn.options),
    )  # fmt: skip


def mend_order(turn: Turn, tree: FileTree, seen: CheckReport, faults: tuple[SeenFault, ...]) -> WriteOrder:
    """`tree`: the version that was `seen`; `faults`: those that are to be mended."""
    texts = [(walk.path, text) for walk in seen.failed_walks if (text := tree.text(walk.path))]
    words = prompts.mend_words(turn.prompt, faults, seen.failed_walks, texts)
    label = t("turn.mends", what=faults[0].message.partition("\n")[0][:120])
    build = [fault for fault in faults if fault.kind is FaultKind.BUILD]
    observed = Observed(
        console=(*(fault.message for fault in faults if fault.kind is FaultKind.RUNTIME), *seen.log),
        build_faults=tuple(f"{fault.path}:{fault.line}: {fault.message}" for fault in build),
        walks=tuple(f"{walk.title or walk.path}: {walk.what}" for walk in seen.failed_walks),
    )
    shown = tuple(path for path, _ in texts)
    return WriteOrder(turn.project, turn.prompt, turn.model, turn.id, words, label, observed=observed, walks=shown)
