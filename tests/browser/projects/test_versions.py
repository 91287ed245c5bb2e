"""Versions: back and forth, any of them again, or one file of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import Server
from tests.browser.workbench import files_of, imported, open_file, open_project, painted, tab


@pytest.fixture
def project(page: Page, server: Server) -> str:
    """Three versions: sheep (imported), stars, then stars and a blue header; open and running."""
    made = imported(server)
    for path, text in (
        ("src/App.tsx", APP.replace("sheep", "stars")),
        ("src/style.css", "header { background: rgb(0, 0, 255); }"),
    ):
        server.call("PATCH", f"/api/v1/projects/{made}/working", {"put": {path: text}, "client": "test"})
        server.post(f"/api/v1/projects/{made}/save")
    preview = open_project(page, server, made)
    expect(preview.locator("header")).to_have_css("background-color", "rgb(0, 0, 255)")
    return made


def rows(page: Page) -> Locator:
    return page.get_by_role("dialog").locator("ol > li")


def test_undo_and_redo_move_the_running_app(page: Page, server: Server, project: str) -> None:
    preview = painted(page)
    page.get_by_role("button", name="Undo").click()
    expect(preview.locator("header")).to_have_css("background-color", "rgb(255, 0, 0)")
    page.get_by_role("button", name="Undo").click()
    expect(preview.get_by_role("heading")).to_have_text("Counting sheep")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    assert files_of(server, project) == COUNTER
    page.get_by_role("button", name="Redo").click()
    expect(preview.get_by_role("heading")).to_have_text("Counting stars")
    page.get_by_role("button", name="Redo").click()
    expect(preview.locator("header")).to_have_css("background-color", "rgb(0, 0, 255)")
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()


def test_ctrl_z_outside_of_the_editor_undoes_a_version(page: Page, project: str) -> None:
    page.get_by_role("tab", name="Preview").focus()
    page.keyboard.press("Control+z")
    expect(painted(page).locator("header")).to_have_css("background-color", "rgb(255, 0, 0)")
    page.keyboard.press("Control+Shift+z")
    expect(painted(page).locator("header")).to_have_css("background-color", "rgb(0, 0, 255)")


def test_each_version_is_listed_with_what_made_it_and_one_click_restores_it(page: Page, project: str) -> None:
    page.get_by_role("button", name="Versions").click()
    expect(rows(page)).to_have_count(3)
    expect(rows(page).nth(0)).to_contain_text("edited src/style.css")
    expect(rows(page).nth(0)).to_contain_text("Current")
    expect(rows(page).nth(1)).to_contain_text("edited src/App.tsx")
    expect(rows(page).nth(2)).to_contain_text("imported")
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.get_by_text("v1 is back")).to_be_visible()
    expect(rows(page)).to_have_count(4)
    page.keyboard.press("Escape")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    page.get_by_role("button", name="Undo").click()
    expect(painted(page).get_by_role("heading")).to_have_text("Counting stars")


def test_a_version_made_by_a_prompt_carries_the_prompt(page: Page, server: Server) -> None:
    project = imported(server)
    server.post(f"/api/v1/projects/{project}/messages", {"text": "a quiz about owls", "model": "starter:offline"})
    server.wait_done(project)
    page.goto(f"{server.url}/p/{project}")
    page.get_by_role("button", name="Versions").click()
    labels = [version["label"] for version in server.get(f"/api/v1/projects/{project}/versions")["versions"]]
    for label in labels:
        expect(page.get_by_role("dialog")).to_contain_text(label)


def test_one_file_comes_back_from_an_older_version(page: Page, server: Server, project: str) -> None:
    open_file(page, "src/App.tsx")
    page.get_by_role("button", name="src/App.tsx: rename, delete, history").click()
    page.get_by_role("menuitem", name="History of this file").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="v1").click()
    expect(dialog.locator("pre")).to_contain_text("Counting sheep")
    dialog.get_by_role("button", name="Take this one").click()
    expect(page.get_by_text("src/App.tsx is back as it was in v1")).to_be_visible()
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    expect(painted(page).locator("header")).to_have_css("background-color", "rgb(0, 0, 255)")
    assert files_of(server, project)["src/style.css"] == "header { background: rgb(0, 0, 255); }"
