"""What the probe found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

KINDS: Final = (
    "everybody_reads", "others_read", "everybody_changes", "others_change", "everybody_deletes", "others_delete", "personal_data",
    "personal_changed", "admin_open", "admin_ordinary", "makes_admin", "password_hashes", "emails", "debug", "file", "traversal",
    "cors", "redirect", "sql",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hole:
    """`kind` is one of KINDS; `route` such as `GET /api/orders/{id}`; `what` is what it shows, as one word: orders."""

    kind: str
    route: str
    what: str = ""

    @property
    def key(self) -> str:
        """What a person decides about: the same hole is found again under it."""
        return f"{self.kind} {self.route}"


@dataclass
class Holes:
    """The holes so far, each once."""

    found: dict[str, Hole] = field(default_factory=dict)

    def add(self, kind: str, route: str, what: str = "") -> None:
        hole = Hole(kind, route, what)
        # Who shows something to everybody shows it to other accounts too.
        other = {
            "others_read": "everybody_reads",
            "others_change": "everybody_changes",
            "others_delete": "everybody_deletes",
            "admin_ordinary": "admin_open",
        }.get(kind)
        if other is None or f"{other} {route}" not in self.found:
            self.found.setdefault(hole.key, hole)
