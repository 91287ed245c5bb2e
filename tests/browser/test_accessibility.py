"""Every page can be used by everybody: axe finds nothing in both themes on desk and phone, and the keyboard is enough."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests import attached
from tests.browser.apps import COUNTER
from tests.browser.conftest import ROOT, Errors, Server
from tests.browser.workbench import (
    files_of,
    finished,
    imported,
    open_file,
    open_project,
    painted,
    photographed,
    tab,
)

AXE = ROOT / "preview_runtime" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
# Waits until the page, and the editor in it, has the theme. A page that names none has it by its style sheet.
FOLLOWED = """async (dark) => {
  const root = document.documentElement.classList;
  const frame = () => new Promise((then) => requestAnimationFrame(then));
  for (let frames = 0; frames < 600; frames++) {
    await frame();
    const editor = document.querySelector('.monaco-editor');
    const mine = (one, light) => one.contains(dark ? 'dark' : light) || one.contains(dark ? 'vs-dark' : 'vs');
    const says = root.contains('dark') || root.contains('light');
    if ((!says || mine(root, 'light')) && (!editor || !says || mine(editor.classList, 'light'))) {
      await frame();
      await frame();
      return true;
    }
  }
  return false;
}"""
# A colour that is caught half-way between two themes belongs to neither.
SETTLED = "document.getAnimations().forEach((one) => { if (one instanceof CSSTransition) one.finish() })"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def check(page: Page, what: str, within: str = "html") -> None:
    """Fail with what axe finds on the page as it is, or in the one element `within`: rule, element, reason. In both
    themes, its own last: it changes as the system's does, so that nobody goes the same way twice for the colours."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    dark = bool(page.evaluate("() => matchMedia('(prefers-color-scheme: dark)').matches"))
    for turned in (not dark, dark):
        page.emulate_media(color_scheme="dark" if turned else "light")
        assert page.evaluate(FOLLOWED, turned), f"{what} does not follow the system's theme"
        page.evaluate(SETTLED)
        _axe(page, f"{what}, {'dark' if turned else 'light'}", within)


def _axe(page: Page, what: str, within: str) -> None:
    # Frames are foreign here; what runs in them is checked by itself.
    found: list[dict[str, Any]] = page.evaluate(
        "async (within) => (await axe.run(document.querySelector(within), { iframes: false, resultTypes: ['violations'] })).violations"
        ".flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => ({ id, target: target.join(' '), failureSummary })))",
        within,
    )
    assert not found, f"{what}: " + "\n".join(f"{one['id']} {one['target']}: {one['failureSummary']}" for one in found)


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def looking(request: pytest.FixtureRequest, make_page: Callable[..., Page]) -> Page:
    """A page in one size; nothing moves, so that no colour is caught half-way."""
    return make_page(viewport=request.param, reduced_motion="reduce")


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


def test_axe_finds_nothing_in_attached_files(looking: Page, server: Server) -> None:
    looking.goto(server.url)
    expect(looking.get_by_label("Model")).to_be_enabled()
    files = [("a.png", attached.picture(300, 200)), ("b.csv", attached.CSV), ("c.zip", b"PK\x03\x04")]
    with looking.expect_file_chooser() as chooser:
        looking.get_by_role("button", name="Attach files").click()
    chooser.value.set_files([FilePayload(name=name, mimeType="", buffer=data) for name, data in files])
    expect(looking.get_by_role("alert").filter(has_text="is a zip")).to_be_visible()
    expect(looking.locator(".at-file").filter(has_text="kB")).to_have_count(2)
    check(looking, "attached files")
    photographed(looking, f"attached-home-{'phone' if on_phone(looking) else 'desk'}")
    looking.get_by_role("button", name="Remove c.zip").click()
    looking.get_by_label("Describe the app you want").fill("a todo list")
    looking.keyboard.press("Enter")
    looking.wait_for_url("**/p/*")
    finished(looking)
    check(looking, "sent files")


def test_axe_finds_nothing_where_a_mistake_is_shown(looking: Page, server: Server) -> None:
    project = imported(server)
    put = {"src/App.tsx": "export default function App() { return <p>"}
    server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": put, "client": "test"})
    looking.goto(f"{server.url}/p/{project}")
    show(looking, "Preview")
    expect(looking.locator(".wb-fault")).to_be_visible()
    check(looking, "build error")


