"""What is said when a preview cannot work in this browser: never a blank, always a name and one way on."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.apps import COUNTER
from tests.browser.conftest import Errors, Server
from tests.browser.test_accessibility import check
from tests.browser.workbench import imported, open_project, photographed, say


def test_doctor_looks_at_each_part_and_names_the_header_that_is_missing(
    page: Page, server: Server, errors: Errors
) -> None:
    errors.allow("WebSocket|ERR_FAILED|preview")
    project = imported(server)
    open_project(page, server, project)
    say(page, "/doctor")
    dialog = page.get_by_role("dialog", name="Check this browser")
    expect(dialog.get_by_role("status")).to_have_text("All of it works.")
    expect(dialog.locator(".wb-finding[data-well=true]")).to_have_count(6)
    photographed(page, "doctor")
    check(page, "doctor")
    page.route_web_socket("**/events/ws?after=0", lambda socket: socket.close())
    page.route("http://p-*/**", lambda route: route.abort())
    dialog.get_by_role("button", name="Check again").click()
    bad = dialog.locator(".wb-finding[data-well=false]")
    expect(bad.filter(has_text="Preview host")).to_contain_text("wildcard DNS entry")
    page.unroute("http://p-*/**")


def test_an_app_caught_in_a_loop_is_put_away_and_starts_again(page: Page, server: Server) -> None:
    looping = COUNTER["src/App.tsx"].replace("setCount(count + 1)", "setTimeout(() => { for (;;); }, 50)")
    app = open_project(page, server, imported(server, COUNTER | {"src/App.tsx": looping}))
    app.get_by_role("button").click()
    card = page.locator(".wb-fault").filter(has_text="Your app stopped answering")
    expect(card).to_be_visible(timeout=30_000)
    expect(page.locator("iframe.wb-frame")).to_have_attribute("src", "about:blank")
    card.get_by_role("button", name="Start again").click()
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text("Counting sheep", timeout=30_000)


def test_keys_and_commands_are_listed_and_earlier_words_come_back(page: Page, server: Server) -> None:
    project = server.post("/api/v1/projects", {"prompt": "a quiz about owls"})["project"]
    open_project(page, server, project["id"])
    page.locator(".wb-title").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys and commands")).to_contain_text("/undo")
    photographed(page, "shortcuts")
    page.keyboard.press("Escape")
    field = page.get_by_label("Ask for a change")
    field.press("ArrowUp")
    expect(field).to_have_value("a quiz about owls")
    field.press("ArrowDown")
    expect(field).to_have_value("")
    field.press("/")
    expect(page.get_by_role("listbox", name="Commands").get_by_role("option")).to_have_count(16)
    page.get_by_role("option", name="/versions").click()
    expect(page.get_by_role("dialog")).to_be_visible()
