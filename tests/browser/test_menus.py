"""Menus: led with keys, never cut off by the window, closed by whatever is pressed beside them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server
from tests.browser.workbench import imported, open_project, photographed

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
NOTE = "$2 in, $10 out per million tokens"


def within_the_window(page: Page, menu: Locator) -> bool:
    """Whether all of the menu's box is seen."""
    box, size = menu.bounding_box(), page.viewport_size
    assert box is not None
    assert size is not None
    right, bottom = box["x"] + box["width"], box["y"] + box["height"]
    return box["x"] >= 0 and box["y"] >= 0 and right <= size["width"] and bottom <= size["height"]


def test_a_menu_is_led_with_arrows_and_first_letters(page: Page, server: Server) -> None:
    open_project(page, server, imported(server, title="Harbour"))
    button = page.get_by_role("button", name="Harbour: rename")
    button.focus()
    page.keyboard.press("ArrowDown")
    menu = page.get_by_role("menu", name="Harbour")
    for key, name in {
        "": "Rename", "ArrowUp": "Delete", "ArrowDown": "Rename", "End": "Delete", "Home": "Rename",
        "d": "Duplicate", "D": "Download .zip",
    }.items():  # fmt: skip
        if key:
            page.keyboard.press(key)
        expect(menu.get_by_role("menuitem", name=name)).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.type("de")
    expect(menu.get_by_role("menuitem", name="Delete")).to_be_focused()
    page.keyboard.type("x")
    expect(menu.get_by_role("menuitem", name="Delete")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_menu_longer_than_the_window_is_scrolled_in_it(
    make_page: Callable[..., Page], server: Server, size: dict[str, int], theme: str
) -> None:
    page = make_page(viewport=size, color_scheme=theme)
    names = [f"Model {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWX"]
    menu = [{"name": f"x:{name}", "label": name, "note": NOTE, "offline": False} for name in names]
    page.route("**/api/v1/models", lambda route: route.fulfill(json={"models": menu, "default": "x:Model T"}))
    page.goto(f"{server.url}/p/{imported(server)}")
    if size == PHONE:
        page.locator("nav.wb-bottom").get_by_role("button", name="Chat").click()
    page.get_by_role("button", name="Model: Model T").click()
    choices = page.get_by_role("menu", name="Model: Model T")
    expect(choices.get_by_role("menuitemradio", checked=True)).to_be_focused()
    expect(choices.get_by_role("menuitemradio", name="Model T")).to_be_in_viewport(ratio=1)
    assert within_the_window(page, choices)
    photographed(page, f"menu-{size['width']}-{theme}")
    page.keyboard.press("Home")
    expect(choices.get_by_role("menuitemradio", name="Model A")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Model: Model A")).to_be_focused()


def test_every_menu_of_the_phone_is_within_its_window(make_page: Callable[..., Page], server: Server) -> None:
    page = make_page(viewport=PHONE)
    page.goto(f"{server.url}/p/{imported(server)}")
    bar = page.locator("nav.wb-bottom")
    for pane, name in (("Chat", "rename"), ("Preview", "Runs with"), ("Code", "delete, history")):
        bar.get_by_role("button", name=re.compile(f"^{pane}")).click()
        if pane == "Code":
            page.get_by_role("button", name="Files", exact=True).click()
        page.get_by_role("button", name=re.compile(name)).click()
        assert within_the_window(page, page.get_by_role("menu")), name
        page.keyboard.press("Escape")


def test_a_press_into_the_app_or_beside_it_closes_a_menu(page: Page, server: Server) -> None:
    app = open_project(page, server, imported(server, title="Harbour"))
    button = page.get_by_role("button", name="Harbour: rename")
    menu = page.get_by_role("menu")
    button.click()
    expect(menu).to_be_visible()
    app.get_by_role("heading").click()
    expect(menu).to_have_count(0)
    button.click()
    expect(menu).to_be_visible()
    page.get_by_role("log", name="Messages").click(position={"x": 8, "y": 500})
    expect(menu).to_have_count(0)
    button.click()
    button.click()
    expect(menu).to_have_count(0)
