"""The home page: the prompt and what stands around it."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.apps import COUNTER
from tests.browser.claude import Claude
from tests.browser.conftest import Errors, Server
from tests.browser.workbench import finished, imported, open_project, painted, photographed

PROMPT = "Describe the app you want"
COMPOSER = "Ask for a change"
REFUSED = {"error": {"code": "bad_key", "message": "Parrot did not accept the key.", "details": {}}}


@pytest.fixture
def home(page: Page, server: Server) -> Page:
    """The home page, once it answers."""
    page.goto(server.url)
    expect(page.get_by_label("Model")).to_be_enabled()
    return page


def card(page: Page, title: str) -> Locator:
    return page.locator(".projects > li").filter(has=page.get_by_role("link", name=title))


def choose(page: Page, title: str, action: str) -> None:
    """Choose from a project's menu."""
    card(page, title).locator("summary").click()
    card(page, title).get_by_role("button", name=action).click()


def test_enter_makes_the_app_and_shift_enter_breaks_the_line(home: Page) -> None:
    box = home.get_by_label(PROMPT)
    box.click()
    home.keyboard.type("a quiz")
    home.keyboard.press("Shift+Enter")
    home.keyboard.type("about bees")
    expect(box).to_have_value("a quiz\nabout bees")
    home.keyboard.press("Enter")
    home.wait_for_url("**/p/*")
    expect(home.get_by_role("log", name="Messages")).to_contain_text("about bees")
    expect(finished(home)).to_contain_text("offline demo · free")


def test_an_empty_prompt_is_asked_for_in_one_sentence(home: Page, server: Server) -> None:
    before = len(server.get("/api/v1/projects")["projects"])
    home.get_by_label(PROMPT).press("Enter")
    expect(home.get_by_role("alert").first).to_have_text("Write a few words about the app first.")
    assert len(server.get("/api/v1/projects")["projects"]) == before


def test_an_example_fills_the_prompt(home: Page) -> None:
    home.get_by_role("button", name="a tip calculator").click()
    expect(home.get_by_label(PROMPT)).to_have_value("a tip calculator")
    expect(home.get_by_label(PROMPT)).to_be_focused()


def test_the_words_stay_when_the_page_is_loaded_again(home: Page) -> None:
    home.get_by_label(PROMPT).fill("a shop for lamps")
    home.reload()
    expect(home.get_by_label(PROMPT)).to_have_value("a shop for lamps")


def test_without_a_key_the_page_says_that_the_offline_demo_answers(home: Page) -> None:
    expect(home.get_by_label("Model").locator("option:checked")).to_have_text("Offline demo")
    expect(home.locator("p.offline")).to_contain_text("No key yet: the offline demo")


def test_a_wrong_key_is_refused_and_a_good_one_makes_claude_answer(
    page: Page, errors: Errors, claude: Claude, make_server: Callable[..., Server]
) -> None:
    errors.allow("status of 422")  # the answer to a key that Anthropic refuses
    server = make_server(ANTHROPIC_BASE_URL=claude.address)
    page.goto(server.url)
    page.get_by_role("button", name="Add a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Claude key", exact=True).fill("sk-ant-wrong-key-that-is-long-enough")
    dialog.get_by_role("button", name="Test and keep").click()
    expect(dialog.get_by_role("alert")).to_contain_text("did not accept the key")
    assert server.get("/api/v1/keys/anthropic")["set"] is False
    dialog.get_by_label("Claude key", exact=True).fill(claude.key)
    dialog.get_by_role("button", name="Test and keep").click()
    expect(dialog.get_by_role("status")).to_contain_text("The key works")
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_label("Model").locator("option:checked")).to_contain_text("Claude")
    expect(page.locator("p.offline")).to_be_empty()
    kept = [path for path in server.data.iterdir() if path.is_file() and claude.key.encode() in path.read_bytes()]
    assert kept == [], "the key lies unencrypted on the disk"
    page.get_by_role("button", name="Keys").click()
    expect(dialog).to_contain_text(f"A key ending in {claude.key[-4:]} is kept on this server.")
    dialog.get_by_role("button", name="Remove the key").click()
    expect(page.get_by_label("Model").locator("option:checked")).to_have_text("Offline demo")


