"""Files in the editor: made, typed in, moved and deleted, and never lost."""

from __future__ import annotations

import signal
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Response, Route, expect

from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import LOST, Errors, Server
from tests.browser.workbench import (
    editor,
    files_of,
    imported,
    open_file,
    open_project,
    painted,
    preview_frame,
    replace_all,
    tab,
)


def is_kept(answer: Response) -> bool:
    """Whether this is the server's word that it has what was typed."""
    return answer.url.endswith("/working") and answer.ok


def keeps(text: str) -> Callable[[Response], bool]:
    """Whether it is its word for `text`: on a slow machine what was typed before may come after."""
    return lambda answer: is_kept(answer) and text in (answer.request.post_data or "")


@pytest.fixture
def project(page: Page, server: Server) -> str:
    """A counter that is open in the workbench and runs."""
    made = imported(server)
    open_project(page, server, made)
    return made


def node(page: Page, path: str) -> Locator:
    return page.locator(f'[role=treeitem][data-path="{path}"]')


def test_typing_paints_while_the_app_keeps_its_state(page: Page, project: str) -> None:
    preview = painted(page)
    preview.get_by_role("button").click()
    preview.get_by_role("button").click()
    preview_frame(page).evaluate("window.stays = true")
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("Counting sheep", "Counting stars"))
    tab(page, "Preview")
    expect(preview.get_by_role("heading")).to_have_text("Counting stars")
    expect(preview.get_by_role("button")).to_have_text("Counted 2")
    open_file(page, "src/style.css")
    editor(page).click()
    page.keyboard.press("Control+A")
    page.keyboard.type("header { background: rgb(0, 0, 255);")  # the editor closes the bracket
    expect(preview.locator("header")).to_have_css("background-color", "rgb(0, 0, 255)")
    assert preview_frame(page).evaluate("window.stays") is True


def test_a_change_shows_before_the_server_has_it(page: Page, server: Server, project: str) -> None:
    expect(page.locator("#wb-preview .wb-status")).to_contain_text("Running")  # the app may be seen before
    held: list[Route] = []
    page.context.route("**/api/v1/projects/*/preview", lambda route: held.append(route))
    preview_frame(page).evaluate("window.stays = true")
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("Counting sheep", "Counting stars"))
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting stars")
    assert held
    assert preview_frame(page).evaluate("window.stays") is True
    for route in held:
        route.continue_()
    page.context.unroute("**/api/v1/projects/*/preview")
    # What the page was sent is what the server serves from then on.
    preview_frame(page).evaluate("location.reload()")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting stars")


def test_the_preview_goes_on_with_a_server_that_was_started_anew(
    page: Page, errors: Errors, make_server: Callable[..., Server]
) -> None:
    errors.allow(LOST)
    server = make_server()
    open_project(page, server, imported(server))
    open_file(page, "src/App.tsx")
    server.stop()
    server.start()
    expect(page.get_by_text("Reconnecting…")).to_have_count(0)
    replace_all(page, APP.replace("Counting sheep", "Counting stars"))
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting stars")
    expect(page.locator(".wb-fault")).to_have_count(0)
    tab(page, "Code")
    replace_all(page, APP.replace("Counting sheep", "Counting moons"))
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading")).to_have_text("Counting moons")


def test_what_was_typed_is_there_after_a_reload(page: Page, server: Server, project: str) -> None:
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("Counting sheep", "Counting stars"))
    page.reload()
    expect(painted(page).get_by_role("heading")).to_have_text("Counting stars")
    assert "Counting stars" in files_of(server, project)["src/App.tsx"]


def test_what_was_typed_survives_a_killed_server(
    page: Page, errors: Errors, make_server: Callable[..., Server]
) -> None:
    errors.allow(LOST)
    server = make_server()
    project = imported(server)
    open_project(page, server, project)
    open_file(page, "src/App.tsx")
    with page.expect_response(keeps("Counting stars")):
        replace_all(page, APP.replace("Counting sheep", "Counting stars"))
    server.stop(signal.SIGKILL)
    server.start()
    assert "Counting stars" in files_of(server, project)["src/App.tsx"]
    # Typed while there is no server: the tab that stays open sends it later …
    server.stop(signal.SIGKILL)
    replace_all(page, APP.replace("Counting sheep", "Counting moons"))
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    with page.expect_response(keeps("Counting moons")):
        server.start()
    expect(page.get_by_text("Reconnecting…")).to_have_count(0)
    assert "Counting moons" in files_of(server, project)["src/App.tsx"]
    # … and a tab that was closed meanwhile, when it is opened again.
    server.stop(signal.SIGKILL)
    replace_all(page, APP.replace("Counting sheep", "Counting comets"))
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    page.goto("about:blank")
    server.start()
    with page.expect_response(keeps("Counting comets")):
        open_project(page, server, project)
    expect(painted(page).get_by_role("heading")).to_have_text("Counting comets")
    assert "Counting comets" in files_of(server, project)["src/App.tsx"]
    server.stop()


