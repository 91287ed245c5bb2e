"""What a model reads in the steps beside the writing of files."""

from __future__ import annotations

from collections.abc import Sequence

from builder.generation.context.choice import choose
from builder.generation.context.ranking import Pointers
from builder.generation.models.model import EarlierMessage, ShownAttachment
from builder.generation.prompts.frames import mark_for
from builder.generation.prompts.history import compacted
from builder.generation.prompts.request import Surroundings, template
from builder.generation.turns.forms import AppPlan, Question
from builder.generation.turns.shapes import FailedWalk, SeenFault
from builder.safety.sanitising.secrets import without_secrets
from preview_runtime.file_tree import FileTree


def system_of(purpose: str, around: Surroundings) -> str:
    """The instructions for `understand`, `plan`, `discuss` or `improve`."""
    return template(f"steps/{purpose}").render(engines=around.engines, servers=around.servers)


def asked_with(
    prompt: str, tree: FileTree, earlier: Sequence[EarlierMessage], attached: Sequence[ShownAttachment] = ()
) -> str:
    """The person's words, with what the project is and what they `attached`."""
    shown = choose(tree, prompt, Pointers("", (), ""))
    files = [(path, without_secrets(path, tree.text(path) or "")) for path in shown.files]
    clean, history = without_secrets("", prompt), compacted(earlier)
    quoted = (
        clean,
        *(one.text for one in history),
        *(one for file in files for one in file),
        *shown.map,
        *shown.others,
        *(text for one in attached for text in (one.name, one.text)),
    )
    return template("steps/asked").render(
        prompt=clean, map=shown.map, files=files, others=shown.others, history=history, attachments=attached,
        mark=mark_for(quoted),
    )  # fmt: skip


def build_words(prompt: str, questions: Sequence[Question], plan: AppPlan | None) -> str:
    """What the step that writes is asked: the person's words, their answers, and the plan without its walks' steps. The
    person's words alone where there is nothing else."""
    answered = [question for question in questions if question.answer]
    if not answered and plan is None:
        return ""
    return template("steps/build").render(prompt=prompt, answered=answered, plan=plan)


def mend_words(
    prompt: str, faults: Sequence[SeenFault], walks: Sequence[FailedWalk], texts: Sequence[tuple[str, str]]
) -> str:
    """What the step that mends is asked. `texts`: the walks' files with their paths."""
    clean = [
        fault.model_copy(
            update={
                "message": without_secrets("", fault.message),
                "detail": without_secrets("", fault.detail),
            }
        )
        for fault in faults
    ]
    quoted = (
        *(fault.message + fault.detail for fault in clean),
        *(walk.what for walk in walks),
        *(text for _, text in texts),
    )
    return template("steps/mend").render(
        prompt=without_secrets("", prompt), faults=clean, walks=walks, texts=texts, mark=mark_for(quoted)
    )
