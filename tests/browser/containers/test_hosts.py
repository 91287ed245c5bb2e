"""What an app's server may reach, as a person allows it: a real browser, a real server of ours, a real Docker Engine."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.browser.workbench import imported, open_project, painted, photographed

ASKS = """import http.server, os, urllib.error, urllib.request

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            urllib.request.urlopen("http://news.example.com/today", timeout=10)
            said = "reached"
        except urllib.error.HTTPError as error:
            said = f"refused with {error.code}"
        except OSError:
            said = "no way out"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<h1>{said}</h1>".encode())

http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""


@pytest.mark.parametrize(("theme", "viewport"), [("light", DESK), ("dark", PHONE)], ids=["light-desk", "dark-phone"])
def test_a_host_is_allowed_and_one_that_was_refused_is_allowed_by_one_click(
    make_page: Callable[..., Page], container_server: Server, theme: str, viewport: dict[str, int]
) -> None:
    page = make_page(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
    project = imported(container_server, {"server.py": ASKS}, title="News")
    app = open_project(page, container_server, project)
    expect(app.get_by_role("heading")).to_have_text("no way out")

    page.locator(".wb-bar .wb-title").click()
    page.get_by_role("menuitem", name="Internet access").click()
    dialog = page.get_by_role("dialog", name="Internet access")
    expect(dialog).to_contain_text("None yet: the server reaches nothing.")
    field = dialog.get_by_label("Address, such as api.example.com")
    field.fill("10.0.0.1")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("is a number")
    field.fill("https://API.example.com/v1")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Remove api.example.com")).to_be_visible()
    expect(field).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text(
        "refused with 403", timeout=60_000
    )

    painted(page)
    page.locator(".wb-bar .wb-title").click()
    page.get_by_role("menuitem", name="Internet access").click()
    allow = dialog.get_by_role("button", name="Allow news.example.com")
    expect(allow).to_be_visible()
    check(page, "the dialog", "dialog[open]")
    photographed(page, f"hosts-{theme}-{viewport['width']}")
    allow.click()
    expect(dialog.get_by_role("button", name="Remove news.example.com")).to_be_visible()
    expect(allow).to_have_count(0)
    assert container_server.get(f"/api/v1/projects/{project}/hosts")["hosts"] == ["api.example.com", "news.example.com"]
    container_server.call(
        "PUT",
        f"/api/v1/projects/{project}/hosts",
        json.dumps({"hosts": []}).encode(),
        {"content-type": "application/json"},
    )
