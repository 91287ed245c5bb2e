"""An app as one HTML file shows what it shows in Sayso, opened from a disk without any network.

Two starters by day; with --all each that needs no server.
"""

from __future__ import annotations

import datetime
import json
import os
import random
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Errors, Server
from tests.browser.workbench import open_project
from tests.starters import Starter, starters

SEED = int(os.environ.get("SAYSO_SEED", datetime.datetime.now(datetime.UTC).date().toordinal()))
BEGINS = datetime.datetime(2026, 6, 3, 10)
SHOWN = "() => document.body.innerText.replace(/\\s+/g, ' ').trim()"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "starter" in metafunc.fixturenames:
        every = starters()
        chosen = every if metafunc.config.getoption("--all") else random.Random(SEED).sample(every, 2)
        metafunc.parametrize("starter", chosen, ids=[starter.name for starter in chosen])


def exported(server: Server, project: str, to: Path) -> Path:
    asked = urllib.request.Request(f"{server.url}/api/v1/projects/{project}/export.html")
    asked.add_header("X-Sayso-Client", "tests")
    with urllib.request.urlopen(asked, timeout=60) as answer:
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "attachment" in answer.headers["Content-Disposition"]
        to.write_bytes(answer.read())
    return to


def test_it_shows_the_same_without_a_network(
    starter: Starter, server: Server, make_page: Callable[..., Page], errors: Errors, tmp_path: Path
) -> None:
    errors.allow("")  # what an app says at its first start is its own
    project = server.post("/api/v1/projects", {"starter": starter.name})["project"]["id"]
    watched, alone = make_page(reduced_motion="reduce"), make_page(reduced_motion="reduce", offline=True)
    for page in (watched, alone):
        page.clock.set_fixed_time(BEGINS)
        page.set_viewport_size({"width": 1280, "height": 800})
    app = open_project(watched, server, project)
    alone.goto(exported(server, project, tmp_path / "app.html").as_uri())
    width = watched.locator("iframe.wb-frame").evaluate("frame => frame.clientWidth")
    alone.set_viewport_size({"width": width, "height": 700})
    expect(app.locator("body")).not_to_be_empty()
    expect(alone.locator("body")).not_to_be_empty()
    shown = app.locator("body").evaluate(SHOWN)
    assert shown
    alone.wait_for_function(f"(wanted) => ({SHOWN})() === wanted", arg=shown, timeout=15_000)


def test_an_app_with_a_server_says_what_to_take_instead(server: Server) -> None:
    project = server.post("/api/v1/projects", {"starter": "guestbook"})["project"]["id"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        exported(server, project, Path(os.devnull))
    assert json.loads(refused.value.read())["error"]["code"] == "needs_server"