def test_a_key_of_the_environment_is_shown_as_such_and_no_page_changes_it(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    page.goto(claude_server.url)
    page.get_by_role("button", name="Keys").click()
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_role("radio", name="Claude Key set")).to_be_checked()
    ours = f"The key ending in {claude.key[-4:]} comes from the server's environment. Change it there."
    expect(dialog).to_contain_text(ours)
    expect(dialog.get_by_role("button")).to_have_text(["Close"])
    dialog.get_by_role("radio", name="OpenAI No key yet").check()
    expect(dialog).not_to_contain_text(ours)
    expect(dialog.get_by_label("OpenAI key", exact=True)).to_be_editable()


def test_a_further_provider_is_in_the_dialog_by_its_row_alone(page: Page, server: Server) -> None:
    row = {"provider": "parrot", "label": "Parrot", "key_page": "https://parrot.example/keys", "key_begins": "polly-"}
    nothing = {"set": False, "source": None, "hint": "", "since": None}
    held = [*server.get("/api/v1/keys")["keys"], row | nothing | {"credit_page": row["key_page"]}]
    page.route("**/api/v1/keys", lambda route: route.fulfill(json={"keys": held}))
    page.route("**/api/v1/keys/parrot", lambda route: route.fulfill(status=422, json=REFUSED))
    page.goto(server.url)
    expect(page.get_by_label("Model")).to_be_enabled()  # the page is alive
    page.get_by_role("button", name="Keys").click()
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_label("Claude key", exact=True)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(dialog.get_by_role("radio", name="Claude")).to_be_focused()
    page.keyboard.press("ArrowLeft")  # round to the last one
    expect(dialog.get_by_role("radio", name="Parrot")).to_be_checked()
    expect(dialog.get_by_role("link", name="Get your Parrot key")).to_have_attribute("href", row["key_page"])
    field = dialog.get_by_label("Parrot key", exact=True)
    expect(field).to_have_attribute("placeholder", "polly-…")
    expect(field).to_have_attribute("autocomplete", "off")
    field.fill("polly-stays-out")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text(REFUSED["error"]["message"])
    dialog.get_by_role("radio", name="Claude").check()
    expect(dialog.get_by_label("Claude key", exact=True)).to_have_value("")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Keys")).to_be_focused()


def test_the_gallery_shows_real_pictures_and_a_click_opens_the_app(home: Page) -> None:
    pictures = home.locator(".starter img")
    assert pictures.count() >= 14
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 200
    home.locator(".starters").get_by_role("button", name="To-do").click()
    home.wait_for_url("**/p/*")
    expect(painted(home).get_by_role("checkbox").first).to_be_attached()


@pytest.mark.parametrize("typed", [True, False], ids=["Enter", "a button"])
def test_what_is_pressed_before_the_page_came_alive_is_done_then(page: Page, server: Server, typed: bool) -> None:
    """The page is drawn before its code is there; a press in between did nothing, and Enter broke the line."""
    held: list[Route] = []
    scripts = re.compile(r"/assets/.*\.js")
    page.route(scripts, lambda route: held.append(route))
    page.goto(server.url, wait_until="commit")
    if typed:
        page.locator("#prompt").fill("a tip calculator")
        page.keyboard.press("Enter")
    else:
        page.locator(".starters").get_by_role("button", name="To-do").click()
    assert held
    page.unroute(scripts)  # what was held goes on
    page.wait_for_url("**/p/*")


def test_a_project_is_listed_renamed_duplicated_deleted_and_brought_back(home: Page, server: Server) -> None:
    imported(server, title="Lantern")
    home.reload()
    choose(home, "Lantern", "Rename")
    home.get_by_label("New name").fill("Lighthouse")
    home.keyboard.press("Enter")
    expect(card(home, "Lighthouse")).to_have_count(1)
    choose(home, "Lighthouse", "Duplicate")
    expect(card(home, "Lighthouse (copy)")).to_have_count(1)
    choose(home, "Lighthouse (copy)", "Delete")
    expect(card(home, "Lighthouse (copy)")).to_have_count(0)
    expect(home.get_by_text("“Lighthouse (copy)” is deleted.")).to_be_visible()
    home.get_by_role("button", name="Undo", exact=True).click()
    card(home, "Lighthouse (copy)").get_by_role("link").click()
    expect(painted(home).get_by_role("heading")).to_have_text("Counting sheep")


