"""Something is found among all projects, and opened where it stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.browser.workbench import editor, imported, photographed

FILES = {
    "index.html": "<h1>Ledger</h1>\n",
    "src/sums.ts": "// One\n// Two\nexport function addUpCzechCrowns() {\n  return 1;\n}\n",
}


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_a_line_of_code_is_found_by_keyboard_and_opens_where_it_stands(
    make_page: Callable[..., Page], server: Server, size: dict[str, int], theme: str
) -> None:
    word = f"crowns{size['width']}"
    imported(server, {**FILES, "src/sums.ts": FILES["src/sums.ts"].replace("Crowns", f"_{word}")}, title="Ledger")
    page = make_page(viewport=size, color_scheme=theme, reduced_motion="reduce")
    page.goto(server.url)
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_visible()
    expect(page.get_by_label("Model")).to_be_enabled()
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Search your projects")
    field = dialog.get_by_role("searchbox")
    expect(field).to_be_focused()
    photographed(page, f"search, empty {theme} {size['width']}")
    # New text can be found within two seconds.
    for _ in range(20):
        field.fill(f"czech {word}")
        page.wait_for_timeout(500)
        if dialog.get_by_role("link").count():
            break
        field.fill("")
    hit = dialog.get_by_role("link")
    expect(hit).to_contain_text("src/sums.ts, line 3")
    expect(hit.locator("mark").first).to_have_text("Czech")
    expect(dialog.get_by_role("status")).to_have_text("1 result")
    check(page, "what was found", within="dialog")
    photographed(page, f"search, found {theme} {size['width']}")
    field.press("ArrowDown")
    expect(hit).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    expect(editor(page)).to_be_visible(timeout=30_000)
    expect(page.get_by_role("tab", name="sums.ts")).to_have_attribute("aria-selected", "true")
    expect(editor(page)).to_contain_text("addUpCzech")


def test_words_that_nothing_has_say_so_and_escape_gives_the_focus_back(page: Page, server: Server) -> None:
    imported(server, FILES, title="Ledger")
    page.goto(server.url)
    page.get_by_role("button", name="Search", exact=True).click()
    dialog = page.get_by_role("dialog", name="Search your projects")
    dialog.get_by_role("searchbox").fill("zzzzqqqq")
    expect(dialog).to_contain_text("Nothing has all these words")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_focused()
