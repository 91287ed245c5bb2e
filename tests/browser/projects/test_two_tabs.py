"""The same files open in two tabs: what either of them types is there in both, or both are asked; nothing vanishes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.apps import COUNTER
from tests.browser.claude import Claude
from tests.browser.conftest import Errors, Server
from tests.browser.workbench import answer, editor, files_of, finished, imported, open_file, open_project, say

LINES = "".join(f"line {n}\n" for n in range(1, 10))
FILES = COUNTER | {"notes.md": LINES}

BAR = "This file was changed elsewhere in the same lines."

Tabs = tuple[Page, Page]


@pytest.fixture
def project(server: Server) -> str:
    return imported(server, FILES)


@pytest.fixture
def tabs(page: Page, errors: Errors, server: Server, project: str) -> Tabs:
    """Two tabs of one person, both with notes.md in the editor."""
    errors.allow(r"net::ERR_FAILED")  # what `held` holds
    other = errors.watch(page.context.new_page())
    for one in (page, other):
        open_project(one, server, project)
        open_file(one, "notes.md")
    return page, other


def type_at(page: Page, line: int, text: str) -> None:
    """Type at the end of a line of the file that is open."""
    page.locator(".monaco-editor textarea, .monaco-editor .native-edit-context").first.focus()
    page.keyboard.press("Control+Home")
    for _ in range(line - 1):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.type(text)


def text_in(page: Page) -> str:
    """What the editor shows, line by line."""
    lines = page.locator(".monaco-editor .view-line").evaluate_all(
        "lines => lines.map((line) => [line.offsetTop, line.textContent.replaceAll('\\u00a0', ' ')])"
    )
    return "\n".join(text for _, text in sorted(lines))


def bar(page: Page) -> Locator:
    return page.locator(".wb-conflict")


def node(page: Page, path: str) -> Locator:
    return page.locator(f'[role=treeitem][data-path="{path}"]')


def delete(page: Page, path: str) -> None:
    node(page, path).click()
    node(page, path).press("Delete")
    expect(node(page, path)).to_have_count(0)


@contextmanager
def held(page: Page) -> Iterator[None]:
    """What this tab writes does not reach the server meanwhile."""
    page.route("**/working", lambda route: route.abort())
    yield
    page.unroute("**/working")


def first_answer_held(page: Page, pattern: str) -> list[Route]:
    """The requests that come, of which the first gets no answer until somebody gives one."""
    asked: list[Route] = []

    def answer_later(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.continue_()

    page.route(pattern, answer_later)
    return asked


def until_text(page: Page, text: str) -> None:
    """Wait until the editor shows exactly this."""
    for _ in range(200):
        if text_in(page) == text:
            return
        page.wait_for_timeout(50)
    assert text_in(page) == text


def until_file(page: Page, server: Server, project: str, path: str, text: str | None) -> None:
    """Wait until the server has exactly this."""
    for _ in range(200):
        if files_of(server, project).get(path) == text:
            return
        page.wait_for_timeout(50)
    assert files_of(server, project).get(path) == text


def until_saved(page: Page, server: Server, project: str, part: str) -> None:
    """Wait until the server's notes.md has this in it."""
    for _ in range(200):
        if part in files_of(server, project)["notes.md"]:
            return
        page.wait_for_timeout(50)
    assert part in files_of(server, project)["notes.md"]


def in_conflict(server: Server, project: str, tabs: Tabs) -> tuple[Page, Page, str, str]:
    """The tab that is asked, the other one, and the two texts."""
    first, second = tabs
    with held(second):
        type_at(second, 2, " two")
        type_at(first, 2, " one")
        until_file(first, server, project, "notes.md", LINES.replace("line 2", "line 2 one"))
    expect(bar(second)).to_contain_text(BAR)
    expect(bar(first)).to_have_count(0)
    mine, theirs = LINES.replace("line 2", "line 2 two"), LINES.replace("line 2", "line 2 one")
    until_text(first, theirs)
    until_text(second, mine)
    return second, first, mine, theirs


