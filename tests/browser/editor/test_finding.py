"""Looking for text, files, symbols and actions."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.apps import COUNTER
from tests.browser.conftest import Server
from tests.browser.workbench import files_of, imported, open_file, open_project, photographed


def test_text_is_found_and_replaced_in_all_files(page: Page, server: Server) -> None:
    files = {
        **COUNTER,
        "src/one.ts": "export const apple = 1;\nexport const Apple2 = apple + 1;\n",
        "docs/two.md": "An apple a day.\n",
    }
    project = imported(server, files)
    open_project(page, server, project)
    open_file(page, "src/App.tsx")
    page.keyboard.press("Control+Shift+F")
    page.get_by_label("Search for").fill("apple")
    said = page.locator(".wb-find-count")
    expect(said).to_have_text("4 places in 2 files.")
    page.get_by_role("button", name="Match case").click()
    expect(said).to_have_text("3 places in 2 files.")
    page.get_by_role("button", name="Replace and filter").click()
    page.get_by_label("Only in these files").fill("src/**, *.css")
    expect(said).to_have_text("2 places in 1 file.")
    page.get_by_label("Only in these files").fill("")
    page.get_by_role("button", name="Regular expression").click()
    page.get_by_label("Search for").fill("(a)(p+)le")
    page.get_by_label("Replace with").fill("$2$1")
    expect(page.locator(".wb-hit ins").first).to_have_text("ppa")
    photographed(page, "search")
    page.get_by_role("button", name="Replace all").click()
    expect(page.get_by_text("3 places changed")).to_be_visible()
    expect(said).to_have_text("Nothing was found.")
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(said).to_have_text("3 places in 2 files.")
    page.get_by_role("button", name="Replace this one: src/one.ts, line 2").click()
    expect(said).to_have_text("2 places in 2 files.")
    page.keyboard.press("Control+S")
    expect(page.get_by_text("Saved as v2")).to_be_visible()
    assert files_of(server, project)["src/one.ts"] == "export const apple = 1;\nexport const Apple2 = ppa + 1;\n"
    page.get_by_label("Search for").fill("(")
    expect(said).to_contain_text("This is no regular expression")
    page.get_by_label("Search for").fill("Apple2")
    page.locator(".wb-hit").click()
    expect(page.locator('.wb-editor-tabs [data-path="src/one.ts"]')).to_have_attribute("aria-selected", "true")
    expect(page.locator("#wb-code .wb-status")).to_contain_text("2:14")


def test_files_symbols_and_actions_are_gone_to_by_name(page: Page, server: Server) -> None:
    open_project(page, server, imported(server))
    page.keyboard.press("Control+P")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("stycss")
    expect(page.get_by_role("option").first).to_contain_text("src/style.css")
    photographed(page, "palette")
    page.keyboard.press("Enter")
    expect(page.locator('.wb-editor-tabs [data-path="src/style.css"]')).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Control+Shift+O")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("Ap")
    page.get_by_role("option").filter(has_text="src/App.tsx").first.click(timeout=60_000)
    expect(page.locator('.wb-editor-tabs [data-path="src/App.tsx"]')).to_have_attribute("aria-selected", "true")
    expect(page.locator("#wb-code .wb-status")).to_contain_text("3:")
    page.keyboard.press("F1")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("show logs")
    expect(page.get_by_role("option").first).to_contain_text("Show: Logs")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name=re.compile("^Logs"))).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Control+Shift+P")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("search in files")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Search for")).to_be_focused()
    page.keyboard.press("Control+P")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_have_count(0)
    expect(page.get_by_label("Search for")).to_be_focused()
