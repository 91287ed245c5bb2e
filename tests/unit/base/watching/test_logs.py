"""The log as programs and people read it: whole lines, what each is about, and no secret in any of them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from builder.base.watching.about import about, acted, asked
from builder.base.watching.logs import JsonFormatter
from builder.base.watching.plain_text import PlainFormatter
from builder.safety.masking import masked

KEY = "sk-ant-api03-Zx81kQmPv7Tz2wXyB9bRc3nLd6fGh1aE"
PROJECT = "abcdefgh23456777"
Lines = Callable[[], list[str]]


@pytest.fixture(params=["json", "text"])
def written(request: pytest.FixtureRequest) -> Iterator[tuple[logging.Logger, Lines]]:
    """A logger as the server has it, and the lines that it wrote."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    plain = PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", mask=masked)
    handler.setFormatter(JsonFormatter(masked) if request.param == "json" else plain)
    logger = logging.getLogger("tests.logs")
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, lambda: stream.getvalue().splitlines()
    logger.removeHandler(handler)


def test_no_form_of_the_log_has_a_secret(written: tuple[logging.Logger, Lines]) -> None:
    logger, lines = written
    logger.warning("The key %s was refused", KEY)
    try:
        raise ValueError(f"password=hunter2\n{KEY}")
    except ValueError:
        logger.exception("It failed for ana@example.org", stack_info=True)
    text = "\n".join(lines())
    assert "was refused" in text
    assert "ValueError" in text
    assert [one for one in (KEY, "hunter2", "ana@") if one in text] == []


@pytest.fixture
def parsed(written: tuple[logging.Logger, Lines]) -> Callable[[], list[dict[str, Any]]]:
    return lambda: [json.loads(line) for line in written[1]()]


@pytest.mark.parametrize("written", ["json"], indirect=True)
def test_a_line_says_what_it_is_about(
    written: tuple[logging.Logger, Lines], parsed: Callable[[], list[dict[str, Any]]]
) -> None:
    with asked(f"/api/v1/projects/{PROJECT}/files") as request:
        acted("ana", "school")
        written[0].info("seen")
        written[0].warning("first\nsecond \x1b[31m")
    written[0].warning("outside")
    one, outside = parsed()
    assert one["message"] == "first\nsecond \\x1b[31m"
    assert {
        "level": "WARNING",
        "logger": "tests.logs",
        "account": "ana",
        "team": "school",
        "project": PROJECT,
    }.items() <= one.items()
    assert one["request"] == request.request == request.reference
    assert one["time"].endswith("Z")
    assert not {"request", "account", "project"} & outside.keys()


def test_requests_do_not_get_into_each_others_lines() -> None:
    with asked("/p/" + PROJECT):
        assert about().project == PROJECT
        with asked("/api/v1/health"):
            assert about().project == ""
        assert about().project == PROJECT
    assert about().request == ""
