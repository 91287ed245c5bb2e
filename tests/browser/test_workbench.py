"""The workbench in a real browser: what a person does with a project, end to end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from tests.browser.conftest import ROOT, Server

AXE = ROOT / "preview_runtime" / "browser" / "node_modules" / "axe-core" / "axe.min.js"


def open_project(page: Page, server: Server, starter: str = "todo") -> str:
    """A new project of a starter, open and painted. Returns its id."""
    project: str = server.post("/api/v1/projects", {"starter": starter})["project"]["id"]
    show(page, server, project)
    return project


def show(page: Page, server: Server, project: str) -> None:
    page.goto(f"{server.url}/p/{project}")
    expect(page.locator(".wb-frame")).to_have_attribute("data-painted", "true", timeout=60_000)


def app(page: Page) -> FrameLocator:
    return page.frame_locator(".wb-frame")


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=False).first.click()


def open_file(page: Page, path: str) -> None:
    tab(page, "Code")
    page.locator(f"[role=treeitem][data-path='{path}']").click()
    expect(page.locator(".wb-code .wb-status")).to_contain_text(path)
    expect(page.locator(".monaco-editor .view-line").first).to_be_visible()


def app_name(server: Server, project: str) -> str:
    content = json.loads(server.get(f"/api/v1/projects/{project}/files")["files"]["src/content.json"])
    return str(content["app"]["name"])


def type_after(page: Page, found: str, text: str) -> None:
    """Types `text` in the open file behind the first place that says `found`, which the editor's own search finds."""
    page.locator(".monaco-editor .view-lines").click()
    page.keyboard.press("Control+f")
    page.locator(".find-widget.visible").wait_for()
    page.keyboard.insert_text(found)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.keyboard.type(text)


def edit_name(page: Page, server: Server, project: str, added: str) -> None:
    open_file(page, "src/content.json")
    type_after(page, f'"{app_name(server, project)}', added)


def test_a_prompt_becomes_a_running_app_and_a_follow_up_changes_it(page: Page, server: Server) -> None:
    made = server.post("/api/v1/projects", {"prompt": "A recipe site with search and tags, called Saffron"})
    show(page, server, made["project"]["id"])
    expect(page.locator(".wb-cost")).to_contain_text("offline demo · free", timeout=60_000)
    expect(page.locator(".wb-files")).to_contain_text("package.json")
    expect(app(page).get_by_text("Saffron").first).to_be_visible()
    page.get_by_label("Ask for a change").fill("make the header green")
    page.keyboard.press("Enter")
    expect(page.locator(".wb-version")).to_contain_text("v2", timeout=60_000)
    expect(page.locator(".wb-said").last).to_contain_text("make the header green")


def test_typing_updates_the_app_at_once_and_survives_a_reload(page: Page, server: Server) -> None:
    project = open_project(page, server)
    edit_name(page, server, project, " Zebra")
    tab(page, "Preview")
    expect(app(page).get_by_text("Zebra").first).to_be_visible()
    page.reload()
    expect(app(page).get_by_text("Zebra").first).to_be_visible(timeout=60_000)


def test_what_was_typed_while_the_server_did_not_answer_is_there_after_a_reload(page: Page, server: Server) -> None:
    page.allow_errors("ERR_FAILED|ERR_INTERNET_DISCONNECTED|WebSocket")  # type: ignore[attr-defined]
    project = open_project(page, server)
    page.route("**/working", lambda route: route.abort())
    edit_name(page, server, project, " Kept")
    expect(page.get_by_text("Reconnecting", exact=False)).to_be_visible()
    page.unroute("**/working")
    page.evaluate("window.onpagehide = null")
    page.goto("about:blank")
    show(page, server, project)
    expect(app(page).get_by_text("Kept").first).to_be_visible()


def test_saving_makes_a_version_and_undo_and_redo_move_along_them(page: Page, server: Server) -> None:
    project = open_project(page, server)
    edit_name(page, server, project, " Zebra")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status").filter(has_text="Saved as v2")).to_be_visible()
    tab(page, "Preview")
    page.locator(".wb-hint").click()
    page.keyboard.press("Control+z")
    expect(app(page).get_by_text("Zebra")).to_have_count(0)
    expect(page.locator(".wb-version")).to_contain_text("v1")
    page.keyboard.press("Control+Shift+z")
    expect(app(page).get_by_text("Zebra").first).to_be_visible()
    page.locator(".wb-version").click()
    expect(page.locator(".wb-versions li").first).to_contain_text("edited src/content.json")
    page.get_by_role("button", name="Restore version 1").click()
    expect(page.locator(".wb-versions li").first).to_contain_text("Current")
    page.keyboard.press("Escape")
    expect(page.locator(".wb-version")).to_be_focused()
    expect(app(page).get_by_text("Zebra")).to_have_count(0)


def test_files_are_made_moved_and_deleted_by_keyboard(page: Page, server: Server) -> None:
    project = open_project(page, server)
    open_file(page, "src/App.tsx")
    page.get_by_role("button", name="New file").click()
    page.get_by_label("Path and name").fill("../outside.ts")
    page.keyboard.press("Enter")
    expect(page.get_by_text("points outside the project")).to_be_visible()
    page.get_by_label("Path and name").fill("src/Note.ts")
    page.keyboard.press("Enter")
    page.locator(".monaco-editor .view-lines").click()
    page.keyboard.type("export const a = 1")
    page.locator("[role=treeitem][data-path='src/Note.ts']").focus()
    page.keyboard.press("F2")
    page.get_by_label("Path and name").fill("src/lib/Note.ts")
    page.keyboard.press("Enter")
    moved = page.locator("[role=treeitem][data-path='src/lib/Note.ts']")
    expect(moved).to_be_visible()
    moved.focus()
    page.keyboard.press("Delete")
    expect(moved).to_have_count(0)
    page.locator(".wb-toast").filter(has_text="Deleted").get_by_role("button", name="Undo").click()
    expect(moved).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status").filter(has_text="Saved as v2")).to_be_visible()
    assert server.get(f"/api/v1/projects/{project}/files")["files"]["src/lib/Note.ts"] == "export const a = 1"


