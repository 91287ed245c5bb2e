"""Live links and the zip file: the app outside of the workbench."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Page, Route, expect

from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import Errors, Server
from tests.browser.workbench import imported, open_file, open_project, painted, photographed, replace_all


def shared(page: Page) -> str:
    """Make a link in the dialog, which stays open; returns its address."""
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Create a link").click()
    link = page.get_by_role("dialog").get_by_label("Link", exact=True)
    expect(link).to_have_count(1)
    return link.input_value()


def test_a_link_works_in_another_browser_without_the_tab_and_after_a_restart(
    make_page: Callable[..., Page], make_server: Callable[..., Server]
) -> None:
    server = make_server()
    page, visitor = make_page(), make_page()
    open_project(page, server, imported(server))
    address = shared(page)
    assert address.startswith("http://p-")
    assert ".preview.localhost:" in address
    visitor.goto(address)
    expect(visitor.get_by_role("heading")).to_have_text("Counting sheep")
    page.close()
    visitor.reload()
    visitor.get_by_role("button").click()
    expect(visitor.get_by_role("button")).to_have_text("Counted 1")
    server.stop()
    server.start()
    visitor.goto(address)
    expect(visitor.get_by_role("heading")).to_have_text("Counting sheep")
    server.stop()


def test_visitors_of_a_link_use_the_app_and_do_not_read_its_sources(
    make_page: Callable[..., Page], server: Server
) -> None:
    page, visitor = make_page(), make_page()
    said = {"src/App.tsx": f"// SECRET of the maker\n{APP}", "src/note.md": "SECRET"}
    open_project(page, server, imported(server, {**COUNTER, **said}))
    address = shared(page)
    texts: list[str] = []
    visitor.on("response", lambda answer: texts.append(answer.text() if answer.ok else ""))
    visitor.goto(address)
    visitor.get_by_role("button").click()
    expect(visitor.get_by_role("button")).to_have_text("Counted 1")
    own = [text for text in texts if "Counting" in text]
    assert own
    assert not any("SECRET" in text or "App.tsx" in text or "sourceMappingURL=data" in text for text in texts)
    for path in ("/src/App.tsx", "/src/main.tsx", "/src/note.md", "/package.json", "/src/App.tsx.map"):
        assert visitor.evaluate("(path) => fetch(path).then((answer) => answer.status)", path) == 404
    # Their own preview, with sources, stays as it is.
    expect(painted(page).get_by_role("heading")).to_have_text("Counting sheep")


def test_a_link_gives_the_source_code_too_where_its_maker_wants_that(
    make_page: Callable[..., Page], server: Server
) -> None:
    page, visitor = make_page(), make_page()
    open_project(page, server, imported(server, {**COUNTER, "src/App.tsx": f"// how it counts\n{APP}"}))
    page.get_by_role("button", name="Share").click()
    page.get_by_label("Its source code too").check()
    expect(page.get_by_text("can read your code as you see it")).to_be_visible()
    page.get_by_role("button", name="Create a link").click()
    address = page.get_by_role("dialog").get_by_label("Link", exact=True).input_value()
    expect(page.get_by_role("dialog")).to_contain_text("with its source code")
    visitor.goto(address)
    expect(visitor.get_by_role("heading")).to_have_text("Counting sheep")
    read = "() => fetch('/src/App.tsx').then((answer) => answer.text())"
    assert "how it counts" in visitor.evaluate(read)
    page.get_by_role("button", name="Change").click()
    page.get_by_role("form", name="Change this link").get_by_label("The app alone").check()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Link changed")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("heading")).to_have_text("Counting sheep")
    assert "how it counts" not in visitor.evaluate(read)


def test_a_link_keeps_showing_the_version_it_was_made_from(make_page: Callable[..., Page], server: Server) -> None:
    page, visitor = make_page(), make_page()
    open_project(page, server, imported(server))
    address = shared(page)
    page.keyboard.press("Escape")
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("sheep", "stars"))
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as v2")).to_be_visible()
    visitor.goto(address)
    expect(visitor.get_by_role("heading")).to_have_text("Counting sheep")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Create a link").click()
    links = page.get_by_role("dialog").get_by_label("Link", exact=True)
    expect(links).to_have_count(2)
    newer = next(link.input_value() for link in links.all() if link.input_value() != address)
    visitor.goto(newer)
    expect(visitor.get_by_role("heading")).to_have_text("Counting stars")


def test_a_revoked_link_shows_that_it_is_gone(make_page: Callable[..., Page], server: Server) -> None:
    page, visitor = make_page(), make_page()
    open_project(page, server, imported(server))
    address = shared(page)
    visitor.goto(address)
    expect(visitor.get_by_role("heading")).to_have_text("Counting sheep")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Revoke").click()
    sure = dialog.get_by_role("group", name="The link ends: whoever opens it sees that it is over.")
    expect(sure.get_by_role("button", name="Keep the link")).to_be_focused()
    sure.get_by_role("button", name="Revoke it").click()
    expect(dialog.get_by_label("Link", exact=True)).to_have_count(0)
    expect(dialog.get_by_role("button", name="Create a link")).to_be_focused()
    # Said within the dialog: what lies outside of it is neither read out nor can it be pressed.
    said = dialog.get_by_role("status").filter(has_text="The link is revoked")
    said.get_by_role("button", name="Close").click()
    expect(said).to_have_count(0)
    expect(dialog).to_be_visible()
    answer = visitor.goto(address)
    assert answer
    assert answer.status == 404
    expect(visitor.get_by_role("heading")).to_have_text("There is no app at this address")


def test_on_this_computer_the_dialog_says_so_and_names_the_setting(page: Page, server: Server) -> None:
    open_project(page, server, imported(server))
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("dialog")).to_contain_text("open only on this computer")
    expect(page.get_by_role("dialog")).to_contain_text("PUBLIC_URL")


def test_where_nobody_signs_in_a_link_for_those_who_do_says_that_it_opens_to_everybody(
    page: Page, server: Server
) -> None:
    open_project(page, server, imported(server))
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog")
    everybody = dialog.get_by_text("Nobody signs in at this Sayso")
    expect(everybody).to_have_count(0)
    dialog.get_by_text("People who sign in here").click()
    expect(everybody).to_be_visible()
    photographed(page, "nobody-signs-in")


def test_making_a_link_is_said_while_it_lasts(page: Page, server: Server) -> None:
    open_project(page, server, imported(server))
    waiting: list[Route] = []
    page.route(
        "**/shares", lambda route: waiting.append(route) if route.request.method == "POST" else route.continue_()
    )
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Create a link").click()
    expect(dialog.get_by_role("button", name="Making the link…")).to_be_focused()
    waiting[0].continue_()
    expect(dialog.get_by_label("Link", exact=True)).to_have_count(1)
    expect(dialog.get_by_role("button", name="Create a link")).to_be_visible()


def test_the_link_is_copied(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_project(page, server, imported(server))
    address = shared(page)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Link copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address


def test_an_app_that_does_not_build_is_not_shared_and_the_dialog_says_why(page: Page, server: Server) -> None:
    project = imported(server, {**COUNTER, "src/App.tsx": "export default function App( {"})
    page.goto(f"{server.url}/p/{project}")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Create a link").click()
    expect(page.locator(".wb-toast")).to_contain_text("could not be built")
    expect(page.get_by_role("dialog").get_by_label("Link", exact=True)).to_have_count(0)


def test_the_zip_is_a_complete_project(page: Page, server: Server) -> None:
    open_project(page, server, imported(server, title="Sheep"))
    painted(page)
    page.get_by_role("button", name="Sheep: rename").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Download .zip").click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    names = archive.namelist()
    root = next(name.removesuffix("package.json") for name in names if name.endswith("package.json"))
    for path, text in COUNTER.items():
        assert archive.read(root + path).decode() == text
    package = json.loads(archive.read(root + "package.json"))
    assert {"dev", "build"} <= package["scripts"].keys()
    assert any(name.endswith("README.md") for name in names)
    assert download.value.suggested_filename.endswith(".zip")


def test_another_site_shows_the_app_once_its_maker_lets_it(
    make_page: Callable[..., Page], server: Server, errors: Errors
) -> None:
    errors.allow("frame-ancestors")
    page, other = make_page(), make_page()
    open_project(page, server, imported(server))
    address = shared(page)
    blog = f'<iframe src="{address}"></iframe>'

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<h1>A blog</h1>{blog}".encode())

        def log_message(self, *_: object) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    there = f"http://blog.localhost:{site.server_port}/"
    other.goto(there)
    expect(other.frame_locator("iframe").get_by_text("Counting sheep")).to_have_count(0)
    more = page.get_by_role("button", name="More", exact=True)
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name=f"QR code of {address}")).to_be_visible()
    page.get_by_role("switch", name="Other sites may show it").press("Space")
    blog = page.get_by_label("For the other site’s page", exact=True).input_value()
    other.goto(there)
    shown = other.frame_locator("iframe")
    expect(shown.get_by_role("heading")).to_have_text("Counting sheep")
    shown.get_by_role("button").click()
    expect(shown.get_by_role("button")).to_have_text("Counted 1")
    for width, theme in ((1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 860})
        page.emulate_media(color_scheme="light" if theme == "light" else "dark")
        photographed(page, f"share-{width}-{theme}")
    site.shutdown()
    site.server_close()


def test_a_visitor_makes_the_app_theirs_by_its_badge(make_page: Callable[..., Page], server: Server) -> None:
    page, visitor = make_page(), make_page()
    open_project(page, server, imported(server))
    address = shared(page)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("switch", name="Visitors may copy it").click()
    expect(page.get_by_label("Where visitors copy it", exact=True)).to_be_visible()
    visitor.goto(address)
    photographed(visitor, "share-badge")
    badge = visitor.get_by_role("link", name="Made with Sayso · Remix")
    with visitor.expect_popup() as popup:
        badge.press("Enter")
    popup.value.get_by_role("button", name="Make my copy").click()
    expect(painted(popup.value).get_by_role("heading")).to_have_text("Counting sheep")
    page.get_by_role("switch", name="“Made with Sayso”").click()
    expect(page.get_by_role("switch", name="“Made with Sayso”")).not_to_be_checked()
    visitor.reload()
    expect(visitor.get_by_role("heading")).to_have_text("Counting sheep")
    expect(badge).to_have_count(0)
