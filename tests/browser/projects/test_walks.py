"""Walks in the person's browser: how each version's went stands at it, and nothing of theirs is touched."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import Errors, Server
from tests.browser.workbench import imported, open_file, open_project, preview_frame, replace_all, tab
from tests.starters import Starter

STATUS = ".wb-preview .wb-status"


def walk(*steps: object, title: str = "Sheep are counted") -> str:
    return json.dumps({"title": title, "steps": list(steps)})


def button(name: str) -> dict[str, Any]:
    return {"role": "button", "name": name}


COUNTS = walk({"click": button("Counted 0")}, {"see": button("Counted 1")})


def tally(page: Page, text: str) -> None:
    expect(page.locator(STATUS).get_by_role("button", name=text)).to_be_visible(timeout=60_000)


def test_the_walks_of_a_version_are_walked_and_stand_at_it(page: Page, server: Server) -> None:
    open_project(page, server, imported(server, {**COUNTER, "walks/count.json": COUNTS}))
    tally(page, "1 of 1 walks")
    expect(page.locator("iframe[sandbox][aria-hidden=true]")).to_have_count(0)
    page.locator(STATUS).get_by_role("button", name="1 of 1 walks").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Sheep are counted")
    expect(dialog).to_contain_text("2 steps in")


def test_a_page_that_the_server_made_in_the_place_of_a_tab_is_walked_as_well(page: Page, server: Server) -> None:
    """The project was changed without a tab: what the tab published is old, and the page names no builder."""
    project = imported(server, {**COUNTER, "walks/count.json": COUNTS})
    open_project(page, server, project)
    with contextlib.closing(sqlite3.connect(server.data / "sayso.db")) as database, database:
        database.execute("UPDATE project SET updated_at = '2099-01-01T00:00:00.000000Z' WHERE id = ?", [project])
    tally(page, "1 of 1 walks")


def test_a_walk_that_fails_says_where_and_what_was_there(page: Page, server: Server) -> None:
    files = {**COUNTER, "walks/count.json": COUNTS, "walks/none.json": '{"title": "Nothing"}'}
    open_project(page, server, imported(server, files))
    tally(page, "1 of 2 walk")
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("count + 1", "count + 2"))
    page.keyboard.press("ControlOrMeta+s")
    tab(page, "Preview")
    tally(page, "0 of 2 walk")
    page.locator(STATUS).get_by_role("button", name="0 of 2 walk").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Step 2, sees button “Counted 1”: it is not there. There: button “Counted 2”")
    expect(dialog).to_contain_text(
        "Different from before, after step 1, click button “Counted 0”: gone: button “Counted 1”"
    )
    picture = dialog.get_by_role("img", name="The page at step 2")
    expect(picture).to_be_visible()
    drawn = picture.evaluate(
        "async (image) => { await image.decode(); return [image.naturalWidth, image.naturalHeight] }"
    )
    assert drawn == [1280, 800]
    assert "Counted%202" in (picture.get_attribute("src") or "")
    expect(dialog).to_contain_text("walks/none.json")
    expect(dialog).to_contain_text("“steps” is missing")


def test_what_looks_different_than_before_is_told_with_its_step(page: Page, server: Server) -> None:
    seen = walk({"click": button("Counted 0")}, {"see": button("Counted 1")})
    with_total = APP.replace("</main>", "<p>{count * 2} ears</p></main>")
    project = imported(server, {**COUNTER, "src/App.tsx": with_total, "walks/count.json": seen})
    kept = re.compile(r"/walked$")
    with page.expect_response(lambda answer: bool(kept.search(answer.url)), timeout=90_000):
        open_project(page, server, project)
        tally(page, "1 of 1 walks")
    open_file(page, "src/App.tsx")
    replace_all(page, with_total.replace("count * 2", "count * 3"))
    page.keyboard.press("ControlOrMeta+s")
    tab(page, "Preview")
    different = page.locator(STATUS).get_by_role("button", name=re.compile("1 of 1 walks · .* different"))
    different.click(timeout=60_000)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("after step 1, click button “Counted 0”: gone: p “2 ears”. there now: p “3 ears”.")
    expect(dialog).to_contain_text("2 steps in")


def test_a_letter_that_is_not_begun_any_more_is_told(page: Page, server: Server) -> None:
    """Nothing of it is seen on the page."""
    begun = 'onClick={() => { location.href = "mailto:ada@example.org?subject=Sheep"; setCount(count + 1); }}'
    writing = APP.replace("onClick={() => setCount(count + 1)}", begun)
    project = imported(server, {**COUNTER, "src/App.tsx": writing, "walks/count.json": COUNTS})
    kept = re.compile(r"/walked$")
    with page.expect_response(lambda answer: bool(kept.search(answer.url)), timeout=90_000):
        open_project(page, server, project)
        tally(page, "1 of 1 walks")
    open_file(page, "src/App.tsx")
    replace_all(page, APP)
    page.keyboard.press("ControlOrMeta+s")
    tab(page, "Preview")
    different = page.locator(STATUS).get_by_role("button", name=re.compile("1 of 1 walks · .* different"))
    different.click(timeout=60_000)
    expect(page.get_by_role("dialog")).to_contain_text("gone: leaves for mailto:ada@example.org?subject=Sheep")


def test_what_the_person_keeps_in_the_app_and_their_caret_stay_theirs(page: Page, server: Server) -> None:
    keeping = APP.replace(
        "const [count, setCount] = useState(0);",
        'const [count, setCount] = useState(Number(localStorage.getItem("sheep") ?? 0));\n'
        '  localStorage.setItem("sheep", String(count));',
    ).replace("</main>", '<input aria-label="Name" autoFocus /></main>')
    kept = walk(
        {"click": button("Counted 0")},
        {"type": "Dolly", "into": {"label": "Name"}},
        {"see": {"label": "Name"}, "value": "Dolly", "focused": True},
        {"reload": True},
        {"see": button("Counted 1")},
    )
    files = {**COUNTER, "src/App.tsx": keeping, "walks/a.json": kept, "walks/b.json": kept}
    preview = open_project(page, server, imported(server, files))
    preview.get_by_role("button").click()
    preview.get_by_role("button").click()
    page.get_by_label("Ask for a change").click()
    page.keyboard.type("a caret that stays", delay=40)
    tally(page, "2 of 2 walk")
    expect(page.get_by_label("Ask for a change")).to_be_focused()
    expect(page.get_by_label("Ask for a change")).to_have_value("a caret that stays")
    expect(preview.get_by_role("button")).to_have_text("Counted 2")
    assert preview_frame(page).evaluate("localStorage.getItem('sheep')") == "2"


def test_no_letter_that_is_typed_while_an_app_is_walked_goes_to_that_app(page: Page, server: Server) -> None:
    """A dialog of the app, or a label, takes the browser's focus for a moment: what was typed afterwards was lost."""
    asking = APP.replace(
        "</main>",
        '<label htmlFor="name">Its name</label><input id="name" />\n'
        '<button onClick={() => document.querySelector("dialog")?.showModal()}>Ask</button>\n'
        "<dialog><form method='dialog'><button>Yes</button></form></dialog></main>",
    )
    steps = [{"click": button("Ask")}, {"click": button("Yes")}, {"click": {"text": "Its name"}}]
    asked = walk(*(steps * 4), {"click": button("Counted 0")}, {"see": button("Counted 1")})
    files = {**COUNTER, "src/App.tsx": asking, "walks/a.json": asked, "walks/b.json": asked}
    open_project(page, server, imported(server, files))
    page.get_by_label("Ask for a change").click()
    typed = 0
    while page.locator(STATUS).get_by_role("button", name="2 of 2 walk").count() == 0 and typed < 1500:
        page.keyboard.type("a")
        typed += 1
        page.wait_for_timeout(20)
    tally(page, "2 of 2 walk")
    expect(page.get_by_label("Ask for a change")).to_have_value("a" * typed)


