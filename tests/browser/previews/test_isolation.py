"""What runs in a preview cannot reach the builder around it."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import Errors, Server
from tests.browser.workbench import editor, imported, open_file, open_project, preview_frame, replace_all, tab

ATTACK = """
const builder = BUILDER;
const tries = {
  "parent document": () => parent.document.body.innerText,
  "top document": () => top.document.title,
  "parent storage": () => parent.localStorage.length,
  "parent global": () => parent.fetch("/api/v1/projects"),
  "frame element": () => { if (frameElement) return "seen"; throw new Error("null"); },
  "builder cookie": () => { if (document.cookie.includes("builder")) return "seen"; throw new Error("none"); },
  "builder storage": () => { if (localStorage.getItem("sayso.secret")) return "seen"; throw new Error("none"); },
  "read the API": async () => (await fetch(builder + "/api/v1/projects", { credentials: "include" })).text(),
  "write by the API": async () => {
    const answer = await fetch(builder + "/api/v1/projects", { method: "POST", body: JSON.stringify({ starter: "todo" }) });
    return answer.text();
  },
  "delete by the API": async () => (await fetch(builder + "/api/v1/projects/PROJECT", { method: "DELETE" })).text(),
  "frame the builder": () => new Promise((resolve, reject) => {
    const frame = document.createElement("iframe");
    frame.onload = () => { try { resolve(frame.contentDocument.title); } catch (error) { reject(error); } };
    frame.src = builder;
    document.body.append(frame);
  }),
  "event socket": () => new Promise((resolve, reject) => {
    const socket = new WebSocket(builder.replace("http", "ws") + "/_event?EIO=4&transport=websocket");
    socket.onopen = () => resolve("open");
    socket.onerror = () => reject(new Error("refused"));
  }),
  "project socket": () => new Promise((resolve, reject) => {
    const socket = new WebSocket(builder.replace("http", "ws") + "/api/v1/projects/PROJECT/events/ws");
    socket.onopen = () => resolve("open");
    socket.onerror = () => reject(new Error("refused"));
  }),
};
// A post without CORS cannot be read, but must not do anything either.
await fetch(builder + "/api/v1/projects", { method: "POST", mode: "no-cors", body: JSON.stringify({ starter: "todo" }) }).catch(() => 0);
const reached = [];
for (const [name, attempt] of Object.entries(tries)) {
  try { const got = await attempt(); reached.push(`${name}: ${String(got).slice(0, 60)}`); } catch { /* that is the point */ }
}
document.querySelector("h1").textContent = `Reached: ${JSON.stringify(reached)}`;
"""
REFUSED = "."  # every attempt is told in the console


def attacker(server: Server) -> str:
    """A project that tries everything; its heading says what it reached."""
    project = imported(server, {"index.html": "<h1>Trying</h1>"})
    script = ATTACK.replace("BUILDER", json.dumps(server.url)).replace("PROJECT", project)
    page = '<!doctype html><html lang="en"><body><h1>Trying</h1><script type="module" src="/src/main.js"></script></body></html>'
    put = {"index.html": page, "src/main.js": script}
    server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": put, "client": "test"})
    return project


def test_the_builder_is_cross_origin_isolated_on_every_page(page: Page, server: Server) -> None:
    for path in ("/", f"/p/{imported(server)}", "/nothing-here"):
        page.goto(server.url + path)
        assert page.evaluate("crossOriginIsolated") is True


def test_a_preview_reaches_nothing_of_the_builder(page: Page, server: Server, errors: Errors) -> None:
    errors.allow(REFUSED)
    page.goto(server.url)
    page.evaluate("localStorage.setItem('sayso.secret', '1'); document.cookie = 'builder=1'")
    project = attacker(server)
    before = len(server.get("/api/v1/projects")["projects"])
    preview = open_project(page, server, project)
    expect(preview.get_by_role("heading")).to_have_text("Reached: []")
    projects = server.get("/api/v1/projects")["projects"]
    assert len(projects) == before
    assert project in [one["id"] for one in projects]


def test_a_live_link_reaches_nothing_of_the_builder(page: Page, server: Server, errors: Errors) -> None:
    errors.allow(REFUSED)
    page.goto(server.url)
    page.evaluate("localStorage.setItem('sayso.secret', '1'); document.cookie = 'builder=1'")
    project = attacker(server)
    before = len(server.get("/api/v1/projects")["projects"])
    share = server.post(f"/api/v1/projects/{project}/shares")["share"]
    page.goto(share["url"])
    # A page of its own is its own top and parent.
    heading = page.get_by_role("heading")
    expect(heading).to_contain_text("Reached: [")
    reached = {entry.partition(":")[0] for entry in json.loads(heading.inner_text().removeprefix("Reached: "))}
    assert reached <= {"parent document", "top document", "parent storage", "parent global"}
    assert len(server.get("/api/v1/projects")["projects"]) == before


def test_a_preview_cannot_move_the_builders_page(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("Unsafe attempt|navigat")
    open_project(page, server, imported(server))
    address = page.url
    blocked = preview_frame(page).evaluate(
        "() => { try { top.location.href = 'http://127.0.0.1:9/'; return 'no error'; } catch (error) { return error.name; } }"
    )
    assert blocked == "SecurityError"
    tab(page, "Code")
    expect(editor(page)).to_be_visible()
    assert page.url == address


def test_an_endless_loop_in_the_app_leaves_the_builder_alive_and_is_said(page: Page, server: Server) -> None:
    preview = open_project(page, server, imported(server))
    expect(preview.get_by_role("button")).to_be_visible()
    preview_frame(page).evaluate("setTimeout(() => { for (;;); }, 0)")
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("sheep", "stars"))
    expect(editor(page)).to_contain_text("Counting\u00a0stars")
    tab(page, "Preview")
    expect(page.get_by_role("alert").filter(has_text="Your app stopped answering")).to_be_visible()
    page.get_by_role("button", name="Start again").click()
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text("Counting stars")


def test_packages_from_outside_the_registry_are_refused(page: Page, server: Server) -> None:
    package = COUNTER["package.json"].replace('"react": "19.3.1"', '"react": "git+http://127.0.0.1:9/react.git"')
    project = imported(server, {**COUNTER, "package.json": package})
    page.goto(f"{server.url}/p/{project}")
    expect(page.locator(".wb-fault")).to_contain_text("registry")