def test_what_was_typed_as_the_tab_closed_is_kept(page: Page, server: Server, project: str) -> None:
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("Counting sheep", "Counting comets"))
    page.goto("about:blank")
    open_project(page, server, project)
    expect(painted(page).get_by_role("heading")).to_have_text("Counting comets")


def test_ctrl_s_makes_a_version_named_after_the_file(page: Page, server: Server, project: str) -> None:
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("Counting sheep", "Counting stars"))
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as v2")).to_be_visible()
    expect(page.get_by_role("button", name="Versions v2")).to_be_visible()
    newest = server.get(f"/api/v1/projects/{project}/versions")["versions"]
    assert "edited src/App.tsx" in [version["label"] for version in newest]
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Everything is saved already")).to_be_visible()


def test_a_new_file_is_made_and_can_be_imported(page: Page, server: Server, project: str) -> None:
    tab(page, "Code")
    page.get_by_role("button", name="New file").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Path and name").fill("src/words/Greeting.tsx")
    dialog.get_by_role("button", name="Create").click()
    expect(node(page, "src/words/Greeting.tsx")).to_be_visible()
    replace_all(page, "export const Greeting = () => <p>Good night</p>;")
    open_file(page, "src/App.tsx")
    replace_all(
        page,
        APP.replace("<button", "<Greeting />\n      <button").replace(
            "export default", 'import { Greeting } from "./words/Greeting";\n\nexport default'
        ),
    )
    tab(page, "Preview")
    expect(painted(page).get_by_text("Good night")).to_be_visible()