def test_a_mistake_is_named_with_its_place_and_goes_when_it_is_mended(page: Page, server: Server) -> None:
    open_project(page, server)
    open_file(page, "src/App.tsx")
    page.locator(".monaco-editor .view-lines").click()
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("const = 3;\n")
    tab(page, "Preview")
    fault = page.locator(".wb-fault")
    expect(fault).to_contain_text("Your app has a mistake in its code")
    fault.get_by_role("button", name=re.compile(r"App\.tsx:1")).click()
    expect(page.locator(".wb-code .wb-status")).to_contain_text("1:7")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Delete")
    tab(page, "Preview")
    expect(fault).to_have_count(0)


def test_what_the_app_throws_is_in_the_log_with_its_place(page: Page, server: Server) -> None:
    page.allow_errors("the oven is cold")  # type: ignore[attr-defined]
    project = open_project(page, server)
    broken = {"put": {"src/main.tsx": "throw new Error('the oven is cold')\n"}, "client": "another"}
    server.call("PATCH", f"/api/v1/projects/{project}/working", broken)
    expect(page.locator(".wb-fault")).to_contain_text("the oven is cold")
    tab(page, "Logs")
    page.get_by_label("Search the log").fill("oven")
    expect(page.locator(".wb-line").first).to_contain_text("src/main.tsx:1")
    page.get_by_role("button", name="Warnings").click()
    expect(page.get_by_text("No line matches")).to_be_visible()


def test_one_file_comes_back_from_an_older_version(page: Page, server: Server) -> None:
    project = open_project(page, server)
    edit_name(page, server, project, " Zebra")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status").filter(has_text="Saved as v2")).to_be_visible()
    page.get_by_role("button", name=re.compile("content.json: rename")).click()
    page.get_by_role("menuitem", name="History of this file").click()
    page.locator(".wb-history").get_by_role("button", name=re.compile("v1")).click()
    page.get_by_role("button", name="Take this one").click()
    tab(page, "Preview")
    expect(app(page).get_by_text("Zebra")).to_have_count(0)


def test_two_tabs_show_the_same_text(page: Page, server: Server) -> None:
    project = open_project(page, server)
    other = page.context.new_page()
    show(other, server, project)
    open_file(other, "index.html")
    open_file(page, "index.html")
    page.locator(".monaco-editor .view-lines").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("<!-- from the other tab -->")
    expect(other.locator(".monaco-editor .view-lines")).to_contain_text("from the other tab")
    other.close()


def test_a_live_link_shows_the_version_elsewhere_until_it_is_revoked(
    page: Page, server: Server, make_context: Callable[..., BrowserContext]
) -> None:
    project = open_project(page, server)
    name = app_name(server, project)
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_text("PUBLIC_URL")).to_be_visible()
    page.get_by_role("button", name="Create a link").click()
    link = page.get_by_label("Link", exact=True).input_value(timeout=60_000)
    elsewhere = make_context().new_page()
    elsewhere.goto(link)
    expect(elsewhere.get_by_text(name).first).to_be_visible()
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator(".wb-shares")).to_have_count(0)
    answer = elsewhere.reload()
    assert answer is not None
    assert answer.status == 404


def test_a_project_is_renamed_deleted_and_brought_back(page: Page, server: Server) -> None:
    open_project(page, server)
    menu = page.locator(".wb-title")
    menu.click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name of the project").fill("Tuesday list")
    page.keyboard.press("Enter")
    expect(menu).to_contain_text("Tuesday list")
    menu.click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_text("“Tuesday list” is deleted")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(menu).to_contain_text("Tuesday list")


def test_an_unknown_project_says_so(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/p/aaaaaaaaaaaaaaaa")
    expect(page.get_by_role("heading", name="There is no such project")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(make_context: Callable[..., BrowserContext], server: Server, theme: str, width: int) -> None:
    context = make_context(viewport={"width": width, "height": 800}, color_scheme=theme, reduced_motion="reduce")
    page = context.new_page()
    open_project(page, server)
    assert page.evaluate("document.documentElement.classList.contains('dark')") is (theme == "dark")
    check = _checker(page, AXE)
    for name in ("Preview", "Code", "Logs"):
        if width == 390:
            page.locator(".wb-bottom").get_by_role("button", name=name).click()
        else:
            tab(page, name)
        if name == "Code":
            expect(page.locator(".monaco-editor .view-line").first).to_be_visible()
        check(name)
    page.locator(".wb-version").click()
    page.locator(".wb-versions li").first.wait_for()
    check("versions")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Create a link").wait_for()
    check("share")


def _checker(page: Page, axe: Path) -> Callable[[str], None]:
    page.evaluate(axe.read_text())

    def check(where: str) -> None:
        # The app in the frame is the starter's own matter and tested there.
        found = page.evaluate("axe.run({exclude: [['iframe']]}, {iframes: false}).then((r) => r.violations)")
        said = [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found]
        assert not said, f"{where}: {said}"

    return check
