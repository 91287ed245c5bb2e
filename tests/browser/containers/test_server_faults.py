"""What a person is told, and can do at once, where a server passed a limit or ended: said once, kept, with one step."""

from __future__ import annotations

import contextlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from preview_runtime.plans.runtimes import Image
from tests.browser.conftest import Errors, Server
from tests.browser.test_accessibility import DESK, PHONE, check, on_phone, show
from tests.browser.workbench import imported, open_project, painted, tab

_HUNGRY = """import http.server, os, sys

KEPT = []


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/fill":
            with open("heap", "wb") as heap:
                for _ in range(64):
                    heap.write(os.urandom(1 << 20))
        while self.path == "/eat":
            KEPT.append(bytearray(8 << 20))
        if self.path == "/fall":
            print("\\x1b[31mfallen\\x1b[0m", file=sys.stderr, flush=True)
            os._exit(3)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<h1>Hungry</h1>")

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("", int(os.environ["PORT"])), Page).serve_forever()
"""


@pytest.fixture(autouse=True)
def _networks_come_and_go(errors: Errors) -> None:
    """What a page of the app asks for while it ends is not answered."""
    errors.allow("ERR_NETWORK_CHANGED|WebSocket connection|Failed to load resource")


@pytest.fixture(scope="module")
def narrow_server(
    firewalled: None,
    make_server: Callable[..., Server],
    docker_host: str,
    runtime_images: dict[Image, float],
) -> Iterator[Server]:
    """Servers of apps that have little room."""
    made = make_server(DOCKER_HOST=docker_host, PREVIEW_DISK_MB="24", PREVIEW_MEMORY_MB="128", PREVIEW_WARM="1")
    yield made
    made.stop()


@pytest.fixture
def project(narrow_server: Server) -> Iterator[str]:
    made = imported(narrow_server, {"main.py": _HUNGRY}, title="Hungry")
    yield made
    narrow_server.call("DELETE", f"/api/v1/projects/{made}/server/data")


def visit(server: Server, project: str, path: str) -> None:
    """A request of somebody else's to the app, which may end it."""
    address = server.get(f"/api/v1/projects/{project}")["project"]["preview_url"].split("//")[1].rstrip("/")
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers={"Host": address})
    with contextlib.suppress(urllib.error.HTTPError, TimeoutError, ConnectionError):  # it ended while it answered
        urllib.request.urlopen(request, timeout=60).close()


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_an_app_that_stored_too_much_starts_anew_with_one_press_and_a_question(
    make_page: Callable[..., Page], narrow_server: Server, project: str, size: dict[str, int], theme: str
) -> None:
    page = make_page(viewport=size, color_scheme=theme, reduced_motion="reduce")
    page.goto(f"{narrow_server.url}/p/{project}")
    if on_phone(page):
        show(page, "Preview")
    painted(page)
    visit(narrow_server, project, "/fill")
    card = page.locator(".wb-fault")
    expect(card.get_by_role("heading")).to_have_text("Your app stored too much")
    expect(card).to_contain_text("more room than a preview has (24 MB)")
    page.reload()
    if on_phone(page):
        show(page, "Preview")
    expect(card.get_by_role("heading")).to_have_text("Your app stored too much", timeout=60_000)
    card.get_by_role("button", name="Remove data").press("Enter")
    expect(card).to_contain_text("Its database and uploads are gone for good. The app's own files stay.")
    expect(card.get_by_role("button", name="Keep it")).to_be_focused()
    check(page, "the question", within=".wb-fault")
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Remove data")).to_be_focused()
    page.keyboard.press("Enter")
    card.get_by_role("group").get_by_role("button", name="Remove data").press("Enter")
    expect(page.locator(".wb-toast").filter(has_text="What “Hungry” had stored is removed")).to_be_visible()
    expect(painted(page).get_by_role("heading")).to_have_text("Hungry", timeout=60_000)
    expect(card).to_have_count(0)


def test_an_app_that_ran_out_of_memory_is_back_and_says_so_with_one_step(
    page: Page, narrow_server: Server, project: str
) -> None:
    open_project(page, narrow_server, project)
    visit(narrow_server, project, "/eat")
    card = page.locator(".wb-fault")
    expect(card.get_by_role("heading")).to_have_text("Your app ran out of memory", timeout=60_000)
    expect(card).to_contain_text("more memory than it has here (128 MB)")
    expect(card).to_contain_text("It was started again by itself")
    expect(card.get_by_role("button", name="Ask to fix it")).to_be_enabled()
    expect(page.locator(".wb-status")).to_contain_text("Running")
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)
    page.reload()
    expect(painted(page).get_by_role("heading")).to_have_text("Hungry", timeout=60_000)
    expect(page.locator(".wb-figures")).to_contain_text("of 128 MB")
    expect(card).to_have_count(0)


def test_why_an_app_stopped_stays_while_its_page_tries_again(page: Page, narrow_server: Server, project: str) -> None:
    open_project(page, narrow_server, project)
    page.get_by_label("Page of your app").fill("/fall")
    page.keyboard.press("Enter")
    card = page.locator(".wb-fault")
    expect(card.get_by_role("heading")).to_have_text("Your app stopped with an error", timeout=60_000)
    # What the app wrote is readable: nothing of the colours a terminal would show.
    expect(card.get_by_label("Details")).to_have_text("fallen")
    with page.expect_event("framenavigated", timeout=60_000):
        page.locator("iframe.wb-frame").evaluate("(frame) => { frame.src = frame.src; }")
    expect(page.frame_locator("iframe.wb-frame").locator("body")).not_to_be_empty()
    expect(card).to_be_visible()
    expect(page.locator(".wb-status")).to_contain_text("Stopped")
    expect(page.get_by_label("Page of your app")).to_have_value("/fall")
    tab(page, "Logs")
    expect(page.locator(".wb-ansi-red").filter(has_text="fallen").first).to_be_visible()
