"""The app before its workbench: a reload shows what was published last, a first visit what the server has compiled."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Frame, Page, Route, WebSocket, expect

from tests.browser.accounts.test_accounts import OWNER_PASSWORD, registered, signed_in
from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import LOST, Errors, Server
from tests.browser.workbench import imported, open_file, open_project, painted, preview_frame, replace_all, tab

# The code of the builder's pages, all of it.
_CODE = re.compile(r"//(localhost|127\.0\.0\.1):\d+/assets/.*\.js")


class Held:
    """What a page asks for of the builder's code: it waits until it is released."""

    def __init__(self, page: Page) -> None:
        self._routes: list[Route] | None = []
        page.route(_CODE, self._asked)

    def _asked(self, route: Route) -> None:
        if self._routes is None:
            route.continue_()
        else:
            self._routes.append(route)

    def release(self) -> None:
        routes, self._routes = self._routes or [], None
        for route in routes:
            route.continue_()


def early_frame(page: Page) -> Frame:
    """The frame that is there before the workbench."""
    handle = page.locator("iframe#sayso-early[data-seen]").element_handle()
    frame = handle.content_frame() if handle else None
    assert frame
    return frame


def running(page: Page) -> None:
    """The engine has compiled the app, and says that it runs."""
    expect(page.locator(".wb-preview .wb-status")).to_contain_text("Running · instant engine")


def counting(animal: str) -> str:
    return f"export const animal = {animal!r};\n"


PLAIN = {
    "index.html": '<!doctype html><html lang="en"><body><h1></h1><button>Counted 0</button>'
    '<script type="module" src="/src/main.js"></script></body></html>',
    "src/animal.js": counting("sheep"),
    "src/main.js": """import { animal } from "./animal.js";
let count = 0;
const button = document.querySelector("button");
button.onclick = () => { button.textContent = `Counted ${++count}`; };
const show = (animal) => { document.querySelector("h1").textContent = `Counting ${animal}`; };
show(animal);
import.meta.hot.accept("./animal.js", (changed) => show(changed.animal));
""",
}
"""Keeps its count over updates. It has no packages: their exact versions become known a while after a project is made."""


def test_the_app_is_there_before_the_code_of_the_workbench_and_runs_on(page: Page, server: Server) -> None:
    open_project(page, server, imported(server, PLAIN))
    running(page)
    # An edit first: what changed has another address from then on.
    open_file(page, "src/animal.js")
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.url.endswith("/preview")):
        replace_all(page, counting("goats"))
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading", name="Counting goats")).to_be_visible()
    expect(page.locator(".wb-stage")).to_be_visible()
    stage = page.locator(".wb-stage").bounding_box()
    sockets: list[WebSocket] = []
    page.on("websocket", lambda socket: sockets.append(socket))
    code = Held(page)
    page.reload(wait_until="commit")
    early = early_frame(page)
    expect(page.frame_locator("iframe").get_by_role("heading", name="Counting goats")).to_be_visible()
    assert page.locator("iframe").bounding_box() == stage
    assert sockets == []
    page.frame_locator("iframe").get_by_role("button").click()
    early.evaluate("window.early = true; console.log('counted before anybody listened')")
    code.release()
    running(page)
    # It is the same page still: nothing was loaded anew, and what it counted is kept.
    expect(painted(page).get_by_role("button")).to_have_text("Counted 1")
    assert preview_frame(page).evaluate("window.early") is True
    assert page.locator("iframe.wb-frame").bounding_box() == stage
    tab(page, "Logs")
    expect(page.get_by_role("log", name="Logs")).to_contain_text("counted before anybody listened")
    # And it takes updates as any other.
    open_file(page, "src/animal.js")
    replace_all(page, counting("cows"))
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading", name="Counting cows")).to_be_visible()
    expect(painted(page).get_by_role("button")).to_have_text("Counted 1")


def test_a_project_that_was_just_made_shows_its_app_before_the_code_of_the_workbench(
    page: Page, server: Server
) -> None:
    project = imported(server, PLAIN)
    code = Held(page)
    page.goto(f"{server.url}/p/{project}", wait_until="commit")
    early = early_frame(page)
    expect(page.frame_locator("iframe").get_by_role("heading", name="Counting sheep")).to_be_visible()
    place = page.locator("iframe").bounding_box()
    page.frame_locator("iframe").get_by_role("button").click()
    early.evaluate("window.early = true")
    code.release()
    running(page)
    # The workbench takes up the page: it has compiled just the same.
    expect(painted(page).get_by_role("button")).to_have_text("Counted 1")
    assert preview_frame(page).evaluate("window.early") is True
    assert page.locator("iframe.wb-frame").bounding_box() == place
    open_file(page, "src/animal.js")
    replace_all(page, counting("cows"))
    tab(page, "Preview")
    expect(painted(page).get_by_role("heading", name="Counting cows")).to_be_visible()
    expect(painted(page).get_by_role("button")).to_have_text("Counted 1")


