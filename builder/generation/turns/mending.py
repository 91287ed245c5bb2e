"""What of a check is worth mending, and when mending by a model ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, Literal

from builder.generation.tables import TurnStep
from builder.generation.turns.choices import StepChoices
from builder.generation.turns.shapes import CheckReport, SeenFault
from preview_runtime.engines import FaultKind

Why = Literal["off", "attempts", "same"]
_HOST: Final = re.compile(r"https?://[^\s'\"/)]+")
_VARIES: Final = re.compile(r"0x[0-9a-f]+|\b[0-9a-f]{8,}\b|\d+", re.IGNORECASE)


def to_mend(report: CheckReport) -> tuple[SeenFault, ...]:
    """The faults of the app itself, its walks' included; what is wrong with the machine is not mended in the app."""
    walks = (
        SeenFault(kind=FaultKind.WALK, code="walk", message=f"{walk.title or walk.path}: {walk.what}"[:4_000], path=walk.path, line=walk.step)
        for walk in report.failed_walks
    )  # fmt: skip
    return (*(fault for fault in report.faults if fault.kind.repairable), *walks)


def signature(fault: SeenFault) -> str:
    """The same for the same fault, wherever the code has moved meanwhile."""
    said = _VARIES.sub("#", _HOST.sub("", fault.message.splitlines()[0] if fault.message else ""))
    return f"{fault.kind}:{fault.code}:{fault.path}:{said[:300]}"


def signatures(faults: Iterable[SeenFault]) -> list[str]:
    return sorted({signature(fault) for fault in faults})


def why_not(steps: Sequence[TurnStep], faults: Sequence[SeenFault], choices: StepChoices) -> Why | None:
    """Why no model is asked to mend these faults; None where one is."""
    mends = [step for step in steps if step.kind == "mend"]
    if choices.mends == 0:
        return "off"
    tried = {one for step in mends for one in step.detail.get("signatures", [])}
    if tried & set(signatures(faults)):
        return "same"
    return "attempts" if len(mends) >= choices.mends else None
