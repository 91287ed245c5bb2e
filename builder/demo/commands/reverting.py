"""Points to Undo: earlier states are in the versions, not in the texts."""

from __future__ import annotations

import re
from typing import Final

from builder.demo.starters.project import AdaptedProject, Cannot, Result
from builder.texts import t

_BACK: Final = re.compile(
    r"^(?:undo|redo|revert|roll ?back|take (?:that|it) back|go back|change (?:it|that|this|everything) back|put (?:it|that|this) back|bring (?:it|that) back|restore (?:it|that|the (?:old|last|previous))|never ?mind|desfaz|desfaça|volta)\b"
    r"|\b(?:as it was|like (?:it was )?before|the (?:previous|last|old) version)\b",
    re.IGNORECASE,
)


def back(clause: str, project: AdaptedProject) -> Result:
    """`undo that`, `change it back`, `go back to the last version`."""
    del project
    return Cannot(t("demo.undo")) if _BACK.search(clause) else None
