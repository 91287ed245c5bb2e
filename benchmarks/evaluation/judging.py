"""Walks and looks from outside: the app in a page of its own, with a real mouse and keyboard, nothing kept from before."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, ViewportSize

from benchmarks.evaluation.results import FailedWalk
from builder.projects.walks.walk import Walk
from tests.walks import walk_through

_VIEWPORT: Final[ViewportSize] = {"width": 1280, "height": 800}
_RESTS_MS: Final = 1_500  # so long after it painted an app may still throw
_LOADS_MS: Final = 30_000
_ACTS_MS: Final = 10_000
_TRIES: Final = 2
_REFUSED: Final = re.compile(r"status of (400|401|402|403|409|413|422|429)\b")
_MOST: Final = 10
_CHARACTERS: Final = 400


class Faults:
    """What pages of an app log as errors or throw. What another host does not answer is no fault of the app, nor is what its
    own server refuses: Chromium logs every such answer as an error."""

    def __init__(self, url: str) -> None:
        self._host = urllib.parse.urlsplit(url).netloc
        self.found: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", self._logged)
        page.on("pageerror", lambda error: self._add(str(error)))

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        elsewhere = urllib.parse.urlsplit(message.location["url"]).netloc != self._host
        if message.text.startswith("Failed to load resource") and (elsewhere or _REFUSED.search(message.text)):
            return
        self._add(message.text)

    def _add(self, text: str) -> None:
        line = " ".join(text.split())[:_CHARACTERS]
        if line not in self.found and len(self.found) < _MOST:
            self.found.append(line)


def look(browser: Browser, url: str, faults: Faults, picture: Path) -> None:
    """Open the app, let it come to rest, and take its picture."""
    page = _opened(browser, url, faults)
    try:
        page.wait_for_timeout(_RESTS_MS)
        page.screenshot(path=picture, type="jpeg", quality=70)
    finally:
        page.context.close()


def failed_walks(browser: Browser, url: str, faults: Faults, walks: Sequence[Walk]) -> list[FailedWalk]:
    """Those that fail twice, each with nothing stored before."""
    return [FailedWalk(title=walk.title, what=what) for walk in walks if (what := _why(browser, url, faults, walk))]


def _why(browser: Browser, url: str, faults: Faults, walk: Walk) -> str:
    """Why a walk fails; "" where it passes. An error that the app throws meanwhile is one of its faults."""
    told = ""
    for _ in range(_TRIES):
        try:
            page = _opened(browser, url, faults)
        except Error as fault:
            told = f"The app did not open: {fault.message.splitlines()[0]}"
            continue
        try:
            walk_through(page, json.loads(walk.model_dump_json(exclude_none=True)))
            return ""
        except (AssertionError, Error) as fault:
            lines = [str(fault).splitlines()[0], *getattr(fault, "__notes__", [])]
            told = " ".join(lines)[:_CHARACTERS]
        finally:
            page.context.close()
    return told


def _opened(browser: Browser, url: str, faults: Faults) -> Page:
    context = browser.new_context(base_url=url, viewport=_VIEWPORT, locale="en-US", reduced_motion="reduce")
    try:
        context.set_default_timeout(_ACTS_MS)
        page = context.new_page()
        faults.watch(page)
        page.goto("/", timeout=_LOADS_MS)
    except BaseException:
        context.close()
        raise
    return page
