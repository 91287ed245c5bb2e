"""Which starters can run here, and what is missing for the others."""

from __future__ import annotations

from typing import Any

from builder.composition.starters import why_no_starter
from builder.projects.starters import list_starters, starter_tree
from preview_runtime.phrases import Phrase
from preview_runtime.plans.database_need import asks_for_postgres
from preview_runtime.plans.runtimes import Runtime


class _Engines:
    """What is built on this machine."""

    def __init__(self, why_not: Phrase | None = None, has_postgres: bool = True) -> None:
        self.why_not, self.has_postgres, self.runtimes = why_not, has_postgres, frozenset({Runtime.PYTHON})


def _whys(engines: Any) -> dict[str, str]:
    return {one.name: why for one in list_starters() if (why := why_no_starter(engines, one))}


def test_one_with_a_database_needs_the_databases_image() -> None:
    assert "bookings" not in _whys(_Engines())
    assert "script/images postgres" in _whys(_Engines(has_postgres=False))["bookings"]
    assert "stock-api" not in _whys(_Engines(has_postgres=False))
    assert "Docker" in _whys(_Engines(Phrase("engine.no_docker")))["bookings"]


def test_those_that_ask_for_postgresql_say_so() -> None:
    for starter in list_starters():
        assert starter.postgres == (asks_for_postgres(starter_tree(starter)) is not None), starter.name
