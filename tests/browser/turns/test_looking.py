"""What was made is looked at in the page: what the person reads of it, and what is mended."""

from __future__ import annotations

import base64
import io
import json
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.apps import COUNTER
from tests.browser.claude import Claude
from tests.browser.conftest import Errors, Server
from tests.browser.turns.test_before_building import steps
from tests.browser.workbench import files_of, imported, open_project, painted, photographed, say

WALK = json.dumps(
    {
        "title": "Sheep are counted",
        "steps": [
            {"click": {"role": "button", "name": "Counted 0"}},
            {"see": {"role": "button", "name": "Counted 1"}},
        ],
    }
)
THROWS = "if (count === 0) throw new Error('there are no sheep');\n  return ("


def change(find: str, replace: str) -> MessagesBehaviour:
    edit = {"path": "src/App.tsx", "find": find, "replace": replace}
    return MessagesBehaviour({"title": "", "summary": "Changed.", "edits": [edit]})


def test_what_was_made_is_shown_to_work(page: Page, claude: Claude, claude_server: Server) -> None:
    open_project(page, claude_server, imported(claude_server, {**COUNTER, "walks/count.json": WALK}))
    claude.answers(change("Counting sheep", "Counting goats"))
    say(page, "count goats")
    expect(steps(page)).to_contain_text("Looked at: it runs, 1 of 1 walks")
    done = page.locator(".wb-sum")
    expect(done).to_have_text(re.compile(r"Shown to work · (less than )?\$0\.0\d · .* s$"))
    photographed(page, "shown")


def test_a_project_without_walks_is_looked_at_as_well(page: Page, claude: Claude, claude_server: Server) -> None:
    open_project(page, claude_server, imported(claude_server))
    claude.answers(change("Counting sheep", "Counting goats"))
    say(page, "count goats")
    expect(steps(page).get_by_text("Looked at: it runs", exact=True)).to_be_visible()
    expect(page.locator(".wb-sum")).to_contain_text("It runs; no walk tried what it does")
    photographed(page, "runs")


def test_a_fault_is_mended_by_the_model_and_looked_at_again(
    page: Page, claude: Claude, claude_server: Server, errors: Errors
) -> None:
    errors.allow("there are no sheep")
    open_project(page, claude_server, imported(claude_server))
    claude.answers(change("return (", THROWS), change("throw new Error('there are no sheep');", ";"))
    say(page, "complain when there are no sheep")
    expect(steps(page)).to_contain_text("Looked at: it has a fault")
    expect(steps(page)).to_contain_text("there are no sheep")
    expect(steps(page)).to_contain_text("A mend by the model, attempt 1")
    expect(page.locator(".wb-sum")).to_contain_text("It runs")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    photographed(page, "mended")


def test_what_is_certain_is_mended_without_a_model_and_said(
    page: Page, claude: Claude, claude_server: Server, errors: Errors
) -> None:
    errors.allow("Invalid DOM property")
    project = imported(claude_server)
    open_project(page, claude_server, project)
    claude.answers(change("<main>", '<main class="wide">'))
    say(page, "make it wide")
    expect(steps(page)).to_contain_text("Mended one thing without a model")
    expect(steps(page)).to_contain_text("src/App.tsx: “class” is called className in React.")
    expect(page.locator(".wb-sum")).to_contain_text("It runs")
    assert '<main className="wide">' in files_of(claude_server, project)["src/App.tsx"]
    photographed(page, "mended without a model")


def test_a_walk_that_fails_is_shown_with_its_step_and_mended(page: Page, claude: Claude, claude_server: Server) -> None:
    open_project(page, claude_server, imported(claude_server, {**COUNTER, "walks/count.json": WALK}))
    claude.answers(change("count + 1", "count + 2"), change("count + 2", "count + 1"))
    say(page, "count faster")
    expect(steps(page)).to_contain_text("Looked at: it runs, 0 of 1 walks")
    expect(steps(page)).to_contain_text("Sheep are counted: Step 2, sees button “Counted 1”: it is not there.")
    expect(page.locator(".wb-sum")).to_contain_text("Shown to work")
    assert "walks/count.json" in str(claude.api.requests[-1]["messages"][0]["content"])


