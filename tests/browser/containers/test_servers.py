"""A person's servers, as they see them: what each takes, resting and waking, the end, and the data."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.apps import SERVER_ONLY
from tests.browser.conftest import Errors, Server
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.browser.workbench import imported, open_project, tab


def bring_up(server: Server, project: str) -> None:
    """Have the project's server run, or fail: the first start of a machine may take longer than a page waits."""
    address = f"/api/v1/projects/{project}/server"
    server.call("PUT", address)
    deadline = time.monotonic() + 120
    while server.get(address)["status"] == "pending" and time.monotonic() < deadline:
        time.sleep(0.2)


def row(page: Page, title: str) -> Locator:
    return page.locator(".servers li").filter(has=page.get_by_text(title, exact=True))


def test_a_person_sees_what_a_server_takes_and_has_it_rest_wake_and_end(page: Page, container_server: Server) -> None:
    project = imported(container_server, SERVER_ONLY, title="Flock")
    bring_up(container_server, project)
    open_project(page, container_server, project)
    figures = page.locator(".wb-figures")
    expect(figures).to_contain_text(re.compile(r"CPU [\d.]+ %"))
    expect(figures).to_contain_text(re.compile(r"\d+ of 512 MB"))
    figures.press("Enter")
    flock = row(page, "Flock")
    expect(flock).to_contain_text("Running")
    flock.get_by_role("button", name="Pause: Flock").press("Enter")
    expect(flock).to_contain_text("Paused")
    expect(page.get_by_role("status").filter(has_text="“Flock” is paused")).to_be_visible()
    # The keyboard stays where it was: the button is the one that wakes now.
    expect(flock.get_by_role("button", name="Wake: Flock")).to_be_focused()
    expect(page.locator(".wb-status")).to_contain_text("Paused")
    page.keyboard.press("Enter")
    expect(flock).to_contain_text("Running")
    flock.get_by_role("button", name="Stop: Flock").click()
    expect(flock).to_contain_text("Stopped")
    expect(page.locator(".wb-status")).to_contain_text("Stopped")
    flock.get_by_role("button", name="Remove data: Flock").press("Enter")
    expect(flock.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(flock.get_by_role("button", name="Remove data: Flock")).to_be_focused()
    page.keyboard.press("Enter")
    flock.get_by_role("button", name="Remove data").click()
    expect(row(page, "Flock")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".servers")).to_have_count(0)
    tab(page, "Logs")
    expect(page.locator(".wb-line-mark").last).to_contain_text("What the app stored was removed")


def test_the_page_of_a_server_that_is_stopped_shows_the_app_once_it_runs(
    page: Page, container_server: Server, errors: Errors
) -> None:
    errors.allow("405")
    project = imported(container_server, SERVER_ONLY, title="Stopped-flock")
    page.goto(container_server.get(f"/api/v1/projects/{project}")["project"]["preview_url"])
    expect(page.get_by_role("status")).to_contain_text("or its server is stopped")
    bring_up(container_server, project)
    # Its framework answers HEAD with an error.
    expect(page.get_by_role("heading", name="Counting sheep")).to_be_visible(timeout=30_000)
    container_server.call("DELETE", f"/api/v1/projects/{project}/server")


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_axe_finds_nothing_in_the_list_of_servers(
    make_page: Callable[..., Page], container_server: Server, size: dict[str, int], theme: str
) -> None:
    herd, torn = f"Herd {theme}", f"Torn {theme}"  # others of the shared server have other names
    running = imported(container_server, SERVER_ONLY, title=herd.replace(" ", "%20"))
    broken = imported(container_server, {"main.py": "import nothing_of_that_name\n"}, title=torn.replace(" ", "%20"))
    for project in (running, broken):
        bring_up(container_server, project)
    page = make_page(viewport=size, color_scheme=theme, reduced_motion="reduce")
    page.goto(container_server.url)
    expect(page.get_by_role("combobox")).to_be_enabled(timeout=60_000)  # the page is alive
    page.get_by_role("button", name="Servers").click()
    expect(row(page, herd)).to_contain_text(re.compile(r"CPU [\d.]+ %"), timeout=60_000)
    expect(row(page, torn)).to_contain_text("Not running", timeout=60_000)
    row(page, herd).get_by_role("button", name=f"Remove data: {herd}").click()
    check(page, "servers")
    wide = page.evaluate(
        "() => document.querySelector('.servers').scrollWidth - document.querySelector('.servers').clientWidth"
    )
    assert wide <= 0
    for project in (running, broken):
        container_server.call("DELETE", f"/api/v1/projects/{project}/server/data")
