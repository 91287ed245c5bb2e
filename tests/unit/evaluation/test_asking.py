"""What a turn says of itself, as a result."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.evaluation.asking import Answered, last_seen, told
from benchmarks.evaluation.results import Result

NONE = {"input": 0, "output": 0, "cache_read": 0, "cache_write": 0}


def step(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "mends": [], "seen": None, **more}


def turn(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    fields = {"status": "done", "version": "v1", "tokens": {**NONE, "output": 7}, "cost_usd": 0.25, "error": None}
    return {"id": "t", "steps": list(steps), **fields, **more}


def result_of(turn: dict[str, Any], *, late: bool = False) -> Result:
    result = Result(task="a", status="done")
    told(result, Answered(turn, 3.5, late))
    return result


def test_mends_are_counted_and_the_last_look_counts() -> None:
    faulty = {"walked": 1, "failed_walks": [{"path": "walks/a.json"}], "faults": []}
    well = {**faulty, "walked": 2, "failed_walks": []}
    made = turn(
        step("write"), step("free_mend", mends=[{"path": "a"}, {"path": "b"}]), step("check", seen=faulty), step("mend"),
        step("check", seen=well), step("check"),
    )  # fmt: skip
    result = result_of(made)
    assert (result.mends.free, result.mends.paid) == (2, 1)
    assert (result.own_walks, result.own_walks_of) == (2, 2)
    assert last_seen(made) == well
    assert (result.status, result.valid, result.cost_usd, result.tokens.output, result.seconds) == (
        "done",
        True,
        0.25,
        7,
        3.5,
    )


def test_nobody_looked_is_no_look() -> None:
    result = result_of(turn(step("write"), step("check")))
    assert result.own_walks is None
    assert last_seen(turn()) is None


@pytest.mark.parametrize(("remedy", "status"), [("budget", "stopped"), ("retry", "failed")])
def test_a_turn_that_broke_off_says_why_and_one_without_money_is_done_again(remedy: str, status: str) -> None:
    result = result_of(turn(status="failed", version=None, error={"code": "x", "message": "No.", "remedy": remedy}))
    assert (result.status, result.why, result.valid) == (status, "No.", False)


def test_what_took_too_long_is_late() -> None:
    assert result_of(turn(status="stopped", version=None), late=True).status == "late"
