"""What a person who comes for the first time looks at: where things stand, what moves, and what is under a finger."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.workbench import imported, open_project

_SMALL = """() => [...document.querySelectorAll("button, a, input, select, summary, [role=treeitem]")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest(".skip"))
  .filter((each) => each.getBoundingClientRect().height < 40)
  .map((each) => each.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def unhurried(make_server: Callable[..., Server]) -> Server:
    """The offline demo writes slowly enough to look at."""
    return make_server(OFFLINE_SPEED="1500")


def _ask(page: Page, server: Server, prompt: str) -> None:
    page.goto(server.url)
    page.locator("#prompt").fill(prompt)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")


def test_the_editor_follows_what_is_written_until_a_file_is_chosen(page: Page, unhurried: Server) -> None:
    _ask(page, unhurried, "a kanban board for my team")
    page.get_by_role("tab", name="Code").click()
    shown = page.locator('.wb-node[aria-selected="true"]')
    writing = page.locator('.wb-node[aria-selected="true"]:has(.wb-node-writing)')
    expect(writing).to_have_count(1)
    first = writing.get_attribute("data-path")
    expect(shown).not_to_have_attribute("data-path", first or "")
    expect(page.locator(".wb-editing [role=tab]")).to_have_count(1)

    page.locator('.wb-node[data-path="index.html"]').click()
    files = page.locator(".wb-files li").count()
    expect(page.locator(".wb-files li")).not_to_have_count(files)
    expect(shown).to_have_attribute("data-path", "index.html")


def test_a_stopped_first_answer_says_that_the_app_is_not_complete(page: Page, unhurried: Server) -> None:
    _ask(page, unhurried, "a shop for tea")
    expect(page.locator(".wb-files li").nth(1)).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    expect(page.locator(".wb-placeholder")).to_contain_text("Press Continue in the chat")
    expect(page.locator("#wb-preview .wb-status")).to_have_text("Nothing runs yet")


def test_dialogs_stand_in_the_middle(page: Page, server: Server) -> None:
    open_project(page, server, imported(server))
    page.get_by_role("button", name="Share").click()
    box = page.get_by_role("dialog").bounding_box()
    assert box
    assert abs(box["x"] + box["width"] / 2 - 640) < 2
    assert abs(box["y"] + box["height"] / 2 - 400) < 40


def test_renaming_gives_the_focus_back(page: Page, server: Server) -> None:
    open_project(page, server, imported(server))
    title = page.get_by_role("button", name=re.compile("rename, duplicate"))
    title.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_label("Name of the project").fill("Tea timer")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Tea timer · Sayso")
    expect(title).to_be_focused()
    expect(title).to_have_attribute("aria-expanded", "false")


def test_everything_is_large_enough_for_a_finger(make_page: Callable[..., Page], server: Server) -> None:
    page = make_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(f"{server.url}/p/{imported(server)}")
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached()
    for name in ("Chat", "Preview", "Logs"):
        page.locator(".wb-bottom button", has_text=name).click()
        assert page.evaluate(_SMALL) == []
    page.goto(server.url)
    expect(page.locator(".projects li").first).to_be_visible()
    assert page.evaluate(_SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_esc_and_a_press_elsewhere_close_a_projects_menu(page: Page, server: Server) -> None:
    imported(server)
    page.goto(server.url)
    opener = page.locator(".more summary").first
    opener.click()
    page.keyboard.press("Escape")
    expect(page.locator("details[open]")).to_have_count(0)
    expect(opener).to_be_focused()
    opener.click()
    page.mouse.click(20, 300)
    expect(page.locator("details[open]")).to_have_count(0)


def test_the_projects_keep_their_place_on_the_next_visit(page: Page, server: Server) -> None:
    imported(server)
    page.goto(server.url)
    expect(page.locator(".recent")).to_have_attribute("data-loaded", "true")
    page.wait_for_function("() => localStorage.getItem('sayso.recent')")
    height = page.locator(".recent").bounding_box()
    # The socket by which the projects come stays silent.
    page.route_web_socket(re.compile("/_event"), lambda socket: None)
    page.reload()
    expect(page.locator(".recent")).to_have_attribute("data-loaded", "false")
    before = page.locator(".recent").bounding_box()
    assert height
    assert before
    assert before["height"] == pytest.approx(height["height"], abs=1)
