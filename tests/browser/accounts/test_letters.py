"""What comes by mail, read from a real SMTP server and opened in Chromium; and the codes of an app, at the door."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pyotp
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Page, expect

from tests.browser.accounts.test_accounts import OWNER_PASSWORD, PASSWORD, registered, signed_in
from tests.browser.conftest import LOST, Errors, Server, free_port
from tests.browser.test_accessibility import check
from tests.browser.workbench import photographed
from tests.integration.accounts.people.test_mail import PostOffice

HOME = "Describe the app you want"
ANOTHER = "horse battery staple"


@pytest.fixture(scope="module")
def office() -> Iterator[tuple[PostOffice, int]]:
    handler, port = PostOffice(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


@pytest.fixture(scope="module")
def school(make_server: Callable[..., Server], office: tuple[PostOffice, int]) -> Server:
    return make_server(
        HOST="127.0.0.1", ACCOUNTS="open", OWNER_PASSWORD=OWNER_PASSWORD, OWNER_EMAIL="owner@example.org",
        SMTP_URL=f"smtp://127.0.0.1:{office[1]}", MAIL_FROM="Sayso <sayso@example.org>",
    )  # fmt: skip


def link_in_letter(handler: PostOffice, to: str, path: str) -> str:
    """The address that the newest letter to `to` leads to; waits for the letter."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        for letter in reversed(handler.taken):
            text = next(letter.iter_parts()).get_content()
            if letter["To"] == to and (found := re.search(rf"http\S+{path}\?token=\S+", text)):
                return found[0]
        time.sleep(0.05)
    raise AssertionError(f"no letter for {to} leads to {path}")


def test_a_forgotten_password_is_set_anew_by_the_letter_s_link_and_ends_what_was_open(
    make_page: Callable[..., Page], school: Server, office: tuple[PostOffice, int], errors: Errors
) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS")
    here, there = make_page(), make_page()
    registered(here, school, "ana@example.org")
    there.goto(school.url)
    there.get_by_role("link", name="Forgotten your password?").click()
    there.get_by_label("E-mail address").fill("ana@example.org")
    there.keyboard.press("Enter")
    expect(there.get_by_text("a letter with a link is on its way")).to_be_visible()
    there.goto(link_in_letter(office[0], "ana@example.org", "/reset"))
    check(there, "a new password")
    photographed(there, "a new password")
    field = there.get_by_label("New password")
    expect(field).to_be_focused()
    field.fill(ANOTHER)
    there.keyboard.press("Enter")
    expect(there.get_by_text("Your new password is set. Sign in with it.")).to_be_visible()
    here.goto(school.url + "/account")
    expect(here.get_by_role("heading", name="Sign in")).to_be_visible()
    signed_in(there, school, "ana@example.org", PASSWORD)
    expect(there.get_by_role("alert")).to_contain_text("The e-mail address or the password is wrong.")
    signed_in(there, school, "ana@example.org", ANOTHER)
    expect(there.get_by_label(HOME)).to_be_visible()


def test_the_code_of_the_app_opens_the_door_once(make_page: Callable[..., Page], school: Server) -> None:
    page, other, third = make_page(), make_page(), make_page()
    registered(page, school, "bea@example.org")
    page.goto(school.url + "/account")
    page.get_by_role("button", name="Set up an app").click()
    expect(page.get_by_alt_text("The picture that the app reads")).to_be_visible()
    app = pyotp.TOTP(page.locator("code").inner_text())
    page.get_by_label("Code").fill(app.at(time.time() - 30))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("Keep these recovery codes")).to_be_visible()
    code = app.now()
    for browser in (other, third):
        signed_in(browser, school, "bea@example.org", PASSWORD)
        browser.get_by_label("Code").fill(code)
        browser.keyboard.press("Enter")
        if browser is other:
            expect(browser.get_by_label(HOME)).to_be_visible()
    expect(third.get_by_role("alert")).to_contain_text("That is not the code.")
