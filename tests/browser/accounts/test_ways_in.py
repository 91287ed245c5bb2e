"""Signing in without a password, in Chromium: with Google (a provider of this computer), and by a passkey that
Chromium's virtual authenticator keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts.test_accounts import OWNER_PASSWORD, PASSWORD, registered, signed_in
from tests.browser.conftest import LOST, Errors, Server
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.integration.accounts.identities.provider import (
    CLIENT,
    SECRET,
    LocalProvider,
    ProviderPerson,
    provider_in_a_thread,
)

HOME = "Describe the app you want"


@pytest.fixture(scope="module")
def provider() -> Iterator[LocalProvider]:
    with provider_in_a_thread() as made:
        yield made


@pytest.fixture(scope="module")
def school(make_server: Callable[..., Server], provider: LocalProvider) -> Server:
    return make_server(
        HOST="127.0.0.1", ACCOUNTS="open", OWNER_PASSWORD=OWNER_PASSWORD, OWNER_EMAIL="owner@example.org",
        GOOGLE_CLIENT_ID=CLIENT, GOOGLE_CLIENT_SECRET=SECRET, GOOGLE_ISSUER=provider.url,
    )  # fmt: skip


class Device:
    """A device that keeps passkeys and asks its person, who says yes at once."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def is_the_person(self, yes: bool) -> None:
        """Whether the finger is the right one."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})

    def kept(self) -> int:
        return len(self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])


def signed_out(page: Page, server: Server) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(server.url + "/sign-in")  # that one leads on to where they were


def test_with_google_one_is_in_and_one_s_address_is_tied_after_one_sign_in(
    make_page: Callable[..., Page], school: Server, provider: LocalProvider, errors: Errors
) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS")
    new, page = make_page(), make_page()
    provider.person = ProviderPerson("1", "new@example.org", "New Person")
    new.goto(school.url)
    check(new, "sign-in with a provider")
    new.get_by_role("link", name="Continue with Google").click()
    expect(new.get_by_label(HOME)).to_be_visible()
    new.goto(school.url + "/account")
    expect(new.get_by_text("new@example.org · since")).to_be_visible()
    expect(new.get_by_role("button", name="Set a password")).to_be_visible()
    new.get_by_role("button", name="Remove Google").click()
    expect(new.get_by_text("That is the last way into your account.")).to_be_visible()
    provider.person = ProviderPerson("2", "owner@example.org", "The Owner")
    page.goto(school.url)
    page.get_by_role("link", name="Continue with Google").click()
    expect(page.get_by_text("There is an account with this e-mail address.")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value("owner@example.org")
    page.get_by_label("Password").fill(OWNER_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label(HOME)).to_be_visible()
    page.goto(school.url + "/account")
    signed_out(page, school)
    page.get_by_role("link", name="Continue with Google").click()
    expect(page.get_by_label(HOME)).to_be_visible()


def test_a_passkey_is_made_named_used_and_removed(
    make_page: Callable[..., Page], school: Server, errors: Errors
) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS")
    page = make_page()
    device = Device(page)
    registered(page, school, "pia@example.org")
    page.goto(school.url + "/account")
    form = page.locator("#passkey-form")
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
    form.get_by_label("Its name").fill("My laptop")
    form.get_by_label("Password").fill("not my password")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is not your password.")).to_be_visible()
    form.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("From now on this passkey lets you in.")).to_be_visible()
    assert device.kept() == 1
    check(page, "account with a passkey")
    page.get_by_label("Rename the passkey: My laptop").click()
    page.locator(".rows details").get_by_label("Its name").fill("Blue laptop")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Renamed.")).to_be_visible()
    signed_out(page, school)
    button = page.get_by_role("button", name="Use a passkey")
    device.is_the_person(False)
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used.")
    expect(button).to_be_focused()
    device.is_the_person(True)
    page.keyboard.press("Enter")
    expect(page.get_by_label(HOME)).to_be_visible()
    page.goto(school.url + "/account")
    page.get_by_role("button", name="Remove the passkey: Blue laptop").click()
    expect(page.get_by_text("This passkey opens nothing any more.")).to_be_visible()
    signed_out(page, school)
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("This passkey opens nothing here.")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_in_the_ways_in(make_page: Callable[..., Page], school: Server, size: dict[str, int]) -> None:
    page = make_page(viewport=size, reduced_motion="reduce", bypass_csp=True)
    page.goto(school.url + "/sign-in")
    check(page, "sign-in")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    Device(page)
    signed_in(page, school, "owner@example.org", OWNER_PASSWORD, "/account")
    page.locator("#passkey-form").get_by_label("Password").fill(OWNER_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("From now on this passkey lets you in.")).to_be_visible()
    check(page, "account")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
