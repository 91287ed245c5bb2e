"""What an app whose Python runs in the browser keeps in SQLite: looked into by the component that servers have."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Errors, Server
from tests.browser.python.test_browser_python import NOTES, PATIENCE
from tests.browser.test_accessibility import check
from tests.browser.workbench import imported, open_project, painted, photographed, preview_frame

ADD = """async (text) => (await fetch('/api/notes', {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }),
})).status"""
CAKES = '''"""Cakes, of which the app makes sixty."""

import sqlite3

from flask import Flask

db = sqlite3.connect("shop.db", check_same_thread=False)
db.execute("drop table if exists cakes")
db.execute("create table cakes (id integer primary key, name text, price real, photo blob)")
db.executemany("insert into cakes (name, price, photo) values (?, ?, x'00')", [(f"Cake {n:02}", n / 2) for n in range(1, 61)])
db.commit()
app = Flask(__name__)


@app.get("/")
def page():
    return "<h1>Cakes</h1>"


@app.get("/more")
def more():
    db.execute("insert into cakes (name) values ('<b>Pie</b>')")
    db.commit()
    return "made"
'''


def test_rows_are_looked_into_without_a_server(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("Failed to load resource")
    project = imported(server, {"app.py": CAKES, "requirements.txt": "flask\n"}, "Shop")
    page.goto(f"{server.url}/p/{project}")
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading", name="Cakes")).to_be_visible(timeout=PATIENCE)
    preview_frame(page).evaluate("fetch('/more').then((answer) => answer.text())")
    page.locator(".wb-bar .wb-title").click()
    page.get_by_role("menuitem", name="Database").click()
    dialog = page.get_by_role("dialog", name="Database")
    expect(dialog).to_contain_text("Kept in this browser only")
    expect(dialog).to_contain_text("61 rows")
    check(page, "the files kept here", "dialog[open]")
    photographed(page, "stored-here-files")
    dialog.get_by_role("button", name="Look into cakes in shop.db").click()
    told = dialog.get_by_role("status").filter(has_text="Rows")
    expect(told).to_have_text("Rows 1 to 50 of 61")
    photographed(page, "stored-here-rows")
    dialog.get_by_role("button", name="Further rows").click()
    expect(told).to_have_text("Rows 51 to 61 of 61")
    # What the app wrote is text, whatever it is.
    expect(dialog.get_by_role("row").last).to_contain_text("<b>Pie</b>")
    for order in ("ascending", "descending"):
        dialog.get_by_role("button", name="price").click()
        expect(dialog.locator("th", has_text="price")).to_have_attribute("aria-sort", order)
    expect(dialog.get_by_role("row").nth(1)).to_contain_text("Cake 60")
    expect(dialog.get_by_role("row").nth(1)).to_contain_text("of bytes")
    dialog.get_by_role("searchbox", name="Filter the rows").fill("cake 1")
    expect(told).to_have_text("Rows 1 to 10 of 10")
    dialog.get_by_role("searchbox").fill("tart")
    expect(dialog).to_contain_text("No row has these words. Type others.")


def test_where_no_python_runs_nothing_is_said_of_this_browser(page: Page, server: Server) -> None:
    open_project(page, server, imported(server))
    page.locator(".wb-bar .wb-title").click()
    page.get_by_role("menuitem", name="Database").click()
    dialog = page.get_by_role("dialog", name="Database")
    expect(dialog.get_by_role("status")).to_have_text("")
    expect(dialog).not_to_contain_text("Kept in this browser only")


def test_a_second_tab_goes_on_with_what_the_first_one_kept(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("Failed to load resource|not valid JSON")
    project = imported(server, NOTES, "Notes")
    open_project(page, server, project)
    assert preview_frame(page).evaluate(ADD, "the first") == 201
    other = page.context.new_page()
    other.set_default_timeout(PATIENCE)
    other.goto(f"{server.url}/p/{project}")
    told = ["the first"]
    taken = page.get_by_role("alert").filter(has_text="another tab")
    # Whichever of them answers until the second has the place: a note that was told to be kept is kept.
    while not taken.count():
        text = f"note {len(told)}"
        if preview_frame(page).evaluate(ADD, text) == 201:
            told.append(text)
    painted(other)
    kept = preview_frame(other).evaluate("async () => await (await fetch('/api/notes')).json()")
    assert [note for note in told if note not in kept] == []
    assert preview_frame(other).evaluate(ADD, "the last") == 201

    other.get_by_role("button", name=re.compile("^Runs with")).click()
    other.get_by_role("menuitem", name="What Python in the browser cannot do").click()
    limits = other.get_by_role("dialog", name="What Python in the browser cannot do")
    expect(limits).to_contain_text("the tab that was opened last runs the app")
    expect(limits).to_contain_text("needs a server")
    check(other, "the limits", "dialog[open]")
    photographed(other, "python-limits")
    limits.get_by_role("button", name="Close").click()

    page.get_by_role("button", name="Try again").click()
    expect(page.frame_locator("iframe.wb-frame").get_by_text("the last")).to_be_visible(timeout=PATIENCE)
    expect(other.get_by_role("alert").filter(has_text="another tab")).to_be_visible()