def test_projects_have_tags_by_which_they_are_found(page: Page, server: Server) -> None:
    for title in ("Anvil", "Bellows"):
        imported(server, title=title)
    page.goto(server.url)
    for title, tags in (("Anvil", "forge, heavy"), ("Bellows", "Forge")):
        choose(page, title, "Tags")
        page.get_by_label("Tags, with commas between").fill(tags)
        page.keyboard.press("Enter")
        expect(card(page, title).locator(".tagged")).to_have_count(len(tags.split(",")))
    tags = page.get_by_role("list", name="Tags").get_by_role("button")
    expect(tags).to_have_text(["forge", "heavy"], ignore_case=True)
    tags.nth(1).press("Enter")
    expect(card(page, "Bellows")).to_have_count(0)
    expect(card(page, "Anvil")).to_have_count(1)
    expect(tags.nth(1)).to_have_attribute("aria-pressed", "true")
    photographed(page, "tags")
    tags.nth(0).click()
    expect(card(page, "Bellows")).to_have_count(1)
    tags.nth(0).click()
    expect(page.locator(".tags [aria-pressed=true]")).to_have_count(0)
    choose(page, "Anvil", "Tags")
    page.get_by_label("Tags, with commas between").fill(", ".join(str(number) for number in range(9)))
    page.keyboard.press("Enter")
    expect(page.get_by_text("A project can have 8 tags at most.")).to_be_visible()
    expect(card(page, "Anvil").locator(".tagged")).to_have_count(2)


def test_a_project_is_renamed_deleted_and_brought_back_in_its_workbench(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/p/{imported(server, title='Harbour')}")
    painted(page)
    page.get_by_role("button", name="Harbour: rename").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Name of the project").fill("Pier")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Pier: rename").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("heading", name="“Pier” is deleted")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")


def test_the_theme_is_kept_from_page_to_page(home: Page, server: Server) -> None:
    dark = re.compile(r"\bdark\b")
    expect(home.locator("html")).not_to_have_class(dark)
    home.get_by_role("button", name="Dark theme").click()
    expect(home.locator("html")).to_have_class(dark)
    home.reload()
    expect(home.locator("html")).to_have_class(dark)
    home.goto(f"{server.url}/p/{imported(server)}")
    painted(home)
    expect(home.locator("html")).to_have_class(dark)
    home.goto(server.url)
    home.get_by_role("button", name="Light theme").click()
    expect(home.locator("html")).not_to_have_class(dark)


def test_a_project_shows_its_starters_picture_until_a_model_has_changed_the_app(home: Page, server: Server) -> None:
    project = server.post("/api/v1/projects", {"starter": "memory"})["project"]
    server.call("PATCH", f"/api/v1/projects/{project['id']}", {"title": "Owls by heart"})
    home.reload()
    thumb = card(home, "Owls by heart").locator(".thumb")
    picture = thumb.locator("img")
    expect(picture).to_have_attribute("src", project["thumbnail"])
    expect(picture).to_have_attribute("loading", "lazy")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("img => img.naturalWidth") > 100
    box = thumb.bounding_box()
    server.post(f"/api/v1/projects/{project['id']}/messages", {"text": "make the header green"})
    server.wait_done(project["id"])
    home.reload()
    expect(thumb).to_have_text("O")
    assert thumb.evaluate("it => it.style.getPropertyValue('--hue')").strip('" ').isdigit()  # a colour of its own
    expect(picture).to_have_count(0)
    after = thumb.bounding_box()
    assert box is not None
    assert after is not None
    assert (after["width"], after["height"]) == (box["width"], box["height"])


def test_a_zip_is_imported_and_runs(home: Page, tmp_path: Path) -> None:
    archive = tmp_path / "sheep.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path, text in COUNTER.items():
            packed.writestr(f"sheep/{path}", text)
    home.locator(".recent input[type=file]").set_input_files(archive)
    home.wait_for_url("**/p/*")
    expect(painted(home).get_by_role("heading")).to_have_text("Counting sheep")
    expect(home.get_by_role("button", name="sheep: rename")).to_be_visible()