def test_both_texts_are_there_after_both_tabs_typed_at_once(server: Server, project: str, tabs: Tabs) -> None:
    first, second = tabs
    type_at(first, 2, " from the first tab")
    type_at(second, 7, " from the second tab")
    expected = LINES.replace("line 2", "line 2 from the first tab").replace("line 7", "line 7 from the second tab")
    for one in tabs:
        until_text(one, expected)
    assert files_of(server, project)["notes.md"] == expected


def test_a_text_that_comes_from_elsewhere_leaves_cursor_and_undo(server: Server, project: str, tabs: Tabs) -> None:
    first, second = tabs
    type_at(second, 5, " before")
    until_text(first, LINES.replace("line 5", "line 5 before"))
    type_at(second, 4, " typed")
    expected = LINES.replace("line 5", "line 5 before").replace("line 4", "line 4 typed")
    until_text(first, expected)
    type_at(first, 1, "")
    first.keyboard.press("Home")
    first.keyboard.type("above\n")
    first.keyboard.press("Control+End")
    first.keyboard.type("below")
    until_text(second, "above\n" + expected + "below")
    second.keyboard.type(" on")
    until_text(second, "above\n" + expected.replace("typed", "typed on") + "below")
    # Undo takes back what was typed here last, and leaves what came from elsewhere.
    second.keyboard.press("Control+z")
    until_text(second, "above\n" + expected + "below")
    until_file(second, server, project, "notes.md", "above\n" + expected + "below")


def test_changes_of_the_same_lines_are_asked_about_and_nothing_is_lost(
    server: Server, project: str, tabs: Tabs
) -> None:
    asked, other, mine, theirs = in_conflict(server, project, tabs)
    assert files_of(server, project)["notes.md"] == theirs
    # What is typed meanwhile stays here; what the other types arrives beside it.
    asked.keyboard.type(" more")
    type_at(other, 8, " more")
    mine, theirs = mine.replace("two", "two more"), theirs.replace("line 8", "line 8 more")
    until_file(asked, server, project, "notes.md", theirs)
    asked.keyboard.press("Control+s")
    expect(asked.get_by_text("Choose first which text notes.md is to have.")).to_be_visible()
    asked.get_by_role("button", name="Compare").click()
    expect(asked.locator(".monaco-diff-editor")).to_be_visible()
    expect(asked.locator(".monaco-diff-editor .editor.original .view-lines")).to_contain_text("line\u00a08\u00a0more")
    asked.get_by_role("button", name="Back to mine").click()
    expect(asked.locator(".monaco-diff-editor")).to_have_count(0)
    until_text(asked, mine)

    # A reload keeps the question and both texts.
    asked.reload()
    open_file(asked, "notes.md")
    expect(bar(asked)).to_contain_text(BAR)
    until_text(asked, mine)
    assert files_of(server, project)["notes.md"] == theirs

    asked.get_by_role("button", name="Take theirs").click()
    expect(bar(asked)).to_have_count(0)
    until_text(asked, theirs)
    asked.get_by_role("button", name="Undo", exact=True).last.click()
    for one in tabs:
        until_text(one, mine)
    until_file(asked, server, project, "notes.md", mine)


def test_the_persons_own_text_is_kept_when_they_say_so(server: Server, project: str, tabs: Tabs) -> None:
    asked, other, mine, theirs = in_conflict(server, project, tabs)
    asked.get_by_role("button", name="Keep mine").click()
    expect(bar(asked)).to_have_count(0)
    until_file(asked, server, project, "notes.md", mine)
    until_text(other, mine)
    asked.get_by_role("status").get_by_role("button", name="Undo").click()
    until_file(asked, server, project, "notes.md", theirs)
    for one in tabs:
        until_text(one, theirs)
    # And it goes on as before.
    type_at(asked, 4, " again")
    until_text(other, theirs.replace("line 4", "line 4 again"))


def test_a_choice_is_taken_back_by_the_editors_undo(server: Server, project: str, tabs: Tabs) -> None:
    asked, _, mine, theirs = in_conflict(server, project, tabs)
    asked.get_by_role("button", name="Take theirs").click()
    until_text(asked, theirs)
    type_at(asked, 1, "")
    asked.keyboard.press("Control+z")
    until_text(asked, mine)
    until_file(asked, server, project, "notes.md", mine)


