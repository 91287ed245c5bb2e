"""The page that waits: packages loaded and run while the app is being written, the app started in the same page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.apps import COUNTER, SVELTE, VUE, draft
from tests.browser.claude import Claude
from tests.browser.conftest import Errors, Server
from tests.browser.test_generation import prompted
from tests.browser.workbench import finished, painted, preview_frame


def waiting_frame(page: Page) -> Frame:
    """The frame while the app is not there yet, marked so that another page in it can be told apart."""
    page.wait_for_function("() => document.querySelector('iframe.wb-frame')?.src.endsWith('/@waiting.html')")
    frame = preview_frame(page)
    frame.wait_for_url("**/@waiting.html")
    frame.evaluate("window.waited = true")
    return frame


def test_the_app_starts_in_the_page_that_waited_for_it(page: Page, claude: Claude, claude_server: Server) -> None:
    release = claude.holds(draft(), before="Counting sheep")
    prompted(page, claude_server)
    frame = waiting_frame(page)
    frame.wait_for_function("() => performance.getEntriesByType('resource').some((r) => r.name.includes('react-dom'))")
    expect(page.locator(".wb-placeholder")).to_be_visible()
    expect(page.locator("iframe.wb-frame")).to_have_css("opacity", "0")
    other = page.context.new_page()
    other.goto(re.sub(r"@waiting\.html$", "", frame.url))
    expect(other.locator("body")).to_contain_text("Nothing to show yet")
    claude.release(release)
    expect(painted(page).get_by_role("heading", name="Counting sheep")).to_be_visible()
    assert preview_frame(page).evaluate("[window.waited, location.pathname]") == [True, "/"]
    finished(page)
    # What the page is loaded from later is the ordinary one.
    frame.evaluate("location.reload()")
    expect(painted(page).get_by_role("heading", name="Counting sheep")).to_be_visible()
    assert preview_frame(page).evaluate("[window.waited, location.pathname]") == [None, "/"]
    expect(other.get_by_role("heading", name="Counting sheep")).to_be_visible()


@pytest.mark.parametrize("app", [VUE, SVELTE], ids=["vue", "svelte"])
def test_other_frameworks_start_in_the_page_that_waited_as_well(
    page: Page, claude: Claude, claude_server: Server, app: dict[str, str]
) -> None:
    release = claude.holds(draft(app), before="Counting sheep")
    prompted(page, claude_server)
    waiting_frame(page)
    claude.release(release)
    expect(painted(page).get_by_role("heading", name="Counting sheep")).to_be_visible()
    assert preview_frame(page).evaluate("[window.waited, location.pathname]") == [True, "/"]
    painted(page).get_by_role("button").click()
    expect(painted(page).get_by_role("button")).to_have_text("Counted 1")


def test_a_package_that_throws_while_the_page_waits_is_said_once_the_app_is_there(
    page: Page, claude: Claude, claude_server: Server, errors: Errors
) -> None:
    errors.allow("no such luck")
    page.context.route(
        "**/@deps/*/react-dom__client.js",
        lambda route: route.fulfill(
            content_type="text/javascript", body='export const createRoot = 1; throw new Error("no such luck")'
        ),
    )
    release = claude.holds(draft(), before="Counting sheep")
    prompted(page, claude_server)
    waiting_frame(page)
    claude.release(release)
    expect(page.locator(".wb-fault")).to_contain_text("no such luck")
    finished(page)


def test_a_package_that_never_ends_leaves_the_builder_alive_and_is_said(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    page.context.route(
        "**/@deps/*/react-dom__client.js",
        lambda route: route.fulfill(content_type="text/javascript", body="export const createRoot = 0; for (;;);"),
    )
    release = claude.holds(draft(), before="Counting sheep")
    prompted(page, claude_server)
    page.wait_for_function("() => document.querySelector('iframe.wb-frame')?.src.endsWith('/@waiting.html')")
    claude.release(release)
    finished(page)
    expect(page.locator(".wb-fault")).to_contain_text("stopped answering", timeout=30_000)


def test_a_waiting_page_that_is_reloaded_still_gets_the_app(page: Page, claude: Claude, claude_server: Server) -> None:
    release = claude.holds(draft(), before="Counting sheep")
    prompted(page, claude_server)
    frame = waiting_frame(page)
    frame.evaluate("location.reload()")
    frame.wait_for_function("() => window.waited === undefined && document.readyState === 'complete'")
    claude.release(release)
    expect(painted(page).get_by_role("heading", name="Counting sheep")).to_be_visible()
    assert preview_frame(page).evaluate("location.pathname") == "/"


@pytest.mark.parametrize(
    "line",
    [
        'document.addEventListener("DOMContentLoaded", () => { document.title = "loaded" });',
        'window.addEventListener("load", () => { document.title = "loaded" });',
    ],
)
def test_an_app_that_waits_for_its_page_to_load_gets_a_page_of_its_own(
    page: Page, claude: Claude, claude_server: Server, line: str
) -> None:
    files = COUNTER | {"src/App.tsx": COUNTER["src/App.tsx"] + f"\n{line}\n"}
    release = claude.holds(draft(files), before="Counting sheep")
    prompted(page, claude_server)
    waiting_frame(page)
    claude.release(release)
    expect(painted(page).get_by_role("heading", name="Counting sheep")).to_be_visible()
    assert preview_frame(page).evaluate("[window.waited, document.title]") == [None, "loaded"]


def test_an_app_that_throws_as_it_starts_says_so(
    page: Page, claude: Claude, claude_server: Server, errors: Errors
) -> None:
    errors.allow("no sheep")
    files = COUNTER | {"src/App.tsx": COUNTER["src/App.tsx"] + '\nthrow new Error("no sheep");\n'}
    release = claude.holds(draft(files), before="Counting sheep")
    prompted(page, claude_server)
    waiting_frame(page)
    claude.release(release)
    expect(page.locator(".wb-fault")).to_contain_text("no sheep")