def test_axe_finds_nothing_on_a_shared_starter_and_on_a_gone_link(looking: Page, server: Server) -> None:
    project = server.post("/api/v1/projects", {"starter": "todo"})["project"]["id"]
    share = server.post(f"/api/v1/projects/{project}/shares")["share"]
    looking.goto(share["url"])
    expect(looking.get_by_role("checkbox").first).to_be_attached()
    for theme in ("light", "dark"):
        looking.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        check(looking, f"shared starter, {theme}")
    server.call("DELETE", f"/api/v1/projects/{project}/shares/{share['id']}")
    looking.goto(share["url"])
    expect(looking.get_by_role("heading")).to_have_text("There is no app at this address")
    check(looking, "gone link")


def test_the_keyboard_leads_out_of_the_editor_and_is_told_how(page: Page, server: Server) -> None:
    project = imported(server)
    open_project(page, server, project)
    open_file(page, "src/style.css")
    before = files_of(server, project)
    way = page.locator("#wb-code .wb-status")
    in_editor = "() => document.activeElement.closest('.monaco-editor') !== null"
    page.locator(".monaco-editor .view-lines").click()
    expect(way).not_to_contain_text("leave")
    page.get_by_role("button", name="Format and search").focus()
    page.keyboard.press("Tab")
    assert page.evaluate(in_editor)
    expect(way).to_contain_text("Escape, then Tab: leave the editor")
    expect(page.get_by_role("textbox", name="Escape, then Tab: leave the editor")).to_be_focused()
    page.keyboard.press("Escape")
    expect(way).to_contain_text("Tab leaves the editor")
    page.keyboard.press("Tab")
    assert not page.evaluate(in_editor)
    expect(way).not_to_contain_text("eave the editor")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(in_editor)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Format and search")).to_be_focused()
    assert files_of(server, project) == before
    # Between the two keys nothing else was pressed: a Tab after a letter is the text's.
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Escape")
    page.keyboard.type("a")
    page.keyboard.press("Escape")
    page.keyboard.type("b")
    page.keyboard.press("Tab")
    assert page.evaluate(in_editor)
    # F6 goes round the parts of the page, and comes back to where it was.
    seen = []
    for _ in range(3):
        page.keyboard.press("F6")
        seen.append(
            page.evaluate("document.activeElement.closest('.wb-bar, .wb-chat, .wb-pane').className.split(' ')[0]")
        )
    assert seen == ["wb-bar", "wb-chat", "wb-pane"]
    assert page.evaluate(in_editor)
    page.keyboard.press("Shift+F6")
    assert page.evaluate("document.activeElement.closest('.wb-chat') !== null")


def test_axe_finds_nothing_where_two_texts_are_to_be_decided_on(looking: Page, errors: Errors, server: Server) -> None:
    errors.allow("status of 503")
    project = imported(server)
    open_project(looking, server, project)
    show(looking, "Code")
    if on_phone(looking):
        looking.get_by_role("button", name="Files", exact=True).click()
    looking.locator('[role=treeitem][data-path="src/style.css"]').click()
    expect(looking.get_by_role("tab", name="style.css")).to_have_attribute("aria-selected", "true")
    looking.route("**/working", lambda route: route.fulfill(status=503, body="{}"))
    looking.locator(".monaco-editor .view-lines").click()
    looking.keyboard.press("Control+Home")
    looking.keyboard.type("/* mine */ ")
    theirs = f"/* theirs */ {COUNTER['src/style.css']}"
    server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": {"src/style.css": theirs}})
    looking.unroute("**/working")
    expect(looking.locator(".wb-conflict")).to_be_visible()
    width = looking.viewport_size["width"] if looking.viewport_size else 0
    name = f"conflict-{width}"
    photographed(looking, name)
    check(looking, "two texts")
    looking.get_by_role("button", name="Compare").click()
    expect(looking.locator(".monaco-diff-editor .char-insert").first).to_be_attached()
    photographed(looking, f"{name}-compared")
    check(looking, "two texts side by side", within=".wb-editing")


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
    # The bell stands before it once there is something to be told.
    if page.evaluate("document.activeElement.closest('.bell') !== null"):
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