def test_a_model_that_mends_reads_what_the_console_and_requests_said(
    page: Page, claude: Claude, claude_server: Server, errors: Errors
) -> None:
    errors.allow("there are no sheep|the meadow is empty")
    open_project(page, claude_server, imported(claude_server))
    asks = "console.error('the meadow is empty'); void fetch('/sheep.json'); if (count === 0)"
    broken = change("return (", THROWS.replace("if (count === 0)", asks))
    reads = MessagesBehaviour(calls=[("read_faults", {"kind": "console"})])
    claude.answers(broken, reads, change("throw new Error('there are no sheep');", ";"))
    say(page, "complain when there are no sheep")
    expect(page.locator(".wb-sum")).to_contain_text("It runs")
    (told,) = (one for one in claude.api.requests[-1]["messages"][-1]["content"] if one["type"] == "tool_result")
    for words in ("the meadow is empty", "404 Not Found /sheep.json"):
        assert words in str(told["content"])


def test_what_cannot_be_mended_says_so_and_leads_back(
    page: Page, claude: Claude, claude_server: Server, errors: Errors
) -> None:
    errors.allow("there are no sheep")
    open_project(page, claude_server, imported(claude_server))
    claude.answers(change("return (", THROWS), change("Counted {count}", "Counted: {count}"))
    say(page, "complain when there are no sheep")
    log = page.get_by_role("log", name="Messages")
    expect(log).to_contain_text("I could not mend this: after one attempt the same thing is still wrong.")
    done = page.locator(".wb-sum")
    expect(done).to_contain_text("Something is still wrong")
    photographed(page, "not mended")
    done.get_by_role("button", name="Go back to before this").click()
    page.get_by_role("group", name="Go back to before this").get_by_role(
        "button", name="Go back to before this"
    ).click()
    expect(painted(page).get_by_role("button")).to_have_text("Counted 0")
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(".wb-fault")).to_contain_text("there are no sheep")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_steps_of_requests_can_be_switched_off(
    page: Page, claude: Claude, claude_server: Server, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    project = imported(claude_server)
    page.goto(f"{claude_server.url}/p/{project}")
    page.get_by_role("button", name="Counter: rename").click()
    page.get_by_role("menuitem", name="What happens after a request").click()
    dialog = page.get_by_role("dialog")
    looks = dialog.get_by_role("switch", name="Look at the app")
    expect(looks).to_be_checked()
    photographed(page, f"steps {width}")
    looks.click()
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_have_count(0)
    claude.answers(change("Counting sheep", "Counting goats"))
    say(page, "count goats")
    expect(page.locator(".wb-sum")).to_contain_text("Nobody looked")
    expect(steps(page)).not_to_contain_text("Looked at")


def test_a_model_that_mends_sees_the_app_in_the_page_that_is_open(
    page: Page, claude: Claude, claude_server: Server, errors: Errors
) -> None:
    errors.allow("both allow-scripts")
    open_project(page, claude_server, imported(claude_server, {**COUNTER, "walks/count.json": WALK}))
    add = {"click": {"role": "button", "name": "Counted 0"}}
    looks = MessagesBehaviour(
        calls=[("see_page", {"width": 390, "steps": [add]}), ("run_walk", {"steps": [{"see": {"text": "Counted 7"}}]})]
    )
    claude.answers(change("count + 1", "count + 2"), looks, change("count + 2", "count + 1"))
    say(page, "count twice as fast")
    expect(page.locator(".wb-sum")).to_contain_text("Shown to work", timeout=90_000)
    sent = claude.api.requests[-1]["messages"][-1]["content"]
    picture, words = (one["content"] for one in sent if one["type"] == "tool_result")
    (image,) = [block["source"]["data"] for block in picture if block["type"] == "image"]
    seen = Image.open(io.BytesIO(base64.b64decode(image))).convert("RGB")
    assert seen.size == (390, 800)
    # The header of the counter is red, and its words are dark on it.
    assert seen.getpixel((380, 40)) == (255, 0, 0)
    assert len(seen.getcolors(2**20) or ()) > 10
    (text,) = [block["text"] for block in words if block["type"] == "text"]
    assert text.startswith("Step 1 failed: it is not there.")
    assert "button “Counted 0”" in text
