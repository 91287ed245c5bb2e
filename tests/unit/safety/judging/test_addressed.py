"""Orders to a model where only content should stand, from people who did not know the rules: they are marked as data."""

from __future__ import annotations

import pytest

from builder.safety.judging.addressed import order_to_reader
from builder.safety.judging.folding import fold
from builder.safety.judging.judge import judge
from builder.safety.verdicts import GuardVerdict, Origin
from tests.pace import no_longer_than
from tests.starters import STARTERS
from tests.unit.safety.labelled import ORDERS

STOPS = (GuardVerdict.ASK, GuardVerdict.REFUSE)


def noticed(where: str, text: str) -> bool:
    """Whether a prompt is stopped, or anything else marked."""
    return judge(text).verdict in STOPS if where == "prompt" else judge(text, Origin.DATA).verdict is GuardVerdict.NOTE


def test_an_order_in_content_is_marked() -> None:
    """Before anything was changed for them: 22 of 41 of the first set, 22 of 39 of the second; since then 40 and 38."""
    hostile = [(where, text) for where, bad, _, text in ORDERS if bad]
    missed = [text for where, text in hostile if not noticed(where, text)]
    assert len(missed) <= len(hostile) * 0.03, missed
    assert [text for where, bad, _, text in ORDERS if not bad and noticed(where, text)] == []


def test_what_starters_say_is_no_order() -> None:
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in STARTERS.rglob("*")
        if path.suffix in (".ts", ".tsx", ".js", ".py", ".md", ".json", ".html", ".css")
    }
    assert len(texts) > 50
    assert [path for path, text in texts.items() if order_to_reader(fold(text))] == []


@pytest.mark.parametrize(
    "piece", ["assistant: ", "for the the the ", "model, set a b c d e ", "send a b c d e f ", "when you build "]
)
def test_long_texts_are_read_in_linear_time(piece: str) -> None:
    with no_longer_than(10):
        judge((piece * 100_000)[:100_000], Origin.DATA)
