"""What can be done while a request is typed: files are named, commands chosen, words spoken, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.claude import Claude
from tests.browser.conftest import Server
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.browser.turns.test_looking import change
from tests.browser.workbench import imported, open_project, painted, photographed

# What a browser's speech recognition does, with words that come when the page says so.
LISTENS = """
window.SpeechRecognition = class {
  start() { window.spoken = (words) => this.onresult({ resultIndex: 0, results: [{ isFinal: true, 0: { transcript: words } }] })
            window.refused = () => { this.onerror({ error: 'not-allowed' }); this.onend() } }
  stop() { this.onend() }
  abort() {}
}
"""
SILENT = "delete window.SpeechRecognition; delete window.webkitSpeechRecognition"


def field(page: Page) -> Locator:
    return page.get_by_label("Ask for a change")


def files(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Files")


def active(page: Page) -> str:
    """The text of the choice that a screen reader says."""
    said: str = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).textContent"
    )
    return said


def test_what_is_sent_before_the_project_is_there_is_sent_then(page: Page, server: Server) -> None:
    project = imported(server)
    held: list[Route] = []
    page.route("**/api/v1/projects/*/files", lambda route: held.append(route))
    page.goto(f"{server.url}/p/{project}")
    field(page).fill("a larger heading")
    field(page).press("Enter")
    expect(field(page)).to_have_value("a larger heading")
    while not held:
        page.wait_for_timeout(20)
    page.unroute("**/api/v1/projects/*/files")  # what was held goes on
    expect(page.get_by_role("log", name="Messages")).to_contain_text("a larger heading")
    expect(field(page)).to_have_value("")


def test_a_file_is_named_by_keyboard_and_the_request_is_about_it(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    open_project(page, claude_server, imported(claude_server))
    field(page).press_sequentially("count goats in @app")
    expect(files(page).get_by_role("option").first).to_have_text("src/App.tsx")
    assert active(page) == "src/App.tsx"
    field(page).press("Enter")
    expect(field(page)).to_have_value("count goats in @src/App.tsx ")
    expect(field(page)).to_be_focused()
    expect(files(page)).to_have_count(0)
    claude.answers(change("Counting sheep", "Counting goats"))
    field(page).press("Enter")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting goats")


def test_arrows_choose_and_escape_leaves_the_words_alone(page: Page, server: Server) -> None:
    open_project(page, server, imported(server))
    field(page).press_sequentially("see @")
    first = active(page)
    field(page).press("ArrowDown")
    second = active(page)
    assert second != first
    field(page).press("ArrowUp")
    assert active(page) == first
    field(page).press("Escape")
    expect(files(page)).to_have_count(0)
    expect(field(page)).to_have_value("see @")
    field(page).fill("write to me@example.org")
    expect(files(page)).to_have_count(0)
    page.reload()
    expect(field(page)).to_have_value("write to me@example.org")  # a draft is kept
    field(page).fill("/wa")
    field(page).press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(field(page)).to_have_value("")


@pytest.mark.parametrize(("theme", "viewport"), [("light", DESK), ("dark", PHONE)], ids=["light, desk", "dark, phone"])
def test_the_choices_can_be_read_by_everybody(
    make_page: Callable[..., Page], server: Server, theme: str, viewport: dict[str, int]
) -> None:
    page = make_page(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
    open_project(page, server, imported(server))
    chat = page.locator(".wb-bottom").get_by_role("button", name="Chat")
    if chat.is_visible():
        chat.click()
    for typed, name in (("@", "mentions"), ("/", "commands")):
        field(page).fill(typed)
        expect(page.get_by_role("listbox")).to_be_visible()
        check(page, name)
        photographed(page, f"composer-{name}-{theme}-{viewport['width']}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_words_can_be_spoken_where_the_browser_listens(page: Page, server: Server) -> None:
    page.add_init_script(LISTENS)
    open_project(page, server, imported(server))
    field(page).fill("make it")
    page.get_by_role("button", name="Speak").click()
    listening = page.get_by_role("button", name="Stop listening")
    expect(listening).to_have_attribute("aria-pressed", "true")
    page.evaluate("spoken(' dark blue ')")
    expect(field(page)).to_have_value("make it dark blue")
    listening.click()
    page.get_by_role("button", name="Speak").click()
    page.evaluate("refused()")
    expect(page.locator("#wb-composer-note")).to_contain_text("Allow the microphone for this page")
    expect(page.get_by_role("button", name="Speak")).to_be_visible()


def test_where_it_does_not_listen_there_is_no_button(page: Page, server: Server) -> None:
    page.add_init_script(SILENT)
    open_project(page, server, imported(server))
    expect(page.get_by_role("button", name="Speak")).to_have_count(0)
