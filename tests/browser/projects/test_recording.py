"""A walk recorded by a person: what they do in the app becomes its steps, which are played back and saved."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser.apps import COUNTER
from tests.browser.conftest import Server
from tests.browser.workbench import files_of, imported, open_project, photographed, preview_frame

INDEX = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Books</title></head><body>
<h1>Books</h1>
<form id="form"><label>Title <input name="title"></label> <label>Code <input type="password" name="code"></label>
<label>Kind <select name="kind"><option>Novel</option><option>Essay</option></select></label>
<label><input type="checkbox" name="lent"> Lent</label> <button>Add book</button></form>
<ul id="list" aria-label="Shelf"></ul><p role="status"></p>
<div draggable="true" id="from">Carry me</div><div id="to" role="region" aria-label="Goal">Nothing here</div>
<button id="bare" style="width:40px;height:20px"></button><button id="empty">Empty the shelf</button>
<script type="module" src="/main.js"></script></body></html>"""
SCRIPT = """
const by = (id) => document.getElementById(id), said = document.querySelector('[role=status]')
const books = JSON.parse(localStorage.getItem('books') ?? '[]')
const draw = () => {
  by('list').replaceChildren(...books.map((book, at) => {
    const item = document.createElement('li'), remove = document.createElement('button')
    remove.textContent = 'Remove'
    remove.onclick = () => { books.splice(at, 1); keep() }
    item.append(`${book.title}, ${book.kind}${book.lent ? ', lent' : ''} `, remove)
    return item
  }))
  said.textContent = `${books.length} on the shelf since ${new Date().getFullYear()}`
}
const keep = () => { localStorage.setItem('books', JSON.stringify(books)); draw() }
by('form').addEventListener('submit', (event) => {
  event.preventDefault()
  const data = new FormData(by('form'))
  books.push({ title: data.get('title'), kind: data.get('kind'), lent: data.has('lent') })
  by('form').reset()
  keep()
})
by('from').addEventListener('dragstart', (event) => event.dataTransfer.setData('text/plain', 'carried'))
by('to').addEventListener('dragover', (event) => event.preventDefault())
by('to').addEventListener('drop', (event) => { by('to').textContent = event.dataTransfer.getData('text/plain') })
by('empty').onclick = () => { if (confirm('Really all?')) { books.length = 0; keep() } }
addEventListener('keydown', (event) => { if (event.key === 'k' && event.target === document.body) said.textContent = 'A shortcut' })
draw()
"""
BOOKS = {"index.html": INDEX, "main.js": SCRIPT}


def recording(page: Page, server: Server, project: str) -> tuple[Locator, FrameLocator]:
    """The pane in which a walk is recorded, and the app in it."""
    open_project(page, server, project)
    below = page.locator(".wb-bottom").get_by_role("button", name="Preview")
    if below.is_visible():
        below.click()
    page.locator(".wb-preview .wb-status").get_by_role("button", name=re.compile("walk")).click(timeout=60_000)
    page.get_by_role("dialog").get_by_role("button", name="Record a walk").click()
    pane = page.get_by_role("region", name="Recording a walk")
    expect(page.locator(".wb-recording-stage iframe[data-there=true]")).to_be_attached(timeout=60_000)
    return pane, page.frame_locator(".wb-recording-stage iframe")


def steps(pane: Locator) -> list[str]:
    return pane.get_by_role("list", name="Steps").locator("li > span").all_inner_texts()


def told(pane: Locator, text: str) -> None:
    """What was recorded is said to who does not see it."""
    expect(pane.locator(".wb-recording-said")).to_have_text(text)


def walks(server: Server, project: str) -> dict[str, Any]:
    found: dict[str, Any] = server.get(f"/api/v1/projects/{project}/walks")["walks"]
    return found


def test_what_a_person_does_becomes_a_walk_that_plays_and_is_saved(page: Page, server: Server) -> None:
    project = imported(server, BOOKS, "Books")
    pane, app = recording(page, server, project)
    app.get_by_label("Title").click()
    page.keyboard.type("Dune")
    told(pane, "Recorded: type “Dune” into “Title”")
    app.get_by_label("Code").click()
    page.keyboard.type("hunter2")
    told(pane, "What you typed there stays with you. The walk types “Example-1234” instead.")
    app.get_by_label("Kind").focus()
    page.keyboard.press("ArrowDown")
    app.get_by_text("Lent").click()
    app.get_by_role("button", name="Add book").click()
    pane.get_by_role("button", name="Point at what to expect").click()
    app.get_by_text("Dune, Essay, lent").hover()
    photographed(page, "recording")
    app.get_by_text("Dune, Essay, lent").click()
    told(pane, "Recorded: sees “Dune, Essay, lent Remove”")
    app.get_by_label("Title").click()
    page.keyboard.type("Emma")
    page.keyboard.press("Enter")
    pane.get_by_role("button", name="Load the page anew").click()
    app.get_by_role("button", name="Remove").nth(1).click()
    app.get_by_text("Carry me").drag_to(app.get_by_role("region", name="Goal"))
    app.get_by_role("heading").click()
    page.keyboard.press("k")
    pane.get_by_role("button", name="From a list").click()
    chooser = page.get_by_role("dialog", name="What should be there?")
    chooser.get_by_label("Find in the list").fill("carr")
    photographed(page, "choosing")
    chooser.get_by_role("button", name="sees “carried”").press("Enter")
    told(pane, "Recorded: sees “carried”")
    assert steps(pane)[1:] == [
        "type “Dune” into “Title”",
        "type “Example-1234” into “Code”",
        "choose “Essay” of “Kind”",
        "check checkbox “Lent”",
        "click button “Add book”",
        "sees “Dune, Essay, lent Remove”",
        "type “Emma” into “Title”",
        "press Enter",
        "reload",
        "click button “Remove” in listitem #2",
        "drag “Carry me” to region “Goal”",
        "click heading “Books”",
        "press k",
        "sees “carried”",
    ]
    pane.get_by_role("button", name="Stop and play").click()
    expect(pane.get_by_role("status").first).to_contain_text("It plays: 15 steps", timeout=60_000)
    photographed(page, "played")
    expect(pane.get_by_role("button", name="Save the walk")).to_be_disabled()
    pane.get_by_label("Name of the walk").fill("Books are kept")
    pane.get_by_role("button", name="Save the walk").click()
    expect(page.locator(".wb-toast")).to_contain_text("walks/books-are-kept.json")
    expect(page.get_by_role("tab", name="Preview")).to_be_focused()
    text = files_of(server, project)["walks/books-are-kept.json"]
    assert "hunter2" not in text
    assert walks(server, project)["walks/books-are-kept.json"] == json.loads(text)
    expect(page.locator(".wb-preview .wb-status").get_by_role("button", name="1 of 1 walks")).to_be_visible(
        timeout=60_000
    )


