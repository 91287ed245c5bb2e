"""Where people sign in, an app's server answers only to them: in the workbench's frame and in a tab of its own."""

from __future__ import annotations

import io
import time
import urllib.error
import zipfile
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from preview_runtime.plans.runtimes import Image
from tests.browser.apps import FULL_STACK, SERVER_ONLY
from tests.browser.conftest import Errors, Server
from tests.browser.containers.test_walks_with_server import BOOK

PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def locked(
    firewalled: None,
    make_server: Callable[..., Server],
    docker_host: str,
    runtime_images: dict[Image, float],
) -> Iterator[Server]:
    made = make_server(HOST="127.0.0.1", OWNER_PASSWORD=PASSWORD, DOCKER_HOST=docker_host, OFFLINE_SPEED="60000")
    yield made
    made.stop()  # its waiting containers and their networks go: the machine is quiet for the tests that follow


def opened(page: Page, server: Server, files: dict[str, str]) -> str:
    """A project of `files` in the workbench of somebody who signed in; returns its id."""
    page.goto(server.url)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Describe the app you want")).to_be_visible()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for path, text in files.items():
            packed.writestr(path, text)
    answer = page.request.post(
        f"{server.url}/api/v1/projects/import?title=Sheep",
        data=archive.getvalue(),
        headers={"content-type": "application/zip", "origin": server.url},
    )
    project: str = answer.json()["project"]["id"]
    page.goto(f"{server.url}/p/{project}")
    return project


def test_the_owner_sees_the_server_and_nobody_else_does(
    page: Page, make_page: Callable[..., Page], locked: Server, errors: Errors
) -> None:
    errors.allow("Failed to load resource")
    project = opened(page, locked, SERVER_ONLY)
    app = page.frame_locator("iframe.wb-frame[data-painted=true]")
    expect(app.get_by_role("heading")).to_have_text("Counting sheep", timeout=60_000)
    preview = f"http://p-{project}.preview.localhost:{locked.port}"
    # A tab of its own has another cookie jar than the frame: it is led through the builder, and sees no ticket.
    tab = page.context.new_page()
    tab.goto(f"{preview}/?from=tab")
    expect(tab.get_by_role("heading")).to_have_text("Counting sheep")
    assert tab.url == f"{preview}/?from=tab"
    stranger = make_page()
    stranger.goto(preview)
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
    with pytest.raises(urllib.error.HTTPError) as refused:
        locked.call("GET", "/api/sheep", headers={"host": preview.removeprefix("http://")})
    with refused.value as answer:
        assert answer.status == 401
    page.request.delete(f"{locked.url}/api/v1/projects/{project}/server", headers={"origin": locked.url})


def test_a_front_end_in_the_frame_reaches_its_private_server(page: Page, locked: Server, errors: Errors) -> None:
    errors.allow("Failed to load resource")
    project = opened(page, locked, FULL_STACK)
    app = page.frame_locator("iframe.wb-frame[data-painted=true]")
    expect(app.get_by_role("heading")).to_have_text("Sheep: 7", timeout=60_000)
    page.request.delete(f"{locked.url}/api/v1/projects/{project}/server", headers={"origin": locked.url})


def test_signing_out_ends_the_terminal_and_what_runs_in_it(page: Page, locked: Server, errors: Errors) -> None:
    errors.allow("Failed to load resource|WebSocket")
    project = opened(page, locked, SERVER_ONLY)
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached(timeout=60_000)

    def cookie() -> dict[str, str]:
        return {"cookie": "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies(locked.url))}

    def ran(*command: str) -> str:
        body = {"command": [*command]}
        done = locked.call("POST", f"/api/v1/projects/{project}/server/exec", body, cookie())
        return str(done["output"])

    terminals = f"/api/v1/projects/{project}/terminals"
    terminal = locked.call("POST", terminals, {}, cookie())["terminal"]["id"]
    address = f"ws://127.0.0.1:{locked.port}{terminals}/{terminal}/ws"
    with connect(address, additional_headers={**cookie(), "x-sayso-client": "tests"}, proxy=None) as socket:
        socket.send(b"sleep 4321 & echo it be${x}gan\n")
        said = b""
        while b"it began" not in said:
            piece = socket.recv(30)
            said += piece if isinstance(piece, bytes) else b""
        assert "sleep\x004321" in ran("sh", "-c", "cat /proc/[0-9]*/cmdline")
        began = time.monotonic()
        locked.call("POST", "/sign-out", {}, cookie())
        with pytest.raises(ConnectionClosed):  # noqa: PT012 - what was said before is read first
            while True:
                socket.recv(5)
        assert time.monotonic() - began < 2  # seconds: what docs/deploying.md promises
        assert socket.close_code == 1008
        with pytest.raises(ConnectionClosed):
            socket.send(b"touch /tmp/after\n")
    page.wait_for_url("**/sign-in?next=**")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/p/*")
    end = time.monotonic() + 10
    while "sleep\x004321" in (found := ran("sh", "-c", "cat /proc/[0-9]*/cmdline; ls /tmp")):
        assert time.monotonic() < end, "the shell's program still runs"
        time.sleep(0.05)  # a program's end in a container is not told
    assert "after" not in found
    assert locked.call("GET", terminals, headers=cookie()) == {"terminals": []}
    locked.call("DELETE", f"/api/v1/projects/{project}/server", headers=cookie())


def test_its_walks_get_access_to_their_server(page: Page, locked: Server, errors: Errors) -> None:
    errors.allow("Failed to load resource")
    project = opened(page, locked, BOOK)
    tally = page.locator(".wb-preview .wb-status").get_by_role("button", name="2 of 2 walk")
    expect(tally).to_be_visible(timeout=120_000)
    page.request.delete(f"{locked.url}/api/v1/projects/{project}/server", headers={"origin": locked.url})
