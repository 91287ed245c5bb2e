"""What each starter is for works in a browser, in both themes and on a phone. A sample by default, all with --all."""

from __future__ import annotations

import datetime
import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.starters import build, served, starters

SAMPLE = 4
SEED = int(os.environ.get("SAYSO_SEED", datetime.datetime.now(datetime.UTC).date().toordinal()))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        names = [starter.name for starter in starters()]
        whole = metafunc.config.getoption("--all")
        metafunc.parametrize("name", names if whole else sorted(random.Random(SEED).sample(names, SAMPLE)))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """The address of a starter's built site; each is built once."""
    work: Path = tmp_path_factory.mktemp("starters")
    addresses: dict[str, str] = {}
    by_name = {starter.name: starter for starter in starters()}
    with ExitStack() as servers:

        def address(name: str) -> str:
            if name not in addresses:
                addresses[name] = servers.enter_context(served(build(by_name[name], work)))
            return addresses[name]

        yield address


def seed(name: str, *way: str | int) -> str:
    """A text of a starter's content."""
    value = next(starter.content for starter in starters() if starter.name == name)
    for step in way:
        value = value[step]  # type: ignore[index]
    return str(value)


def calendar(page: Page) -> None:
    expect(page.get_by_text(seed("calendar", "events", 0, "title")).first).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_have_text("Say what it is first.")
    page.get_by_label("What is it?").fill("Visit from Ana")
    time = page.get_by_label("Time").input_value()
    page.get_by_role("button", name="Save").click()
    day = page.locator("section[aria-labelledby=day]")
    expect(day.get_by_role("listitem").filter(has_text="Visit from Ana")).to_contain_text(time)
    expect(page.get_by_label("Time").get_by_role("option", name=time)).to_have_count(0)  # taken
    page.reload()
    expect(day.get_by_text("Visit from Ana")).to_be_visible()
    day.get_by_role("button", name="Remove: Visit from Ana").click()
    expect(page.get_by_text("Visit from Ana")).to_have_count(0)
    month = page.get_by_role("heading", level=2).first
    now = month.inner_text()
    page.get_by_role("button", name="Next month").click()
    expect(month).not_to_have_text(now)
    page.get_by_role("button", name="Today", exact=True).click()
    expect(month).to_have_text(now)


def memory(page: Page) -> None:
    page.get_by_role("button", name="Small").click()
    cards = page.locator(".tile")
    expect(cards).to_have_count(8)
    places: dict[str, list[int]] = {}
    for place in range(8):  # look under every card, two at a time
        cards.nth(place).click()
        places.setdefault(cards.nth(place).get_attribute("aria-label") or "", []).append(place)
        if place % 2:
            expect(page.locator(".tile[data-state=open]")).to_have_count(0)
    for pair in places.values():
        for place in pair:
            if cards.nth(place).get_attribute("data-state") == "hidden":
                cards.nth(place).click()
    expect(page.get_by_role("status")).to_contain_text("All found in")
    expect(page.get_by_role("status")).to_contain_text("A new best!")
    page.get_by_role("button", name="Deal again").click()
    expect(page.locator(".tile[data-state=found]")).to_have_count(0)


def chat(page: Page) -> None:
    page.get_by_label("Write a message").fill("Is the parcel here?")
    page.keyboard.press("Enter")
    log = page.get_by_role("log")
    expect(log.get_by_text("Is the parcel here?")).to_be_visible()
    expect(log.get_by_text("sample reply")).to_be_visible()
    page.reload()
    expect(page.get_by_role("log").get_by_text("Is the parcel here?")).to_be_visible()


def dashboard(page: Page) -> None:
    before = page.locator("main").inner_text()
    page.get_by_role("button", name="3 months").click()
    expect(page.locator("main")).not_to_have_text(before)


