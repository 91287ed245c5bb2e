"""Cookies of one preview beside the others: a script sets them for the common domain, and nobody is locked out."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Errors, Server
from tests.browser.workbench import imported, open_project, preview_frame
from tests.integration.preview_routers import free_port, traefik_arguments, traefik_program

PAGE = '<!doctype html><html lang="en"><title>{0}</title><body><h1>{0}</h1></body></html>'
# Twenty of 3.9 kB, at each place at which others are asked; framed, only such of the second kind are sent along.
BOMB = """(attributes) => {
  for (let n = 0; n < 20; n++) document.cookie = `bomb${n}=${"x".repeat(3900)}; Domain=preview.localhost; ${attributes}`
  document.cookie = "sayso_session=stolen; Domain=preview.localhost; Path=/"
}"""


@pytest.fixture(params=["alone", "behind Traefik"])
def port(request: pytest.FixtureRequest, server: Server) -> Iterator[int]:
    """Where the server's previews are opened."""
    if request.param == "alone":
        yield server.port
        return
    at = free_port()
    process = subprocess.Popen([traefik_program(), *traefik_arguments(at)], env={"SAYSO": server.url})
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), urlopen(f"http://localhost:{at}/api/v1/health", timeout=5):
                break
            assert time.monotonic() < deadline, "Traefik did not answer"
            time.sleep(0.1)
        yield at
    finally:
        process.kill()
        process.wait()


def app(server: Server, name: str, port: int) -> str:
    """The address of a preview that says its name."""
    project = imported(server, {"index.html": PAGE.format(name)})
    return f"http://p-{project}.preview.localhost:{port}"


@pytest.mark.parametrize(
    "attributes",
    ["Path=/", "Path=/deep/; Max-Age=9999", "Path=/deep", "Path=/; Secure; SameSite=None", "Path=/; SameSite=Strict"],
)
def test_a_preview_flooded_by_another_works_again_after_one_reload(
    page: Page, server: Server, port: int, errors: Errors, attributes: str
) -> None:
    errors.allow("431")
    attacker, other = app(server, "Attacker", port), app(server, "Other", port)
    page.goto(f"{other}/deep/page")
    page.evaluate("document.cookie = 'mine=kept; Max-Age=9999'; document.cookie = `long=${'y'.repeat(3000)}; Path=/`")
    page.goto(attacker)
    page.evaluate(BOMB, attributes)
    page.goto(f"{other}/deep/page")
    expect(page.get_by_role("heading")).to_have_text("Other")
    assert "mine=kept" in page.evaluate("document.cookie")
    assert "long=yyy" in page.evaluate("document.cookie")
    # A script's writes reach the browser's store late: what came after an answer is dropped by the next one.
    for address, name in ((other, "Other"), (attacker, "Attacker"), (f"{other}/deep/page", "Other")):
        page.goto(address)
        expect(page.get_by_role("heading")).to_have_text(name)


def test_a_preview_in_the_workbench_is_not_locked_out_either(page: Page, server: Server, errors: Errors) -> None:
    """There previews are third parties, whose cookies are kept apart for each site that frames them."""
    errors.allow("431")
    attacker = imported(server, {"index.html": PAGE.format("Attacker")})
    other = imported(server, {"index.html": PAGE.format("Other")})
    expect(open_project(page, server, attacker).get_by_role("heading")).to_have_text("Attacker")
    frame = preview_frame(page)
    for attributes in ("Path=/; Secure; SameSite=None; Partitioned", "Path=/; Secure; SameSite=None"):
        frame.evaluate(BOMB, attributes)
        assert "bomb19" in frame.evaluate("document.cookie")
    expect(open_project(page, server, other).get_by_role("heading")).to_have_text("Other")
    # Of cookies that are kept apart for each site that frames them, browsers keep ten kilobytes: those are no flood.
    assert preview_frame(page).evaluate("document.cookie.length") <= 10 * 1024


def test_what_an_app_set_too_much_of_for_itself_goes_as_well(
    page: Page, server: Server, port: int, errors: Errors
) -> None:
    errors.allow("431")
    address = app(server, "Own", port)
    page.goto(address)
    page.evaluate("for (let n = 0; n < 20; n++) document.cookie = `own${n}=${'x'.repeat(3900)}; Path=/`")
    page.goto(address)
    page.reload()
    expect(page.get_by_role("heading")).to_have_text("Own")
    assert "own" not in page.evaluate("document.cookie")


def test_no_preview_sets_cookies_for_the_builder_or_signs_anybody_in_or_out(
    page: Page, make_server: Callable[..., Server]
) -> None:
    server = make_server(OWNER_PASSWORD="a long password")
    page.goto(server.url)
    page.get_by_label("Password").fill("a long password")
    page.get_by_label("Password").press("Enter")
    page.wait_for_url(server.url + "/")
    other = page.context.new_page()
    other.goto(f"http://p-abcdefgh.preview.localhost:{server.port}/@sayso/client.js")
    other.evaluate(
        """() => {
          for (const domain of ["localhost", ".localhost", "127.0.0.1", "preview.localhost"])
            for (let n = 0; n < 20; n++)
              for (const name of ["sayso_session", `bomb${n}`])
                document.cookie = `${name}=${"x".repeat(3800)}; Domain=${domain}; Path=/`
        }"""
    )
    answer = page.goto(server.url)
    assert answer is not None
    assert answer.status == 200
    assert page.evaluate("fetch('/api/v1/projects').then((answer) => answer.status)") == 200
    assert "bomb" not in page.evaluate("document.cookie")
