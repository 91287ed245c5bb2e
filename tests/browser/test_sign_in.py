"""A Sayso with a password opens to its owner alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOST, Errors, Server
from tests.browser.test_accessibility import DESK, PHONE, check

PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def locked(make_server: Callable[..., Server]) -> Server:
    """A server with a password, and nobody signed in."""
    return make_server(HOST="127.0.0.1", OWNER_PASSWORD=PASSWORD)


def signed_in(page: Page, server: Server, path: str = "/") -> None:
    page.goto(server.url + path)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_the_password_is_asked_for_and_opens_what_was_asked_for(page: Page, locked: Server) -> None:
    page.goto(f"{locked.url}/p/aaaaaaaaaaaaaaaa")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the password. Try again.")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/aaaaaaaaaaaaaaaa")
    expect(page.get_by_role("heading", name="There is no such project")).to_be_visible()


def test_signed_in_an_app_can_be_made_and_shown(page: Page, locked: Server) -> None:
    signed_in(page, locked)
    page.get_by_label("Describe the app you want").fill("a quiz about owls")
    expect(page.get_by_label("Model")).to_be_enabled()
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached()


def test_a_live_link_opens_for_who_is_not_signed_in(make_page: Callable[..., Page], locked: Server) -> None:
    page, visitor = make_page(), make_page()
    signed_in(page, locked)
    page.locator(".starters").get_by_role("button", name="To-do").click()
    page.wait_for_url("**/p/*")
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached()
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Create a link").click()
    visitor.goto(page.get_by_role("dialog").get_by_label("Link", exact=True).input_value())
    expect(visitor.get_by_role("checkbox").first).to_be_attached()
    visitor.goto(locked.url)
    expect(visitor.get_by_role("heading", name="Sign in")).to_be_visible()


def test_who_is_signed_out_elsewhere_is_led_to_sign_in(
    make_page: Callable[..., Page], locked: Server, errors: Errors
) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS")
    page, other = make_page(), make_page()
    signed_in(page, locked)
    page.locator(".starters").get_by_role("button", name="To-do").click()
    page.wait_for_url("**/p/*")
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached()
    project = page.url
    home = page.context.new_page()
    home.goto(locked.url)
    expect(home.get_by_label("Describe the app you want")).to_be_visible()
    signed_in(other, locked)
    expect(other.get_by_label("Describe the app you want")).to_be_visible()
    other.evaluate("void fetch('/sign-out', { method: 'POST' })")  # not awaited: this page is led away as well
    page.wait_for_url("**/sign-in?next=**")
    home.wait_for_url("**/sign-in?next=**")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(project)
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached()


def test_the_documentation_is_there_and_tries_the_api_out(page: Page, locked: Server) -> None:
    signed_in(page, locked)
    expect(page.get_by_label("Describe the app you want")).to_be_visible()
    page.goto(locked.url + "/api/v1/docs")
    row = page.locator("[id^=operations-][id$=-starters]")
    row.locator(".opblock-summary").click()
    row.get_by_role("button", name="Try it out").click()
    with page.expect_request("**/api/v1/starters") as asked:
        row.get_by_role("button", name="Execute", exact=True).click()
    assert asked.value.headers["x-sayso-client"] == "documentation"
    expect(row.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_on_the_sign_in_page(
    make_page: Callable[..., Page], locked: Server, size: dict[str, int]
) -> None:
    page = make_page(viewport=size, reduced_motion="reduce", bypass_csp=True)
    page.goto(locked.url)
    check(page, "sign in")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "sign in after a wrong password")
