"""Formatting, abbreviations, and comparing versions."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Response, expect

from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import Server
from tests.browser.workbench import editor, files_of, imported, open_file, open_project, photographed, replace_all

UGLY = "export const  list = [1,2,\n3];\nexport function add(a:number,b:number){return a+b}\n"
TIDY = "export const list = [1, 2, 3]\nexport function add(a: number, b: number) {\n  return a + b\n}\n"


def test_files_are_formatted_by_hand_and_when_they_are_saved(page: Page, server: Server) -> None:
    project = imported(server, {**COUNTER, ".prettierrc": '{ "semi": false }', "src/ugly.ts": UGLY})
    open_project(page, server, project)
    open_file(page, "src/ugly.ts")
    editor(page).click()
    page.keyboard.press("Shift+Alt+F")
    expect(editor(page)).to_contain_text("a: number, b: number")
    # The editor's own undo takes it back.
    editor(page).click()
    page.keyboard.press("Control+Z")
    expect(editor(page)).to_contain_text("a:number,b:number")
    page.get_by_role("button", name="Format and search").click()
    page.get_by_role("menuitemcheckbox", name="Format files when they are saved").click()
    page.keyboard.press("Control+S")
    expect(page.get_by_text(re.compile("Saved as v|nothing", re.IGNORECASE)).first).to_be_visible()
    replace_all(page, UGLY + "\n")
    page.keyboard.press("Control+S")
    expect(editor(page)).to_contain_text("a: number, b: number")
    expect(page.get_by_text("Saved as v")).to_be_visible()
    assert files_of(server, project)["src/ugly.ts"] == TIDY
    # Half a program is saved as it is.
    replace_all(page, "export const = ;\n")
    page.keyboard.press("Shift+Alt+F")
    expect(page.get_by_text("src/ugly.ts was not formatted, because it cannot be read")).to_be_visible()


def test_an_abbreviation_becomes_elements(page: Page, server: Server) -> None:
    open_project(page, server, imported(server, {**COUNTER, "about.html": "\n"}))
    open_file(page, "about.html")
    editor(page).click()
    page.keyboard.type("ul>li.item*2")
    expect(page.locator(".suggest-widget").get_by_text("Emmet")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".view-line")).to_contain_text(
        ["<ul>", '<li class="item"></li>', '<li class="item"></li>', "</ul>"]
    )


def written(answer: Response, text: str) -> bool:
    """Whether a write of typed text was taken; the preview's own output has the same words."""
    return answer.ok and answer.url.endswith("/working") and text in (answer.request.post_data or "")


def test_two_versions_are_compared_and_a_file_or_some_lines_taken_back(page: Page, server: Server) -> None:
    text = "".join(f"line {at}\n" for at in range(30))
    project = imported(server, {**COUNTER, "notes.txt": text})
    changed = text.replace("line 2\n", "line two\n").replace("line 25\n", "line twenty-five\n")
    put = {"notes.txt": changed, "src/App.tsx": APP.replace("sheep", "stars"), "new.txt": "new\n"}
    server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": put, "client": "test"})
    server.post(f"/api/v1/projects/{project}/save")
    open_project(page, server, project)
    page.get_by_role("button", name="Versions").click()
    page.get_by_role("button", name="Compare v2").click()
    dialog = page.get_by_role("dialog", name="Compare versions")
    files = dialog.get_by_role("list").get_by_role("button")
    expect(files).to_have_text(["new.txtadded", "notes.txtchanged", "src/App.tsxchanged"])
    files.nth(1).click()
    expect(dialog.locator("section")).to_have_count(2)
    photographed(page, "compare")
    dialog.get_by_role("button", name="One below the other").click()
    expect(dialog.locator(".wb-diff-add").first).to_contain_text("line two")
    with page.expect_response(lambda answer: written(answer, "twenty-five")):
        dialog.get_by_role("button", name="Take these lines back").first.click()
    expect(dialog.locator("section")).to_have_count(1)
    files.nth(2).click()
    with page.expect_response(lambda answer: written(answer, "sheep")):
        dialog.get_by_role("button", name="Take this file as in v1").click()
    expect(files).to_have_text(["new.txtadded", "notes.txtchanged"])
    assert files_of(server, project)["notes.txt"] == text.replace("line 25\n", "line twenty-five\n")
    assert files_of(server, project)["src/App.tsx"] == APP
    # Any two of them.
    dialog.get_by_label("After").select_option(index=1)
    expect(files).to_have_count(3)
    expect(dialog.get_by_role("button", name="Take these lines back")).to_have_count(0)


def test_a_version_gets_a_name_and_stays_at_the_top(page: Page, server: Server) -> None:
    project = imported(server)
    server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": {"a.txt": "a"}, "client": "test"})
    server.post(f"/api/v1/projects/{project}/save")
    open_project(page, server, project)
    page.get_by_role("button", name="Versions").click()
    page.get_by_role("button", name="v1: name or pin").click()
    page.get_by_role("menuitem", name="Name it").click()
    page.get_by_label("Name of v1").fill("Shown to Ann")
    page.keyboard.press("Enter")
    rows = page.get_by_role("dialog").locator("ol > li")
    expect(rows.nth(1)).to_contain_text("Shown to Ann")
    page.get_by_role("button", name="v1: name or pin").click()
    page.get_by_role("menuitemcheckbox", name="Keep at the top").click()
    expect(rows.nth(0)).to_contain_text("Shown to Ann")
    photographed(page, "versions")
    page.reload()
    page.get_by_role("button", name="Versions").click()
    expect(rows.nth(0)).to_contain_text("Shown to Ann")