def test_on_a_phone_too(make_page: Callable[..., Page], server: Server) -> None:
    page = make_page(viewport={"width": 390, "height": 800})
    project = imported(server, PLAIN)
    code = Held(page)
    page.goto(f"{server.url}/p/{project}", wait_until="commit")
    early_frame(page).evaluate("window.early = true")
    place = page.locator("iframe").bounding_box()
    code.release()
    running(page)
    assert preview_frame(page).evaluate("window.early") is True
    assert page.locator("iframe.wb-frame").bounding_box() == place


def test_what_was_changed_elsewhere_is_shown_instead(page: Page, server: Server) -> None:
    project = imported(server)
    open_project(page, server, project)
    running(page)
    code = Held(page)
    page.reload(wait_until="commit")
    early_frame(page)
    text = APP.replace("sheep", "geese").encode()
    server.call("PUT", f"/api/v1/projects/{project}/files/src/App.tsx", text, {"content-type": "text/plain"})
    code.release()
    expect(painted(page).get_by_role("heading", name="Counting geese")).to_be_visible()
    running(page)


def test_an_app_that_failed_waits_for_the_workbench(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("no luck")
    project = imported(
        server,
        COUNTER | {"src/later.ts": "", "src/main.tsx": COUNTER["src/main.tsx"] + 'throw new Error("no luck");\n'},
    )
    page.goto(f"{server.url}/p/{project}")
    expect(page.locator(".wb-fault")).to_contain_text("no luck")
    code = Held(page)
    page.reload(wait_until="commit")
    expect(page.locator("#wb-outline")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
    code.release()
    expect(page.locator(".wb-fault")).to_contain_text("no luck")


def processes(page: Page, between: Callable[[], object]) -> list[int]:
    """The system's numbers of the processes that the app runs in before something, and after it."""
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=["blink.user_timing"])
    preview_frame(page).evaluate("performance.mark('app before') && null")
    between()
    running(page)
    preview_frame(page).evaluate("performance.mark('app after') && null")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    found = {event["name"]: event["pid"] for event in events if event["name"].startswith("app ")}
    return [found["app before"], found["app after"]]


def test_a_reload_keeps_the_apps_process_which_has_compiled_its_code(page: Page, server: Server) -> None:
    open_project(page, server, imported(server, PLAIN))
    running(page)
    before, after = processes(page, page.reload)
    assert before == after


def test_another_project_has_a_process_of_its_own(page: Page, server: Server) -> None:
    other = imported(server, PLAIN)
    open_project(page, server, imported(server, PLAIN))
    running(page)
    before, after = processes(page, lambda: page.goto(f"{server.url}/p/{other}"))
    assert before != after


def test_an_app_that_runs_in_circles_is_gone_with_a_reload(page: Page, server: Server) -> None:
    files = {"src/main.js": PLAIN["src/main.js"] + "globalThis.circle = () => { for (;;); };\n"}
    open_project(page, server, imported(server, PLAIN | files))
    running(page)
    preview_frame(page).evaluate("setTimeout(circle)")
    page.reload()
    expect(painted(page).get_by_role("heading", name="Counting sheep")).to_be_visible()
    running(page)


def test_a_stranger_sees_nothing_of_a_project_even_in_the_tab_that_showed_it(
    page: Page, make_server: Callable[..., Server], errors: Errors
) -> None:
    errors.allow(LOST + "|WebSocket is already in CLOS")
    server = make_server(
        HOST="127.0.0.1", ACCOUNTS="open", OWNER_PASSWORD=OWNER_PASSWORD, OWNER_EMAIL="owner@example.org"
    )
    signed_in(page, server, "owner@example.org", OWNER_PASSWORD)
    project = page.evaluate(
        """async () => {
          const headers = { "content-type": "application/json", "x-sayso-client": "page" };
          const body = JSON.stringify({ starter: "todo" });
          return (await (await fetch("/api/v1/projects", { method: "POST", headers, body })).json()).project.id;
        }"""
    )
    open_project(page, server, project)
    running(page)
    page.context.request.post(f"{server.url}/sign-out", headers={"origin": server.url})
    page.wait_for_url("**/sign-in*")
    expect(page.locator("iframe")).to_have_count(0)
    registered(page, server, "stranger@example.org")
    for arrive in (lambda: page.goto(f"{server.url}/p/{project}"), page.reload):
        arrive()
        expect(page.locator("iframe")).to_have_count(0)
        expect(page.locator(".wb-not-here")).to_be_visible()
        expect(page.locator("iframe")).to_have_count(0)
