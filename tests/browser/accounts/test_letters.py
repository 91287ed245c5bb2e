"""What comes by mail, read from a real SMTP server and opened in Chromium; and the codes of an app, at the door."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts.test_accounts import OWNER_PASSWORD, PASSWORD, app_set_up, registered, signed_in
from tests.browser.conftest import LOST, Errors, Server
from tests.browser.test_accessibility import check
from tests.browser.workbench import photographed
from tests.integration.accounts.people.post_office import PostOffice, post_office

HOME = "Describe the app you want"
ANOTHER = "horse battery staple"


@pytest.fixture(scope="module")
def office() -> Iterator[tuple[PostOffice, int]]:
    with post_office() as made:
        yield made


@pytest.fixture(scope="module")
def school(make_server: Callable[..., Server], office: tuple[PostOffice, int]) -> Server:
    return make_server(
        HOST="127.0.0.1", ACCOUNTS="open", OWNER_PASSWORD=OWNER_PASSWORD, OWNER_EMAIL="owner@example.org",
        SMTP_URL=f"smtp://127.0.0.1:{office[1]}", MAIL_FROM="Sayso <sayso@example.org>",
    )  # fmt: skip


def link_in_letter(handler: PostOffice, to: str, path: str) -> str:
    """The address that the newest letter to `to` leads to; waits for the letter."""

    def found() -> str:
        texts = (next(one.iter_parts()).get_content() for one in reversed(handler.taken) if one["To"] == to)
        return next((link[0] for text in texts if (link := re.search(rf"http\S+{path}\?token=\S+", text))), "")

    with handler.arrival:
        link = handler.arrival.wait_for(found, 30)
    assert link, f"no letter for {to} leads to {path}"
    return link


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
    code = app_set_up(page, school, "bea@example.org").now()
    for browser in (other, third):
        signed_in(browser, school, "bea@example.org", PASSWORD)
        browser.get_by_label("Code").fill(code)
        browser.keyboard.press("Enter")
        if browser is other:
            expect(browser.get_by_label(HOME)).to_be_visible()
    expect(third.get_by_role("alert")).to_contain_text("That is not the code.")
