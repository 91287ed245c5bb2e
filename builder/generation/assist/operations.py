"""The operations: as the usage log names them, with what an answer may take and how often a person may ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

OperationName = Literal["complete", "chat", "action", "improve"]
Action = Literal["explain", "refactor", "fix", "test", "document", "optimize", "custom"]
"""What is done with a piece of code; `custom` is what the person says."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`tokens` of an answer at most; `per_minute` of one person. `cheap`: a small and fast model is asked."""

    tokens: int
    per_minute: int
    cheap: bool = False


OPERATIONS: Final[dict[OperationName, Operation]] = {
    "complete": Operation(256, 100, cheap=True),
    "chat": Operation(4_096, 30),
    "action": Operation(2_048, 20),
    "improve": Operation(8_000, 30),
}