@pytest.mark.parametrize("broken", ["no zip", "path outside", "empty", "two names for one file"])
def test_a_zip_that_is_no_project_is_refused_in_one_sentence(home: Page, broken: str, tmp_path: Path) -> None:
    home_errors = home.locator(".section-head [role=alert]")
    packed = io.BytesIO(b"this is no zip file")
    if broken != "no zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            if broken == "path outside":
                archive.writestr("../../escape.txt", "x")
            elif broken == "two names for one file":
                archive.writestr("src/App.tsx", "x")
                archive.writestr("src/app.tsx", "y")
    chosen = tmp_path / "broken.zip"
    chosen.write_bytes(packed.getvalue())
    with home.expect_response("**/projects/import*") as answer:
        home.locator(".recent input[type=file]").set_input_files(chosen)
    assert answer.value.status in (413, 422, 400), json.dumps(answer.value.json())
    expect(home_errors).not_to_be_empty()
    assert "/p/" not in home.url


def test_a_wrong_address_leads_to_a_page_with_a_way_on(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/nothing-here")
    expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
    page.goto(f"{server.url}/p/aaaaaaaaaaaaaaaa")
    expect(page.get_by_role("heading", name="There is no such project")).to_be_visible()
    page.get_by_role("link", name="All projects").click()
    expect(page.get_by_label(PROMPT)).to_be_visible()


def test_the_operator_reads_in_the_list_that_disk_use_is_not_watched(page: Page, server: Server) -> None:
    note = "The data of previews cannot be read from here."
    frame = {"servers": [], "awake": 0, "limit": 10, "no_server": None, "disk_note": note}
    page.route_web_socket("**/api/v1/servers/ws", lambda socket: socket.send(json.dumps(frame)))
    page.goto(server.url)
    expect(page.get_by_role("combobox")).to_be_enabled(timeout=60_000)  # the page is alive
    page.get_by_role("button", name="Servers").click()
    expect(page.get_by_role("dialog", name="Servers")).to_contain_text(note)


@pytest.mark.parametrize("box", [PROMPT, COMPOSER], ids=["home", "composer"])
def test_a_long_word_is_typed_on_as_quickly_as_many_short_ones(home: Page, server: Server, box: str) -> None:
    """A pasted data URL, minified JSON. The least of three tries each: a busy machine takes the others."""
    if box == COMPOSER:
        open_project(home, server, imported(server))

    def took(text: str) -> float:
        home.get_by_label(box).fill("")
        began = time.monotonic()
        home.keyboard.insert_text(text)
        home.keyboard.type("!")
        home.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        return time.monotonic() - began

    took("first ")
    words = min(took("a word " * 7_143) for _ in range(3))
    assert min(took("x" * 50_001) for _ in range(3)) < 10 * words


def test_a_starter_that_cannot_run_here_says_so_on_its_card(home: Page) -> None:
    booking = home.locator(".starters li").filter(has_text="Room booking")
    expect(booking.get_by_role("button")).to_be_disabled()
    expect(booking.locator(".card-why")).to_contain_text("Cannot run here: Docker is not installed")
    expect(home.locator(".starters li").filter(has_text="To-do").locator(".card-why")).to_have_count(0)


def test_an_import_that_is_refused_leaves_its_button_where_it_was(home: Page, tmp_path: Path) -> None:
    button = home.get_by_role("button", name="Import a zip")
    before = button.bounding_box()
    chosen = tmp_path / "broken.zip"
    chosen.write_bytes(b"this is no zip file")
    home.locator(".recent input[type=file]").set_input_files(chosen)
    error = home.locator(".recent .error")
    expect(error).not_to_be_empty()
    photographed(home, "import-error")
    after, below = button.bounding_box(), error.bounding_box()
    assert before
    assert after
    assert below
    assert (after["x"], after["y"]) == (before["x"], before["y"])
    assert below["y"] >= after["y"] + after["height"]


def test_a_deleted_project_is_listed_and_comes_back(page: Page, server: Server) -> None:
    project = imported(server, title="Gone-sheep")
    server.call("DELETE", f"/api/v1/projects/{project}")
    page.goto(server.url)
    page.get_by_text(re.compile(r"^\d+ deleted projects?$")).click()
    expect(page.locator(".gone")).to_contain_text("Kept for 30 days")
    photographed(page, "deleted")
    page.get_by_role("button", name="Bring back Gone-sheep").click()
    expect(card(page, "Gone-sheep")).to_be_visible()
    expect(page.get_by_role("button", name="Bring back Gone-sheep")).to_have_count(0)
