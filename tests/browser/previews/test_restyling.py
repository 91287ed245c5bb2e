"""The look of what is pointed at: chosen beside it, seen at once, written where it is decided, one step back each."""

from __future__ import annotations

import base64
import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser.apps import COUNTER, PACKAGE
from tests.browser.conftest import Server
from tests.browser.previews.test_pointing import aim, over
from tests.browser.workbench import files_of, imported, open_project, photographed

APP = """import "./app.css";

export default function App() {
  return (
    <main className="page">
      <h1 className="text-lg p-4 active:p-6">Sheep</h1>
      <p className={["a", "b"].join(" ")}>Goats</p>
      <em style={{ color: "rgb(1, 1, 1)", fontSize: 14 }}>Cows</em>
    </main>
  );
}
"""
CSS = '@import "tailwindcss";\n\n.page { background: #fff; padding: 4px 8px; }\n'
TAILWIND = {**COUNTER, "package.json": PACKAGE, "src/App.tsx": APP, "src/app.css": CSS}


DOG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
LISTS = """import notes from "./notes.json";

export default function App() {
  return (
    <main>
      <h1>Sheep</h1>
      <p>Goats</p>
      <ul>{notes.map((note) => <li key={note.name}>{note.name}</li>)}</ul>
      <img src="/cow.png" width="40" height="40" />
    </main>
  );
}
"""
NOTES = '[\n  { "name": "Milk" },\n  { "name": "Bread" }\n]\n'
ORDERED = {**COUNTER, "package.json": PACKAGE, "src/App.tsx": LISTS, "src/notes.json": NOTES}


def looks(page: Page, app: FrameLocator, text: str) -> Locator:
    """The looks of what bears this text."""
    card = aim(page)
    over(app, text).click()
    card.get_by_role("button", name="Change the look").click()
    page.mouse.move(1, 1)
    group = card.get_by_role("group", name="How it looks")
    expect(group).to_be_visible()
    return group


def version(page: Page, n: int) -> None:
    expect(page.locator(".wb-version")).to_contain_text(f"v{n}")


def test_a_look_is_seen_while_it_is_chosen_written_to_its_class_and_one_step_back(page: Page, server: Server) -> None:
    project = imported(server, TAILWIND)
    app = open_project(page, server, project)
    group = looks(page, app, "Sheep")
    photographed(page, "looks")
    size = group.get_by_label("Text size in pixels")
    expect(size).to_have_value("18")
    size.fill("41")
    expect(over(app, "Sheep")).to_have_css("font-size", "41px")  # seen before it is written
    version(page, 1)
    size.press("Enter")
    version(page, 2)
    assert files_of(server, project)["src/App.tsx"] == APP.replace("text-lg", "text-[41px]")
    expect(over(app, "Sheep")).to_have_css("font-size", "41px")
    group.get_by_label("Text colour").fill("#ff0000")
    version(page, 3)
    group.get_by_label("Space inside in pixels").fill("8")
    group.get_by_label("Space inside in pixels").press("Enter")
    version(page, 4)
    changed = APP.replace("text-lg p-4 active:p-6", "text-[41px] p-2 active:p-6 text-[#ff0000]")
    assert files_of(server, project)["src/App.tsx"] == changed
    expect(over(app, "Sheep")).to_have_css("color", "rgb(255, 0, 0)")
    expect(over(app, "Sheep")).to_have_css("padding", "8px")
    assert files_of(server, project)["src/app.css"] == CSS
    page.get_by_role("button", name="Undo").click()
    expect(over(app, "Sheep")).to_have_css("padding", "16px")
    expect(group.get_by_label("Space inside in pixels")).to_have_value("16")


def test_a_look_goes_to_the_rule_or_the_style_that_decides(page: Page, server: Server) -> None:
    project = imported(server, TAILWIND)
    app = open_project(page, server, project)
    group = looks(page, app, "Cows")
    group.get_by_label("Text size in pixels").fill("15")
    group.get_by_label("Text size in pixels").press("Enter")
    version(page, 2)
    assert files_of(server, project)["src/App.tsx"] == APP.replace("fontSize: 14", "fontSize: 15")
    app.locator("main").click(position={"x": 300, "y": 2})
    expect(page.get_by_role("region", name="What you point at")).to_contain_text("<main>")
    group.get_by_label("Space inside: where").select_option("Top")
    group.get_by_label("Space inside in pixels").fill("30")
    group.get_by_label("Space inside in pixels").press("Enter")
    version(page, 3)
    expect(app.locator("main")).to_have_css("padding", "30px 8px 4px")
    assert files_of(server, project)["src/app.css"] == CSS.replace("8px;", "8px; padding-top: 30px;")


