"""A request from its sending to the end of its turn, with the project's page open as a person has it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Error, Page

from benchmarks.evaluation.results import Mends, Result, Tokens
from benchmarks.evaluation.sayso import ENDED, Sayso

_LOOKS_MS: Final = 250
_PAINTS_MS: Final = 15_000


@dataclass(frozen=True, slots=True)
class Way:
    """How all tasks of a run are asked. `patience` in seconds for each; `stop` ends what runs."""

    sayso: Sayso
    model: str
    mode: str
    patience: float
    stop: threading.Event


class Stopped(Exception):
    """The run was stopped while a turn was under way; `turn` is what it had come to."""

    def __init__(self, turn: dict[str, Any]) -> None:
        super().__init__("stopped")
        self.turn = turn


@dataclass(slots=True)
class Answered:
    """`late`: it was ended because it took too long."""

    turn: dict[str, Any]
    seconds: float
    late: bool


def open_page(page: Page, way: Way, project: str) -> None:
    """The workbench of a project: it shows the app, checks it, walks its walks, and says what it saw."""
    page.goto(f"{way.sayso.url}/p/{project}")


def answered(page: Page, way: Way, project: str, turn_id: str) -> Answered:
    """The turn once it has ended. What it asks is skipped, its plan agreed to. Raises `Stopped`, `Refusal`."""
    began = time.monotonic()
    while True:
        turn = way.sayso.turn(project, turn_id)
        seconds = round(time.monotonic() - began, 2)
        if turn["status"] in ENDED:
            return Answered(turn, seconds, late=False)
        if way.stop.is_set():
            raise Stopped(way.sayso.stop(project, turn_id))
        if seconds > way.patience:
            return Answered(way.sayso.stop(project, turn_id), seconds, late=True)
        way.sayso.go_on(project, turn)
        page.wait_for_timeout(_LOOKS_MS)


def paints(page: Page) -> bool:
    """Whether the preview on the page has painted, or does so soon."""
    try:
        page.locator("iframe.wb-frame[data-painted=true]").wait_for(state="attached", timeout=_PAINTS_MS)
    except Error:
        return False
    return True


def told(result: Result, answered: Answered) -> None:
    """Write into a result what the turn says of itself."""
    turn, seen = answered.turn, last_seen(answered.turn)
    result.seconds = answered.seconds
    result.tokens = Tokens.model_validate(turn["tokens"])
    result.cost_usd = turn["cost_usd"]
    result.valid = turn["version"] is not None
    result.mends = Mends(
        free=sum(len(step["mends"]) for step in turn["steps"]),
        paid=sum(step["kind"] == "mend" for step in turn["steps"]),
    )
    if seen and seen["walked"] is not None:
        result.own_walks, result.own_walks_of = seen["walked"], seen["walked"] + len(seen["failed_walks"])
    if answered.late:
        result.status, result.why = "late", f"It was not done after {answered.seconds:.0f} s."
    elif turn["status"] != "done":
        error = turn["error"] or {}
        out_of_money = error.get("remedy") == "budget"
        result.status = "stopped" if out_of_money else "failed"
        result.why = error.get("message", "")


def last_seen(turn: dict[str, Any]) -> dict[str, Any] | None:
    """What the newest check of a turn came to, None where nobody looked."""
    checks = [step for step in turn["steps"] if step["kind"] == "check" and step["seen"]]
    return checks[-1]["seen"] if checks else None
