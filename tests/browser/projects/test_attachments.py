"""Files that people paste, drop or choose: seen before they are sent, with the message, and in the app."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from builder.llm.testing.messages_api import MessagesBehaviour
from tests import attached
from tests.browser.apps import COUNTER
from tests.browser.claude import Claude
from tests.browser.conftest import Server
from tests.browser.workbench import files_of, finished, imported, open_project, painted, photographed, say

PROMPT, COMPOSER = "Describe the app you want", "Ask for a change"
_GIVE = """([selector, kind, files, text]) => {
  const data = new DataTransfer();
  for (const [name, type, base64] of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], name, { type }));
  }
  if (text) data.setData("text/plain", text);
  const element = document.querySelector(selector);
  const event = kind === "paste"
    ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
  return !element.dispatchEvent(event);
}"""


def give(page: Page, selector: str, kind: str, *files: tuple[str, str, bytes], text: str = "") -> bool:
    """Paste, drag or drop files; returns whether the page took them."""
    packed = [(name, media, base64.b64encode(data).decode()) for name, media, data in files]
    taken: bool = page.evaluate(_GIVE, [selector, kind, packed, text])
    return taken


def chips(page: Page) -> Locator:
    return page.locator("form").get_by_role("list", name="Attached files").get_by_role("listitem")


def choose(page: Page, *files: tuple[str, str, bytes]) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files([FilePayload(name=name, mimeType=media, buffer=data) for name, media, data in files])


@pytest.fixture
def project(page: Page, server: Server) -> str:
    made = imported(server)
    open_project(page, server, made)
    return made


def test_pasted_dropped_and_chosen_files_go_with_a_message(page: Page, server: Server, project: str) -> None:
    assert give(page, ".wb-composer textarea", "paste", ("image.png", "image/png", attached.picture(400, 300)))
    expect(chips(page)).to_have_count(1)
    expect(chips(page).locator("img")).to_have_js_property("naturalWidth", 400)
    give(page, ".wb-messages", "dragover", ("Cities.csv", "text/csv", attached.CSV))
    expect(page.get_by_text("Drop files here to attach them")).to_be_visible()
    photographed(page, "attachments-drop")
    assert give(page, ".wb-messages", "drop", ("Cities.csv", "text/csv", attached.CSV))
    expect(page.get_by_text("Drop files here to attach them")).to_be_hidden()
    choose(page, ("brief.pdf", "application/pdf", attached.pdf("Blue, please")))
    expect(chips(page)).to_have_count(3)
    expect(chips(page).filter(has_text="kB")).to_have_count(3)
    expect(chips(page).nth(1)).to_contain_text("becomes a file of the project")
    expect(page.get_by_role("status").filter(has_text="is attached")).to_have_count(1)
    photographed(page, "attachments-waiting")
    # One is taken away by keyboard; the focus stays among the others.
    chips(page).first.get_by_role("button", name="Remove image.png").press("Enter")
    expect(chips(page)).to_have_count(2)
    expect(chips(page).first.get_by_role("button")).to_be_focused()
    # They survive a reload, and go with the message.
    page.reload()
    painted(page)
    expect(chips(page)).to_have_count(2)
    say(page, "rename it to Cities")
    sent = page.get_by_role("log").get_by_role("list", name="Attached files")
    expect(sent.get_by_role("listitem")).to_have_count(2)
    expect(chips(page)).to_have_count(0)
    expect(finished(page)).to_contain_text("The offline demo does not look at attached files")
    assert files_of(server, project)["src/data/cities.csv"] == attached.CSV.decode()
    photographed(page, "attachments-sent")
    sent.get_by_role("button", name="Open src/data/cities.csv").click()
    expect(page.locator('.wb-editor-tabs [data-path="src/data/cities.csv"]')).to_be_visible()


def test_the_first_request_takes_files_along(page: Page, server: Server) -> None:
    page.goto(server.url)
    expect(page.get_by_label("Model")).to_be_enabled()
    assert give(page, "#prompt", "paste", ("sketch.png", "image/png", attached.picture(300, 200)))
    assert give(page, ".prompt-card", "drop", ("people.json", "application/json", attached.RECORDS))
    expect(chips(page)).to_have_count(2)
    expect(chips(page).nth(1)).to_contain_text("becomes a file of the project")
    photographed(page, "attachments-home")
    page.get_by_label(PROMPT).fill("a kanban board")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    sent = page.get_by_role("log").get_by_role("list", name="Attached files")
    expect(sent.get_by_role("listitem")).to_have_count(2)
    expect(sent.locator("img")).to_have_js_property("naturalWidth", 300)
    expect(finished(page)).to_contain_text("the data is in the project, as src/data/people.json")
    page.goto(server.url)
    expect(chips(page)).to_have_count(0)


def test_what_cannot_be_attached_says_why_and_holds_the_message_back(page: Page, server: Server, project: str) -> None:
    choose(page, ("report.docx", "application/msword", b"PK\x03\x04" + bytes(99)))
    expect(chips(page).get_by_role("alert")).to_contain_text("“report.docx” is a zip or an Office file.")
    page.get_by_label(COMPOSER).fill("make it blue")
    page.keyboard.press("Enter")
    expect(page.locator("#wb-composer-note")).to_have_text("Remove the file that could not be attached first.")
    photographed(page, "attachments-refused")
    page.get_by_role("button", name="Remove report.docx").click()
    expect(page.get_by_label(COMPOSER)).to_be_focused()
    # Too large: said at once, without an upload.
    choose(page, ("video.bin", "video/mp4", b"x" * (10 * 2**20 + 1)))
    expect(chips(page).get_by_role("alert")).to_have_text("“video.bin” is larger than 10 MB. Attach a smaller file.")


def test_text_that_is_copied_with_a_picture_of_it_stays_text(page: Page, server: Server, project: str) -> None:
    cells = ("image.png", "image/png", attached.picture())
    assert not give(page, ".wb-composer textarea", "paste", cells, text="a\tb\n1\t2")
    expect(chips(page)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_everything_has_its_place(make_page: Callable[..., Page], server: Server, scheme: str) -> None:
    page = make_page(viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True)
    open_project(page, server, imported(server))
    page.get_by_role("navigation").get_by_role("button", name="Chat").click()
    long = "a very long name of a file that nobody would ever shorten by hand, not even once.csv"
    choose(page, ("sketch.png", "image/png", attached.picture(400, 300)), (long, "text/csv", attached.CSV))
    expect(chips(page).nth(1)).to_contain_text("becomes a file")
    photographed(page, f"attachments-phone-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = chips(page).nth(1).get_by_role("button").bounding_box()
    assert box
    assert box["width"] >= 40
    assert box["x"] + box["width"] <= 390
    say(page, "rename it to Cities")
    expect(finished(page)).to_contain_text("offline demo")
    photographed(page, f"attachments-phone-sent-{scheme}")


def test_an_app_of_claude_runs_on_the_attached_data_while_it_is_written(
    page: Page, claude: Claude, claude_server: Server
) -> None:
    app = """import text from "./data/cities.csv?raw";

