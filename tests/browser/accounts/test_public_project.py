"""A public project, opened by somebody who has no role in it: the app runs, and how it was made is not shown."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.accounts.test_accounts import registered
from tests.browser.accounts.test_working_together import ONLY_LOOKS, club, the_owner
from tests.browser.conftest import LOST, Errors, Server
from tests.browser.test_accessibility import check
from tests.browser.workbench import finished, painted, photographed, tab

__all__ = ["club"]

ASKED = "a kanban board for our secret merger"


def test_the_app_and_its_files_are_shown_and_the_conversation_is_not(
    make_page: Callable[..., Page], club: Server, errors: Errors
) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS")
    owner, guest = make_page(), make_page()
    the_owner(owner, club)
    owner.locator("#prompt").fill(ASKED)
    owner.keyboard.press("Enter")
    owner.wait_for_url("**/p/*")
    finished(owner)
    project = owner.url.rpartition("/")[2]
    changed = owner.request.patch(
        f"{club.url}/api/v1/projects/{project}",
        data={"visibility": "public", "title": "Board"},
        headers={"x-sayso-client": "tests"},
    )
    assert changed.ok, changed.text()

    registered(guest, club, "guest@example.org")
    heard: list[str] = []
    guest.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    refused: list[str] = []
    guest.on("response", lambda answer: refused.append(answer.request.url) if answer.status == 403 else None)
    guest.goto(f"{club.url}/p/{project}")
    painted(guest)
    expect(guest.get_by_text(ONLY_LOOKS).first).to_be_visible()
    expect(guest.locator(".wb-chat")).not_to_contain_text("secret merger")
    check(guest, "a public project of others")
    photographed(guest, "public-project")
    tab(guest, "Code")
    expect(guest.locator('.wb-node[data-path="index.html"]')).to_be_visible()
    seen = guest.request.get(f"{club.url}/api/v1/projects/{project}", headers={"x-sayso-client": "tests"}).text()
    assert "secret merger" not in seen + "".join(heard)
    assert refused == []
