"""What is asked for once more: the rest of an answer that broke off, and what of it could not be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from builder.base.errors import Conflict, Remedy, SaysoError
from builder.generation.draft import DraftRefused, EditsFailed
from builder.generation.policy import Elided, Locked
from builder.texts import t

MOST_CONTINUATIONS: Final = 4
"""Calls by which an answer that breaks off is gone on with by itself."""
BROKEN_OFF: Final = frozenset({
    "stopped", "interrupted", "cut_off", "connection_lost", "timed_out", "unreachable", "overloaded", "rate_limited",
    "provider_failed", "bad_key", "no_key", "no_credit", "forbidden", "unknown_model", "request_refused", "internal",
    "budget_reached", "spending_paused", "price_unknown", "model_calls_off",
})  # fmt: skip
"""Endings after which what arrived is good so far; after the others the answer itself was at fault."""
_REMEDIES: Final[dict[str, Remedy]] = {
    "budget_reached": "budget",
    "spending_paused": "budget",
    "price_unknown": "model",
    "model_calls_off": "wait",
    "malformed": "retry",
}
_MOST_SAID: Final = 20  # edits that are quoted to the model


@dataclass(frozen=True, slots=True)
class Refusal:
    """`edits` are taken out by their numbers, `paths` are to be written whole; `edited` are the files of those edits.
    What was to become of `locked` files is taken out, and nothing comes instead.

    `says` is for the model: what was wrong, each with the lines nearest to what was looked for.
    """

    edits: list[int]
    paths: list[str]
    edited: list[str]
    says: str
    locked: list[str] = field(default_factory=list)

    @classmethod
    def kept(cls, resume: Mapping[str, Any]) -> Refusal | None:
        """The one that a generation's row keeps, if it does."""
        refused = resume.get("refused")
        if not refused:
            return None
        locked = refused.get("locked", [])
        return cls(refused["edits"], refused["paths"], refused["edited"], refused["says"], locked)


def refusal_of(fault: DraftRefused) -> Refusal | None:
    """What is asked for once more after `fault`; None where another answer would not help."""
    if isinstance(fault, EditsFailed):
        failed = fault.failed
        said = [
            f"{one.message}\n<find>{one.edit.find[:4_000]}</find>\n<replace>{one.edit.replace[:4_000]}</replace>\n{one.detail}"
            for one in failed[:_MOST_SAID]
        ]
        return Refusal([one.number for one in failed], [], [one.edit.path for one in failed], "\n\n".join(said))
    if isinstance(fault, Elided):
        return Refusal([], [fault.path], [], t("policy.write_whole", path=fault.path, reason=fault.reason))
    if isinstance(fault, Locked):
        return Refusal([], [], [], t("policy.leave_locked", paths=", ".join(fault.paths)), fault.paths)
    return None


def remedy_of(fault: SaysoError) -> Remedy:
    """What a page offers after the failure."""
    if fault.code == "nothing_changed":
        return "none"  # the same words would change nothing again
    if fault.code in _REMEDIES:
        return _REMEDIES[fault.code]
    return "retry" if isinstance(fault, (DraftRefused, Conflict)) else "none"
