"""What a request costs is said before it is sent; a budget that is reached says so, and where to raise it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.apps import COUNTER, draft
from tests.browser.claude import Claude
from tests.browser.conftest import Errors, Server
from tests.browser.turns.test_looking import THROWS
from tests.browser.workbench import answer, finished, imported, open_project, painted, photographed, say

GOATS = {"src/App.tsx": COUNTER["src/App.tsx"].replace("sheep", "goats")}


def budget(page: Page) -> Locator:
    """The dialog, opened from the project's menu."""
    page.locator(".wb-title").click()
    page.get_by_role("menuitem", name="Budget").click()
    return opened(page)


def opened(page: Page) -> Locator:
    dialog = page.get_by_role("dialog", name="Budget")
    expect(dialog.get_by_role("button", name="Keep")).to_be_enabled()
    return dialog


def kept(dialog: Locator, whose: str, span: str, amount: str) -> None:
    dialog.get_by_role("group", name=whose).get_by_label(span).fill(amount)
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_have_count(0)


def test_what_a_request_costs_is_said_before_it_is_sent(page: Page, claude: Claude, claude_server: Server) -> None:
    asked = len(claude.api.requests)
    open_project(page, claude_server, imported(claude_server))
    estimate = page.locator(".wb-estimate")
    expect(estimate).to_have_count(0)
    page.get_by_label("Ask for a change").fill("count goats instead")
    expect(estimate).to_have_text(re.compile(r"about \$0\.0\d"))
    photographed(page, "estimate")
    page.get_by_label("Ask for a change").fill("")
    expect(estimate).to_have_count(0)
    assert len(claude.api.requests) == asked


def test_a_budget_that_is_reached_is_raised_and_the_request_goes_on(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    asked = len(claude.api.requests)
    open_project(page, claude_server, imported(claude_server))
    kept(budget(page), "This project", "Altogether", "0.01")
    say(page, "count goats instead")
    expect(finished(page).locator(".wb-note")).to_contain_text("This project's budget is $0.01, $0.00 of it is spent")
    assert len(claude.api.requests) == asked
    photographed(page, "budget reached")
    answer(page).get_by_role("button", name="Budget").click()
    dialog = opened(page)
    expect(dialog).to_contain_text("$0.00 this month, $0.00 altogether")
    photographed(page, "budget")
    claude.answers(MessagesBehaviour(draft(GOATS)))
    kept(dialog, "This project", "Altogether", "5")
    answer(page).get_by_role("button", name="Retry").click()
    expect(painted(page).get_by_role("heading")).to_have_text("Counting goats")
    dialog = budget(page)
    expect(dialog).to_contain_text(re.compile(r"(\$0\.0\d|less than \$0\.01) this month"))
    kept(dialog, "This project", "Altogether", "0.004")
    page.get_by_label("Ask for a change").fill("count horses instead")
    expect(page.locator("#wb-composer-note")).to_contain_text(
        re.compile(r"less than \$0\.01 of the budget of less than \$0\.01 is left")
    )


def test_pausing_ends_what_is_written_and_nothing_is_asked_until_it_goes_on(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    claude.holds(draft(GOATS), before="goats")
    open_project(page, claude_server, imported(claude_server))
    say(page, "count goats instead")
    expect(answer(page).get_by_role("button", name="Stop")).to_be_visible()
    dialog = budget(page)
    dialog.get_by_role("button", name="Pause all spending").click()
    expect(dialog.get_by_role("status")).to_contain_text("no model is asked")
    page.keyboard.press("Escape")
    expect(finished(page)).to_contain_text("Stopped")
    say(page, "count horses instead")
    expect(finished(page).locator(".wb-note")).to_contain_text("Spending is paused")
    answer(page).get_by_role("button", name="Budget").click()
    opened(page).get_by_role("button", name="Go on spending").click()
    expect(page.get_by_role("button", name="Pause all spending")).to_be_visible()


@pytest.mark.parametrize("amount", ["five", "-1", "1e3"])
def test_what_is_no_amount_is_said_and_nothing_is_lost(page: Page, claude_server: Server, amount: str) -> None:
    open_project(page, claude_server, imported(claude_server))
    dialog = budget(page)
    field = dialog.get_by_role("group", name="All projects").get_by_label("For a month")
    field.fill(amount)
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Write an amount such as 5 or 0.50")
    expect(field).to_have_value(amount)


def test_a_budget_that_is_reached_while_something_is_mended_is_raised_and_the_turn_goes_on(
    page: Page, claude: Claude, claude_server: Server, errors: Errors
) -> None:
    errors.allow("there are no sheep")
    open_project(page, claude_server, imported(claude_server))
    kept(budget(page), "This project", "Altogether", "0.30")
    edits = (("return (", THROWS), ("throw new Error('there are no sheep');", ";"))
    wrong, mended = ({"path": "src/App.tsx", "find": find, "replace": replace} for find, replace in edits)
    dear = {"input_tokens": 145_000}  # what it really used leaves nothing for another call
    claude.answers(MessagesBehaviour({"title": "", "summary": "It complains.", "edits": [wrong]}, usage=dear))
    say(page, "complain when there are no sheep")
    steps = page.get_by_role("list", name="Steps").last
    expect(steps).to_contain_text("Looked at: it has a fault")
    expect(steps.locator(".wb-note").last).to_contain_text("This project's budget is $0.30")
    photographed(page, "budget reached in a turn")
    steps.get_by_role("button", name="Budget").click()
    dialog = opened(page)
    photographed(page, "budget to raise in a turn")
    claude.answers(MessagesBehaviour({"title": "", "summary": "It does not.", "edits": [mended]}))
    kept(dialog, "This project", "Altogether", "5")
    photographed(page, "budget raised in a turn")
    steps.get_by_role("button", name="Retry").click()
    expect(page.locator(".wb-sum")).to_contain_text("It runs")
    expect(page.locator(".wb-sum")).to_contain_text(re.compile(r"\$0\.(29|3\d)"))
    photographed(page, "done after the budget was raised")
