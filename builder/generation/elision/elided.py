"""What is said where a model left code out."""

from __future__ import annotations

from builder.generation.draft import DraftRefused
from builder.texts import t


class Elided(DraftRefused):
    """`path` was shortened without being asked to; `reason` is the plain sentence that says how."""

    def __init__(self, path: str, reason: str, detail: str) -> None:
        super().__init__(t("generation.refused", reason=reason), code="elided", detail=f"{path}: {detail}")
        self.path = path
        self.reason = reason