def expenses(page: Page) -> None:
    page.get_by_label("What was it?").fill("Two train tickets")
    page.get_by_label("Amount").fill("23.40")
    page.get_by_role("button", name="Add expense").click()
    expect(page.get_by_text("Two train tickets").first).to_be_visible()


def habits(page: Page) -> None:
    row = page.get_by_role("listitem").filter(has_text=seed("habits", "habits", 1, "name"))
    expect(row).to_contain_text("5 day streak")
    today = row.locator("button[aria-pressed].border-accent")
    today.click()
    expect(today).to_have_attribute("aria-pressed", "true")
    expect(row).to_contain_text("6 day streak")
    page.reload()
    expect(row).to_contain_text("6 day streak")
    page.get_by_label("Add a habit").fill("Water the plants")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Water the plants")).to_be_visible()


def kanban(page: Page) -> None:
    page.get_by_role("button", name="Add a card: Next").click()
    page.get_by_label("Title").fill("Order new batteries")
    page.get_by_role("button", name="Save card").click()
    expect(page.get_by_role("region", name="Next").get_by_text("Order new batteries")).to_be_visible()


def landing(page: Page) -> None:
    page.get_by_label("Your name").fill("Ana")
    page.get_by_label("Email address").fill("ana@example.com")
    page.get_by_label("What can we do for you?").fill("A small question about dates.")
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_text("Thank you, Ana.")).to_be_visible()


def notes(page: Page) -> None:
    page.get_by_role("button", name="New note").click()
    page.get_by_label("Title").fill("Colours for the hall")
    page.get_by_label("Write", exact=True).last.fill("Three kinds of **green**.")
    page.reload()
    expect(page.get_by_text("Colours for the hall").first).to_be_visible()


def pomodoro(page: Page) -> None:
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text(re.compile("24:5[0-9]"))).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()


def portfolio(page: Page) -> None:
    first, second = seed("portfolio", "projects", 0, "name"), seed("portfolio", "projects", 1, "name")
    page.get_by_role("button", name=first).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name=first)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("heading", name=second)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Books", exact=True).click()
    expect(page.get_by_role("button", name=first)).to_be_hidden()


def quiz(page: Page) -> None:
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text(seed("quiz", "questions", 0, "question"))).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_role("button", name="Next question")).to_be_visible()


def reading_list(page: Page) -> None:
    page.get_by_label("Search the list").fill("chemist")
    expect(page.get_by_role("main").get_by_role("listitem").filter(has=page.get_by_role("link"))).to_have_count(1)
    page.get_by_label("Search the list").fill("")
    page.get_by_label("Title").fill("A new one")
    page.get_by_role("button", name="Add", exact=True).click()
    card = page.get_by_role("article")
    expect(card.get_by_role("heading", name="A new one")).to_be_visible()
    card.get_by_label("My note").fill("Lent by Ana.")
    card.get_by_role("button", name="Mark as finished").click()
    page.reload()
    expect(card.get_by_label("My note")).to_have_value("Lent by Ana.")
    expect(card.get_by_role("button", name="Mark as finished")).to_have_attribute("aria-pressed", "true")


def recipes(page: Page) -> None:
    page.get_by_label("Search").fill("apple")
    page.get_by_role("link", name=seed("recipes", "entries", 2, "title")).click()
    expect(page.get_by_text("200 g", exact=True)).to_be_visible()
    for _ in range(8):
        page.get_by_role("button", name="More").click()
    expect(page.get_by_text("400 g", exact=True)).to_be_visible()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="All entries").click()
    page.get_by_role("link", name="Saved (1)").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.go_back()
    expect(page.get_by_role("article")).to_have_count(6)


