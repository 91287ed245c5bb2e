"""What of a check is worth mending, and when mending by a model ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from builder.generation.mends import signature
from builder.generation.tables import TurnStep
from builder.generation.turns.choices import StepChoices
from builder.generation.turns.free_mending import diagnostic
from builder.generation.turns.shapes import CheckReport, SeenFault
from preview_runtime.engines import FaultKind

Why = Literal["off", "attempts", "same"]


def to_mend(report: CheckReport) -> tuple[SeenFault, ...]:
    """The faults of the app itself, its walks' included; what is wrong with the machine is not mended in the app."""
    walks = (
        SeenFault(kind=FaultKind.WALK, code="walk", message=f"{walk.title or walk.path}: {walk.what}"[:4_000], path=walk.path, line=walk.step)
        for walk in report.failed_walks
    )  # fmt: skip
    return (*(fault for fault in report.faults if fault.kind.repairable), *walks)


def signatures(faults: Iterable[SeenFault]) -> list[str]:
    """The same for the same faults, wherever the code has moved meanwhile."""
    return sorted({signature(diagnostic(fault)) for fault in faults})


def why_not(steps: Sequence[TurnStep], faults: Sequence[SeenFault], choices: StepChoices) -> Why | None:
    """Why no model is asked to mend these faults; None where one is."""
    mends = [step for step in steps if step.kind == "mend"]
    if choices.mends == 0:
        return "off"
    tried = {one for step in mends for one in step.detail.get("signatures", [])}
    if tried & set(signatures(faults)):
        return "same"
    return "attempts" if len(mends) >= choices.mends else None
