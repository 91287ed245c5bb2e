"""Live links of apps with a server: made in the dialog, opened by a visitor with the password, taken back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.apps import SERVER_ONLY
from tests.browser.conftest import Errors, Server
from tests.browser.test_accessibility import check, looking
from tests.browser.workbench import imported, stop

__all__ = ["looking"]
PASSWORD = "open sesame"


@pytest.fixture(autouse=True)
def _some_loads_fail(errors: Errors) -> None:
    errors.allow("Failed to load resource")


@pytest.fixture
def project(container_server: Server) -> Iterator[str]:
    made = imported(container_server, SERVER_ONLY, title="Sheep-API")
    yield made
    for share in container_server.get(f"/api/v1/projects/{made}/shares")["shares"]:
        container_server.call("DELETE", f"/api/v1/projects/{made}/shares/{share['id']}")
    stop(container_server, made)


def ask_for_a_password(page: Page) -> None:
    """Open the dialog and say that the link is to have a password and to follow the latest version."""
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="With a password").press("Space")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("radio", name="Always the latest").press("Space")
    dialog.get_by_role("radio", name="In a week").press("Space")


def reached(visitor: Page, address: str, heading: str) -> None:
    """The visitor sees `heading`, if need be by asking again: a navigation ends when the machine's networks change."""
    found = visitor.get_by_role("heading", name=heading)
    for _ in range(30):
        with contextlib.suppress(Error):
            found.wait_for(timeout=3_000)
            return
        with contextlib.suppress(Error):
            visitor.goto(address)
    expect(found).to_be_visible()


def test_a_visitor_opens_the_server_of_a_link_with_its_password_and_sees_what_is_new(
    make_page: Callable[..., Page], container_server: Server, project: str
) -> None:
    page, visitor = make_page(), make_page()
    page.goto(f"{container_server.url}/p/{project}")
    # Its own container is up: the machine's networks rest.
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached(timeout=90_000)
    ask_for_a_password(page)
    page.get_by_role("button", name="Create a link").click()
    dialog = page.get_by_role("dialog")
    link = dialog.get_by_label("Link", exact=True)
    expect(link).to_have_count(1)
    expect(dialog.get_by_role("listitem")).to_contain_text("With a password · Always the latest · until")
    address = link.input_value()
    visitor.goto(address)
    expect(visitor.get_by_role("heading")).to_have_text("This app has a password")
    visitor.get_by_label("Password").fill("open says me")
    visitor.get_by_role("button", name="Open the app").click()
    expect(visitor.get_by_role("alert")).to_have_text("That is not the password. Try again.")
    visitor.get_by_label("Password").fill(PASSWORD)
    visitor.get_by_role("button", name="Open the app").click()
    # The container of the link starts with this request.
    reached(visitor, address, "Counting sheep")
    assert visitor.url.startswith(address)
    edited = {"main.py": SERVER_ONLY["main.py"].replace("Counting sheep", "Counting stars")}
    container_server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": edited, "client": "test"})
    container_server.post(f"/api/v1/projects/{project}/save")
    expect(dialog.get_by_role("listitem")).to_contain_text("v2")

    reached(visitor, address, "Counting stars")
    dialog.get_by_role("button", name="Change", exact=True).press("Enter")
    dialog.get_by_role("button", name="Revoke").press("Enter")
    sure = dialog.get_by_role("group", name="The link ends, and what its visitors stored is removed for good.")
    expect(sure.get_by_role("button", name="Keep the link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Revoke")).to_be_focused()
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Enter")
    sure.get_by_role("button", name="Revoke it").click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    visitor.goto(address)
    expect(visitor.get_by_role("heading")).to_have_text("There is no app at this address")


def test_a_link_is_changed_and_its_data_begun_anew_with_the_keyboard(
    make_page: Callable[..., Page], container_server: Server, project: str
) -> None:
    page, visitor = make_page(), make_page()
    page.goto(f"{container_server.url}/p/{project}")
    # Its own container is up: the machine's networks rest.
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached(timeout=90_000)
    share = container_server.post(f"/api/v1/projects/{project}/shares", {"data": "empty"})["share"]
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog")
    change = dialog.get_by_role("button", name="Change", exact=True)
    change.press("Enter")
    form = dialog.get_by_role("form", name="Change this link")
    expect(form.get_by_role("radio", name="Anybody with the link")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(form.get_by_role("radio", name="With a password")).to_be_checked()
    expect(form.get_by_role("button", name="Save")).to_be_disabled()
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(change).to_be_focused()
    expect(dialog.get_by_role("listitem")).to_contain_text("With a password · This version · data of its own")
    expect(dialog.get_by_label("Link", exact=True)).to_have_value(share["url"])
    visitor.goto(share["url"])
    expect(visitor.get_by_role("heading")).to_have_text("This app has a password")

    change.press("Enter")
    expect(form.get_by_label("Password", exact=True)).to_have_value("")
    form.get_by_text("Always the latest").click()
    form.get_by_text("In a week").click()
    form.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("listitem")).to_contain_text("With a password · Always the latest · until")

    change.press("Enter")
    form.get_by_role("button", name="Start its data anew").press("Enter")
    expect(dialog.get_by_role("button", name="Keep the data")).to_be_focused()
    dialog.get_by_role("button", name="Begin with a copy").press("Enter")
    expect(page.get_by_text("Its data begin anew")).to_be_visible()
    [share] = container_server.get(f"/api/v1/projects/{project}/shares")["shares"]
    assert share["data"] == "copy"


def test_axe_finds_nothing_in_the_dialog_and_on_the_page_that_asks(
    looking: Page, container_server: Server, project: str
) -> None:
    looking.goto(f"{container_server.url}/p/{project}")
    ask_for_a_password(looking)
    check(looking, "share dialog with its terms")
    terms = {"access": "password", "password": PASSWORD}
    share = container_server.post(f"/api/v1/projects/{project}/shares", terms)["share"]
    expect(looking.get_by_role("dialog").get_by_role("listitem")).to_have_count(1)
    check(looking, "share dialog with a link")
    change = looking.get_by_role("button", name="Change", exact=True)
    change.click()
    check(looking, "the form that changes a link")
    looking.get_by_role("button", name="Start its data anew").click()
    check(looking, "the question before data go")
    assert looking.evaluate("document.documentElement.scrollWidth <= innerWidth")
    looking.goto(share["url"])
    expect(looking.get_by_role("heading")).to_have_text("This app has a password")
    check(looking, "the page that asks for a password")
