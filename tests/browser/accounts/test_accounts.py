"""People with accounts, in two browsers: registering, signing in, and what each sees of their own."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOST, Errors, Server
from tests.browser.test_accessibility import DESK, PHONE, check

OWNER_PASSWORD = "a long enough password"
PASSWORD = "battery staple"


@pytest.fixture(scope="module")
def school(make_server: Callable[..., Server]) -> Server:
    """A server with accounts, and the owner's alone."""
    return make_server(
        HOST="127.0.0.1", ACCOUNTS="open", OWNER_PASSWORD=OWNER_PASSWORD, OWNER_EMAIL="owner@example.org"
    )


def signed_in(page: Page, server: Server, email: str, password: str, path: str = "/") -> None:
    page.goto(server.url + path)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def registered(page: Page, server: Server, email: str) -> None:
    page.goto(server.url)
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Name").fill("Ana")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("New password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Describe the app you want")).to_be_visible()


def test_two_people_see_what_is_theirs(make_page: Callable[..., Page], school: Server) -> None:
    ana, owner = make_page(), make_page()
    registered(ana, school, "ana@example.org")
    ana.locator(".starters").get_by_role("button", name="To-do").click()
    ana.wait_for_url("**/p/*")
    expect(ana.locator("iframe.wb-frame[data-painted=true]")).to_be_attached()
    project = ana.url.removeprefix(school.url)
    signed_in(owner, school, "owner@example.org", "wrong", project)
    expect(owner.get_by_role("alert")).to_contain_text("The e-mail address or the password is wrong.")
    expect(owner.get_by_label("E-mail address")).to_have_value("owner@example.org")
    owner.get_by_label("Password").fill(OWNER_PASSWORD)
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", name="There is no such project")).to_be_visible()


