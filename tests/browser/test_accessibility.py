"""Every page can be used by everybody: axe finds nothing in both themes on desk and phone, and the keyboard is enough."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Server
from tests.browser.workbench import finished, imported, open_file, open_project, painted, tab

AXE = ROOT / "preview_runtime" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def check(page: Page, what: str, within: str = "html") -> None:
    """Fail with what axe finds on the page as it is, or in the one element `within`: rule, element, reason."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    # Frames are foreign here; what runs in them is checked by itself.
    found: list[dict[str, Any]] = page.evaluate(
        "async (within) => (await axe.run(document.querySelector(within), { iframes: false, resultTypes: ['violations'] })).violations"
        ".flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => ({ id, target: target.join(' '), failureSummary })))",
        within,
    )
    assert not found, f"{what}: " + "\n".join(f"{one['id']} {one['target']}: {one['failureSummary']}" for one in found)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def looking(request: pytest.FixtureRequest, make_page: Callable[..., Page], theme: str) -> Page:
    """A page in one theme and one size; nothing moves, so that no colour is caught half-way."""
    page = make_page(viewport=request.param, color_scheme=theme, reduced_motion="reduce")
    return page


def on_phone(page: Page) -> bool:
    size = page.viewport_size
    return size is not None and size["width"] < 900


def show(page: Page, name: str) -> None:
    """Show a view: by the tabs, on a phone by the bar at the bottom."""
    if on_phone(page):
        page.locator("nav.wb-bottom").get_by_role("button", name=re.compile(f"^{name}")).click()
    elif name != "Chat":
        tab(page, name)


def test_axe_finds_nothing_on_the_home_page_and_in_its_dialog(looking: Page, server: Server) -> None:
    imported(server)
    looking.goto(server.url)
    expect(looking.locator("p.offline")).not_to_be_empty()
    expect(looking.locator(".projects > li").first).to_be_visible()
    check(looking, "home")
    looking.get_by_label("Describe the app you want").press("Enter")
    looking.locator(".projects summary").first.click()
    check(looking, "home with an error and an open menu")
    looking.get_by_role("button", name="Add a key").click()
    expect(looking.get_by_role("dialog")).to_be_visible()
    check(looking, "key dialog")
    looking.goto(f"{server.url}/nothing-here")
    expect(looking.get_by_role("heading", name="Nothing here")).to_be_visible()
    check(looking, "not found")


def test_axe_finds_nothing_in_the_workbench(looking: Page, server: Server) -> None:
    project = imported(server)
    server.post(f"/api/v1/projects/{project}/messages", {"text": "make the header green", "model": "starter:offline"})
    server.wait_done(project)
    looking.goto(f"{server.url}/p/{project}")
    finished(looking)
    check(looking, "chat")
    show(looking, "Preview")
    painted(looking)
    check(looking, "preview")
    show(looking, "Code")
    expect(looking.locator(".monaco-editor .view-lines")).to_be_visible()
    check(looking, "code")
    show(looking, "Logs")
    expect(looking.get_by_role("log", name="Logs")).to_be_visible()
    check(looking, "logs")
    looking.get_by_role("button", name="Share").click()
    looking.get_by_role("button", name="Create a link").click()
    expect(looking.get_by_role("dialog").get_by_label("Link", exact=True)).to_be_visible()
    check(looking, "share dialog")
    looking.keyboard.press("Escape")
    looking.get_by_role("button", name="Versions").click()
    expect(looking.get_by_role("dialog")).to_be_visible()
    check(looking, "versions")


def test_axe_finds_nothing_where_a_mistake_is_shown(looking: Page, server: Server) -> None:
    project = imported(server)
    put = {"src/App.tsx": "export default function App() { return <p>"}
    server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": put, "client": "test"})
    looking.goto(f"{server.url}/p/{project}")
    show(looking, "Preview")
    expect(looking.locator(".wb-fault")).to_be_visible()
    check(looking, "build error")


def test_axe_finds_nothing_on_a_shared_starter_and_on_a_gone_link(looking: Page, server: Server, theme: str) -> None:
    project = server.post("/api/v1/projects", {"starter": "todo"})["project"]["id"]
    share = server.post(f"/api/v1/projects/{project}/shares")["share"]
    looking.goto(share["url"])
    expect(looking.get_by_role("checkbox").first).to_be_attached()
    looking.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    check(looking, "shared starter")
    server.call("DELETE", f"/api/v1/projects/{project}/shares/{share['id']}")
    looking.goto(share["url"])
    expect(looking.get_by_role("heading")).to_have_text("There is no app at this address")
    check(looking, "gone link")


def test_an_app_is_made_and_looked_at_with_the_keyboard_alone(page: Page, server: Server) -> None:
    page.goto(server.url)
    expect(page.get_by_label("Model")).to_be_enabled()
    expect(page.get_by_label("Describe the app you want")).to_be_focused()
    page.keyboard.type("a to-do list for gardeners")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    finished(page)
    painted(page)
    page.get_by_role("tab", name="Preview").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name=re.compile("^Code"))).to_be_focused()
    expect(page.locator(".monaco-editor .view-lines")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("log", name="Logs")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_role("tab", name="Preview")).to_have_attribute("aria-selected", "true")
    share = page.get_by_role("button", name="Share")
    page.keyboard.press("Tab")
    expect(share).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(share).to_be_focused()


def test_the_file_tree_is_walked_with_arrows(page: Page, server: Server) -> None:
    open_project(page, server, imported(server))
    open_file(page, "index.html")
    page.locator('[role=treeitem][data-path="index.html"]').focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(page.locator('[role=treeitem][data-path="src"]')).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".wb-editor-tabs [aria-selected=true]")).to_contain_text("App.tsx")
