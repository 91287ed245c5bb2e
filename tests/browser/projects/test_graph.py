"""The project graph: looked at, searched, coloured, opened and asked about, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.apps import COUNTER
from tests.browser.conftest import Server
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.browser.workbench import imported, open_project, photographed

FILES = COUNTER | {
    "src/api.ts": "import './clock'\nexport const books = () => fetch('/api/books')\n",
    "src/clock.ts": "import './api'\nexport const now = () => Date.now()\n",
    "server/books.py": "@app.get('/api/books')\ndef books(): return db.execute('create table books (id)')\n",
}


def opened(page: Page, server: Server, files: dict[str, str]) -> Locator:
    open_project(page, server, imported(server, files))
    page.locator(".wb-title").click()
    page.get_by_role("menuitem", name="Project graph").click()
    return page.get_by_role("dialog", name="Project graph")


@pytest.mark.parametrize(("theme", "size"), [("light", PHONE), ("dark", DESK)], ids=["light, phone", "dark, desk"])
def test_files_are_drawn_found_and_asked_about(
    make_page: Callable[..., Page], server: Server, theme: str, size: dict[str, int]
) -> None:
    page = make_page(viewport=size, color_scheme=theme, reduced_motion="reduce")
    dialog = opened(page, server, FILES)
    expect(dialog.locator("[data-node='src/api.ts']")).to_be_visible()
    listed = dialog.get_by_role("list", name="All of it as a list").get_by_role("listitem")
    expect(listed.filter(has_text="server/books.py")).to_contain_text("needs 1 · needed by 1")
    expect(dialog.get_by_role("region", name="Files that need one another")).to_contain_text(
        "src/api.ts → src/clock.ts → src/api.ts"
    )
    expect(dialog.get_by_role("region", name="files that nothing uses")).to_contain_text("src/clock.ts")
    photographed(page, f"graph-{theme}-{size['width']}")
    check(page, f"graph {size['width']}")
    dialog.get_by_label("Colour by").select_option("Size")
    expect(dialog.get_by_label("What the colours mean")).to_contain_text("Fewer than 50 lines")
    dialog.get_by_label("Find in the graph").fill("books")
    expect(dialog.locator("[data-node]")).to_have_count(2)
    dialog.get_by_role("checkbox", name="Pick server/books.py").first.check()
    dialog.get_by_label("Find in the graph").fill("")
    box = dialog.get_by_role("checkbox", name="Pick src/api.ts")
    box.focus()
    page.keyboard.press("Space")
    expect(dialog.get_by_text("2 picked")).to_be_visible()
    dialog.get_by_role("button", name="Ask about these").click()
    expect(page.locator(".wb-chat textarea")).to_have_value("@server/books.py @src/api.ts ")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_all_of_it_is_seen_at_first(make_page: Callable[..., Page], server: Server, size: dict[str, int]) -> None:
    chain = {f"src/step{n}.ts": f"import './step{n + 1}'\n" for n in range(12)}
    page = make_page(viewport=size)
    dialog = opened(page, server, COUNTER | chain | {"src/step12.ts": "export const end = 12\n"})
    last = dialog.locator("[data-node='src/step12.ts']")
    expect(last).to_be_visible()
    area = dialog.locator(".wb-graph-box").bounding_box()
    assert area
    for node in dialog.locator("[data-node]").all():
        place = node.bounding_box()
        assert place
        assert area["x"] <= place["x"]
        assert place["x"] + place["width"] <= area["x"] + area["width"]
        assert area["y"] <= place["y"]
        assert place["y"] + place["height"] <= area["y"] + area["height"]


def test_a_press_opens_the_file_and_folders_lead_to_their_files(page: Page, server: Server) -> None:
    dialog = opened(page, server, FILES)
    dialog.get_by_role("combobox", name="Show").select_option("Folders")
    dialog.locator("[data-node='server']").click()
    expect(dialog.get_by_role("combobox", name="Show")).to_have_value("file")
    expect(dialog.locator("[data-node='server/books.py']")).to_be_visible()
    dialog.get_by_role("button", name="Show everything").click()
    dialog.locator("[data-node='src/clock.ts']").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("tab", name="clock.ts")).to_be_visible()


def test_it_is_moved_and_made_larger(page: Page, server: Server) -> None:
    dialog = opened(page, server, FILES)
    node = dialog.locator("[data-node='src/api.ts']")
    expect(node).to_be_visible()
    before = node.bounding_box()
    dialog.get_by_role("button", name="Larger").click()
    larger = node.bounding_box()
    assert before
    assert larger
    assert larger["width"] > before["width"] * 1.2
    area = dialog.locator(".wb-graph-box").bounding_box()
    assert area
    page.mouse.move(area["x"] + 6, area["y"] + 6)
    page.mouse.down()
    page.mouse.move(area["x"] + 46, area["y"] + 36, steps=4)
    page.mouse.up()
    moved = node.bounding_box()
    assert moved
    assert round(moved["x"] - larger["x"]) == 40
    assert round(moved["y"] - larger["y"]) == 30
    dialog.get_by_role("button", name="Fit all of it").click()
    fitted = node.bounding_box()
    assert fitted
    assert abs(fitted["x"] - before["x"]) < 2


def test_without_files_it_says_what_to_do(page: Page, server: Server) -> None:
    made = server.call("POST", "/api/v1/projects", b'{"title": "Empty"}', {"content-type": "application/json"})
    page.goto(f"{server.url}/p/{made['project']['id']}")
    page.locator(".wb-title").click()
    page.get_by_role("menuitem", name="Project graph").click()
    expect(page.get_by_role("dialog", name="Project graph")).to_contain_text("There are no files yet.")
