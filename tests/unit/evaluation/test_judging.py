"""Which of a page's errors are the app's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from playwright.sync_api import Page

from benchmarks.evaluation.judging import Faults

APP = "http://p-a.preview.localhost:8000"
UNREAD = "Failed to load resource: the server responded with a status of {} ()"


@dataclass
class Message:
    text: str
    type: str = "error"
    location: dict[str, str] = field(default_factory=lambda: {"url": f"{APP}/main.js"})


class Watched:
    """A page that only says what it is told to."""

    def __init__(self) -> None:
        self.told: dict[str, Callable[[Any], None]] = {}

    def on(self, event: str, told: Callable[[Any], None]) -> None:
        self.told[event] = told


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        (Message("Uncaught"), True),
        (Message("A warning", type="warning"), False),
        (Message(UNREAD.format(404)), True),
        (Message(UNREAD.format(500)), True),
        (Message(UNREAD.format(422)), False),
        (Message(UNREAD.format(404), location={"url": "https://example.org/font.woff2"}), False),
        (Message("Said by a script of another host", location={"url": "https://example.org/x.js"}), True),
    ],
)
def test_what_an_app_logs_is_its_fault_and_what_is_refused_or_elsewhere_is_not(message: Message, counts: bool) -> None:
    faults, page = Faults(APP), Watched()
    faults.watch(cast(Page, page))
    page.told["console"](message)
    assert faults.found == ([message.text] if counts else [])


def test_what_an_app_throws_counts_once() -> None:
    faults, page = Faults(APP), Watched()
    faults.watch(cast(Page, page))
    page.told["pageerror"](ValueError("there are\nno sheep"))
    page.told["pageerror"](ValueError("there are no sheep"))
    assert faults.found == ["there are no sheep"]
