"""Where people sign in, an app's server answers only to them: in the workbench's frame and in a tab of its own."""

from __future__ import annotations

import io
import urllib.error
import zipfile
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from preview_runtime.containers.images import Image
from tests.browser.apps import FULL_STACK, SERVER_ONLY
from tests.browser.conftest import Errors, Server

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
