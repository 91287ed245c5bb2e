"""The WebContainer engine: the real client against a local double of StackBlitz's page, which is never asked itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import ROOT, Errors, Server
from tests.browser.workbench import imported, open_file, open_project, replace_all, tab

BROWSER = ROOT / "preview_runtime" / "browser"
SHOWN = "https://sheep.webcontainer.io/"
ISOLATED = {"cross-origin-resource-policy": "cross-origin", "cross-origin-embedder-policy": "require-corp"}
FILES = {"index.html": "<h1>Counting sheep</h1>", "package.json": '{"scripts": {"dev": "vite"}}'}


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The double's script."""
    built: Path = tmp_path_factory.mktemp("double") / "double.js"
    options = {
        "entryPoints": ["test/webcontainer-double/page.ts"],
        "bundle": True,
        "format": "esm",
        "outfile": str(built),
    }
    script = f"import esbuild from 'esbuild'; await esbuild.build({json.dumps(options)})"
    node = Path(sys.executable).with_name("node")
    subprocess.run([str(node), "--input-type=module", "-e", script], cwd=BROWSER, check=True)
    return built.read_text(encoding="utf-8")


@pytest.fixture
def stackblitz(page: Page, double: str) -> Callable[[str], list[str]]:
    """Puts the double in StackBlitz's place; `fail` is how it misbehaves. Returns what the page asked it for. Its page comes
    only with the last of `held`, if there is such a list."""

    def put(fail: str = "", held: list[Callable[[], None]] | None = None) -> list[str]:
        asked: list[str] = []

        def editor(route: Route) -> None:
            asked.append(route.request.url)
            if fail == "unreachable":
                return route.abort("connectionrefused")
            if route.request.url.endswith("/double.js"):
                return route.fulfill(body=double, content_type="text/javascript", headers=ISOLATED)
            told = f"history.replaceState(null, '', '?fail={fail}&show={SHOWN}%3Fhtml=')"
            body = f'<!doctype html><script>{told}</script><script type="module" src="/double.js"></script>'
            if held is not None and route.request.resource_type == "document":
                return held.append(lambda: route.fulfill(body=body, content_type="text/html", headers=ISOLATED))
            return route.fulfill(body=body, content_type="text/html", headers=ISOLATED)

        def app(route: Route) -> None:
            html = parse_qs(urlsplit(route.request.url).query).get("html", [""])[0]
            route.fulfill(body=f"<!doctype html>{html}", content_type="text/html", headers=ISOLATED)

        page.route("https://stackblitz.com/**", editor)
        page.route(f"{SHOWN}**", app)
        return asked

    return put


def choose(page: Page) -> None:
    page.get_by_role("button", name="Runs with: Instant engine").click()
    page.get_by_role("menuitemradio", name="WebContainer").click()


def agree(page: Page) -> None:
    page.get_by_role("button", name="Run it").click()