def test_an_app_can_neither_leave_its_frame_nor_say_that_it_walks(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("sandbox|Blocked|denied|Unsafe|navigat")
    hostile = """
if (location.hostname.startsWith("w-")) {
  parent.postMessage({ type: "stepped", n: 1, saw: [] }, "*");
  window.open("https://example.org");
  try { top.location.href = "about:blank"; } catch {}
  parent.postMessage("sayso:connect", "*");
}
document.body.innerHTML = "<button>Counted 0</button>";
"""
    index = '<!doctype html><html lang="en"><body><script type="module" src="/src/main.js"></script></body></html>'
    files = {"index.html": index, "src/main.js": hostile, "walks/count.json": COUNTS}
    open_project(page, server, imported(server, files))
    tally(page, "0 of 1 walks")
    assert page.url.startswith(server.url)


STEPS = """<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body>
<h1>Everything</h1>
<form id="form"><label>Name <input name="name"></label><label>Day <input type="date" name="day"></label>
<label>Kind <select name="kind"><option>Novel</option><option>Essay</option></select></label>
<label><input type="checkbox" name="lent"> Lent</label><textarea placeholder="Thoughts"></textarea>
<button>Save</button></form><p role="status"></p>
<button id="far" style="position:absolute;top:3000px">Far away</button>
<details><summary>More</summary><p>Hidden words</p></details>
<button id="late" hidden>Late</button><button disabled>Never</button>
<div draggable="true" id="from">Carry me</div><div id="to" role="region" aria-label="Goal">Goal</div>
<dialog aria-label="Sure?"><button>Yes</button></dialog><button id="ask">Ask</button>
<a href="/second.html">Second page</a><button id="gone">Gone</button>
<ul><li>One</li><li>Two</li><li>Three</li></ul><button aria-pressed="false" id="toggle">Toggle</button>
<script type="module" src="/main.js"></script></body></html>"""
STEPS_SCRIPT = """
const said = document.querySelector('[role=status]'), by = (id) => document.getElementById(id)
by('form').addEventListener('submit', (event) => { event.preventDefault(); const data = new FormData(by('form'))
  said.textContent = `${data.get('name')} ${data.get('day')} ${data.get('kind')} ${data.get('lent') ?? '-'}` })
by('far').onclick = () => { said.textContent = 'far'; setTimeout(() => { said.textContent = 'an hour' }, 3_600_000); setTimeout(() => { by('late').hidden = false }, 300) }
by('late').onclick = () => { said.textContent = 'late' }
by('from').addEventListener('dragstart', (event) => event.dataTransfer.setData('text/plain', 'carried'))
by('to').addEventListener('dragover', (event) => event.preventDefault())
by('to').addEventListener('drop', (event) => { by('to').textContent = event.dataTransfer.getData('text/plain') })
by('ask').onclick = () => document.querySelector('dialog').showModal()
document.querySelector('dialog button').onclick = () => document.querySelector('dialog').close()
by('gone').onclick = () => setTimeout(() => by('gone').remove(), 100)
by('toggle').onclick = () => by('toggle').setAttribute('aria-pressed', 'true')
"""
SECOND = (
    '<!doctype html><html lang="en"><body><h1>Second</h1><script type="module" src="/second.js"></script></body></html>'
)


def test_every_kind_of_step_is_walked(page: Page, server: Server) -> None:
    steps: list[object] = [
        {"type": "Ana", "into": {"label": "Name"}},
        {"type": "2026-03-01", "into": {"label": "Day"}},
        {"select": "essay", "of": {"label": "Kind"}},
        {"check": {"role": "checkbox", "name": "Lent"}},
        {"see": {"label": "Kind"}, "value": "Essay"},
        {"press": "Enter", "on": {"label": "Name"}},
        {"see": {"text": "Ana 2026-03-01 Essay on", "within": {"role": "status"}}},
        {"uncheck": {"label": "Lent"}},
        {"click": button("Save")},
        {"see": {"text": "Essay -"}},
        {"type": "one\ntwo", "into": {"placeholder": "Thoughts"}},
        {"see": {"placeholder": "thoughts"}, "value": "one\ntwo"},
        {"click": button("Far away")},
        {"click": button("Late")},
        {"see": {"text": "late", "within": {"role": "status"}}},
        {"wait": 3600},
        {"see": {"text": "an hour", "within": {"role": "status"}}},
        {"not_see": {"text": "Hidden words"}},
        {"click": {"text": "More"}},
        {"see": {"text": "Hidden words"}},
        {"see": button("Never"), "disabled": True},
        {"drag": {"text": "Carry me"}, "to": {"role": "region", "name": "Goal"}},
        {"see": {"text": "carried"}},
        {"click": button("Ask")},
        {"see": button("Yes"), "focused": True},
        {"press": "Escape"},
        {"not_see": {"role": "dialog"}},
        {"click": button("Gone")},
        {"not_see": button("Gone")},
        {"see": {"role": "listitem"}, "count": 3},
        {"see": {"role": "listitem", "nth": 2, "within": {"role": "list"}}},
        {"click": button("Toggle")},
        {"see": button("Toggle"), "pressed": True},
        {"hover": button("Toggle")},
        {"double_click": button("Toggle")},
        {"viewport": {"width": 390, "height": 844}},
        {"store": "books", "value": "Dune"},
        {"reload": True},
        {"stored": "dune", "under": "books"},
        {"click": {"role": "link", "name": "Second page"}},
        {"see": {"role": "heading", "name": "Second"}},
        {"at": "/second.html"},
        {"back": True},
        {"see": {"role": "heading", "name": "Everything"}},
        {"open": "/second.html"},
        {"see": {"role": "heading", "name": "Second"}},
    ]
    files = {
        "index.html": STEPS, "main.js": STEPS_SCRIPT, "second.html": SECOND, "second.js": "export {}",
        "walks/all.json": walk(*steps),
    }  # fmt: skip
    open_project(page, server, imported(server, files))
    button_ = page.locator(STATUS).get_by_role("button", name=re.compile("of 1 walks"))
    button_.click(timeout=60_000)
    expect(page.get_by_role("dialog")).to_contain_text(f"{len(steps)} steps in")


SHARED = """
const said = document.querySelector('p'), show = () => { said.textContent = `Kept ${localStorage.getItem('sheep') ?? 0}` }
document.querySelector('button').onclick = () => { localStorage.sheep = Number(localStorage.sheep ?? 0) + 1; show() }
addEventListener('storage', (event) => { show(); document.querySelector('output').textContent = `told of ${event.key}` })
show()
"""


def test_what_is_done_in_another_tab_is_seen_in_the_first(page: Page, server: Server) -> None:
    steps: list[object] = [
        {"click": button("Count")},
        {"see": {"text": "Kept 1"}},
        {"tab": 2},
        {"see": {"text": "Kept 1"}},
        {"click": button("Count")},
        {"see": {"text": "Kept 2"}},
        {"not_see": {"text": "told of sheep"}},
        {"tab": 1},
        {"see": {"text": "Kept 2"}},
        {"see": {"text": "told of sheep"}},
        {"reload": True},
        {"see": {"text": "Kept 2"}},
        {"click": button("Count")},
        {"tab": 2},
        {"see": {"text": "Kept 3"}},
    ]
    index = (
        '<!doctype html><html lang="en"><body><p></p><output></output><button>Count</button>'
        '<script type="module" src="/main.js"></script></body></html>'
    )
    files = {"index.html": index, "main.js": SHARED, "walks/tabs.json": walk(*steps)}
    preview = open_project(page, server, imported(server, files))
    tally(page, "1 of 1 walks")
    expect(preview.get_by_text("Kept 0")).to_be_visible()


@pytest.mark.parametrize("name", ["todo", "kanban", "notes"])
def test_a_starter_walks(page: Page, server: Server, name: str) -> None:
    walks = [path for path in Starter(name).files() if path.startswith("walks/")]
    open_project(page, server, server.post("/api/v1/projects", {"starter": name})["project"]["id"])
    tally(page, f"{len(walks)} of {len(walks)} walk")
