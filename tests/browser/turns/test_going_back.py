"""Requests that wait, are taken back, or are said in another way."""

from __future__ import annotations

import asyncio

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.claude import Claude
from tests.browser.conftest import Server
from tests.browser.turns.test_looking import change
from tests.browser.workbench import finished, imported, open_project, painted, photographed, say


def waiting(page: Page) -> Locator:
    return page.get_by_role("list", name="Waiting requests")


def request_menu(page: Page, text: str, item: str) -> None:
    asked = page.locator(".wb-asked").filter(has_text=text).last
    asked.hover()
    asked.get_by_role("button", name="This request").click()
    page.get_by_role("menuitem", name=item).click()


def counting_goats(page: Page, claude: Claude, server: Server) -> asyncio.Event:
    """A request that is being written, until what this returns is released."""
    open_project(page, server, imported(server))
    first = change("Counting sheep", "Counting goats")
    assert isinstance(first.answer, dict)
    release = claude.holds(first.answer, before="Counting goats")
    say(page, "count goats")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    return release


def test_what_is_sent_meanwhile_waits_and_then_begins(page: Page, claude: Claude, claude_server: Server) -> None:
    release = counting_goats(page, claude, claude_server)
    say(page, "count cows")
    expect(page.get_by_label("Ask for a change")).to_have_value("")
    say(page, "count hens")
    expect(waiting(page).get_by_role("listitem")).to_have_count(2)
    expect(waiting(page).get_by_role("button", name="Send now")).to_have_count(0)
    photographed(page, "waiting")
    waiting(page).get_by_role("listitem").filter(has_text="count hens").get_by_role("button", name="Take out").click()
    expect(waiting(page).get_by_role("listitem")).to_have_count(1)
    claude.answers(change("Counting goats", "Counting cows"))
    claude.release(release)
    expect(painted(page).get_by_role("heading")).to_have_text("Counting cows")
    expect(waiting(page)).to_have_count(0)


def test_undo_said_while_something_is_written_undoes_it_once_it_is_there(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    release = counting_goats(page, claude, claude_server)
    say(page, "undo that")
    expect(page.get_by_label("Ask for a change")).to_have_value("undo that")
    claude.release(release)
    expect(page.locator(".wb-undone")).to_contain_text("count goats")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    expect(page.get_by_label("Ask for a change")).to_have_value("")
    expect(page.locator(".wb-asked").filter(has_text="undo that")).to_have_count(0)


def test_what_waits_behind_a_stopped_request_is_sent_by_the_person(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    counting_goats(page, claude, claude_server)
    say(page, "count cows")
    expect(waiting(page)).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    claude.answers(change("Counting sheep", "Counting cows"))
    waiting(page).get_by_role("button", name="Send now").click()
    expect(painted(page).get_by_role("heading")).to_have_text("Counting cows")


def test_a_request_is_taken_back_and_that_can_be_undone(page: Page, claude: Claude, claude_server: Server) -> None:
    preview = open_project(page, claude_server, imported(claude_server))
    claude.answers(change("Counting sheep", "Counting goats"))
    say(page, "count goats")
    expect(page.locator(".wb-sum")).to_contain_text("It runs")
    request_menu(page, "count goats", "Go back to before this")
    sure = page.get_by_role("group", name="Go back to before this")
    expect(sure.get_by_role("button", name="Stay here")).to_be_focused()
    photographed(page, "taking back")
    sure.get_by_role("button", name="Go back to before this").click()
    expect(preview.get_by_role("heading")).to_have_text("Counting sheep")
    page.locator(".wb-toast").get_by_role("button", name="Undo").click()
    expect(preview.get_by_role("heading")).to_have_text("Counting goats")


@pytest.mark.parametrize("how", ["edited", "asked again"])
def test_another_way_is_gone_from_an_earlier_request(
    page: Page, claude: Claude, claude_server: Server, how: str
) -> None:
    preview = open_project(page, claude_server, imported(claude_server))
    for now, then in (("sheep", "goats"), ("goats", "cows")):
        claude.answers(change(f"Counting {now}", f"Counting {then}"))
        say(page, f"count {then}")
        expect(preview.get_by_role("heading")).to_have_text(f"Counting {then}")
        expect(page.locator(".wb-sum").last).to_contain_text("It runs")
        finished(page)
    claude.answers(change("Counting sheep", "Counting hens"))
    if how == "edited":
        request_menu(page, "count goats", "Edit and go on from here")
        field = page.get_by_label("Ask for a change")
        expect(field).to_have_value("count goats")
        expect(page.locator(".wb-from")).to_have_text("From before “count goats”")
        photographed(page, "editing")
        say(page, "count hens")
    else:
        request_menu(page, "count goats", "Ask again")
    expect(preview.get_by_role("heading")).to_have_text("Counting hens")
    log = page.get_by_role("log", name="Messages")
    expect(log.get_by_text("count cows")).not_to_be_visible()
    log.get_by_text("4 messages from before you went another way").click()
    expect(log.get_by_text("count cows")).to_be_visible()
    photographed(page, f"another way, {how}")
