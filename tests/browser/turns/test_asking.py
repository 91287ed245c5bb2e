"""What a person says in the chat besides asking for a change: to take it back, and what they may ask for next."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.workbench import finished, photographed, say

_OPEN = "Ask for a change"


@pytest.fixture
def quiz(page: Page, server: Server) -> Page:
    """A quiz that the offline demo made."""
    project = server.post("/api/v1/projects", {"prompt": "a quiz about owls called Owls by heart"})["project"]
    page.goto(f"{server.url}/p/{project['id']}")
    finished(page)
    expect(page.locator(".wb-version")).to_contain_text("v1")
    return page


def test_undo_in_words_undoes_and_what_was_undone_looks_it(quiz: Page) -> None:
    say(quiz, "make it green")
    expect(quiz.locator(".wb-version")).to_contain_text("v2")
    say(quiz, "Undo that.")
    expect(quiz.locator(".wb-version")).to_contain_text("v1")
    expect(quiz.get_by_label(_OPEN)).to_have_value("")
    undone = quiz.locator(".wb-undone")
    expect(undone).to_have_count(1)
    expect(undone).to_contain_text("make it green")
    expect(undone.get_by_text("Undone", exact=True)).to_be_visible()
    photographed(quiz, "undone")
    say(quiz, "redo")
    expect(quiz.locator(".wb-version")).to_contain_text("v2")
    expect(undone).to_have_count(0)


def test_a_rename_in_words_renames_the_project(quiz: Page, server: Server) -> None:
    project = quiz.url.rpartition("/")[2]
    say(quiz, "rename it to Night Watch")
    expect(quiz.locator(".wb-version")).to_contain_text("v2")
    expect(quiz).to_have_title("Night Watch · Sayso")
    assert server.get(f"/api/v1/projects/{project}")["project"]["title"] == "Night Watch"


def test_what_to_ask_next_is_suggested_and_put_into_the_field(quiz: Page) -> None:
    ideas = quiz.get_by_role("group", name="What next?")
    ideas.get_by_role("button", name="Make it green").press("Enter")
    expect(quiz.get_by_label(_OPEN)).to_have_value("Make it green")
    expect(quiz.get_by_label(_OPEN)).to_be_focused()
    quiz.keyboard.press("Enter")
    expect(quiz.locator(".wb-version")).to_contain_text("v2")
    photographed(quiz, "suggestions")
