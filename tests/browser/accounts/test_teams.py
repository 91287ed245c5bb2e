"""A team's page, what is done with its projects on the home page, its webhooks, and what a person wants to be told."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accounts.test_accounts import OWNER_PASSWORD, registered, signed_in
from tests.browser.conftest import Errors, Server
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.browser.workbench import painted, photographed


@pytest.fixture(scope="module")
def club(make_server: Callable[..., Server]) -> Server:
    return make_server(
        HOST="127.0.0.1", ACCOUNTS="open", OWNER_PASSWORD=OWNER_PASSWORD, OWNER_EMAIL="owner@example.org",
        OFFLINE_SPEED="60000",
    )  # fmt: skip


def call(page: Page, server: Server, path: str, data: dict[str, object]) -> dict[str, dict[str, str]]:
    """The API, as whoever is signed in on the page."""
    answer = page.request.post(f"{server.url}/api/v1{path}", data=data, headers={"X-Sayso-Client": "test"})
    assert answer.ok, answer.text()
    found: dict[str, dict[str, str]] = answer.json() if answer.body() else {}
    return found


def team_of(page: Page, server: Server, name: str) -> str:
    return call(page, server, "/teams", {"name": name})["team"]["id"]


def card(page: Page, title: str) -> Locator:
    return page.locator(".projects > li").filter(has=page.get_by_role("link", name=title))


def seen(page: Page, name: str) -> None:
    """Axe finds nothing, nothing is wider than the screen; on a desk and a phone, light and dark."""
    page.emulate_media(reduced_motion="reduce")  # each theme is there at once
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        for theme in ("light", "dark"):
            page.evaluate("theme => document.documentElement.classList.toggle('dark', theme === 'dark')", theme)
            photographed(page, f"{name}-{size['width']}-{theme}")
            check(page, f"{name}, {theme}, {size['width']}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    page.evaluate("document.documentElement.classList.remove('dark')")
    page.set_viewport_size(DESK)


def test_a_project_is_moved_to_a_team_archived_and_brought_back_by_keyboard(page: Page, club: Server) -> None:
    signed_in(page, club, "owner@example.org", OWNER_PASSWORD)  # whose address is confirmed: others may not move
    expect(page.get_by_label("Describe the app you want")).to_be_visible()
    team_of(page, club, "Chess club")
    call(page, club, "/projects", {"title": "Pairings"})
    page.goto(club.url)
    card(page, "Pairings").locator("summary").focus()
    page.keyboard.press("Enter")
    for name in ("Rename", "Tags", "Duplicate", "Move to another team"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Move “Pairings”")
    expect(dialog).to_contain_text("Everybody in that team sees it then")
    expect(dialog.get_by_label("Where to")).to_be_focused()
    seen(page, "move")
    page.keyboard.press("Escape")
    expect(card(page, "Pairings").locator("summary")).to_be_focused()
    card(page, "Pairings").locator("summary").click()
    page.get_by_role("button", name="Move to another team").click()
    dialog.get_by_role("button", name="Move it").click()
    expect(page.get_by_text("“Pairings” is in “Chess club” now.")).to_be_visible()
    expect(card(page, "Pairings")).to_have_count(0)

    page.get_by_label("Team", exact=True).select_option(label="Chess club")
    page.wait_for_url("**/?team=*")
    card(page, "Pairings").locator("summary").click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("“Pairings” is archived: it can be looked at, and not changed.")).to_be_visible()
    page.get_by_text("1 archived project").click()
    seen(page, "archived")
    page.get_by_role("button", name="Bring back Pairings").click()
    expect(card(page, "Pairings")).to_be_visible()
    card(page, "Pairings").locator("summary").click()
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("button", name="Undo", exact=True).click()  # a starter speaks of it too
    expect(card(page, "Pairings")).to_be_visible()


def test_a_team_is_handed_on_and_then_left(make_page: Callable[..., Page], club: Server) -> None:
    owner, ben = make_page(), make_page()
    registered(ben, club, "ben@example.org")
    signed_in(owner, club, "owner@example.org", OWNER_PASSWORD)
    expect(owner.get_by_label("Describe the app you want")).to_be_visible()
    team = team_of(owner, club, "Choir")
    owner.goto(f"{club.url}/teams?team={team}")
    owner.get_by_role("button", name="Invite", exact=True).click()
    ben.goto(owner.get_by_label("The invitation link").input_value())
    ben.get_by_role("button", name="Accept").click()
    ben.wait_for_url("**/teams?team=*")
    owner.reload()
    owner.get_by_text("Hand the team on", exact=True).click()
    expect(owner.get_by_text("They become the owner, and you an admin who can leave.")).to_be_visible()
    seen(owner, "hand-on")
    owner.get_by_role("button", name="Hand the team on to Ana").click()
    owner.get_by_text("Leave the team").first.click()
    expect(owner.get_by_text("You cannot open its projects any more")).to_be_visible()
    owner.get_by_role("button", name="Leave the team").click()
    owner.wait_for_url(re.compile(r"/teams$"))
    expect(owner.get_by_text("Choir")).to_have_count(0)
    ben.reload()
    expect(ben.get_by_text("You own this team.")).to_be_visible()


def test_a_team_says_what_it_uses_and_who_leads_it_limits_what_models_take(page: Page, club: Server) -> None:
    registered(page, club, "eva@example.org")
    team = team_of(page, club, "Bakers")
    page.goto(f"{club.url}/teams?team={team}")
    use = page.locator("section").filter(has=page.get_by_role("heading", name="What it uses"))
    expect(use.get_by_role("listitem").filter(has_text="People")).to_contain_text("1")
    expect(use.get_by_role("listitem").filter(has_text="Servers awake")).to_contain_text("0 of 10")
    person = use.get_by_label("The most for each person in a month")
    person.fill("two")
    page.keyboard.press("Enter")
    expect(use.get_by_text("Write an amount such as 5 or 0.50")).to_be_visible()
    person.fill("2.50")
    page.keyboard.press("Enter")
    expect(use.get_by_text("Saved.")).to_be_visible()
    seen(page, "use")
    page.reload()
    expect(person).to_have_value("2.5")


def test_a_team_s_webhook_from_its_secret_to_its_end(page: Page, club: Server) -> None:
    registered(page, club, "zoe@example.org")
    team = team_of(page, club, "Robots")
    page.goto(f"{club.url}/teams?team={team}")
    page.get_by_role("link", name="Webhooks").click()
    expect(page.get_by_role("heading", name="Webhooks: Robots")).to_be_visible()
    expect(page.get_by_text("No program is told anything yet.")).to_be_visible()
    seen(page, "webhooks-none")
    page.get_by_label("Address of the program").fill("http://127.0.0.1/hook")
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.get_by_text("A webhook needs a public address")).to_be_visible()
    page.get_by_label("Address of the program").fill("https://hooks.invalid/sayso")
    page.get_by_label("A project's name, state or picture changed").uncheck()
    page.get_by_role("button", name="Add the webhook").click()
    assert page.get_by_label("The secret of the webhook").input_value().startswith("whsec_")
    page.get_by_role("button", name="Open: https://hooks.invalid/sayso").click()
    chosen = page.locator("section").filter(has=page.get_by_role("button", name="Send a test"))
    expect(chosen.get_by_label("A project's name, state or picture changed")).not_to_be_checked()
    chosen.get_by_label("A project has a new version").uncheck()
    chosen.get_by_role("button", name="Save what it is told").click()
    expect(chosen.get_by_text("Saved.")).to_be_visible()
    chosen.get_by_role("button", name="Send a test").click()
    again = chosen.get_by_role("button", name="Look again")
    for _ in range(100):
        again.click()
        if chosen.get_by_text("Did not arrive").count():
            break
        page.wait_for_timeout(100)
    expect(chosen.get_by_text("Did not arrive: its name could not be found. Look at the address.")).to_be_visible()
    seen(page, "webhook")
    chosen.get_by_role("button", name="Send again").click()
    expect(chosen.get_by_text("On its way. Look again")).to_be_visible()
    chosen.get_by_role("button", name="Pause").click()
    expect(page.locator(".rows").first).to_contain_text("Paused · A model has written, or failed")
    page.reload()
    expect(chosen).to_have_count(0)
    expect(page.get_by_text("https://hooks.invalid/sayso").first).to_be_visible()
    expect(page.get_by_label("The secret of the webhook")).to_have_count(0)
    page.get_by_role("button", name="Open: https").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("Remove the webhook").first.click()
    page.get_by_role("button", name="Remove the webhook").click()
    expect(page.get_by_text("The webhook is removed.")).to_be_visible()
    expect(page.get_by_text("No program is told anything yet.")).to_be_visible()


def test_a_team_s_key_from_its_text_to_its_end(page: Page, club: Server) -> None:
    registered(page, club, "yan@example.org")
    team = team_of(page, club, "Potters")
    page.goto(f"{club.url}/teams?team={team}")
    page.get_by_role("link", name="Keys for programs").click()
    expect(page.get_by_role("heading", name="Keys for programs: Potters")).to_be_visible()
    expect(page.get_by_text("No program has a key yet.")).to_be_visible()
    seen(page, "keys-none")
    name = page.get_by_label("Which program uses it")
    name.fill("The shop")
    page.get_by_label("Make and change them").check()
    pages = page.get_by_label("Pages whose scripts may use it")
    pages.fill("shop.example")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_text("each as https://name without a path")).to_be_visible()
    expect(name).to_have_value("The shop")
    pages.fill("https://shop.example")
    pages.press("Enter")
    expect(page.get_by_text("Made. Copy the key now")).to_be_visible()
    secret = page.get_by_label("The new key").input_value()
    expect(page.locator(".rows").first).to_contain_text("projects:read, projects:write · 600 a minute")
    expect(page.locator(".rows").first).to_contain_text("Used by scripts of https://shop.example")
    seen(page, "keys")
    headers = {"Authorization": f"Bearer {secret}"}
    asked = page.request.get(f"{club.url}/api/v1/projects", headers=headers)
    assert (asked.status, asked.json()["projects"]) == (200, [])
    page.reload()
    expect(page.get_by_text("The shop")).to_be_visible()
    expect(page.get_by_label("The new key")).to_have_count(0)
    page.get_by_role("button", name="Remove: The shop").click()
    expect(page.get_by_text("The key opens nothing any more.")).to_be_visible()
    assert page.request.get(f"{club.url}/api/v1/projects", headers=headers).status == 401


def test_who_does_not_lead_a_team_is_shown_none_of_its_webhooks_and_keys(
    make_page: Callable[..., Page], club: Server, errors: Errors
) -> None:
    lea, kim = make_page(), make_page()
    registered(lea, club, "potter@example.org")
    registered(kim, club, "kim@example.org")
    team = team_of(lea, club, "Sculptors")
    kim.goto(f"{club.url}/teams/webhooks?team={team}")
    expect(kim.get_by_role("alert")).to_be_visible()
    expect(kim.get_by_label("Address of the program")).to_have_count(0)
    kim.goto(f"{club.url}/teams/keys?team={team}")
    expect(kim.get_by_role("alert")).to_be_visible()
    expect(kim.get_by_label("Which program uses it")).to_have_count(0)


def test_what_one_wants_to_be_told_is_kept_and_the_bell_is_in_the_workbench(page: Page, club: Server) -> None:
    registered(page, club, "noa@example.org")
    page.goto(f"{club.url}/account")
    kind = page.get_by_label("What I asked for was not written to its end")
    expect(kind).to_have_value("page")
    kind.select_option(label="Not at all")
    expect(page.locator("section").filter(has=kind).get_by_text("Saved.")).to_be_visible()
    page.reload()
    expect(kind).to_have_value("off")
    kind.scroll_into_view_if_needed()
    seen(page, "notices")

    project = call(page, club, "/projects", {"title": "Bees"})["project"]["id"]
    call(page, club, f"/projects/{project}/messages", {"text": "a list of bees"})
    page.goto(club.url)
    bell = page.get_by_role("button", name="1 new notification")
    expect(bell).to_be_visible(timeout=30_000)
    page.goto(f"{club.url}/p/{project}")
    painted(page)
    expect(bell).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        photographed(page, f"workbench-bell-{size['width']}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    bell.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Notifications")).to_contain_text("What you asked for in “")
    photographed(page, "workbench-bell-open")
    check(page, "the bell in the workbench", ".wb-bar")


def test_who_leads_a_team_reads_its_figures(page: Page, club: Server) -> None:
    registered(page, club, "max@example.org")
    team = team_of(page, club, "Painters")
    call(page, club, f"/projects?team={team}", {"title": "Gallery"})
    page.goto(f"{club.url}/teams?team={team}")
    page.get_by_role("link", name="Figures").click()
    expect(page.get_by_role("heading", name="Figures: Painters")).to_be_visible()
    expect(page.get_by_text("No model has been asked in the last twelve months.")).to_be_visible()
    expect(page.get_by_role("region", name="By person").get_by_role("listitem")).to_contain_text("Owner · 0 calls")
    expect(page.get_by_role("region", name="By project").get_by_role("link", name="Gallery")).to_be_visible()
    seen(page, "team-figures")
    page.goto(f"{club.url}/teams/figures?team=nobodys")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("heading", name="By person")).to_have_count(0)


def test_the_budget_of_all_projects_is_that_of_the_project_s_team(page: Page, club: Server) -> None:
    registered(page, club, "weaver@example.org")
    team = team_of(page, club, "Potters")
    project = call(page, club, f"/projects?team={team}", {"title": "Kiln"})["project"]["id"]
    page.goto(f"{club.url}/p/{project}")
    page.locator(".wb-title").click()
    page.get_by_role("menuitem", name="Budget").click()
    dialog = page.get_by_role("dialog", name="Budget")
    dialog.get_by_role("group", name="All projects").get_by_label("month").fill("7")
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_have_count(0)
    page.goto(f"{club.url}/teams?team={team}")
    expect(page.get_by_label("The most that models may take in a month")).to_have_value("7")
