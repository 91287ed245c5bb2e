"""Requests that the browser ends by itself, as Chromium does when the machine's networks change: a container brings one.

What has to wait for a connection is ended then, unsent. Sometimes the server had it all the same: nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Errors, Server
from tests.browser.test_home import PROMPT
from tests.browser.workbench import imported, open_project, painted


@pytest.fixture(autouse=True)
def _lost(errors: Errors) -> None:
    errors.allow("net::ERR_CONNECTION_FAILED|Failed to fetch dynamically imported")


def losing(page: Page, address: str, times: int = 1, arrives: bool = False, method: str = "") -> list[str]:
    """Have the first requests for `address` fail, before or after the server had them; what was asked for by then."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        if method and route.request.method != method:
            return route.continue_()
        asked.append(route.request.url)
        if len(asked) > times:
            return route.continue_()
        if arrives:
            route.fetch()
        route.abort("connectionfailed")

    page.route(address, answer)
    return asked


@pytest.mark.parametrize("what", ["models", "keys"])
def test_the_home_page_asks_again(page: Page, server: Server, what: str) -> None:
    asked = losing(page, f"**/api/v1/{what}", times=2)
    page.goto(server.url)
    expect(page.get_by_label("Model")).to_be_enabled()
    assert len(asked) == 3
    expect(page.locator("#prompt-error")).to_have_text("")


@pytest.mark.parametrize("arrives", [False, True], ids=["unsent", "unanswered"])
def test_a_prompt_makes_one_project_however_often_it_is_sent(page: Page, server: Server, arrives: bool) -> None:
    def projects() -> set[str]:
        return {project["id"] for project in server.get("/api/v1/projects")["projects"]}

    before = projects()
    page.goto(server.url)
    expect(page.get_by_label("Model")).to_be_enabled()
    asked = losing(page, "**/api/v1/projects", times=2, arrives=arrives, method="POST")
    page.get_by_label(PROMPT).fill("a quiz about lost letters")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    assert len(asked) == 3
    assert {page.url.rpartition("/")[2]} == projects() - before
    painted(page)


def test_a_server_that_is_away_is_said_after_a_moment(page: Page, server: Server) -> None:
    losing(page, "**/api/v1/models", times=1_000)
    page.goto(server.url)
    expect(page.locator("#prompt-error")).to_contain_text("does not answer")


@pytest.mark.parametrize("part", ["home-*.js", "root-*.js"])
def test_a_home_page_whose_code_was_lost_loads_itself_again(page: Page, server: Server, part: str) -> None:
    asked = losing(page, f"**/assets/{part}", times=2)
    page.goto(server.url)
    expect(page.get_by_label("Model")).to_be_enabled()
    assert len(asked) >= 3


def test_a_page_whose_code_never_comes_does_not_load_itself_for_ever(page: Page, server: Server) -> None:
    asked = losing(page, "**/assets/home-*.js", times=1_000)
    page.goto(server.url)
    page.wait_for_timeout(12_000)
    assert 2 <= len(asked) <= 10


def test_a_dialog_whose_code_was_lost_opens_all_the_same(page: Page, server: Server) -> None:
    page.goto(server.url)
    expect(page.get_by_label("Model")).to_be_enabled()
    # Told ahead and imported, it is one request or two: whichever it is, both get no answer.
    asked = losing(page, "**/assets/servers_dialog-*.js", times=2)
    page.get_by_role("button", name="Servers").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert len(asked) == 3


def test_a_workbench_whose_code_was_lost_opens_all_the_same(make_page: Callable[..., Page], server: Server) -> None:
    project = imported(server)
    page = make_page()
    asked = losing(page, "**/assets/workbench-*.js", times=2)
    open_project(page, server, project)
    assert len(asked) >= 3
