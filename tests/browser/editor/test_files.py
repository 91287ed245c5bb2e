"""Tabs, files and the panes they are in."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import Server
from tests.browser.workbench import (
    editor,
    files_of,
    imported,
    open_file,
    open_project,
    painted,
    photographed,
    replace_all,
    tab,
)


def node(page: Page, path: str) -> Locator:
    return page.locator(f'[role=treeitem][data-path="{path}"]')


def tab_of(page: Page, path: str) -> Locator:
    return page.locator(f'.wb-editor-tabs [data-path="{path}"]')


def test_tabs_and_places_are_kept_and_typing_can_be_undone_at_once(page: Page, server: Server) -> None:
    long = "".join(f"export const line{at} = {at};\n" for at in range(200))
    project = imported(server, {**COUNTER, "src/long.ts": long})
    open_project(page, server, project)
    undo = page.locator(".wb-bar").get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    # A file that was only looked at gives its tab to the next; a second click, or typing, keeps it.
    open_file(page, "src/style.css")
    open_file(page, "src/main.tsx")
    expect(tab_of(page, "src/style.css")).to_have_count(0)
    expect(tab_of(page, "src/main.tsx")).to_have_css("font-style", "italic")
    node(page, "src/main.tsx").dblclick()
    expect(tab_of(page, "src/main.tsx")).to_have_css("font-style", "normal")
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("Counting sheep", "Counting stars"))
    expect(undo).to_be_enabled()
    open_file(page, "src/long.ts")
    editor(page).click()
    page.keyboard.press("Control+End")
    expect(page.locator("#wb-code .wb-status")).to_contain_text("201:1")
    page.reload()
    painted(page)
    tab(page, "Code")
    expect(page.locator(".wb-editor-tabs [role=tab]")).to_have_text(["main.tsx", re.compile("App.tsx"), "long.ts"])
    expect(page.locator("#wb-code .wb-status")).to_contain_text("201:1")
    expect(editor(page)).to_contain_text("line199")
    undo.click()
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")


def test_a_moved_file_takes_its_importers_along_and_comes_back(page: Page, server: Server) -> None:
    app = 'import "./style.css";\nimport { later } from "./later";\n' + APP.replace("Counting sheep", "{later}")
    project = imported(
        server,
        {**COUNTER, "src/main.tsx": COUNTER["src/main.tsx"].replace('import "./style.css";\n', ""), "src/App.tsx": app},
    )
    open_project(page, server, project)
    open_file(page, "src/App.tsx")
    expect(page.get_by_role("button", name=re.compile(r"^0 problems"))).to_be_visible(timeout=40_000)
    node(page, "src/App.tsx").click(button="right")
    page.get_by_role("menuitem", name="Rename or move").click()
    page.get_by_label("Path and name").fill("src/parts/App.tsx")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_text("2 files that refer to it changed")).to_be_visible(timeout=40_000)
    expect(tab_of(page, "src/parts/App.tsx")).to_be_visible()
    expect(painted(page).get_by_role("heading", include_hidden=True)).to_have_text("the last file")
    expect(editor(page)).to_contain_text('from "../later"')
    expect(editor(page)).to_contain_text('import "../style.css"')
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(node(page, "src/App.tsx")).to_be_visible()
    expect(node(page, "src/parts/App.tsx")).to_have_count(0)
    page.keyboard.press("Control+S")
    expect(page.get_by_text(re.compile("Saved as v2|Everything is saved"))).to_be_visible()
    files = files_of(server, project)
    assert files["src/App.tsx"] == app
    assert 'from "./App"' in files["src/main.tsx"]
    # The other entries of the menu, on the tab as well.
    tab_of(page, "src/App.tsx").click(button="right")
    photographed(page, "tab-menu")
    page.get_by_role("menuitem", name="Duplicate").click()
    expect(tab_of(page, "src/App-copy.tsx")).to_have_attribute("aria-selected", "true")
    expect(editor(page)).to_contain_text("useState")
    tab_of(page, "src/App-copy.tsx").click(button="right")
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="Download").click()
    assert saved.value.suggested_filename == "App-copy.tsx"
    tab_of(page, "src/App-copy.tsx").click(button="right")
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    tab_of(page, "src/App-copy.tsx").click(button="right")
    page.get_by_role("menuitem", name="Delete").click()
    expect(node(page, "src/App-copy.tsx")).to_have_count(0)


def test_a_wide_page_has_the_preview_beside_the_code(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1920, "height": 1000})
    heading = open_project(page, server, imported(server)).get_by_role("heading")
    open_file(page, "src/App.tsx")
    expect(heading).to_be_visible()
    replace_all(page, APP.replace("Counting sheep", "Counting stars"))
    expect(heading).to_have_text("Counting stars")
    photographed(page, "beside-wide")
    handle = page.get_by_role("separator", name="Width of the preview beside the code")
    frame = page.locator("#wb-preview")
    before = frame.bounding_box()
    handle.focus()
    page.keyboard.press("ArrowLeft")
    after = frame.bounding_box()
    assert before
    assert after
    assert after["width"] == before["width"] + 16
    toggle = page.get_by_role("button", name="Preview beside the code")
    toggle.click()
    expect(heading).to_be_hidden()
    toggle.click()
    expect(heading).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(heading).to_be_hidden()
