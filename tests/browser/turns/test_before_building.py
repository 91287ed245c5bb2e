"""What happens before anything is written: questions, a plan, a discussion, a prompt made better."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.apps import COUNTER, draft
from tests.browser.claude import Claude
from tests.browser.conftest import Server
from tests.browser.test_generation import prompted
from tests.browser.workbench import files_of, finished, imported, open_project, painted, photographed, say

QUESTIONS = {
    "questions": [
        {"question": "Who counts?", "choices": ["Only me", "My whole team", "Anybody who visits"]},
        {"question": "What is counted?", "choices": []},
    ],
    "large": False,
}
PLAN = {
    "title": "Sheep counter",
    "summary": "One page on which sheep are counted.",
    "pages": [
        {"name": "Counter", "what": "A big button and the number of sheep"},
        {"name": "About", "what": "Who made it"},
    ],
    "data": [{"name": "Count", "what": "A number, kept in the browser"}],
    "checks": [{"title": "Sheep are counted", "how": "Press the button once and see 1"}],
}


def choose_mode(page: Page, name: str) -> None:
    page.get_by_role("button", name="What to do with it").click()
    page.get_by_role("menuitemradio", name=name).click()


def asked(claude: Claude) -> str:
    """What the model read last."""
    return str(claude.api.requests[-1]["messages"][0]["content"])


def steps(page: Page) -> Locator:
    return page.get_by_role("list", name="Steps").last


def test_a_vague_prompt_is_asked_back_and_the_answers_are_built(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    claude.answers(MessagesBehaviour(QUESTIONS), MessagesBehaviour(draft(), chunk=200))
    prompted(page, claude_server, "a sheep counter")
    card = page.get_by_role("form", name="Before it begins")
    go_on = card.get_by_role("button", name="Go on")
    expect(go_on).to_be_disabled()
    photographed(page, "questions")
    card.get_by_role("radio", name="Only me").focus()
    page.keyboard.press("ArrowDown")
    expect(card.get_by_role("radio", name="My whole team")).to_be_checked()
    card.get_by_label("What is counted? In your own words").fill("black sheep")
    page.keyboard.press("Enter")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    expect(finished(page)).to_contain_text("v1")
    assert "Who counts? My whole team" in asked(claude)
    assert "What is counted? black sheep" in asked(claude)
    expect(card).to_have_count(0)
    steps(page).get_by_text("Asked back").click()
    expect(steps(page)).to_contain_text("Who counts? My whole team")


def test_questions_can_be_skipped(page: Page, claude: Claude, claude_server: Server) -> None:
    claude.answers(MessagesBehaviour(QUESTIONS), MessagesBehaviour(draft(), chunk=200))
    prompted(page, claude_server, "a sheep counter")
    page.get_by_role("form", name="Before it begins").get_by_role("button", name="Skip").click()
    expect(finished(page)).to_contain_text("v1")
    assert "Who counts?" not in asked(claude)


def test_a_plan_is_edited_and_what_is_left_of_it_is_built(page: Page, claude: Claude, claude_server: Server) -> None:
    open_project(page, claude_server, imported(claude_server))
    claude.answers(MessagesBehaviour(PLAN), MessagesBehaviour(draft({"src/style.css": "header { color: green; }"})))
    choose_mode(page, "Plan first")
    say(page, "make it a real counter")
    plan = page.get_by_role("form", name="The plan")
    expect(plan.get_by_label("Name of the app")).to_have_value("Sheep counter")
    photographed(page, "plan")
    plan.get_by_role("button", name="Remove “About”").click()
    plan.get_by_role("region", name="Pages").get_by_label("What line 1 is").fill("A huge button")
    plan.get_by_role("button", name="Add data").click()
    expect(plan.get_by_label("Name of line 2")).to_be_focused()
    page.keyboard.type("Shepherds")
    plan.get_by_role("button", name="Build this").click()
    expect(finished(page)).to_contain_text("v2")
    assert "A huge button" in asked(claude)
    assert "Shepherds" in asked(claude)
    assert "About" not in asked(claude)
    expect(plan).to_have_count(0)
    expect(steps(page)).to_contain_text("Planned: Sheep counter")


def test_a_plan_can_be_left_aside(page: Page, claude: Claude, claude_server: Server) -> None:
    open_project(page, claude_server, imported(claude_server))
    claude.answers(MessagesBehaviour(PLAN), MessagesBehaviour(draft({"src/style.css": "header { color: green; }"})))
    choose_mode(page, "Plan first")
    say(page, "make it a real counter")
    page.get_by_role("button", name="Build without a plan").click()
    expect(finished(page)).to_contain_text("v2")
    assert "A big button" not in asked(claude)


def test_a_discussion_is_answered_in_words_and_changes_no_file(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    project = imported(claude_server)
    open_project(page, claude_server, project)
    claude.answers(MessagesBehaviour(prose="It is kept in memory, and gone with the page."))
    choose_mode(page, "Discuss")
    say(page, "Where is the count kept?")
    log = page.get_by_role("log", name="Messages")
    expect(log).to_contain_text("It is kept in memory, and gone with the page.")
    expect(steps(page)).to_contain_text("Discussed, no file changed")
    expect(steps(page)).to_contain_text("tokens")
    assert files_of(claude_server, project) == COUNTER
    expect(page.get_by_role("button", name="What to do with it: Discuss")).to_be_visible()
    photographed(page, "discussed")


def test_a_prompt_is_made_better_and_that_can_be_undone(page: Page, claude: Claude, claude_server: Server) -> None:
    open_project(page, claude_server, imported(claude_server))
    claude.answers(MessagesBehaviour({"prompt": "Count goats beside the sheep, each with its own button."}))
    field = page.get_by_label("Ask for a change")
    field.fill("goats too")
    page.get_by_role("button", name="Improve my prompt").click()
    expect(field).to_have_value("Count goats beside the sheep, each with its own button.")
    page.locator("#wb-composer-note").get_by_role("button", name="Undo").click()
    expect(field).to_have_value("goats too")


def test_the_offline_demo_says_why_it_neither_plans_nor_discusses(page: Page, server: Server) -> None:
    open_project(page, server, imported(server))
    page.get_by_role("button", name="What to do with it: Build").click()
    for name in ("Plan first", "Discuss"):
        item = page.get_by_role("menuitemradio", name=name)
        expect(item).to_be_disabled()
        expect(item).to_contain_text("The offline demo cannot do this")
    page.keyboard.press("Escape")
    page.get_by_label("Ask for a change").fill("goats")
    improve = page.get_by_role("button", name="Improve my prompt")
    expect(improve).to_be_disabled()
    expect(improve).to_have_accessible_description(
        "The offline demo cannot do this. Choose a model that you have a key for."
    )


@pytest.mark.parametrize("broken", [{"refuse": 529}, {"prose": "I would rather not."}], ids=["overloaded", "no plan"])
def test_a_plan_that_fails_is_asked_for_again(
    page: Page, claude: Claude, claude_server: Server, broken: dict[str, Any]
) -> None:
    open_project(page, claude_server, imported(claude_server))
    claude.answers(MessagesBehaviour(**broken))
    choose_mode(page, "Plan first")
    say(page, "make it a real counter")
    retry = page.get_by_role("log", name="Messages").get_by_role("button", name="Retry")
    expect(retry).to_be_visible()
    photographed(page, "plan failed")
    claude.answers(MessagesBehaviour(PLAN))
    retry.click()
    expect(page.get_by_role("form", name="The plan")).to_be_visible()
