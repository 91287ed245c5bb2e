"""The walks of starters with a server, walked by hand: a real mouse and keyboard, a container for each walk."""

from __future__ import annotations

import datetime
import os
import random
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Errors
from tests.server_starters import running, shown
from tests.starters import Starter, server_starters
from tests.walks import walk_through, walks_of

SAMPLE = 2
BEGINS = datetime.datetime(2026, 6, 3, 10)
SEED = int(os.environ.get("SAYSO_SEED", datetime.datetime.now(datetime.UTC).date().toordinal()))

pytestmark = pytest.mark.usefixtures("firewalled", "runtime_images", "database_image")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "starter" in metafunc.fixturenames:
        every = server_starters()
        chosen = every if metafunc.config.getoption("--all") else random.Random(SEED).sample(every, SAMPLE)
        metafunc.parametrize("starter", chosen, ids=[starter.name for starter in chosen])


def test_every_starter_with_a_server_has_two_walks() -> None:
    assert [starter.name for starter in server_starters() if len(walks_of(starter)) < 2] == []


def test_its_walks_can_be_walked_by_hand(
    starter: Starter,
    page: Page,
    errors: Errors,
    tmp_path: Path,
    docker_host: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    errors.allow("Failed to load resource|WebSocket|EventSource")
    monkeypatch.setenv("DOCKER_HOST", docker_host)
    for walk in walks_of(starter).values():
        with shown(running(starter, tmp_path)) as address:
            page.clock.install(time=BEGINS)  # every walk begins at the same moment
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto(address)
            page.evaluate("localStorage.clear()")
            page.reload()
            walk_through(page, walk)