def test_what_does_not_play_is_not_saved_and_its_step_can_be_mended(page: Page, server: Server) -> None:
    project = imported(server)
    pane, app = recording(page, server, project)
    app.get_by_role("button").click()
    pane.get_by_role("button", name="Point at what to expect").click()
    app.get_by_role("button").click()
    assert steps(pane)[1:] == ["click button “Counted 0”", "sees button “Counted 1”"]
    edit = pane.get_by_role("button", name="Edit step 3")
    edit.press("Enter")
    pane.get_by_label("Name", exact=True).fill("Counted 5")
    pane.get_by_role("button", name="Stop and play").click()
    result = pane.get_by_role("status").first
    expect(result).to_contain_text("It did not play. Step 3, sees button “Counted 5”: it is not there.", timeout=60_000)
    photographed(page, "failed")
    pane.get_by_label("Name of the walk").fill("Sheep")
    expect(pane.get_by_role("button", name="Save the walk")).to_be_disabled()
    pane.get_by_role("button", name="Delete step 3").click()
    told(pane, "Deleted: sees button “Counted 5”")
    expect(result).to_contain_text("It changed")
    pane.get_by_role("button", name="Play again").click()
    expect(result).to_contain_text("It plays: 2 steps", timeout=60_000)
    expect(pane).to_contain_text("Nothing is expected yet")
    assert walks(server, project) == {}


def test_cancelling_loses_the_recording_and_nothing_else(page: Page, server: Server) -> None:
    files = {**COUNTER, "walks/count.json": '{"title": "Count", "steps": [{"see": {"text": "Counting sheep"}}]}'}
    project = imported(server, files)
    pane, app = recording(page, server, project)
    frame = preview_frame(page)
    frame.evaluate("localStorage.setItem('mine', 'kept'); window.stays = true")
    app.get_by_role("button").click()
    told(pane, "Recorded: click button “Counted 0”")
    pane.get_by_role("button", name="Cancel").click()
    pane.get_by_role("button", name="Go on").click()
    assert len(steps(pane)) == 2
    pane.get_by_role("button", name="Cancel").click()
    pane.get_by_role("button", name="Throw it away").click()
    expect(pane).to_have_count(0)
    expect(page.get_by_role("tab", name="Preview")).to_be_focused()
    assert frame.evaluate("[localStorage.getItem('mine'), window.stays]") == ["kept", True]
    expect(page.frame_locator("iframe.wb-frame").get_by_role("button")).to_have_text("Counted 0")
    assert list(walks(server, project)) == ["walks/count.json"]
    expect(page.locator(".wb-preview .wb-status").get_by_role("button", name="1 of 1 walks")).to_be_visible(
        timeout=60_000
    )


def test_what_cannot_be_recorded_is_said(page: Page, server: Server) -> None:
    hidden = INDEX.replace('<button id="bare"', '<span onclick="1" id="bare"').replace(
        '20px"></button>', '20px;display:block"></span>'
    )
    pane, app = recording(page, server, imported(server, {**BOOKS, "index.html": hidden}, "Books"))
    app.locator("#bare").click()
    told(pane, "This was not recorded: it has no name. Give it words or a label first.")
    app.get_by_role("button", name="Empty the shelf").click()
    told(pane, "The app asked “Really all?”. In a walk the answer is always yes.")
    point = pane.get_by_role("button", name="Point at what to expect")
    point.click()
    expect(point).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(point).to_have_attribute("aria-pressed", "false")
    assert steps(pane)[1:] == ["click button “Empty the shelf”"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_walk_is_recorded_on_a_telephone(page: Page, server: Server, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    pane, app = recording(page, server, imported(server))
    app.get_by_role("button").click()
    told(pane, "Recorded: click button “Counted 0”")
    photographed(page, f"recording on a telephone, {scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    stop = pane.get_by_role("button", name="Stop and play")
    expect(stop).to_be_in_viewport()
    stop.click()
    expect(pane.get_by_role("status").first).to_contain_text("It plays", timeout=60_000)
    expect(pane.get_by_role("button", name="Save the walk")).to_be_in_viewport()
    photographed(page, f"played on a telephone, {scheme}")