def test_a_file_that_was_deleted_elsewhere_is_asked_about(server: Server, project: str, tabs: Tabs) -> None:
    first, second = tabs
    with held(second):
        type_at(second, 2, " mine")
        delete(first, "notes.md")
        until_file(first, server, project, "notes.md", None)
    expect(bar(second)).to_contain_text("This file was deleted elsewhere.")
    mine = LINES.replace("line 2", "line 2 mine")
    until_text(second, mine)
    second.get_by_role("button", name="Keep mine").click()
    until_file(second, server, project, "notes.md", mine)


def test_a_file_that_somebody_works_on_is_not_deleted(server: Server, project: str, tabs: Tabs) -> None:
    first, second = tabs
    with held(second):
        delete(second, "notes.md")
        type_at(first, 2, " theirs")
        until_file(first, server, project, "notes.md", LINES.replace("line 2", "line 2 theirs"))
    expect(second.get_by_text("notes.md was changed elsewhere meanwhile, so it is kept.")).to_be_visible()
    open_file(second, "notes.md")
    until_text(second, LINES.replace("line 2", "line 2 theirs"))


def test_a_file_that_is_moved_takes_along_what_another_types_in_it(server: Server, project: str, tabs: Tabs) -> None:
    first, second = tabs
    with held(second):
        node(second, "notes.md").press("F2")
        second.get_by_role("dialog").get_by_label("Path and name").fill("docs/notes.md")
        second.get_by_role("dialog").get_by_role("button", name="Move").click()
        type_at(first, 2, " theirs")
        until_file(first, server, project, "notes.md", LINES.replace("line 2", "line 2 theirs"))
    until_file(second, server, project, "docs/notes.md", LINES.replace("line 2", "line 2 theirs"))
    assert "notes.md" not in files_of(server, project)
    until_text(second, LINES.replace("line 2", "line 2 theirs"))


def test_a_tab_that_was_offline_for_long_brings_its_text_in(server: Server, project: str, tabs: Tabs) -> None:
    first, second = tabs
    with held(second):
        type_at(second, 2, " offline")
        second.wait_for_timeout(300)
        second.keyboard.type(" for long")
        second.goto("about:blank")
    for line in (5, 6):
        type_at(first, line, " online")
    open_project(second, server, project)
    expected = LINES.replace("line 2", "line 2 offline for long")
    expected = expected.replace("line 5", "line 5 online").replace("line 6", "line 6 online")
    until_file(second, server, project, "notes.md", expected)
    until_text(first, expected)


def test_what_arrived_without_an_answer_is_no_conflict(server: Server, project: str, tabs: Tabs) -> None:
    first, _ = tabs
    lost: list[Route] = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(route)
        route.abort()

    first.route("**/working", lose, times=1)
    type_at(first, 2, " once")
    while not lost:
        first.wait_for_timeout(20)
    first.keyboard.type(" and on")
    until_file(first, server, project, "notes.md", LINES.replace("line 2", "line 2 once and on"))
    expect(bar(first)).to_have_count(0)