export default function App() {
  const rows = text.trim().split("\\n").slice(1).map((line) => line.split(","));
  return <ul>{rows.map(([city]) => <li key={city}>{city}</li>)}</ul>;
}
"""
    files = {**COUNTER, "src/App.tsx": app}
    files.pop("src/later.ts", None)
    draft = {"title": "Cities", "summary": "Your cities.", "files": {**files, "README.md": "The last file."}}
    release = claude.holds(draft, before="The last file")
    page.goto(claude_server.url)
    expect(page.get_by_label("Model")).to_be_enabled()
    assert give(page, "#prompt", "paste", ("shot.png", "image/png", attached.picture(300, 200)))
    assert give(page, ".prompt-card", "drop", ("Cities.csv", "text/csv", attached.CSV))
    expect(chips(page).nth(1)).to_contain_text("becomes a file")
    page.get_by_label(PROMPT).fill("a list of these cities, each with its name on a line of its own, as in the picture")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    expect(painted(page).get_by_role("listitem")).to_have_text(["Lisbon", "Porto", "Braga"])
    claude.release(release)
    expect(finished(page)).to_contain_text("Your cities.")
    expect(painted(page).get_by_role("listitem")).to_have_text(["Lisbon", "Porto", "Braga"])
    (request,) = claude.api.requests[-1:]
    kinds = [part["type"] for part in request["messages"][0]["content"]]
    assert kinds == ["image", "text"]
    claude.answers(MessagesBehaviour({"summary": "Nothing else."}))


def test_a_model_that_sees_no_pictures_says_so_before_anything_is_spent(
    page: Page, make_server: Callable[..., Server]
) -> None:
    server = make_server(
        OPENAI_API_KEY="sk-" + "a" * 40, OPENAI_BASE_URL="http://127.0.0.1:9/v1", MODEL="openai:gpt-oss-120b"
    )
    open_project(page, server, imported(server))
    choose(page, ("sketch.png", "image/png", attached.picture()))
    say(page, "build this")
    expect(page.locator("#wb-composer-note")).to_contain_text(
        "cannot see pictures. Choose another model, or remove “sketch.png”."
    )
    expect(chips(page)).to_have_count(1)


def test_a_request_that_is_worded_anew_has_its_files_again(page: Page, claude: Claude, claude_server: Server) -> None:
    claude.answers(MessagesBehaviour(stop_reason="refusal"))
    open_project(page, claude_server, imported(claude_server))
    choose(page, ("sketch.png", "image/png", attached.picture(400, 300)))
    say(page, "build this")
    finished(page).get_by_role("button", name="Change the request").click()
    expect(page.get_by_label(COMPOSER)).to_have_value("build this")
    expect(chips(page).locator("img")).to_have_js_property("naturalWidth", 400)
    claude.answers(MessagesBehaviour({"summary": "Done.", "files": {"src/new.ts": "export {};"}}))
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_role("list", name="Attached files")).to_have_count(2)
    expect(finished(page)).to_contain_text("Done.")
    kinds = [part["type"] for part in claude.api.requests[-1]["messages"][0]["content"]]
    assert kinds == ["text", "image", "text"]  # the project, which the provider may keep; the picture; the request
