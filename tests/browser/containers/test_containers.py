"""Apps with a server, as a person sees them: a real browser, a real server of ours, a real Docker Engine."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.apps import FASTAPI, FULL_STACK, SERVER_ONLY
from tests.browser.conftest import Errors, Server
from tests.browser.workbench import imported, open_file, open_project, painted, replace_all, stop, tab


def test_a_python_server_is_started_shown_and_edited(page: Page, container_server: Server) -> None:
    project = imported(container_server, SERVER_ONLY, title="Sheep-API")
    app = open_project(page, container_server, project)
    expect(app.get_by_role("heading")).to_have_text("Counting sheep")
    expect(page.locator(".wb-status")).to_contain_text("container")
    tab(page, "Logs")
    expect(page.get_by_text("sheep are counted here").first).to_be_visible()
    open_file(page, "main.py")
    replace_all(page, FASTAPI.replace("Counting sheep", "Counting stars"))
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting stars")
    stop(container_server, project)


def test_a_front_end_runs_at_once_and_finds_its_server_beside_it(
    page: Page, container_server: Server, errors: Errors
) -> None:
    errors.allow("Failed to load resource")  # what it asks for before its server listens
    project = imported(container_server, FULL_STACK, title="Sheep")
    app = open_project(page, container_server, project)
    expect(app.get_by_role("heading")).to_have_text("Sheep: 7", timeout=60_000)
    expect(page.locator(".wb-status")).to_contain_text("instant engine")
    stop(container_server, project)


def test_a_server_that_ends_says_why_in_plain_words(page: Page, container_server: Server) -> None:
    broken = SERVER_ONLY | {"main.py": "import nothing_of_that_name\n" + FASTAPI}
    project = imported(container_server, broken, title="Broken-API")
    page.goto(f"{container_server.url}/p/{project}")
    expect(page.locator(".wb-fault")).to_contain_text("nothing_of_that_name", timeout=60_000)
    open_file(page, "main.py")
    replace_all(page, FASTAPI)
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    stop(container_server, project)
