"""The conversation: there with the first paint, and followed to its end unless the person reads further up."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.apps import draft
from tests.browser.claude import Claude
from tests.browser.conftest import Server
from tests.browser.workbench import answer, finished, imported, open_project, say

_FROM_END = "(box) => box.scrollHeight - box.scrollTop - box.clientHeight"


def test_title_request_and_answer_are_seen_before_the_workbench_has_read_the_project(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    claude.answers(MessagesBehaviour(draft()))
    project = imported(claude_server)
    open_project(page, claude_server, project)
    say(page, "count sheep, please, one by one")
    expect(finished(page)).to_contain_text("Counts sheep.")
    held: list[Route] = []
    page.route(f"**/api/v1/projects/{project}", lambda route: held.append(route))
    page.goto(f"{claude_server.url}/p/{project}")
    first = page.locator("#wb-first")
    expect(first.get_by_text("count sheep, please, one by one")).to_be_visible()
    expect(first.get_by_text("Counts sheep.")).to_be_visible()
    expect(page.locator(".wb")).to_be_attached()
    expect(first.get_by_text("Counts sheep.")).to_be_visible()
    before = first.get_by_text("Counts sheep.").bounding_box()
    for route in held:
        route.continue_()
    page.unroute_all(behavior="ignoreErrors")
    expect(answer(page)).to_contain_text("Counts sheep.")
    expect(first).to_be_hidden()
    after = answer(page).get_by_text("Counts sheep.").bounding_box()
    assert before
    assert after
    assert abs(before["x"] - after["x"]) < 2


def test_the_chat_follows_what_is_written_unless_the_person_reads_further_up(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    page.set_viewport_size({"width": 1280, "height": 480})
    open_project(page, claude_server, imported(claude_server))
    messages = page.locator(".wb-messages")
    for number in range(3):
        claude.answers(MessagesBehaviour(draft(summary=f"Answer {number}. " + "It counts sheep. " * 30)))
        say(page, f"count them again, the same way, time {number}")
        expect(finished(page)).to_contain_text(f"Answer {number}.")
        page.wait_for_function(f"(box) => ({_FROM_END})(box) < 24", arg=messages.element_handle())
    messages.hover()
    page.mouse.wheel(0, -400)
    page.wait_for_function(f"(box) => ({_FROM_END})(box) > 200", arg=messages.element_handle())
    at = messages.evaluate("(box) => box.scrollTop")
    page.set_viewport_size({"width": 1280, "height": 470})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert abs(messages.evaluate("(box) => box.scrollTop") - at) < 2