def shop(page: Page) -> None:
    page.get_by_role("button", name="Bowls").click()
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_role("link", name=seed("shop", "products", 1, "name")).click()
    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="Add to cart").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("€90")).to_be_visible()  # two for 42 each and delivery for 6
    drawer.get_by_role("button", name="Go to checkout").click()
    drawer.get_by_role("button", name="Place order").click()
    expect(drawer.get_by_text("Your name is missing.")).to_be_visible()
    for label, text in (
        ("Your name", "Ana Reis"), ("Email", "ana@example.com"), ("Street and number", "Rua 1"), ("Postcode and city", "1000 Lisboa"),
    ):  # fmt: skip
        drawer.get_by_label(label).fill(text)
    expect(drawer.get_by_text("No payment is taken")).to_be_visible()
    drawer.get_by_role("button", name="Place order").click()
    expect(drawer.get_by_text("Thank you, Ana Reis.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("0 in the cart")).to_be_visible()


def tip_calculator(page: Page) -> None:
    page.get_by_role("button", name="Clear").click()
    for key in "100":
        page.get_by_role("button", name=key, exact=True).click()
    page.get_by_role("button", name="15% Good").click()
    page.get_by_label("People").fill("3")
    result = page.get_by_role("region", name="Each pays")
    expect(result.get_by_text("$38.34")).to_be_visible()
    result.get_by_label("Round each share up").check()
    expect(result.get_by_text("$39.00")).to_be_visible()
    result.get_by_label("Where was it?").fill("Green Door")
    result.get_by_role("button", name="Keep this").click()
    page.reload()
    expect(page.get_by_text("Green Door")).to_be_visible()


def todo(page: Page) -> None:
    page.get_by_label("What needs doing?").fill("Call the dentist")
    page.keyboard.press("Enter")
    box = page.get_by_role("checkbox", name="Call the dentist")
    box.check(force=True)
    page.reload()
    expect(box).to_be_checked()


def weather(page: Page) -> None:
    expect(page.get_by_text("Sample data", exact=True)).to_be_visible()
    search = page.get_by_role("combobox")
    search.fill("bog")  # finds Bogotá without its accent
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bogotá")).to_be_visible()
    page.get_by_role("button", name="Fahrenheit").click()
    page.reload()
    expect(page.get_by_role("heading", name="Bogotá")).to_be_visible()
    expect(page.get_by_role("button", name="Fahrenheit")).to_have_attribute("aria-pressed", "true")


ACTIONS: dict[str, Callable[[Page], None]] = {
    "calendar": calendar,
    "chat": chat,
    "dashboard": dashboard,
    "expenses": expenses,
    "habits": habits,
    "kanban": kanban,
    "landing": landing,
    "memory": memory,
    "notes": notes,
    "pomodoro": pomodoro,
    "portfolio": portfolio,
    "quiz": quiz,
    "reading-list": reading_list,
    "recipes": recipes,
    "shop": shop,
    "tip-calculator": tip_calculator,
    "todo": todo,
    "weather": weather,
}


def test_every_starter_has_its_main_action_here() -> None:
    assert sorted(ACTIONS) == [starter.name for starter in starters()]


def test_its_main_action_works(name: str, page: Page, site: Callable[[str], str]) -> None:
    page.goto(site(name))
    expect(page).to_have_title(seed(name, "app", "name"))
    ACTIONS[name](page)


def test_it_starts_again_from_broken_storage(name: str, page: Page, site: Callable[[str], str]) -> None:
    page.goto(site(name))
    page.evaluate("for (const key of Object.keys(localStorage)) localStorage.setItem(key, '{broken')")
    page.reload()
    expect(page.get_by_text(seed(name, "app", "name")).first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_phone_in_both_themes(name: str, theme: str, page: Page, site: Callable[[str], str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site(name))
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    expect(page.get_by_text(seed(name, "app", "name")).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    light = page.evaluate(
        "() => { const c = document.createElement('canvas').getContext('2d', { willReadFrequently: true });"
        " c.fillStyle = getComputedStyle(document.body).backgroundColor; c.fillRect(0, 0, 1, 1);"
        " return c.getImageData(0, 0, 1, 1).data[1] > 127 }"
    )
    assert light == (theme == "light")
