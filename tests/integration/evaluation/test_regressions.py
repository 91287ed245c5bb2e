"""The changes that `script/bench walks` seeds: each has a name of its own, and what is left out is there."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from benchmarks.programs.regressions import UNNOTICEABLE, all_changes, regressions
from tests.starters import Starter, starters

LEFT_OUT = json.loads(UNNOTICEABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("starter", starters(), ids=lambda starter: starter.name)
def test_each_change_has_a_name_of_its_own(starter: Starter) -> None:
    names = Counter(change["what"] for change in all_changes(starter))
    assert len(names) >= 100
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("name", sorted({one["starter"] for one in LEFT_OUT}))
def test_what_nobody_could_notice_is_left_out_and_nothing_else(name: str) -> None:
    starter = Starter(name)
    made = all_changes(starter)
    here = [one for one in LEFT_OUT if one["starter"] == name]
    places = [one.get("path") for one in here if "path" in one]
    by_name = [one["what"] for one in here if "what" in one]
    assert set(by_name) <= {change["what"] for change in made}, "a change that is no more"
    assert set(places) <= {change["path"] for change in made}, "a file that is no more"
    left = {change["what"] for change in made} - {change["what"] for change in regressions(starter)}
    assert left == {change["what"] for change in made if change["what"] in by_name or change["path"] in places}
    assert all(one["why"] for one in here)