def test_a_look_that_code_puts_together_says_so(page: Page, server: Server) -> None:
    project = imported(server, TAILWIND)
    app = open_project(page, server, project)
    group = looks(page, app, "Goats")
    size = group.get_by_label("Text size in pixels")
    size.fill("33")
    size.press("Enter")
    card = page.get_by_role("region", name="What you point at")
    expect(card).to_contain_text("the code puts this look together")
    expect(over(app, "Goats")).to_have_css("font-size", "16px")
    expect(size).to_have_value("16")
    expect(card.get_by_role("button", name="Go to code")).to_be_enabled()
    version(page, 1)
    assert files_of(server, project)["src/App.tsx"] == APP


def test_on_a_phone_the_looks_are_a_sheet_below(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    project = imported(server, TAILWIND)
    app = open_project(page, server, project)
    page.locator(".wb-bottom").get_by_role("button", name="Preview").click()
    looks(page, app, "Sheep")
    photographed(page, "looks-phone-dark")
    card = page.get_by_role("region", name="What you point at")
    expect(card).to_have_css("width", re.compile("^390"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_things_change_places_are_repeated_and_taken_away_each_one_step_back(page: Page, server: Server) -> None:
    project = imported(server, ORDERED)
    app = open_project(page, server, project)
    card = aim(page)
    over(app, "Goats").click()
    card.get_by_role("button", name="Move before the one before it").click()
    version(page, 2)
    swapped = (
        LISTS.replace("<h1>Sheep</h1>", "#").replace("<p>Goats</p>", "<h1>Sheep</h1>").replace("#", "<p>Goats</p>")
    )
    assert files_of(server, project)["src/App.tsx"] == swapped
    expect(app.locator("main > :first-child")).to_have_text("Goats")
    expect(card).to_contain_text("Goats")  # it is still what is picked
    card.get_by_role("button", name="Move behind the next one").click()
    version(page, 3)
    assert files_of(server, project)["src/App.tsx"] == LISTS
    photographed(page, "order")
    over(app, "Bread").click()
    expect(card).to_contain_text("Bread")
    card.get_by_role("button", name="Move before the one before it").click()
    version(page, 4)
    expect(app.locator("li").first).to_have_text("Bread")
    assert files_of(server, project)["src/notes.json"] == '[\n  { "name": "Bread" },\n  { "name": "Milk" }\n]\n'
    card.get_by_role("button", name="Delete").click()
    version(page, 5)
    expect(app.locator("li")).to_have_text(["Milk"])
    expect(card).to_contain_text("Press on a part of the app")
    page.get_by_role("button", name="Undo").click()
    expect(app.locator("li")).to_have_text(["Bread", "Milk"])
    assert files_of(server, project)["src/App.tsx"] == LISTS


def test_an_image_gets_another_picture_and_words(page: Page, server: Server) -> None:
    project = imported(server, ORDERED)
    app = open_project(page, server, project)
    card = aim(page)
    app.locator("img").click()
    card.get_by_role("button", name="Change the look").click()
    photographed(page, "picture")
    dog = {"name": "My Dog.PNG", "mimeType": "image/png", "buffer": base64.b64decode(DOG)}
    card.get_by_label("Choose another picture").set_input_files([dog])  # type: ignore[list-item]
    version(page, 2)
    expect(app.locator("img")).to_have_attribute("src", "/my-dog.png")
    expect(app.locator("img")).to_have_js_property("naturalWidth", 1)
    card.get_by_label("In words").fill('A "dog"')
    card.get_by_label("In words").press("Enter")
    version(page, 3)
    changed = LISTS.replace(
        '"/cow.png" width="40" height="40"', '"/my-dog.png" width="40" height="40" alt="A &quot;dog&quot;"'
    )
    files = files_of(server, project)
    assert files["src/App.tsx"] == changed
    assert "public/my-dog.png" in files
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Undo").click()
    expect(app.locator("img")).to_have_attribute("src", "/cow.png")
    assert "public/my-dog.png" not in files_of(server, project)
