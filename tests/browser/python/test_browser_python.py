"""Python apps without Docker: a page and its API, pages made by Flask, data that stays, edits, mistakes and loops."""

from __future__ import annotations

import re
import time
from statistics import median

from playwright.sync_api import Page, expect

from tests.browser.conftest import Errors, Server
from tests.browser.workbench import imported, open_project, painted, photographed, preview_frame, tab

PATIENCE = 120_000  # milliseconds: the first start resolves packages and compiles Python's WebAssembly
API = '''"""Notes in SQLite."""

import sqlite3

from fastapi import FastAPI, Response
from pydantic import BaseModel

db = sqlite3.connect("notes.db", check_same_thread=False)
db.execute("create table if not exists note (id integer primary key, text text)")
app = FastAPI()


class Note(BaseModel):
    text: str


@app.get("/api/notes")
def notes():
    return [text for (text,) in db.execute("select text from note order by id")]


@app.post("/api/notes", status_code=201)
def add(note: Note, response: Response):
    db.execute("insert into note (text) values (?)", (note.text,))
    db.commit()
    response.set_cookie("last", "note", httponly=True)
    print("kept", note.text)
    return note


@app.get("/api/word")
def word():
    return {"word": "first"}
'''
PAGE = """<!doctype html><html lang="en"><head><title>Notes</title></head><body><h1>Notes</h1>
<form><label>Note <input name="text"></label><button>Add</button></form><ul></ul><p></p>
<script type="module">
const list = async () => {
  const notes = await (await fetch("/api/notes")).json();
  document.querySelector("ul").replaceChildren(...notes.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
};
document.querySelector("form").onsubmit = async (event) => {
  event.preventDefault();
  const text = event.target.text.value;
  const answer = await fetch("/api/notes", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ text }) });
  document.querySelector("p").textContent = `answered ${answer.status}`;
  await list();
};
for (;;) { try { await list(); break; } catch { await new Promise((go) => setTimeout(go, 300)); } }
</script></body></html>"""
NOTES = {"main.py": API, "requirements.txt": "fastapi\nuvicorn[standard]\n", "index.html": PAGE}
FLASK = {
    "app.py": """from flask import Flask, redirect, request
import pathlib

app = Flask(__name__)
FILE = pathlib.Path("names.txt")


@app.route("/", methods=["GET", "POST"])
def book():
    if request.method == "POST":
        FILE.write_text((FILE.read_text() if FILE.exists() else "") + request.form["name"] + "\\n")
        return redirect("/")
    names = FILE.read_text().split() if FILE.exists() else []
    return "<h1>Book</h1><form method=post><input name=name aria-label=Name><button>Sign</button></form>" + "".join(f"<p>{n}</p>" for n in names)
""",
    "requirements.txt": "flask\n",
}


def write(server: Server, project: str, path: str, text: str) -> None:
    server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": {path: text}})


def word(page: Page) -> str:
    """What the API says at this moment, right or wrong."""
    found: str = preview_frame(page).evaluate("async () => await (await fetch('/api/word')).text()")
    return found


def says(page: Page, wanted: str, seconds: float) -> float:
    """Seconds until the API says it."""
    began = time.monotonic()
    while wanted not in word(page):
        assert time.monotonic() < began + seconds, word(page)
        page.wait_for_timeout(20)
    return time.monotonic() - began


def test_a_page_and_its_api_with_a_database_run_without_docker(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("Failed to load resource|not valid JSON|notes.map")  # before the API answers
    project = imported(server, NOTES, "Notes")
    app = open_project(page, server, project)
    print("first answer, s:", says(page, "first", PATIENCE / 1000))
    app.get_by_label("Note").fill("Buy oats")
    app.get_by_role("button", name="Add").click()
    expect(app.get_by_text("answered 201")).to_be_visible()
    expect(app.get_by_role("listitem")).to_have_text(["Buy oats"])
    photographed(page, "python-runs")

    page.get_by_role("button", name=re.compile("^Runs with")).click()
    page.get_by_role("menuitem", name="Remove what the app stored").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("What the app stored is removed.")).to_be_visible()
    expect(app.get_by_role("listitem")).to_have_count(0)
    app.get_by_label("Note").fill("Buy oats")
    app.get_by_role("button", name="Add").click()
    expect(app.get_by_role("listitem")).to_have_text(["Buy oats"])

    times = []
    for number in range(5):
        write(server, project, "main.py", API.replace("first", f"word {number}"))
        times.append(says(page, f"word {number}", 20))
    print("edit to answer, ms:", [round(one * 1000) for one in times])
    assert median(times) < 2.0
    expect(app.get_by_role("listitem")).to_have_text(["Buy oats"])

    write(server, project, "main.py", API.replace("app = FastAPI()", "app = FastAPI(\nboom = 1"))
    fault = page.get_by_role("alert").filter(has_text="SyntaxError")
    expect(fault).to_be_visible()
    photographed(page, "python-error")
    write(server, project, "main.py", API)
    expect(fault).to_have_count(0)
    says(page, "first", 20)

    page.reload()
    app = painted(page)
    expect(app.get_by_role("listitem")).to_have_text(["Buy oats"], timeout=PATIENCE)


def test_pages_made_by_flask_take_forms_and_keep_what_was_written(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("Failed to load resource")
    project = imported(server, FLASK, "Book")
    page.goto(f"{server.url}/p/{project}")
    app = page.frame_locator("iframe.wb-frame")
    app.get_by_label("Name").fill("Marta", timeout=PATIENCE)
    app.get_by_role("button", name="Sign").click()
    expect(app.get_by_text("Marta")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Runs with: Python in the browser"))).to_be_visible()
    tab(page, "Logs")
    photographed(page, "python-flask")
    tab(page, "Preview")

    write(server, project, "app.py", FLASK["app.py"].replace("<h1>Book</h1>", "<h1>Visitors</h1>"))
    expect(app.get_by_role("heading", name="Visitors")).to_be_visible()
    expect(app.get_by_text("Marta")).to_be_visible()

    # A loop without an end stops its own Python alone.
    write(
        server,
        project,
        "app.py",
        FLASK["app.py"].replace("    names =", "    while True: pass\n    names ="),
    )
    expect(page.get_by_role("alert").filter(has_text="endless loop")).to_be_visible(timeout=PATIENCE)
    photographed(page, "python-loop")
    write(server, project, "app.py", FLASK["app.py"])
    expect(app.get_by_text("Marta")).to_be_visible(timeout=PATIENCE)
