"""Apps with a server, as a person sees them: a real browser, a real server of ours, a real Docker Engine."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.apps import FASTAPI, FULL_STACK, SERVER_ONLY
from tests.browser.conftest import Errors, Server
from tests.browser.workbench import imported, open_file, open_project, painted, replace_all, stop, tab

IN_FOLDERS = {
    **{f"frontend/{path}": text for path, text in FULL_STACK.items() if path not in SERVER_ONLY},
    **{f"backend/{path}": text for path, text in SERVER_ONLY.items()},
}
EXPRESS = {
    "package.json": '{"type": "module", "dependencies": {"express": "*"}, "scripts": {"start": "node server.js"}}',
    "server.js": """import express from "express";

const app = express();
let seen = 0;
app.get("/", (request, response) => response.send(`<h1>Counted ${++seen}</h1>`));
app.listen(process.env.PORT);
""",
}


def test_a_python_server_is_started_shown_and_edited(page: Page, container_server: Server) -> None:
    project = imported(container_server, SERVER_ONLY, title="Sheep-API")
    app = open_project(page, container_server, project)
    expect(app.get_by_role("heading")).to_have_text("Counting sheep")
    expect(page.locator(".wb-status")).to_contain_text("container")
    page.locator(".wb-engine").click()
    instant = page.get_by_role("menuitemradio", name=re.compile("^Instant"))
    expect(instant).to_have_attribute("aria-disabled", "true")
    expect(instant).to_contain_text("only a container, or Python in the browser, shows them")
    expect(page.get_by_role("menuitemradio", name=re.compile("^Python"))).to_have_attribute("aria-checked", "false")
    page.keyboard.press("Escape")
    tab(page, "Logs")
    expect(page.get_by_text("sheep are counted here").first).to_be_visible()
    open_file(page, "main.py")
    replace_all(page, FASTAPI.replace("Counting sheep", "Counting stars"))
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting stars")
    stop(container_server, project)


@pytest.mark.parametrize("files", [FULL_STACK, IN_FOLDERS], ids=["at the root", "in frontend and backend"])
def test_a_front_end_runs_at_once_and_finds_its_server_beside_it(
    page: Page, container_server: Server, errors: Errors, files: dict[str, str]
) -> None:
    errors.allow("Failed to load resource")  # what it asks for before its server listens
    project = imported(container_server, files, title="Sheep")
    app = open_project(page, container_server, project)
    expect(app.get_by_role("heading")).to_have_text("Sheep: 7", timeout=60_000)
    expect(page.locator(".wb-status")).to_contain_text("instant engine")
    page.locator(".wb-engine").click()
    container = page.get_by_role("menuitemradio", name=re.compile("^Container"))
    expect(container).to_contain_text("Its server runs in one already")
    expect(container).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    if files is IN_FOLDERS:
        path = "frontend/src/App.tsx"
        open_file(page, path)
        replace_all(page, files[path].replace("Sheep: ", "Stars: "))
        tab(page, "Preview")
        expect(painted(page).get_by_role("heading")).to_have_text("Stars: 7")
    stop(container_server, project)


def test_a_node_server_runs_in_a_container_without_a_question(page: Page, container_server: Server) -> None:
    project = imported(container_server, EXPRESS, title="Express")
    app = open_project(page, container_server, project)
    expect(app.get_by_role("heading")).to_have_text(re.compile("Counted [0-9]+"), timeout=60_000)
    expect(page.locator(".wb-status")).to_contain_text("container")
    stop(container_server, project)


def test_a_server_that_ends_says_why_in_plain_words(page: Page, container_server: Server) -> None:
    broken = SERVER_ONLY | {"main.py": "import nothing_of_that_name\n" + FASTAPI}
    project = imported(container_server, broken, title="Broken-API")
    page.goto(f"{container_server.url}/p/{project}")
    card = page.locator(".wb-fault")
    expect(card).to_contain_text("nothing_of_that_name", timeout=60_000)
    expect(card.get_by_label("Details")).to_have_text(re.compile("^ModuleNotFoundError: No module named"))
    tab(page, "Logs")
    page.get_by_role("button", name="Errors", exact=True).click()
    expect(page.locator(".wb-line-error").filter(has_text="The app stopped with an error")).to_be_visible()
    tab(page, "Preview")
    # Put away, it leaves a way on; the next start says it again.
    card.get_by_role("button", name="Close").click()
    expect(page.locator(".wb-status").get_by_role("button", name="Start again")).to_be_visible()
    page.get_by_role("button", name="Reload").click()
    expect(card).to_contain_text("nothing_of_that_name", timeout=60_000)
    open_file(page, "main.py")
    replace_all(page, FASTAPI)
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    stop(container_server, project)
