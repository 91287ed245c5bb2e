"""The walk of docs/screen-reader.md, row by row: what is pressed, and what a screen reader says."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Server
from tests.browser.screen_reader.reader import ScreenReader

SECONDS = 60  # for what has to be made first
MOST_KEYS = 60
_ROW = re.compile(r"^\| (?P<do>[^|]+) \| (?P<hear>[^|]*)\|$", re.MULTILINE)
_ACT = re.compile(r"open Sayso|type “(?P<text>[^”]+)”|press (?P<key>\w[\w+]*)(?: until `(?P<until>[^`]+)`)?")
_HEARD = re.compile(r"`(?P<focus>[^`]+)`|page “(?P<page>[^”]+)”|“(?P<said>[^”]+)”")
ROWS = [(row["do"], row["hear"]) for row in _ROW.finditer((ROOT / "docs" / "screen-reader.md").read_text("utf-8"))][1:]


class Person:
    """Who presses the keys and listens."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.address = server.url
        self.reader = ScreenReader(page)
        self.heard: list[str] = []
        self.all: list[str] = []

    def do(self, act: re.Match[str]) -> None:
        if act["text"]:
            self.page.keyboard.type(act["text"])
        elif act["until"]:
            passed: list[str] = []
            while len(passed) < MOST_KEYS:
                self.page.keyboard.press(act["key"])
                if self.reader.focus().startswith(act["until"]):
                    return
                passed.append(self.reader.focus())
            pytest.fail(f"{act['key']} never came to {act['until']}, but to {passed}")
        elif act["key"]:
            self.page.keyboard.press(act["key"])
        else:
            self.page.goto(self.address)
            expect(self.page.get_by_label("Model")).to_be_enabled()

    def hears(self, thing: re.Match[str]) -> bool:
        if thing["focus"]:
            return self.reader.focus().startswith(thing["focus"])
        if thing["page"]:
            return self.page.context.pages[-1].title().casefold() == thing["page"].casefold()
        said = self.reader.announced()
        self.heard += said
        self.all += said
        # In order: what stands before it was said before.
        at = next((n for n, said in enumerate(self.heard) if thing["said"] in said), None)
        if at is None:
            return False
        self.heard[: at + 1] = [self.heard[at].partition(thing["said"])[2]]
        return True


def test_the_walk_says_what_is_written_of_it(page: Page, server: Server) -> None:
    assert len(ROWS) > 10
    person = Person(page, server)
    for do, hear in ROWS:
        acts, things = list(_ACT.finditer(do)), list(_HEARD.finditer(hear))
        assert acts, do
        person.heard = []
        for act in acts:
            person.do(act)
        for thing in things:
            until = time.monotonic() + SECONDS
            while not person.hears(thing):
                if time.monotonic() > until:
                    pytest.fail(f"{do}: {thing[0]} was not heard, but {person.reader.focus()} and {person.heard}")
                page.wait_for_timeout(50)
    assert [said for said in person.all if "being written" in said or ".tsx" in said] == []
    assert len([said for said in person.all if "Renamed it to Garden." in said]) == 1
    assert len(person.all) < 30, person.all  # it is told, and does not chatter
