"""Administrators at work: somebody who works in another browser is suspended, and what the pages say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts.test_accounts import OWNER_PASSWORD, registered, signed_in
from tests.browser.conftest import LOST, Errors, Server
from tests.browser.test_accessibility import DESK, PHONE, check

PLACES = ("", "/people", "/projects", "/system", "/audit")


@pytest.fixture(scope="module")
def school(make_server: Callable[..., Server]) -> Server:
    """A server with accounts, and the owner's alone."""
    return make_server(
        HOST="127.0.0.1", ACCOUNTS="open", OWNER_PASSWORD=OWNER_PASSWORD, OWNER_EMAIL="owner@example.org"
    )


def opened(page: Page, server: Server, place: str = "") -> None:
    """The owner's browser at a page for administrators."""
    signed_in(page, server, "owner@example.org", OWNER_PASSWORD, "/admin" + place)
    expect(page.locator("main[data-loaded=true]")).to_be_visible()


def test_somebody_who_works_in_another_browser_is_suspended_and_let_in_again(
    make_page: Callable[..., Page], school: Server, errors: Errors
) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS|401|403")
    boss, ana = make_page(), make_page()
    registered(ana, school, "ana@example.org")
    ana.locator(".starters").get_by_role("button", name="To-do").click()
    ana.wait_for_url("**/p/*")
    expect(ana.locator("iframe.wb-frame[data-painted=true]")).to_be_attached()
    opened(boss, school, "/people")
    boss.get_by_label("Beginning of an address or username").fill("ana@")
    boss.keyboard.press("Enter")
    expect(boss.locator(".rows li")).to_have_count(1)
    boss.get_by_role("button", name="Open ana@example.org").click()
    about = boss.get_by_role("region", name="The person that you opened")
    expect(about.get_by_role("heading", name="ana@example.org")).to_be_visible()
    about.get_by_text("Suspend", exact=True).click()
    about.locator("details").first.get_by_label("Why").fill("Sells what is not hers")
    about.get_by_role("button", name="Suspend now").click()
    expect(about.get_by_text("What they had open and running has ended")).to_be_visible()
    ana.wait_for_url("**/sign-in**", timeout=10_000)
    ana.get_by_label("E-mail address").fill("ana@example.org")
    ana.get_by_label("Password").fill("battery staple")
    ana.keyboard.press("Enter")
    expect(ana.get_by_role("alert")).to_contain_text("suspended")
    about.get_by_role("button", name="Let in again").click()
    expect(about.get_by_text("They can sign in again")).to_be_visible()
    ana.get_by_label("Password").fill("battery staple")
    ana.keyboard.press("Enter")
    expect(ana.locator("iframe.wb-frame")).to_be_attached()
    boss.get_by_role("link", name="Audit").click()
    expect(boss.get_by_text("Sells what is not hers")).to_be_visible()


def test_a_project_is_looked_at_for_a_reason_and_blocked(
    make_page: Callable[..., Page], school: Server, errors: Errors
) -> None:
    errors.allow(LOST)
    boss, bea = make_page(), make_page()
    registered(bea, school, "bea@example.org")
    bea.locator(".starters").get_by_role("button", name="To-do").click()
    bea.wait_for_url("**/p/*")
    project = bea.url.rpartition("/")[2]
    opened(boss, school, "/projects")
    boss.get_by_role("button", name=f"Open {project}").click()
    about = boss.get_by_role("region", name="The project that you opened")
    about.get_by_label("Why").fill("A report of phishing")
    about.get_by_role("button", name="Do it").click()
    expect(about.get_by_text("Its owner is told that you looked")).to_be_visible()
    about.locator("summary", has_text="index.html").click()
    expect(about.get_by_text("<!doctype html>")).to_be_visible()
    about.get_by_label("What to do").select_option("block")
    about.get_by_label("Why").fill("It asks for card numbers")
    about.get_by_role("button", name="Do it").click()
    expect(boss.locator(".rows li", has_text=project)).to_contain_text("Blocked")
    expect(about.locator("pre")).to_have_count(0)


def test_whoever_is_no_administrator_sees_one_sentence(make_page: Callable[..., Page], school: Server) -> None:
    page = make_page()
    registered(page, school, "cleo@example.org")
    for place in PLACES:
        page.goto(school.url + "/admin" + place)
        expect(page.get_by_text("That is for whoever looks after this Sayso.")).to_be_visible()
        expect(page.locator(".places")).to_have_count(0)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing(make_page: Callable[..., Page], school: Server, size: dict[str, int]) -> None:
    page = make_page(viewport=size, reduced_motion="reduce", bypass_csp=True)
    opened(page, school)
    for place in PLACES:
        page.goto(school.url + "/admin" + place)
        expect(page.locator("main[data-loaded=true]")).to_be_visible()
        if place == "/people":
            page.get_by_role("button", name="Open owner@example.org").click()
            expect(page.get_by_role("region", name="The person that you opened")).to_contain_text("Sessions")
        check(page, f"admin{place}")
