"""What is pointed at in the running app: where it is written, what is asked about it, and its text, typed over in place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.apps import APP, COUNTER, PACKAGE
from tests.browser.claude import Claude
from tests.browser.conftest import Server
from tests.browser.workbench import editor, files_of, finished, imported, open_project, photographed, say

LIST = """import notes from "./notes.json";

export default function App() {
  return (
    <main>
      <h1 className="big">Notes &amp; more</h1>
      <ul>{notes.map((note) => <li key={note.name}>{note.name}</li>)}</ul>
      <p>{new Date(0).getFullYear()} or so</p>
      <div dangerouslySetInnerHTML={{ __html: "<em>raw</em>" }} />
    </main>
  );
}
"""
NOTES = '[\n  { "name": "Milk" },\n  { "name": "Bread" }\n]\n'
VUE = """<script setup lang="ts">
import { ref } from "vue";
const count = ref(0);
const names = [{ name: "Ada" }, { name: "Bo" }];
</script>

<template>
  <main>
    <h1>Sheep &lt;and&gt; goats</h1>
    <button @click="count++">Counted {{ count }}</button>
    <p v-for="one in names" :key="one.name">{{ one.name }}</p>
  </main>
</template>
"""
SVELTE = """<script lang="ts">
  let count = $state(0);
  const names = [{ name: "Ada" }, { name: "Bo" }];
</script>

