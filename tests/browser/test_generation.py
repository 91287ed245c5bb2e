"""From a prompt to a running app: what a person sees while the model writes, and what they can do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.apps import COUNTER, draft
from tests.browser.claude import Claude
from tests.browser.conftest import Errors, Server
from tests.browser.workbench import (
    answer,
    editor,
    files_of,
    finished,
    imported,
    open_project,
    painted,
    preview_frame,
    say,
    tab,
)

CLEAR = "a sheep counter with one big button that counts one more sheep at each press"
"""Long enough that nothing has to be asked back."""


def prompted(page: Page, server: Server, text: str = CLEAR) -> str:
    """Type a prompt on the home page; the id of the project that opens."""
    page.goto(server.url)
    expect(page.get_by_label("Model")).to_be_enabled()
    page.get_by_label("Describe the app you want").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    return page.url.rpartition("/")[2]


def test_a_prompt_opens_the_workbench_and_the_app_paints_before_the_model_is_done(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    release = claude.holds(draft(), before="the last file")
    prompted(page, claude_server)
    expect(page.get_by_role("log", name="Messages")).to_contain_text("a sheep counter")
    expect(answer(page)).to_contain_text("Counts sheep.")
    expect(painted(page).get_by_role("heading", name="Counting sheep")).to_be_visible()
    expect(answer(page)).to_contain_text("5 files written")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    claude.release(release)
    expect(finished(page)).to_contain_text("v1")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_each_file_is_listed_as_it_starts_and_its_text_streams_into_the_editor(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    release = claude.holds(draft(), before="Counting sheep")
    prompted(page, claude_server)
    files = answer(page).get_by_role("listitem")
    expect(files).to_have_text(
        ["package.jsondone", "index.htmldone", "src/main.tsxdone", "src/style.cssdone", "src/App.tsxbeing written"]
    )
    answer(page).get_by_role("button", name="src/App.tsx").click()
    expect(editor(page)).to_contain_text("const [count, setCount] = useState(0);".replace(" ", "\u00a0"))
    expect(editor(page)).not_to_contain_text("Counting")
    editor(page).click()
    page.keyboard.type("x")
    expect(page.locator("#wb-code .wb-status")).to_contain_text("Being written")
    claude.release(release)
    expect(editor(page)).to_contain_text("Counting\u00a0sheep")
    finished(page)
    expect(page.locator('[role=treeitem][data-path="src/later.ts"]')).to_be_visible()


def test_stop_keeps_what_arrived_and_continue_writes_the_rest(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    claude.holds(draft(), before="setCount(count + 1)")
    project = prompted(page, claude_server)
    expect(answer(page)).to_contain_text("4 files written")
    page.get_by_role("button", name="Stop").click()
    expect(finished(page)).to_contain_text("Stopped. What arrived is kept")
    # So little of it arrived that it is asked for whole.
    claude.answers(MessagesBehaviour(draft({path: COUNTER[path] for path in ("src/App.tsx", "src/later.ts")})))
    page.get_by_role("button", name="Continue").click()
    expect(finished(page)).to_contain_text("v1")
    painted(page).get_by_role("button").click()
    expect(painted(page).get_by_role("button")).to_have_text("Counted 1")
    assert files_of(claude_server, project) == COUNTER


def test_a_message_shows_its_tokens_and_its_cost(page: Page, claude: Claude, claude_server: Server) -> None:
    claude.answers(MessagesBehaviour(draft(), chunk=200))
    prompted(page, claude_server)
    expect(finished(page).locator(".wb-cost")).to_have_text(
        re.compile(r"v1 · Claude.* · 2,\d{3} tokens · (\$0\.0\d|less than \$0\.01) · .*s · What was sent$")
    )


def test_a_follow_up_changes_only_what_it_must_and_paints_in_place(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    project = imported(claude_server)
    preview = open_project(page, claude_server, project)
    preview.get_by_role("button").click()
    preview_frame(page).evaluate("window.stays = true")
    edit = {"path": "src/style.css", "find": "rgb(255, 0, 0)", "replace": "rgb(0, 128, 0)"}
    claude.answers(MessagesBehaviour({"title": "", "summary": "The header is green.", "edits": [edit]}))
    say(page, "make the header green")
    expect(preview.locator("header")).to_have_css("background-color", "rgb(0, 128, 0)")
    expect(finished(page)).to_contain_text("v2")
    expect(preview.get_by_role("button")).to_have_text("Counted 1")
    assert preview_frame(page).evaluate("window.stays") is True
    changed = {path for path, text in files_of(claude_server, project).items() if text != COUNTER[path]}
    assert changed == {"src/style.css"}


def test_the_offline_demo_makes_an_app_of_the_words_and_paints_its_follow_up_in_place(
    page: Page, server: Server
) -> None:
    project = prompted(page, server, "a to-do list for a zoo keeper with penguins")
    expect(finished(page)).to_contain_text("offline demo · free")
    preview = painted(page)
    expect(preview.locator("body")).to_contain_text("enguin")
    before = files_of(server, project)
    preview_frame(page).evaluate("window.stays = true")
    header = preview.locator("header").first
    ground = header.evaluate("e => getComputedStyle(e).backgroundColor")
    say(page, "make the header green")
    expect(header).not_to_have_css("background-color", ground)
    expect(page.locator("article.wb-generation")).to_have_count(2)
    finished(page)
    after = files_of(server, project)
    assert [path for path in after if after[path] != before.get(path)] == ["src/theme.css"]
    assert preview_frame(page).evaluate("window.stays") is True


GOATS = {"src/App.tsx": COUNTER["src/App.tsx"].replace("sheep", "goats")}


def the_step(page: Page, name: str) -> Locator:
    """The one thing that the newest answer offers besides its files, which must be called `name`."""
    expect(answer(page).locator(":is(a, button):not(.wb-path):not(.wb-cost *)")).to_have_text([name])
    return answer(page).locator(":is(a, button):not(.wb-path):not(.wb-cost *)")


def failed(page: Page, claude: Claude, server: Server, behaviour: MessagesBehaviour, sentence: str) -> str:
    """A project in whose chat a change failed for the reason in `sentence`; its id."""
    project = imported(server)
    open_project(page, server, project)
    claude.answers(behaviour)
    say(page, "count goats instead")
    expect(finished(page).locator(".wb-note")).to_contain_text(sentence)
    assert files_of(server, project) == COUNTER
    return project


def goats(page: Page) -> None:
    expect(painted(page).get_by_role("heading")).to_have_text("Counting goats")
    expect(finished(page)).to_contain_text("v2")


@pytest.mark.parametrize(
    ("behaviour", "sentence", "step"),
    [
        (MessagesBehaviour(refuse=429, headers={"retry-after": "120"}), "asks to slow down", "Retry"),
        (MessagesBehaviour(refuse=529), "overloaded", "Retry"),
        (MessagesBehaviour(prose="I would rather talk about sheep."), "I would rather talk about sheep.", "Retry"),
        (MessagesBehaviour(draft({"../../etc/passwd": "x"})), "unchanged", "Retry"),
        (MessagesBehaviour(draft({"CON": "x"})), "unchanged", "Retry"),
        (MessagesBehaviour(draft({"src/app.tsx": "x"})), "differ only in capital letters", "Retry"),
        (MessagesBehaviour('{"title": "x", "files": {"a": "b"'), "Press Continue", "Continue"),
    ],
    ids=["429", "529", "prose", "path outside", "reserved name", "two names for one file", "cut off"],
)
def test_a_failure_is_said_plainly_and_its_one_step_makes_the_app(
    page: Page, claude: Claude, claude_server: Server, behaviour: MessagesBehaviour, sentence: str, step: str
) -> None:
    failed(page, claude, claude_server, behaviour, sentence)
    claude.answers(MessagesBehaviour(draft(GOATS)))
    the_step(page, step).click()
    goats(page)


def test_without_credit_the_way_to_it_is_shown_and_then_retry(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    page.context.route("https://platform.claude.com/**", lambda route: route.fulfill(body="billing"))
    broke = MessagesBehaviour(refuse=400, message="Your credit balance is too low to access the Anthropic API.")
    failed(page, claude, claude_server, broke, "no credit left")
    with page.expect_popup() as billing:
        the_step(page, "Add credit").click()
    expect(billing.value.locator("body")).to_have_text("billing")
    billing.value.close()
    the_step(page, "Retry")
    page.reload()
    painted(page)
    claude.answers(MessagesBehaviour(draft(GOATS)))
    the_step(page, "Retry").click()
    goats(page)


def test_a_wrong_key_leads_to_the_key_and_once_it_is_changed_back_to_retry(
    page: Page, claude: Claude, make_server: Callable[..., Server]
) -> None:
    server = make_server(ANTHROPIC_BASE_URL=claude.address)
    server.call("PUT", "/api/v1/keys/anthropic", {"key": claude.key})
    project = failed(page, claude, server, MessagesBehaviour(refuse=401), "did not accept the key")
    claude.answers(MessagesBehaviour(draft(GOATS)))
    the_step(page, "Set the key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel").click()
    page.wait_for_url(f"**/p/{project}")
    the_step(page, "Set the key").click()
    dialog.get_by_role("textbox").fill(claude.key)
    dialog.get_by_role("button", name="Test and keep").click()
    dialog.get_by_role("button", name="Close").click()
    page.wait_for_url(f"**/p/{project}")
    painted(page)
    the_step(page, "Retry").click()
    goats(page)
    server.call("DELETE", "/api/v1/keys/anthropic")
    say(page, "count cows instead")
    note = page.locator("#wb-composer-note")
    expect(note).to_contain_text("No Claude key is set")
    expect(note.get_by_role("link", name="Set the key")).to_have_attribute("href", f"/#key:{project}:anthropic")
    server.stop()


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [(MessagesBehaviour(refuse=403), "may not use"), (MessagesBehaviour(refuse=404), "does not know the model")],
    ids=["forbidden", "unknown"],
)
def test_a_model_that_cannot_be_used_leads_to_the_others_with_the_request_kept(
    page: Page, claude: Claude, claude_server: Server, behaviour: MessagesBehaviour, sentence: str
) -> None:
    failed(page, claude, claude_server, behaviour, sentence)
    claude.answers(MessagesBehaviour(draft(GOATS)))
    the_step(page, "Choose another model").click()
    expect(page.get_by_label("Ask for a change")).to_have_value("count goats instead")
    page.get_by_role("menuitemradio", name="Claude", checked=False).first.click()
    page.get_by_role("button", name="Send").click()
    goats(page)


def test_a_request_that_was_declined_comes_back_to_be_said_differently(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    failed(page, claude, claude_server, MessagesBehaviour(stop_reason="refusal"), "Say it differently")
    claude.answers(MessagesBehaviour(draft(GOATS)))
    step = the_step(page, "Change the request")
    page.get_by_label("Ask for a change").fill("something else by now")
    step.click()
    expect(page.get_by_label("Ask for a change")).to_have_value("something else by now")
    page.get_by_label("Ask for a change").fill("")
    step.click()
    expect(page.get_by_label("Ask for a change")).to_be_focused()
    expect(page.get_by_label("Ask for a change")).to_have_value("count goats instead")
    page.keyboard.press("Enter")
    goats(page)


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"error_after": 1_200}, "What arrived is kept. Wait a minute, then press Continue."),
        ({"drop_after": 1_200}, "lost while it was writing. What arrived is kept. Press Continue."),
        ({"stop_after": 1_200, "stop_reason": "max_tokens"}, "longest length"),
    ],
    ids=["overloaded", "lost", "longest answer"],
)
def test_an_answer_that_breaks_off_is_kept_and_goes_on(
    page: Page, claude: Claude, claude_server: Server, broken: dict[str, Any], sentence: str
) -> None:
    claude.answers(MessagesBehaviour(draft(), **broken))
    project = prompted(page, claude_server)
    expect(finished(page).locator(".wb-note")).to_contain_text(sentence)
    expect(answer(page).get_by_role("listitem").first).to_have_text("package.jsondone")
    generation = claude_server.get(f"/api/v1/projects/{project}")["generations"][-1]["id"]
    arrived = claude_server.get(f"/api/v1/projects/{project}/generations/{generation}")["text_files"]
    missing = {path: text[len(arrived[path]["text"]) :] if path in arrived else text for path, text in COUNTER.items()}
    claude.answers(MessagesBehaviour(draft({path: text for path, text in missing.items() if text})))
    the_step(page, "Continue").click()
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    expect(finished(page)).to_contain_text("v1")
    assert files_of(claude_server, project) == COUNTER


def test_prompts_that_cannot_be_answered_are_refused_in_one_sentence(
    page: Page, server: Server, errors: Errors
) -> None:
    errors.allow("status of 400")
    project = imported(server)
    open_project(page, server, project)
    box = page.get_by_label("Ask for a change")
    note = page.locator("#wb-composer-note")
    box.fill("x" * 100_001)
    expect(note).to_contain_text("longer than 100,000 characters")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    box.fill("   ")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    box.fill("\x00\x01\x02 binary")
    page.keyboard.press("Enter")
    expect(note).to_contain_text("not text")
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
