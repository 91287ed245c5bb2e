"""What a run adds up to."""

from __future__ import annotations

import pytest

from benchmarks.evaluation.results import Mends, Result, Status, Tokens, newest, spent, totals


def made(task: str, status: Status = "done", **more: object) -> Result:
    fields = {"valid": True, "built": True, "painted": True, "clean": True, "walks": 2, "walks_of": 2, "cost_usd": 0.5}
    return Result.model_validate({"task": task, "status": status, **fields, **more})


def test_a_task_passes_only_as_a_whole() -> None:
    assert made("a").passed
    for fault in ({"valid": False}, {"built": False}, {"painted": False}, {"clean": False}, {"walks": 1}):
        assert not made("a", **fault).passed


def test_shares_are_of_what_was_tried() -> None:
    figures = totals([
        made("a", seconds=10, mends=Mends(free=2, paid=1), tokens=Tokens(input=100, output=50, cache_read=30)),
        made("b", walks=1, seconds=30), made("c", "failed", valid=False, built=False, painted=False, clean=False, walks=0, seconds=20),
        made("d", "skipped"), made("e", "stopped"), made("f", "broken"),
    ])  # fmt: skip
    assert (figures["tasks"], figures["skipped"], figures["passed"]) == (3, 1, 1)
    assert (figures["valid"], figures["walks"], figures["walks_of"]) == (2, 3, 6)
    assert (figures["mends_free"], figures["mends_paid"]) == (2, 1)
    assert (figures["tokens_input"], figures["tokens_output"]) == (130, 50)
    assert (figures["seconds"], figures["seconds_median"]) == (60, 20)


def test_a_task_that_was_done_again_counts_once_and_costs_twice() -> None:
    results = [made("a", "stopped", cost_usd=0.25), made("a")]
    assert newest(results)["a"].status == "done"
    assert totals(results)["tasks"] == 1
    assert totals(results)["cost_usd"] == spent(results) == pytest.approx(0.75)


def test_a_sum_with_an_unknown_price_is_unknown() -> None:
    assert totals([made("a"), made("b", cost_usd=None)])["cost_usd"] is None


def test_a_run_without_results_has_figures_too() -> None:
    assert totals([])["tasks"] == 0
    assert totals([])["seconds_median"] is None