def test_what_is_typed_while_a_generation_writes_the_same_file_is_kept(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    project = imported(claude_server, FILES)
    open_project(page, claude_server, project)
    open_file(page, "notes.md")
    for replace, typed, asked in (("LINE TWO", 7, False), ("LINE FIVE", 5, True)):
        find = "line 2" if typed == 7 else "line 5"
        edit = {"path": "notes.md", "find": f"{find}\n", "replace": f"{replace}\n"}
        release = claude.holds({"title": "", "summary": "Louder.", "edits": [edit]}, before=replace)
        say(page, "louder")
        expect(answer(page)).to_have_attribute("aria-busy", "true")
        type_at(page, typed, " typed")
        until_saved(page, claude_server, project, f"line {typed} typed")
        claude.release(release)
        finished(page)
        expected = files_of(claude_server, project)["notes.md"]
        if asked:
            expect(bar(page)).to_contain_text(BAR)
            expect(editor(page)).to_contain_text("line\u00a05\u00a0typed")
            assert "LINE FIVE\n" in expected
        else:
            expected = LINES.replace("line 2", "LINE TWO").replace("line 7", "line 7 typed")
            until_file(page, claude_server, project, "notes.md", expected)
            until_text(page, expected)
            expect(bar(page)).to_have_count(0)


def test_what_the_server_had_just_taken_as_a_generation_went_over_it_is_kept(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    """The answer to the write comes after the news of the version that does not have it."""
    project = imported(claude_server, FILES)
    open_project(page, claude_server, project)
    open_file(page, "notes.md")
    edit = {"path": "notes.md", "find": "line 2\n", "replace": "LINE TWO\n"}
    release = claude.holds({"title": "", "summary": "Louder.", "edits": [edit]}, before="LINE TWO")
    say(page, "louder")
    expect(answer(page)).to_have_attribute("aria-busy", "true")
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/working", lambda route: late.append((route, route.fetch())))
    type_at(page, 7, "")
    page.keyboard.insert_text(" typed")
    until_saved(page, claude_server, project, "line 7 typed")
    claude.release(release)
    finished(page)
    for route, taken in late:
        route.fulfill(response=taken)
    page.unroute("**/working")
    expected = LINES.replace("line 2", "LINE TWO").replace("line 7", "line 7 typed")
    until_file(page, claude_server, project, "notes.md", expected)
    until_text(page, expected)
    expect(bar(page)).to_have_count(0)


def test_what_is_typed_the_moment_an_answer_has_come_meets_it_without_a_question(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    """The new version is shown already, and the server's copy of it has not been read yet."""
    project = imported(claude_server, FILES)
    open_project(page, claude_server, project)
    open_file(page, "notes.md")
    edit = {"path": "notes.md", "find": "line 2\n", "replace": "LINE TWO\n"}
    claude.answers(MessagesBehaviour({"title": "", "summary": "Louder.", "edits": [edit]}))
    asked = first_answer_held(page, "**/files/notes.md")
    with page.expect_request("**/files/notes.md"):
        say(page, "louder")
    type_at(page, 2, "")
    with page.expect_response("**/working"):
        page.keyboard.insert_text(" typed")
    asked[0].continue_()
    expected = LINES.replace("line 2", "LINE TWO typed")
    until_file(page, claude_server, project, "notes.md", expected)
    until_text(page, expected)
    expect(bar(page)).to_have_count(0)


def test_a_program_that_writes_meets_what_is_typed(server: Server, project: str, tabs: Tabs) -> None:
    first, second = tabs
    with held(first):
        type_at(first, 2, " typed")
        server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": {"notes.md": LINES + "by a program\n"}})
    expected = LINES.replace("line 2", "line 2 typed") + "by a program\n"
    for one in (first, second):
        until_text(one, expected)
    assert files_of(server, project)["notes.md"] == expected


def test_what_is_locked_in_one_tab_is_locked_in_the_other_at_once(tabs: Tabs) -> None:
    first, second = tabs
    for here, there, item in ((first, second, "Lock against the model"), (second, first, "Unlock")):
        here.get_by_role("button", name="notes.md: rename, delete, history").click()
        here.get_by_role("menuitem", name=item).click()
        for one in (here, there):
            expect(node(one, "notes.md").locator(".wb-node-lock")).to_have_count(int("Lock" in item))


def test_an_answer_that_was_long_on_its_way_does_not_take_the_place_of_a_newer_one(
    page: Page, server: Server, project: str
) -> None:
    open_project(page, server, project)
    open_file(page, "notes.md")
    asked = first_answer_held(page, "**/files/notes.md")
    for text in ("older", "newer"):
        with page.expect_request("**/files/notes.md"):
            _put(server, project, "notes.md", text)
    expect(editor(page)).to_contain_text("newer")
    with page.expect_response("**/files/notes.md"):
        asked[0].fulfill(body="older", content_type="text/plain; charset=utf-8")
    # Once what came after it is there as well.
    _put(server, project, "later.md", "")
    expect(page.locator("[data-path='later.md']")).to_be_visible()
    expect(editor(page)).to_contain_text("newer")


def _put(server: Server, project: str, path: str, text: str) -> None:
    server.call("PUT", f"/api/v1/projects/{project}/files/{path}", text.encode(), {"content-type": "text/plain"})