def test_a_name_that_windows_takes_for_another_is_refused_however_it_is_given(
    page: Page, server: Server, project: str
) -> None:
    tab(page, "Code")
    page.get_by_role("button", name="New file").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Path and name").fill("src/app.tsx")
    dialog.get_by_role("button", name="Create").click()
    sentence = "“src/App.tsx” is there already, and Windows and Macs take the two names for one. Choose another name."
    expect(dialog).to_contain_text(sentence)
    dialog.get_by_label("Path and name").fill("app.tsx")
    dialog.get_by_role("button", name="Create").click()
    expect(node(page, "app.tsx")).to_be_visible()
    node(page, "app.tsx").drag_to(node(page, "src/later.ts"))
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(node(page, "app.tsx")).to_be_visible()
    node(page, "app.tsx").press("F2")
    dialog.get_by_label("Path and name").fill("App.tsx")
    dialog.get_by_role("button", name="Move").click()
    expect(node(page, "App.tsx")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as v2")).to_be_visible()
    assert files_of(server, project) == {**COUNTER, "App.tsx": ""}


def test_a_name_that_cannot_be_is_said_before_anything_is_made(page: Page, server: Server, project: str) -> None:
    tab(page, "Code")
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label("Path and name")
    for path in ("../outside.ts", "/etc/passwd", "src/CON", "a" * 300, "src/App.tsx", ""):
        page.get_by_role("button", name="New file").click()
        expect(field).not_to_have_attribute("aria-invalid", "true")
        field.fill(path)
        dialog.get_by_role("button", name="Create").click()
        expect(field, path).to_have_attribute("aria-invalid", "true")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    assert files_of(server, project) == COUNTER


def test_a_file_is_renamed_moved_deleted_and_brought_back(page: Page, server: Server, project: str) -> None:
    open_file(page, "src/later.ts")
    page.keyboard.press("Escape")
    node(page, "src/later.ts").press("F2")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Path and name").fill("lib/sooner.ts")
    dialog.get_by_role("button", name="Rename or move").or_(dialog.get_by_role("button", name="Move")).click()
    expect(node(page, "lib/sooner.ts")).to_be_visible()
    expect(node(page, "src/later.ts")).to_have_count(0)
    expect(editor(page)).to_contain_text("the\u00a0last\u00a0file")
    node(page, "lib/sooner.ts").drag_to(node(page, "src/App.tsx"))
    expect(node(page, "src/sooner.ts")).to_be_visible()
    node(page, "src/sooner.ts").click()
    node(page, "src/sooner.ts").press("Delete")
    expect(node(page, "src/sooner.ts")).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").last.click()
    expect(node(page, "src/sooner.ts")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as v2")).to_be_visible()
    expected = {**COUNTER, "src/sooner.ts": COUNTER["src/later.ts"]}
    del expected["src/later.ts"]
    assert files_of(server, project) == expected


def test_two_tabs_see_what_the_other_types(page: Page, server: Server, project: str) -> None:
    other = page.context.new_page()
    open_project(other, server, project)
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("Counting sheep", "Counting stars"))
    expect(painted(other).get_by_role("heading")).to_have_text("Counting stars")


def test_a_change_made_while_the_app_is_still_loading_is_shown(page: Page, server: Server) -> None:
    project = imported(server)
    late: list[tuple[Route, bytes]] = []

    def hold(route: Route) -> None:
        host = urlsplit(route.request.url).netloc
        late.append((route, server.call("GET", "/src/App.tsx", headers={"host": host})))

    page.context.route("**/src/App.tsx?*", hold, times=1)
    with page.expect_request("**/src/App.tsx?*"):
        page.goto(f"{server.url}/p/{project}", wait_until="commit")  # it is loaded once the app is
    while not late:
        page.wait_for_timeout(20)
    changed = {"put": {"src/App.tsx": APP.replace("Counting sheep", "Counting stars")}, "client": "elsewhere"}
    with page.expect_response(lambda answer: answer.url.endswith("/preview") and answer.ok):
        server.call("PATCH", f"/api/v1/projects/{project}/working", changed)
    route, old = late[0]
    headers = {"cross-origin-resource-policy": "cross-origin", "access-control-allow-origin": "*"}
    route.fulfill(body=old, content_type="text/javascript", headers=headers)
    expect(painted(page).get_by_role("heading")).to_have_text("Counting stars")


LAZY = COUNTER | {
    "src/App.tsx": """import { lazy, Suspense, useState } from "react";
import { greeting } from "./greeting";

const Page = lazy(() => import("./Page"));
const notes = import.meta.glob("./notes/*.ts", { eager: true }) as Record<string, { note: string }>;

export default function App() {
  const [open, setOpen] = useState(false);
  const [count, setCount] = useState(0);
  return (
    <main>
      <h1>{greeting}</h1>
      <p>{Object.values(notes).map((module) => module.note).join(", ")}</p>
      <button onClick={() => setCount(count + 1)}>Counted {count}</button>
      <button onClick={() => setOpen(true)}>Open</button>
      {open && <Suspense><Page /></Suspense>}
    </main>
  );
}
""",
    "src/Page.tsx": """import { greeting } from "./greeting";

export default function Page() {
  return <h2>Page says {greeting}</h2>;
}
""",
    "src/greeting.ts": "export const greeting = 'hello';\n",
    "src/notes/one.ts": "export const note = 'first';\n",
    "src/style.css": "h1 { color: rgb(0, 0, 0); }\n",
}


def test_whatever_is_edited_is_shown_in_the_running_app(page: Page, server: Server) -> None:
    project = imported(server, LAZY)
    app = open_project(page, server, project)
    app.get_by_role("button", name="Counted").click()
    frame = preview_frame(page)
    frame.evaluate("window.stays = true")

    def edit(path: str, old: str, new: str) -> None:
        text = str(files_of(server, project)[path])
        assert old in text
        with page.expect_response(is_kept):
            open_file(page, path)
            replace_all(page, text.replace(old, new))
        tab(page, "Preview")

    # A page that nobody opened yet, then opened; then edited while it is open.
    edit("src/Page.tsx", "Page says", "The page says")
    app.get_by_role("button", name="Open").click()
    expect(app.get_by_role("heading", level=2)).to_have_text("The page says hello")
    edit("src/Page.tsx", "The page says", "It says")
    expect(app.get_by_role("heading", level=2)).to_have_text("It says hello")
    # A module that both stand on, one that a glob finds, a style, and a component again.
    edit("src/greeting.ts", "'hello'", "'good morning'")
    expect(app.get_by_role("heading", level=1)).to_have_text("good morning")
    expect(app.get_by_role("heading", level=2)).to_have_text("It says good morning")
    edit("src/notes/one.ts", "'first'", "'changed'")
    expect(app.get_by_text("changed")).to_be_visible()
    edit("src/style.css", "rgb(0, 0, 0)", "rgb(0, 128, 0)")
    expect(app.get_by_role("heading", level=1)).to_have_css("color", "rgb(0, 128, 0)")
    edit("src/App.tsx", "<main>", "<main><hr />")
    expect(app.locator("hr")).to_be_attached()
    expect(app.get_by_role("button", name="Counted")).to_have_text("Counted 1")
    assert frame.evaluate("window.stays") is True
    # The same app for whoever loads it anew.
    frame.evaluate("location.reload()")
    expect(painted(page).get_by_role("heading", level=1)).to_have_text("good morning")
    expect(painted(page).get_by_text("changed")).to_be_visible()
