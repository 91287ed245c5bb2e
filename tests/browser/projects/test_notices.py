"""The bell: what happened while nobody looked is there, by mouse and keyboard, in both themes and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_accessibility import DESK, PHONE, check


def test_it_says_what_is_new_and_leads_there_by_keyboard(server: Server, make_page: Callable[..., Page]) -> None:
    page = make_page(viewport=DESK)
    page.goto(server.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    project = server.call("POST", "/api/v1/projects", {"prompt": "a kanban board for my team"})["project"]["id"]
    bell = page.get_by_role("button", name=re.compile("new notification"))
    expect(bell).to_be_visible(timeout=60_000)  # it comes by itself
    bell.focus()
    page.keyboard.press("Enter")
    # Others of this server may have news of theirs by now.
    news = page.get_by_role("region", name="Notifications").locator(f'a[href$="/p/{project}"]')
    expect(news).to_contain_text("is ready")
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()  # it has been read
    page.keyboard.press("Escape")
    expect(news).to_be_hidden()
    expect(page.locator(".bell")).to_be_focused()
    page.keyboard.press("Enter")
    news.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/p/{project}")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_everybody_can_use_it(server: Server, make_page: Callable[..., Page], size: dict[str, int]) -> None:
    page = make_page(viewport=size, reduced_motion="reduce")
    server.call("POST", "/api/v1/projects", {"prompt": "a tip calculator"})
    page.goto(server.url)
    page.locator(".bell").click(timeout=60_000)
    expect(page.locator(".bell-list li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    check(page, "the bell")