def test_the_account_page_changes_what_is_one_s_own(
    make_page: Callable[..., Page], school: Server, errors: Errors
) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS")
    here, there = make_page(), make_page()
    registered(here, school, "bea@example.org")
    signed_in(there, school, "bea@example.org", PASSWORD)
    expect(there.get_by_label("Describe the app you want")).to_be_visible()
    here.get_by_role("link", name="Account").click()
    expect(here.get_by_text("is not confirmed yet")).to_be_visible()
    here.get_by_label("Name", exact=True).fill("Bea Lima")
    here.get_by_role("button", name="Save").click()
    expect(here.get_by_text("Saved.")).to_be_visible()
    here.get_by_label("What it is for").fill("laptop")
    here.get_by_role("button", name="Make a token").click()
    expect(here.get_by_text("Copy the token now")).to_be_visible()
    secret = here.get_by_label("The new token").input_value()
    assert secret.startswith("sayso_pat_")
    answer = here.request.get(f"{school.url}/api/v1/projects", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status == 200
    here.get_by_label("Current password").fill(PASSWORD)
    here.get_by_label("New password").fill("another long one")
    here.get_by_role("button", name="Change the password").click()
    expect(here.get_by_text("Your password is changed")).to_be_visible()
    there.wait_for_url("**/sign-in?next=**")
    here.get_by_role("button", name="Sign out").click()
    expect(here.get_by_role("heading", name="Sign in")).to_be_visible()
    signed_in(here, school, "bea@example.org", "another long one", "/account")
    expect(here.get_by_label("Name", exact=True)).to_have_value("Bea Lima")
    with here.expect_download() as downloaded:
        here.get_by_role("button", name="Download everything").click()
    assert downloaded.value.suggested_filename == "sayso.zip"
    here.get_by_text("Delete the account", exact=True).click()
    here.locator("details").get_by_label("Password").fill("another long one")
    here.get_by_role("button", name="Delete the account now").click()
    here.wait_for_url("**/sign-in**")
    signed_in(here, school, "bea@example.org", "another long one")
    expect(here.get_by_label("Describe the app you want")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/account", "/teams", "/admin/people"])
def test_one_signs_out_from_any_page(make_page: Callable[..., Page], school: Server, errors: Errors, path: str) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS")
    page = make_page()
    signed_in(page, school, "owner@example.org", OWNER_PASSWORD, path)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.request.get(f"{school.url}/api/v1/me").status == 401


def test_one_signs_out_in_a_project(make_page: Callable[..., Page], school: Server, errors: Errors) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS")
    page = make_page()
    signed_in(page, school, "owner@example.org", OWNER_PASSWORD)
    page.locator(".starters").get_by_role("button", name="To-do").click()
    page.locator(".wb-title").click(timeout=30_000)
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_an_open_browser_asks_for_the_password_before_it_ends_sessions(
    make_page: Callable[..., Page], school: Server, errors: Errors
) -> None:
    errors.allow("WebSocket")  # of the session that is ended
    here, there = make_page(), make_page()
    registered(here, school, "dora@example.org")
    signed_in(there, school, "dora@example.org", PASSWORD)
    expect(there.get_by_label("Describe the app you want")).to_be_visible()
    with closing(sqlite3.connect(school.data / "sayso.db")) as rows, rows:
        rows.execute("UPDATE sign_in_session SET created_at = '2026-01-01T00:00:00.000000Z'")
    here.goto(school.url + "/account")
    asked = here.locator("section", has=here.get_by_role("heading", name="Where you are signed in"))
    expect(asked.get_by_role("button", name="It is me")).to_be_visible()
    expect(here.get_by_role("button", name="End all others")).to_have_count(0)
    expect(here.get_by_role("button", name="Set up an app")).to_have_count(0)
    check(here, "account that asks who it is")
    asked.get_by_label("Password").fill("not that one")
    asked.get_by_role("button", name="It is me").click()
    expect(here.get_by_text("That is not your password")).to_be_visible()
    asked.get_by_label("Password").fill(PASSWORD)
    asked.get_by_role("button", name="It is me").click()
    here.get_by_role("button", name="End all others").click()
    expect(here.get_by_text("All other sessions have ended.")).to_be_visible()


def app_set_up(page: Page, server: Server, email: str) -> pyotp.TOTP:
    """The app that gives the codes of somebody who has just registered."""
    registered(page, server, email)
    page.goto(server.url + "/account")
    page.get_by_role("button", name="Set up an app").click()
    expect(page.get_by_alt_text("The picture that the app reads")).to_be_visible()
    app = pyotp.TOTP(page.locator("code").inner_text())
    page.get_by_label("Code").fill(app.at(time.time() - 30))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("Keep these recovery codes")).to_be_visible()
    return app


def test_an_app_s_code_is_asked_for_once_it_is_set_up(make_page: Callable[..., Page], school: Server) -> None:
    page, other = make_page(), make_page()
    app_set_up(page, school, "cleo@example.org")
    check(page, "account with recovery codes")
    recovery = page.locator(".recovery li").first.inner_text()
    signed_in(other, school, "cleo@example.org", PASSWORD)
    code = other.get_by_label("Code")
    expect(code).to_be_focused()
    check(other, "the code")
    code.fill("000000")
    other.keyboard.press("Enter")
    expect(other.get_by_role("alert")).to_contain_text("That is not the code.")
    other.get_by_label("Code").fill(recovery)
    other.keyboard.press("Enter")
    expect(other.get_by_label("Describe the app you want")).to_be_visible()


def test_whoever_looks_after_it_hands_on_the_links(make_page: Callable[..., Page], school: Server) -> None:
    visitor, owner = make_page(), make_page()
    visitor.goto(school.url)
    visitor.get_by_role("link", name="Forgotten your password?").click()
    visitor.get_by_label("E-mail address").fill("owner@example.org")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_text("sends no mail")).to_be_visible()
    signed_in(owner, school, "owner@example.org", OWNER_PASSWORD, "/account")
    expect(owner.get_by_role("heading", name="Links to hand on")).to_be_visible()
    expect(owner.get_by_text("Sets a new password")).to_be_visible()


def test_nothing_is_taken_before_a_page_can_read_it(make_page: Callable[..., Page], school: Server) -> None:
    """A password typed then was sent in the address, by the browser itself."""
    page = make_page(java_script_enabled=False)
    signed_in(page, school, "owner@example.org", OWNER_PASSWORD, "/account")
    for path in ("/account", "/teams", "/teams/webhooks", "/teams/keys", "/admin/people"):
        page.goto(school.url + path)
        page.wait_for_load_state()
        fields = page.locator("main :is(input, select, textarea, button)")
        assert [one for one in fields.all() if one.is_enabled()] == [], path
    page.goto(school.url + "/account")
    expect(page.locator("#passkey-form").get_by_label("Password")).to_be_disabled()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_and_managers_know_the_fields(
    make_page: Callable[..., Page], school: Server, size: dict[str, int]
) -> None:
    page = make_page(viewport=size, reduced_motion="reduce", bypass_csp=True)
    fields = {"/sign-in": "username current-password", "/sign-up": "name username new-password", "/forgot": "username"}
    for path, known in {**fields, "/reset?token=x": "new-password", "/verify?token=x": ""}.items():
        page.goto(school.url + path)
        check(page, path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        kinds = page.evaluate("[...document.querySelectorAll('input')].map((one) => one.autocomplete).join(' ')")
        assert kinds == known
    signed_in(page, school, "owner@example.org", OWNER_PASSWORD, "/account")
    expect(page.get_by_label("Username")).to_have_value("owner")
    check(page, "account")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
