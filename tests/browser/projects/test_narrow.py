"""The pages at 320 px, which is what a person with a small phone, or with 400 % zoom, has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.workbench import imported, open_project, photographed


@pytest.fixture(params=["light", "dark"])
def narrow(make_page: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    return make_page(viewport={"width": 320, "height": 640}, color_scheme=request.param)


def test_the_home_page_does_not_scroll_sideways(narrow: Page, server: Server) -> None:
    imported(server, title="A-project-with-quite-a-long-name-of-one-word")
    narrow.goto(server.url)
    expect(narrow.locator(".projects > li").first).to_be_visible()
    photographed(narrow, "home-320")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    narrow.get_by_role("button", name="Servers").click()
    expect(narrow.get_by_role("dialog")).to_be_visible()


def test_the_title_is_more_than_a_letter(narrow: Page, server: Server) -> None:
    open_project(narrow, server, imported(server, title="Sheep%20counter"))
    photographed(narrow, "workbench-320")
    below = narrow.locator(".wb-bottom")
    # A finished app is seen first.
    expect(below.get_by_role("button", name="Preview")).to_have_attribute("aria-current", "page")
    expect(narrow.locator("iframe.wb-frame")).to_be_visible()
    below.get_by_role("button", name="Chat").click()
    send = narrow.get_by_role("button", name="Send").bounding_box()
    assert send
    assert send["x"] + send["width"] <= 320
    assert narrow.locator(".wb-title > span").evaluate("(title) => title.clientWidth") >= 48
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_toast_covers_no_error(narrow: Page, server: Server) -> None:
    broken = {
        "index.html": "<h1>Broken</h1><script type=module src=/main.js></script>",
        "main.js": "import './away.js'",
    }
    project = imported(server, broken, title="Broken")
    narrow.goto(f"{server.url}/p/{project}")
    narrow.locator(".wb-bottom").get_by_role("button", name="Preview").click()
    fault = narrow.locator(".wb-fault")
    expect(fault).to_be_visible()
    screen = narrow.get_by_role("button", name="Full screen").bounding_box()
    assert screen
    assert screen["x"] + screen["width"] <= 320
    narrow.keyboard.press("Control+s")
    toast = narrow.locator(".wb-toast")
    expect(toast).to_be_visible()
    photographed(narrow, "toast-320")
    above, below = toast.bounding_box(), fault.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]