<main>
  <h1>Sheep &lt;and&gt; goats</h1>
  <button onclick={() => count++}>Counted {count}</button>
  {#each names as one}<p>{one.name}</p>{/each}
</main>
"""
PAGE = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Sheep</title></head>
  <body>
    <main><h1>Sheep &lt;and&gt; goats</h1>
      <p>Ada
      <p>Bo
    </main>
    <script>document.querySelector("h1").dataset.seen = document.querySelector("h1").outerHTML</script>
  </body>
</html>
"""
VUE_APP = {
    "package.json": '{"dependencies": {"vue": "3.5.45"}}',
    "index.html": '<div id="app"></div><script type="module" src="/src/main.ts"></script>',
    "src/main.ts": 'import { createApp } from "vue";\nimport App from "./App.vue";\ncreateApp(App).mount("#app");\n',
    "src/App.vue": VUE,
}
SVELTE_APP = {
    "package.json": '{"devDependencies": {"svelte": "5.57.3"}}',
    "index.html": '<div id="app"></div><script type="module" src="/src/main.ts"></script>',
    "src/main.ts": 'import { mount } from "svelte";\nimport App from "./App.svelte";\n'
    'mount(App, { target: document.getElementById("app")! });\n',
    "src/App.svelte": SVELTE,
}


def aim(page: Page) -> Locator:
    """Begins to point; returns the card that says at what."""
    page.get_by_role("button", name="Point at a part of the app").click()
    card = page.get_by_role("region", name="What you point at")
    expect(card).to_contain_text("Press on a part of the app")
    return card


def over(app: FrameLocator, text: str | re.Pattern[str]) -> Locator:
    return app.get_by_text(text, exact=isinstance(text, str)).first


def type_over(page: Page, app: FrameLocator, text: str, new: str) -> None:
    over(app, text).dblclick()
    expect(app.locator("html > div textarea")).to_be_focused()
    page.keyboard.type(new)
    photographed(page, f"typing-{len(text)}")
    page.keyboard.press("Enter")


def test_what_is_pressed_says_its_component_and_line_and_leads_to_the_code(page: Page, server: Server) -> None:
    project = imported(server)
    app = open_project(page, server, project)
    card = aim(page)
    over(app, "Counted 0").click()
    expect(card).to_contain_text("App, src/App.tsx, line 8")
    expect(over(app, "Counted 0")).to_be_visible()  # the app has heard nothing of it
    photographed(page, "pointing")
    card.get_by_role("button", name="Go to code").click()
    expect(editor(page)).to_contain_text("Counting sheep")
    expect(
        page.locator(".monaco-editor .current-line, .monaco-editor .line-numbers.active-line-number").last
    ).to_be_visible()
    expect(page.locator(".line-numbers.active-line-number")).to_have_text("8")
    expect(card).to_be_hidden()


def test_a_text_is_typed_over_in_the_app_and_is_one_step_back(page: Page, server: Server) -> None:
    project = imported(server)
    app = open_project(page, server, project)
    app.get_by_role("button", name="Counted 0").click()
    aim(page)
    type_over(page, app, "Counting sheep", 'Counting <all> {the} "goats"')
    expect(page.locator(".wb-version")).to_contain_text("v2")
    expect(app.get_by_role("heading")).to_have_text('Counting <all> {the} "goats"')
    expect(app.get_by_role("button")).to_have_text("Counted 1")  # the app goes on where it was
    changed = APP.replace("Counting sheep", 'Counting &lt;all&gt; &#123;the&#125; "goats"')
    assert files_of(server, project)["src/App.tsx"] == changed
    page.get_by_role("button", name="Undo").click()
    expect(app.get_by_role("heading")).to_have_text("Counting sheep")
    assert files_of(server, project)["src/App.tsx"] == APP


@pytest.mark.parametrize(
    ("path", "files"), [("src/App.vue", VUE_APP), ("src/App.svelte", SVELTE_APP), ("index.html", {"index.html": PAGE})]
)
def test_texts_are_written_back_whatever_the_framework(
    page: Page, server: Server, path: str, files: dict[str, str]
) -> None:
    project = imported(server, files)
    app = open_project(page, server, project)
    card = aim(page)
    type_over(page, app, "Sheep <and> goats", "Pigs & {cows}")
    expect(page.locator(".wb-version")).to_contain_text("v2")
    expect(app.get_by_role("heading")).to_have_text("Pigs & {cows}")
    braces = "{cows}" if path == "index.html" else "&#123;cows&#125;"
    first = files[path].replace("Sheep &lt;and&gt; goats", f"Pigs & {braces}")
    assert files_of(server, project)[path] == first
    type_over(page, app, "Bo", "Bea")
    expect(page.locator(".wb-version")).to_contain_text("v3")
    assert files_of(server, project)[path] == first.replace("Bo", "Bea")
    expect(over(app, "Bea")).to_be_visible()
    over(app, "Ada").click()
    expect(card).to_contain_text(f"{path}, line")


def test_a_request_about_a_part_says_to_the_model_which_part(page: Page, claude: Claude, claude_server: Server) -> None:
    project = imported(claude_server)
    app = open_project(page, claude_server, project)
    card = aim(page)
    over(app, "Counting sheep").click()
    card.get_by_role("button", name="Ask for a change").click()
    expect(card).to_be_hidden()
    composer = page.locator(".wb-composer")
    expect(composer).to_contain_text("About <h1> in src/App.tsx, line 7")
    expect(page.get_by_label("Ask for a change")).to_be_focused()
    photographed(page, "asking")
    edit = {"path": "src/App.tsx", "find": "Counting sheep", "replace": "Counting goats"}
    claude.answers(MessagesBehaviour({"title": "", "summary": "Goats.", "edits": [edit]}))
    say(page, "goats instead")
    expect(app.get_by_role("heading")).to_have_text("Counting goats")
    expect(composer).not_to_contain_text("About <h1>")
    finished(page).get_by_role("button", name="What was sent").click()
    sent = page.get_by_role("dialog")
    expect(sent).to_contain_text("lines 7 to 7 of src/App.tsx")
    expect(sent).to_contain_text("<h1>Counting sheep</h1>")


def test_a_page_of_html_never_sees_the_marks_of_places(page: Page, server: Server) -> None:
    app = open_project(page, server, imported(server, {"index.html": PAGE}))
    expect(app.locator("h1")).to_have_attribute("data-seen", "<h1>Sheep &lt;and&gt; goats</h1>")
    assert app.locator("[data-sayso-at]").count() == 0


def test_what_comes_from_data_or_is_computed_says_so(page: Page, server: Server) -> None:
    files = {**COUNTER, "package.json": PACKAGE, "src/App.tsx": LIST, "src/notes.json": NOTES}
    project = imported(server, files)
    app = open_project(page, server, project)
    card = aim(page)
    over(app, "Milk").click()
    expect(card).to_contain_text("It stands for a list: a change changes all 2 of them.")
    over(app, "raw").click()
    expect(card).to_contain_text("This is the nearest place that is written.")
    expect(card).to_contain_text("src/App.tsx, line 9")
    type_over(page, app, "Bread", "Rolls")
    expect(page.locator(".wb-version")).to_contain_text("v2")
    assert files_of(server, project)["src/notes.json"] == NOTES.replace("Bread", "Rolls")
    assert files_of(server, project)["src/App.tsx"] == LIST
    type_over(page, app, "1970 or so", "1980 or so")
    expect(card).to_contain_text("the app computes it")
    expect(app.get_by_text("1970 or so")).to_be_visible()
    expect(page.locator(".wb-version")).to_contain_text("v2")


def test_everything_works_by_keyboard(page: Page, server: Server) -> None:
    project = imported(server)
    app = open_project(page, server, project)
    page.keyboard.press("Control+.")
    card = page.get_by_role("region", name="What you point at")
    expect(card).to_contain_text("Press on a part of the app")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"):  # body, #root, main, header, h1
        page.keyboard.press(key)
    expect(card).to_contain_text("Counting sheep")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("src/App.tsx, line 7")
    page.keyboard.press("F2")
    page.keyboard.type("Counting pigs")
    page.keyboard.press("Enter")
    expect(page.locator(".wb-version")).to_contain_text("v2")
    expect(app.get_by_role("heading")).to_have_text("Counting pigs")
    page.keyboard.press("Tab")
    expect(card).to_contain_text("<button>")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_on_a_phone_a_text_is_changed_by_the_card(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    project = imported(server)
    app = open_project(page, server, project)
    page.locator(".wb-bottom").get_by_role("button", name="Preview").click()
    card = aim(page)
    over(app, "Counting sheep").click()
    expect(card).to_contain_text("App, src/App.tsx, line 7")
    photographed(page, "pointing-phone-dark")
    card.get_by_role("button", name="Change the text").click()
    expect(app.locator("html > div textarea")).to_be_focused()
    page.keyboard.type("Counting goats, one by one, as they come over the hill")
    photographed(page, "typing-phone-dark")
    page.keyboard.press("Enter")
    expect(page.locator(".wb-version")).to_contain_text("v2")
    expect(app.get_by_role("heading")).to_have_text("Counting goats, one by one, as they come over the hill")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
