"""Nothing that was shown as done is lost: reload, closed tabs, a killed server, many tabs."""

from __future__ import annotations

import contextlib
import hashlib
import signal
import sqlite3
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.apps import COUNTER, draft
from tests.browser.claude import Claude
from tests.browser.conftest import LOST, Errors, Server
from tests.browser.workbench import answer, editor, files_of, finished, imported, open_project, painted, say, tab


def begun(server: Server) -> str:
    """A project whose app Claude has begun to write."""
    made = server.post("/api/v1/projects", {"prompt": "a sheep counter"})
    project: str = made["project"]["id"]
    return project


def test_a_reload_in_the_middle_shows_what_arrived_and_follows_on(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    release = claude.holds(draft(), before="setCount(count + 1)")
    project = begun(claude_server)
    page.goto(f"{claude_server.url}/p/{project}")
    expect(answer(page)).to_contain_text("4 files written")
    page.reload()
    expect(answer(page)).to_contain_text("4 files written")
    answer(page).get_by_role("button", name="src/App.tsx").click()
    expect(editor(page)).to_contain_text("Counting\u00a0sheep")
    claude.release(release)
    expect(finished(page)).to_contain_text("v1")
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    assert files_of(claude_server, project) == COUNTER


def test_an_answer_is_finished_while_no_tab_is_open(page: Page, claude: Claude, claude_server: Server) -> None:
    release = claude.holds(draft(), before="setCount(count + 1)")
    project = begun(claude_server)
    page.goto(f"{claude_server.url}/p/{project}")
    expect(answer(page)).to_contain_text("4 files written")
    page.goto("about:blank")
    claude.release(release)
    assert claude_server.wait_done(project)["generations"][-1]["status"] == "done"
    open_project(page, claude_server, project)
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    expect(finished(page)).to_contain_text("v1")


def test_a_killed_server_keeps_what_arrived_and_continue_writes_the_rest(
    page: Page, errors: Errors, claude: Claude, make_server: Callable[..., Server]
) -> None:
    errors.allow(LOST)
    server = make_server(ANTHROPIC_API_KEY=claude.key, ANTHROPIC_BASE_URL=claude.address)
    claude.holds(draft(), before="setCount(count + 1)")
    project = begun(server)
    page.goto(f"{server.url}/p/{project}")
    expect(answer(page)).to_contain_text("4 files written")
    server.stop(signal.SIGKILL)
    server.start()
    # The open tab finds the server again by itself; a tab opened anew shows the same.
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    page.reload()
    expect(finished(page)).to_contain_text("What arrived is kept")
    expect(answer(page).get_by_role("listitem")).to_have_count(5)
    answer(page).get_by_role("button", name="src/main.tsx").click()
    expect(editor(page)).to_contain_text("createRoot")
    assert COUNTER["src/App.tsx"].startswith(_arrived(server, project))
    # So little of it arrived that it is asked for whole.
    claude.answers(MessagesBehaviour(draft({path: COUNTER[path] for path in ("src/App.tsx", "src/later.ts")})))
    page.get_by_role("button", name="Continue").click()
    expect(finished(page)).to_contain_text("v1")
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    assert files_of(server, project) == COUNTER
    server.stop()


def _arrived(server: Server, project: str) -> str:
    """What is kept of src/App.tsx: all but the last moments before the kill."""
    generation = server.get(f"/api/v1/projects/{project}")["generations"][-1]["id"]
    files = server.get(f"/api/v1/projects/{project}/generations/{generation}")["text_files"]
    text: str = files["src/App.tsx"]["text"]
    return text


def test_a_finished_version_outlives_a_killed_server(
    page: Page, errors: Errors, claude: Claude, make_server: Callable[..., Server]
) -> None:
    errors.allow(LOST)
    server = make_server(ANTHROPIC_API_KEY=claude.key, ANTHROPIC_BASE_URL=claude.address)
    claude.answers(MessagesBehaviour(draft(), chunk=200))
    project = begun(server)
    page.goto(f"{server.url}/p/{project}")
    expect(finished(page)).to_contain_text("v1")
    server.stop(signal.SIGKILL)
    server.start()
    open_project(page, server, project)
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")
    assert files_of(server, project) == COUNTER
    expect(page.get_by_role("log", name="Messages")).to_contain_text("a sheep counter")
    server.stop()


def test_twelve_tabs_of_one_browser_stay_live(
    page: Page, errors: Errors, claude: Claude, claude_server: Server
) -> None:
    project = imported(claude_server, {"index.html": "<h1>Sheep</h1>"})
    tabs = [page, *(errors.watch(page.context.new_page()) for _ in range(11))]
    for one in tabs:
        one.goto(f"{claude_server.url}/p/{project}", wait_until="commit")
    for one in tabs:
        expect(one.get_by_role("button", name="Versions v1")).to_be_visible()
    claude.answers(
        MessagesBehaviour({"title": "", "summary": "Goats it is.", "files": {"index.html": "<h1>Goats</h1>"}})
    )
    say(tabs[0], "goats")
    for one in tabs:
        expect(answer(one)).to_contain_text("Goats it is.")
        expect(finished(one)).to_contain_text("v2")


def test_a_project_whose_answer_broke_off_can_be_opened_again(page: Page, server: Server) -> None:
    project = imported(server)
    # A connection that ends in the middle: what arrived is no whole answer.
    page.route(
        f"**/api/v1/projects/{project}/files", lambda route: route.fulfill(status=200, body='{"revision": 1, "fi')
    )
    page.goto(f"{server.url}/p/{project}")
    expect(page.get_by_role("main")).to_contain_text("The server does not answer")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")


def test_code_that_was_cut_off_on_its_way_is_asked_for_once_more(page: Page, errors: Errors, server: Server) -> None:
    errors.allow("Failed to load resource|Failed to fetch|ERR_|error loading dynamically imported|preload")
    project = imported(server)
    cut: list[str] = []

    def first_time(route: Route) -> None:
        if len(cut) < 5:
            cut.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/*.js", first_time)
    page.goto(f"{server.url}/p/{project}")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep", timeout=60_000)
    assert cut


def test_code_that_did_not_arrive_can_be_asked_for_again(page: Page, errors: Errors, server: Server) -> None:
    errors.allow("Failed to load resource|Failed to fetch|ERR_FAILED")
    project = imported(server)
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"{server.url}/p/{project}")
    again = page.get_by_role("link", name="Try again")
    expect(again).to_be_visible(timeout=30_000)
    page.unroute_all()
    again.click()
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")


def test_a_file_that_is_damaged_on_the_disk_is_named_and_taken_from_an_earlier_version(
    page: Page, server: Server
) -> None:
    project = imported(server, {**COUNTER, "notes.txt": "the first of them"})
    server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": {"notes.txt": "the second of them"}})
    server.post(f"/api/v1/projects/{project}/save")
    with contextlib.closing(sqlite3.connect(server.data / "sayso.db")) as database, database:
        kept = hashlib.sha256(b"the second of them").hexdigest()
        assert database.execute("UPDATE blob SET body = x'00' WHERE sha256 = ?", [kept]).rowcount == 1
    open_project(page, server, project)
    expect(page.locator(".wb-toast").filter(has_text="“notes.txt” is damaged on the disk")).to_be_visible()
    tab(page, "Code")
    note = page.get_by_role("alert").filter(has_text="Damaged on the disk")
    note.get_by_role("button", name="notes.txt").click()
    history = page.get_by_role("dialog")
    history.get_by_role("button", name="v1").click()
    expect(history).to_contain_text("the first of them")
    history.get_by_role("button", name="Take this one").click()
    expect(note).to_have_count(0)
    expect(page.get_by_role("treeitem", name="notes.txt")).to_be_visible()
    assert files_of(server, project)["notes.txt"] == "the first of them"