def test_nothing_is_asked_of_stackblitz_before_the_person_agrees(
    page: Page, server: Server, stackblitz: Callable[..., list[str]]
) -> None:
    asked = stackblitz()
    open_project(page, server, imported(server, FILES))
    choose(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("StackBlitz, a third party")
    page.get_by_role("button", name="Stay with the instant engine").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Runs with: Instant engine")).to_be_visible()
    assert asked == []


def test_the_app_runs_in_the_container_and_follows_what_is_typed(
    page: Page, server: Server, stackblitz: Callable[..., list[str]]
) -> None:
    asked = stackblitz()
    project = imported(server, FILES)
    open_project(page, server, project)
    choose(page)
    agree(page)
    preview = page.frame_locator("iframe.wb-frame")
    expect(page.locator("iframe.wb-frame")).to_have_attribute("src", re.compile(re.escape(SHOWN)))
    expect(preview.get_by_role("heading")).to_have_text("Counting sheep")
    expect(page.locator(".wb-preview .wb-status")).to_contain_text("Running · WebContainer")
    open_file(page, "index.html")
    replace_all(page, "<h1>Counting stars</h1>")
    tab(page, "Preview")
    expect(preview.get_by_role("heading")).to_have_text("Counting stars")
    tab(page, "Logs")
    expect(page.get_by_role("log", name="Logs")).to_contain_text("added 3 packages")
    assert all("coep=require-corp" in address for address in asked if "headless?" in address)
    # Asked once: the choice and the consent stay.
    page.reload()
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text("Counting stars")
    expect(page.get_by_role("button", name="Runs with: WebContainer")).to_be_visible()


# Counts the frames in which no app is seen.
BLANK = """() => { window.blank = 0; const look = () => {
  if (!document.querySelector('.wb-stage iframe[data-painted=true]')) window.blank++
  requestAnimationFrame(look)
}; look() }"""


def test_it_takes_over_without_a_blank_moment(page: Page, server: Server, stackblitz: Callable[..., list[str]]) -> None:
    held: list[Callable[[], None]] = []
    stackblitz(held=held)
    open_project(page, server, imported(server, FILES))
    choose(page)
    page.evaluate(BLANK)
    agree(page)
    before = page.frame_locator("iframe.wb-frame-before").get_by_role("heading")
    expect(before).to_have_text("Counting sheep")
    for let_go in held:
        let_go()
    expect(page.locator("iframe.wb-frame")).to_have_attribute("src", re.compile(re.escape(SHOWN)))
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text("Counting sheep")
    expect(page.locator("iframe.wb-frame-before")).to_have_count(0)
    assert page.evaluate("window.blank") == 0


def test_what_a_tool_in_the_container_writes_is_in_the_project(
    page: Page, server: Server, stackblitz: Callable[..., list[str]]
) -> None:
    stackblitz()
    package = '{"scripts": {"dev": "generate && vite"}}'
    project = imported(server, {**FILES, "package.json": package, "src/old.js": "export {}"})
    open_project(page, server, project)
    choose(page)
    agree(page)
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text("Counting sheep")
    open_file(page, "src/headings.json")
    expect(page.locator(".monaco-editor .view-lines")).to_contain_text('["Counting sheep"]')
    open_file(page, "index.html")
    replace_all(page, "<h1>Counting stars</h1>")
    open_file(page, "src/headings.json")
    expect(page.locator(".monaco-editor .view-lines")).to_contain_text('["Counting stars"]')
    page.wait_for_function(
        """async (address) => {
          const files = Object.keys((await (await fetch(address)).json()).files).sort()
          return files.join() === 'index.html,package.json,src/headings.json'
        }""",
        arg=f"{server.url}/api/v1/projects/{project}/files",
    )


@pytest.mark.parametrize(
    ("fail", "reason"),
    [("unreachable", "stackblitz.com, which cannot be reached"), ("boot", "could not start: boot refused")],
)
def test_where_it_cannot_start_the_instant_engine_runs_and_says_why(
    page: Page, server: Server, errors: Errors, stackblitz: Callable[..., list[str]], fail: str, reason: str
) -> None:
    errors.allow("ERR_CONNECTION_REFUSED")
    stackblitz(fail)
    open_project(page, server, imported(server, FILES))
    choose(page)
    agree(page)
    status = page.locator(".wb-preview .wb-status")
    expect(status).to_contain_text(reason)
    expect(status).to_contain_text("so the instant engine runs")
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text("Counting sheep")


def test_a_start_that_never_ends_is_given_up_after_half_a_minute(
    page: Page, server: Server, stackblitz: Callable[..., list[str]]
) -> None:
    asked = stackblitz("silent")
    open_project(page, server, imported(server, FILES))
    choose(page)
    page.clock.install()
    with page.expect_response(re.compile(r"double\.js")):
        agree(page)
    assert asked
    page.clock.fast_forward(31_000)
    status = page.locator(".wb-preview .wb-status")
    expect(status).to_contain_text("did not start within 30 seconds")
    expect(status).to_contain_text("so the instant engine runs")
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text("Counting sheep")


def test_an_install_that_fails_is_shown_as_the_apps_mistake(
    page: Page, server: Server, stackblitz: Callable[..., list[str]]
) -> None:
    stackblitz("install")
    open_project(page, server, imported(server, FILES))
    choose(page)
    agree(page)
    expect(page.locator(".wb-fault")).to_contain_text("“npm install” failed")
    expect(page.locator(".wb-fault").get_by_role("button", name="package.json")).to_be_visible()


def test_a_server_set_to_webcontainers_asks_at_once(
    page: Page, make_server: Callable[..., Server], stackblitz: Callable[..., list[str]]
) -> None:
    asked = stackblitz()
    server = make_server(PREVIEW_ENGINE="webcontainer")
    page.goto(f"{server.url}/p/{imported(server, FILES)}")
    expect(page.get_by_role("dialog")).to_contain_text("Run with WebContainer?")
    assert asked == []
    agree(page)
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text("Counting sheep")
    assert asked
    server.stop()
