"""A part of a file is left out unasked, twice: the person sees the difference and decides, and can undo it at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.apps import COUNTER
from tests.browser.claude import Claude
from tests.browser.conftest import Server
from tests.browser.workbench import files_of, imported, open_project, painted, photographed, say

SHEEP = "".join(f"export const sheep{number} = {number};\n" for number in range(30))
FILES = {**COUNTER, "src/sheep.ts": SHEEP}
SHORT = "export const sheep0 = 'the first';\n// ... rest of the code unchanged\n"
LEFT_OUT = MessagesBehaviour(
    {
        "title": "",
        "summary": "The first has a name.",
        "files": {
            "src/sheep.ts": SHORT,
            "src/App.tsx": COUNTER["src/App.tsx"].replace("Counting sheep", "Counting goats"),
        },
    }
)


def asked_for(page: Page, claude: Claude, server: Server) -> tuple[str, Locator]:
    """A project with a request that waits for a decision, and its card."""
    project = imported(server, FILES)
    open_project(page, server, project)
    claude.answers(LEFT_OUT, LEFT_OUT)
    say(page, "call the first one by name")
    card = page.get_by_role("region", name="Look before it changes")
    expect(card).to_contain_text("src/sheep.ts")
    return project, card


@pytest.mark.parametrize("width", [1280, 390])
def test_the_difference_is_in_front_and_my_file_stays(
    page: Page, claude: Claude, claude_server: Server, width: int
) -> None:
    project, card = asked_for(page, claude, claude_server)
    page.set_viewport_size({"width": width, "height": 800})
    expect(card).to_contain_text("rest of the code unchanged")
    photographed(page, f"deciding {width}")
    assert files_of(claude_server, project) == FILES
    card.get_by_role("button", name="Look at the difference").click()
    dialog = page.get_by_role("dialog", name="Look before it changes")
    expect(dialog.get_by_role("columnheader", name="Yours")).to_have_count(int(width == 1280))
    expect(dialog.get_by_label("The difference in src/sheep.ts")).to_contain_text("added: // ... rest of the code")
    expect(dialog).to_contain_text("One more file of the answer is whole and comes along: src/App.tsx")
    photographed(page, f"the difference {width}")
    go_on = dialog.get_by_role("button", name="Continue")
    expect(go_on).to_be_disabled()
    dialog.get_by_role("radio", name="Take the new one").focus()
    page.keyboard.press("ArrowUp")
    expect(dialog.get_by_role("radio", name="Keep my file")).to_be_checked()
    photographed(page, f"decided {width}")
    go_on.click()
    expect(page.locator(".wb-sum")).to_contain_text("It runs")
    assert files_of(claude_server, project)["src/sheep.ts"] == SHEEP
    assert "Counting goats" in files_of(claude_server, project)["src/App.tsx"]
    if width == 1280:
        expect(painted(page).get_by_role("heading")).to_have_text("Counting goats")
        page.get_by_role("button", name="Undo").first.click()
        expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
        assert files_of(claude_server, project) == FILES


def test_what_was_chosen_outlives_a_reload_and_a_stop(page: Page, claude: Claude, claude_server: Server) -> None:
    project, card = asked_for(page, claude, claude_server)
    card.get_by_role("button", name="src/sheep.ts").click()
    dialog = page.get_by_role("dialog", name="Look before it changes")
    with page.expect_response("**/decision"):
        dialog.get_by_text("Take the new one", exact=True).click()
    dialog.get_by_role("button", name="Close").click()
    page.reload()
    expect(card).to_contain_text("Take the new one")
    card.get_by_role("button", name="Stop").click()
    expect(card).to_have_count(0)
    page.get_by_role("button", name="Continue").click()
    expect(card).to_contain_text("Take the new one")
    photographed(page, "chosen")
    card.get_by_role("button", name="Continue").click()
    expect(page.locator(".wb-sum")).to_contain_text("It runs")
    assert files_of(claude_server, project)["src/sheep.ts"] == SHORT
