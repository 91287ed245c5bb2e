"""What each starter is for works in a browser, in both themes and on a phone. A sample by default, all with --all."""

from __future__ import annotations

import datetime
import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.starters import build, served, starters
from tests.walks import walk_through, walks_of

SAMPLE = 4
BEGINS = datetime.datetime(2026, 6, 3, 10)
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


def test_every_starter_has_walks() -> None:
    assert [starter.name for starter in starters() if not walks_of(starter)] == []


def test_its_walks_can_be_walked_by_hand(name: str, page: Page, site: Callable[[str], str]) -> None:
    starter = next(starter for starter in starters() if starter.name == name)
    for walk in walks_of(starter).values():
        page.clock.install(time=BEGINS)  # every walk begins at the same moment
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(site(name))
        page.evaluate("localStorage.clear()")
        page.reload()
        expect(page).to_have_title(seed(name, "app", "name"))
        walk_through(page, walk)


def test_the_game_of_pairs_can_be_won(page: Page, site: Callable[[str], str]) -> None:
    """Chance deals the cards: no walk knows where they lie."""
    page.goto(site("memory"))
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
