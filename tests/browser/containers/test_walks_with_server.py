"""Walks of apps with a server: against a server of that version with a copy of the data, in a real Docker Engine."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from preview_runtime.plans.runtimes import Image
from tests.browser.claude import Claude
from tests.browser.conftest import Errors, Server
from tests.browser.projects.test_walks import button, walk
from tests.browser.turns.test_before_building import steps
from tests.browser.workbench import (
    files_of,
    imported,
    open_file,
    open_project,
    photographed,
    replace_all,
    say,
    stop,
    tab,
)

PATIENCE = 120_000  # milliseconds: a first start on a machine with much to do, and one more for the walks
STATUS = ".wb-preview .wb-status"
MAIN = """
import sqlite3
from fastapi import FastAPI
from pydantic import BaseModel

database = sqlite3.connect("goats.db", check_same_thread=False, isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("CREATE TABLE IF NOT EXISTS goat (name text)")
app = FastAPI()


class Goat(BaseModel):
    name: str


@app.get("/api/goats")
def goats() -> list[str]:
    return [row[0] for row in database.execute("SELECT name FROM goat ORDER BY rowid")]


@app.post("/api/goats")
def add(goat: Goat) -> None:
    database.execute("INSERT INTO goat VALUES (?)", [goat.name])
"""
PAGE = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Goats</title></head>
  <body>
    <h1>Goats</h1>
    <form><label>Name <input name="name" /></label> <button>Add goat</button></form>
    <p role="status"></p>
    <ul></ul>
    <script type="module" src="/main.js"></script>
  </body>
</html>
"""
SCRIPT = """
const list = document.querySelector("ul");
async function show() {
  const answer = await fetch("/api/goats");
  if (!answer.ok) return void setTimeout(show, 500);
  const goats = await answer.json();
  list.replaceChildren(...goats.map((name) => Object.assign(document.createElement("li"), { textContent: name })));
  document.querySelector("p").textContent = `${goats.length} goats`;
}
document.querySelector("form").onsubmit = async (event) => {
  event.preventDefault();
  const name = new FormData(event.target).get("name");
  event.target.reset();
  await fetch("/api/goats", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name }) });
  await show();
};
await show();
"""
GOATS = {"main.py": MAIN, "requirements.txt": "fastapi\nuvicorn\n", "web/index.html": PAGE, "web/main.js": SCRIPT}
ADD = ({"type": "Heidi", "into": {"label": "Name"}}, {"click": button("Add goat")})
STAYS = walk(*ADD, {"see": {"text": "1 goats"}}, {"reload": True}, {"see": {"text": "1 goats"}}, title="A goat stays")
ALONE = walk(
    {"see": {"text": "0 goats"}}, *ADD, {"see": {"text": "Heidi", "within": {"role": "list"}}}, title="There was none"
)

FLASK = """
import sqlite3
from flask import Flask, redirect, request, session

database = sqlite3.connect("visits.db", check_same_thread=False, isolation_level=None)
database.execute("CREATE TABLE IF NOT EXISTS visit (name text)")
app = Flask(__name__)
app.secret_key = "a test's own"
FORM = '<form method="post" action="/sign"><label>Name <input name="name"></label> <button>Sign</button></form>'


@app.get("/")
def book():
    names = [row[0] for row in database.execute("SELECT name FROM visit")]
    items = "".join(f"<li>{name}</li>" for name in names)
    hello = f"Hello, {session['name']}" if "name" in session else "Nobody signed in"
    return f'<!doctype html><title>Book</title><h1>Book</h1><p>{hello}</p>{FORM}<ol>{items}</ol>'


@app.post("/sign")
def sign():
    session["name"] = request.form["name"]
    database.execute("INSERT INTO visit VALUES (?)", [request.form["name"]])
    return redirect("/")
"""
SIGN = ({"see": {"text": "Nobody signed in"}}, {"type": "Ada", "into": {"label": "Name"}}, {"click": button("Sign")})
SIGNED = walk(
    *SIGN, {"see": {"text": "Hello, Ada"}}, {"see": {"text": "Ada", "within": {"role": "list"}}}, title="Ada signs"
)
AGAIN = walk(*SIGN, {"see": {"role": "listitem"}, "count": 1}, title="Ada signs once")
BOOK = {"app.py": FLASK, "requirements.txt": "flask\n", "walks/again.json": AGAIN, "walks/signed.json": SIGNED}


def change(find: str, replace: str) -> MessagesBehaviour:
    edit = {"path": "main.py", "find": find, "replace": replace}
    return MessagesBehaviour({"title": "", "summary": "Changed.", "edits": [edit]})


def tally(page: Page, text: str) -> None:
    expect(page.locator(STATUS).get_by_role("button", name=text)).to_be_visible(timeout=PATIENCE)


def test_walks_run_against_a_copy_each_from_the_same_data_and_a_broken_route_is_told(
    page: Page, container_server: Server, errors: Errors
) -> None:
    errors.allow("Failed to load resource")
    project = imported(container_server, {**GOATS, "walks/alone.json": ALONE, "walks/stays.json": STAYS}, "Goats")
    app = open_project(page, container_server, project)
    expect(app.get_by_text("0 goats")).to_be_visible(timeout=PATIENCE)
    tally(page, "2 of 2 walk")
    expect(app.get_by_text("0 goats")).to_be_visible()
    assert app.locator("li").count() == 0
    open_file(page, "main.py")
    replace_all(page, MAIN.replace("[goat.name]", "[goat.name[::-1]]"))
    page.keyboard.press("ControlOrMeta+s")
    tab(page, "Preview")
    tally(page, "1 of 2 walk")
    page.locator(STATUS).get_by_role("button", name="1 of 2 walk").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Step 4, sees “Heidi” in list: it is not there. There: “idieH”")
    expect(dialog.get_by_role("img", name="The page at step 4")).to_be_visible()
    photographed(page, "walk-of-a-server-failed")
    stop(container_server, project)


def test_pages_of_a_server_are_walked_with_their_forms_and_sessions(
    page: Page, container_server: Server, errors: Errors
) -> None:
    errors.allow("Failed to load resource")
    project = imported(container_server, BOOK, "Book")
    open_project(page, container_server, project)
    tally(page, "2 of 2 walk")
    stop(container_server, project)


def test_a_turns_check_walks_with_the_server_and_a_broken_route_is_mended(
    page: Page,
    claude: Claude,
    make_server: Callable[..., Server],
    docker_host: str,
    firewalled: None,
    runtime_images: dict[Image, float],
    errors: Errors,
) -> None:
    errors.allow("Failed to load resource")
    server = make_server(
        ANTHROPIC_API_KEY=claude.key, ANTHROPIC_BASE_URL=claude.address, DOCKER_HOST=docker_host, PREVIEW_WARM="1"
    )
    project = imported(server, {**GOATS, "walks/alone.json": ALONE, "walks/stays.json": STAYS}, "Goats")
    app = open_project(page, server, project)
    expect(app.get_by_text("0 goats")).to_be_visible(timeout=PATIENCE)
    claude.answers(change("[goat.name]", "[goat.name[::-1]]"), change("[goat.name[::-1]]", "[goat.name]"))
    say(page, "write them tidily")
    expect(steps(page)).to_contain_text("Looked at: it runs, 1 of 2 walk", timeout=PATIENCE)
    expect(steps(page)).to_contain_text("There was none: Step 4, sees “Heidi” in list: it is not there.")
    expect(page.locator(".wb-sum")).to_contain_text("Shown to work", timeout=PATIENCE)
    expect(steps(page)).to_contain_text("Looked at: it runs, 2 of 2 walk")
    assert "[goat.name])" in files_of(server, project)["main.py"]
    stop(server, project)
    server.stop()


def test_without_containers_the_walks_are_not_walked_and_it_is_said_why(
    make_server: Callable[..., Server], page: Page, errors: Errors
) -> None:
    errors.allow("Failed to load resource")
    server = make_server(DOCKER_HOST="unix:///nowhere/docker.sock")
    for files, title in ({**GOATS, "walks/stays.json": STAYS}, "Goats"), (BOOK, "Book"):
        page.goto(f"{server.url}/p/{imported(server, files, title)}")
        tally(page, "Not walked")
        page.locator(STATUS).get_by_role("button", name="Not walked").click()
        expect(page.get_by_role("dialog")).to_contain_text("runs in this browser, where walks cannot reach it")
        photographed(page, f"not-walked-{title}")
        page.keyboard.press("Escape")
