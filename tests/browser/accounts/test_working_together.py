"""Two people in two browsers: one invites the other, both work, the role is lowered while they type, taken and given back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts.test_accounts import OWNER_PASSWORD, registered, signed_in
from tests.browser.conftest import LOST, Errors, Server
from tests.browser.test_accessibility import check
from tests.browser.workbench import editor, open_file, painted, photographed, tab

ONLY_LOOKS = "You can look at this project, and not change it."
FILE = "index.html"


@pytest.fixture(scope="module")
def club(make_server: Callable[..., Server]) -> Server:
    return make_server(
        HOST="127.0.0.1", ACCOUNTS="open", OWNER_PASSWORD=OWNER_PASSWORD, OWNER_EMAIL="owner@example.org",
        OFFLINE_SPEED="60000",
    )  # fmt: skip


def the_owner(page: Page, server: Server) -> None:
    signed_in(page, server, "owner@example.org", OWNER_PASSWORD)
    expect(page.get_by_label("Describe the app you want")).to_be_visible()


def invites(page: Page, whom: str, role: str) -> str:
    """The owner invites somebody in the Share dialog, which is open; returns the link."""
    people = page.get_by_role("region", name="People")
    people.get_by_label("E-mail address or username").fill(whom)
    people.get_by_role("combobox", name="Role", exact=True).select_option(label=role)
    people.get_by_role("button", name="Invite", exact=True).click()
    return people.get_by_label("The invitation link").input_value()


def text_of(page: Page, server: Server, project: str) -> str:
    """The file as the server has it."""
    return page.request.get(f"{server.url}/api/v1/projects/{project}/files/{FILE}").text()


def types(page: Page, text: str) -> None:
    page.locator(".monaco-editor textarea, .monaco-editor .native-edit-context").first.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type(text, delay=20)


def test_invited_working_lowered_while_typing_removed_and_invited_again(
    make_page: Callable[..., Page], club: Server, errors: Errors
) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS|status of 403")
    owner, ben = make_page(), make_page()
    the_owner(owner, club)
    owner.locator(".starters").get_by_role("button", name="To-do").click()
    owner.wait_for_url("**/p/*")
    painted(owner)
    project = owner.url.rpartition("/")[2]
    owner.get_by_role("button", name="Share", exact=True).click()
    link = invites(owner, "ben@example.org", "Editor")
    photographed(owner, "share-people")
    check(owner, "the Share dialog with people", "dialog")

    registered(ben, club, "ben@example.org")
    ben.goto(link)
    expect(ben.get_by_role("heading", name=re.compile("You are invited to"))).to_be_visible()
    photographed(ben, "join")
    check(ben, "an invitation")
    ben.get_by_role("button", name="Accept").click()
    ben.wait_for_url(f"**/p/{project}")
    tab(ben, "Code")
    open_file(ben, FILE)
    types(ben, "<!-- by Ben -->")
    eventually(owner, lambda: "<!-- by Ben -->" in text_of(owner, club, project))

    expect(ben.locator("iframe.wb-frame[data-painted=true]")).to_be_attached(timeout=60_000)

    # Lowered while he types: the editor becomes read-only and says so, and every letter is there.
    owner.get_by_role("dialog", name="Share").get_by_role("button", name="Close").click()
    owner.get_by_role("button", name="Share", exact=True).click()
    role = owner.get_by_label("Role of Ana")
    types(ben, "<!-- and ")
    role.select_option(label="Viewer")
    ben.keyboard.type("more ", delay=20)
    expect(ben.get_by_text(ONLY_LOOKS).first).to_be_visible(timeout=3_000)
    shown = editor(ben).inner_text().replace("\xa0", " ")
    ben.keyboard.type("nothing of this")
    expect(editor(ben)).not_to_contain_text("nothing of this")
    assert "<!-- and " in shown
    ben.keyboard.press("Escape")  # the list of what could have been typed
    photographed(ben, "only-looks")
    check(ben, "a project that can only be looked at")

    # An editor again: what was not taken arrives.
    role.select_option(label="Editor")
    expect(ben.get_by_text(ONLY_LOOKS)).to_have_count(0)
    typed = re.search(r"<!-- and [a-z ]*", shown)
    assert typed
    eventually(owner, lambda: typed[0].rstrip() in text_of(owner, club, project))

    owner.get_by_role("button", name="Remove Ana").click()
    expect(ben.get_by_role("heading", name="There is no such project")).to_be_visible(timeout=3_000)
    again = invites(owner, "ben@example.org", "Viewer")
    ben.goto(again)
    ben.get_by_role("button", name="Accept").click()
    ben.wait_for_url(f"**/p/{project}")
    expect(ben.get_by_text(ONLY_LOOKS).first).to_be_visible()
    expect(ben.get_by_label("Ask for a change")).to_be_visible()


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it does not come about")


def test_a_team_is_made_joined_and_left(make_page: Callable[..., Page], club: Server, errors: Errors) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS|status of 403")  # the team's keys are not for editors
    owner, ines = make_page(), make_page()
    the_owner(owner, club)
    owner.get_by_role("link", name="Teams").click()
    expect(owner.get_by_text("You are in no team yet.")).to_be_visible()
    photographed(owner, "teams-empty")
    check(owner, "no teams")
    owner.get_by_label("Name of the team").fill("Chess club")
    owner.get_by_role("button", name="Make the team").click()
    expect(owner.get_by_role("heading", name="Chess club")).to_be_visible()
    owner.get_by_label("E-mail address or username").fill("ines@example.org")
    owner.get_by_role("button", name="Invite", exact=True).click()
    link = owner.get_by_label("The invitation link").input_value()
    expect(owner.get_by_text("ines@example.org").first).to_be_visible()
    photographed(owner, "team")
    check(owner, "a team")

    registered(ines, club, "ines@example.org")
    ines.goto(link)
    ines.get_by_role("button", name="Accept").click()
    expect(ines.get_by_role("heading", name="Chess club")).to_be_visible()
    ines.get_by_role("link", name="Its projects").click()
    expect(ines.get_by_label("Team")).to_have_value(re.compile("[a-z2-7]{16}"))
    ines.locator(".starters").get_by_role("button", name="To-do").click()
    ines.wait_for_url("**/p/*")
    project = ines.url.removeprefix(club.url)
    owner.goto(club.url + project)
    expect(owner.get_by_role("heading", name="To-do list")).to_be_visible()
    ines.goto(club.url + "/teams")
    ines.get_by_role("link", name="Open the team: Chess club").click()
    ines.get_by_text("Leave the team").first.click()
    ines.get_by_role("button", name="Leave the team").click()
    expect(ines.get_by_text("You are in no team yet.")).to_be_visible()
    ines.goto(club.url + project)
    expect(ines.get_by_role("heading", name="There is no such project")).to_be_visible()
