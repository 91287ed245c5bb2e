"""A model suggests what comes next, and changes or explains a piece of code that somebody chose."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.claude import Claude
from tests.browser.conftest import Errors, Server
from tests.browser.workbench import editor, files_of, imported, photographed

SUM = "export function sum(a, b) {\n  return a - b;\n}\n"
FILES = {"index.html": "<p>Sums</p>", "src/main.ts": SUM}


def words(text: str) -> MessagesBehaviour:
    return MessagesBehaviour(prose=text, stop_reason="end_turn")


def opened(page: Page, server: Server) -> str:
    project = imported(server, FILES)
    page.goto(f"{server.url}/p/{project}")
    page.locator("[role=tab]:visible, .wb-bottom button:visible").get_by_text("Code").first.click()
    expect(editor(page)).to_contain_text("return a - b")
    return project


def suggests(page: Page) -> Locator:
    return page.get_by_role("switch", name="Suggest")


def ghost(page: Page) -> Locator:
    return page.locator(".monaco-editor [class*=ghost-text]").first


def at_the_end(page: Page) -> None:
    editor(page).click()
    page.keyboard.press("Control+End")


def choose(page: Page, name: str) -> None:
    """An action of the palette."""
    editor(page).click()
    page.keyboard.press("F1")
    expect(page.get_by_role("combobox", name="Actions")).to_be_focused()
    page.keyboard.type(name)
    page.get_by_role("option", name=name).first.click()


def test_a_suggestion_is_taken_by_tab_and_refused_by_escape(page: Page, claude: Claude, claude_server: Server) -> None:
    project = opened(page, claude_server)
    claude.answers(words("const three = sum(1, 2);"))
    before = len(claude.api.requests)
    at_the_end(page)
    page.keyboard.type("// nobody asked\n")
    page.wait_for_timeout(600)  # what does not come is waited for
    assert len(claude.api.requests) == before
    suggests(page).check()
    at_the_end(page)
    page.keyboard.type("c")
    expect(ghost(page)).to_be_visible()
    photographed(page, "suggestion")
    page.keyboard.press("Escape")
    expect(ghost(page)).to_have_count(0)
    page.keyboard.type("o")
    expect(ghost(page)).to_be_visible()
    page.keyboard.press("Tab")
    expect(editor(page)).to_contain_text("const three = sum(1, 2);")
    expect(editor(page)).not_to_contain_text("coconst")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile(r"^Saved as v"))).to_be_visible()
    expect(page.get_by_text("not saved as a version")).to_have_count(0)
    assert "const three = sum(1, 2);" in str(files_of(claude_server, project)["src/main.ts"])


def test_without_a_key_it_says_why_and_is_off(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("409")
    opened(page, server)
    suggests(page).check()
    at_the_end(page)
    page.keyboard.type("c")
    expect(page.get_by_text("Nothing is suggested while you type")).to_be_visible()
    expect(suggests(page)).not_to_be_checked()


def test_a_change_is_looked_at_and_becomes_one_version(page: Page, claude: Claude, claude_server: Server) -> None:
    project = opened(page, claude_server)
    claude.answers(words(SUM.replace("-", "+")))
    choose(page, "Find and mend faults")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Look at it first")).to_be_visible()
    expect(dialog.locator(".monaco-diff-editor")).to_contain_text("a + b")
    photographed(page, "action")
    dialog.get_by_role("button", name="Take it").click()
    expect(dialog).to_have_count(0)
    expect(editor(page)).to_contain_text("a + b")
    assert files_of(claude_server, project)["src/main.ts"] == SUM.replace("-", "+")
    versions = claude_server.get(f"/api/v1/projects/{project}/versions")["versions"]
    assert [version["label"] for version in versions][:1] == ["Find and mend faults: src/main.ts"]
    assert len(versions) == 2


def test_an_explanation_opens_beside_the_code(page: Page, claude: Claude, claude_server: Server) -> None:
    opened(page, claude_server)
    claude.answers(words("It gives the difference of two numbers."))
    choose(page, "Explain this code")
    explained = page.get_by_role("region", name="What this does: src/main.ts")
    expect(explained).to_contain_text("the difference of two numbers")
    expect(editor(page)).to_be_visible()
    photographed(page, "explained")
    page.keyboard.press("Escape")
    expect(explained).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_it_fits_small_and_dark_pages(
    make_context: Callable[..., BrowserContext],
    errors: Errors,
    claude: Claude,
    claude_server: Server,
    width: int,
    scheme: str,
) -> None:
    context = make_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = errors.watch(context.new_page())
    opened(page, claude_server)
    claude.answers(words(SUM.replace("-", "+")))
    suggests(page).check()
    choose(page, "Make it faster")
    expect(page.get_by_role("button", name="Take it")).to_be_enabled()
    photographed(page, f"action-{width}-{scheme}")
    page.get_by_role("button", name="Leave it as it is").click()
    claude.answers(words("It gives the difference of two numbers.\n\n" + "It is called by nobody. " * 20))
    choose(page, "Explain this code")
    expect(page.get_by_role("region", name="What this does")).to_contain_text("difference")
    photographed(page, f"explained-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
