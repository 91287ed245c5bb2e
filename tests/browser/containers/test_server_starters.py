"""Starters with a server in the workbench: opened from the gallery, used, started another way."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.apps import FULL_STACK
from tests.browser.conftest import Errors, Server
from tests.browser.containers.test_containers import EXPRESS
from tests.browser.workbench import imported, open_project, painted, stop, tab

GO = {
    "go.mod": "module flock\n\ngo 1.19\n",
    "main.go": 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe("0.0.0.0:8000", nil) }\n',
}
# A front end with a server that no browser runs.
BESIDE = {
    **FULL_STACK,
    "main.py": FULL_STACK["main.py"]
    + '\n\n@app.websocket("/api/live")\nasync def live(socket):\n    await socket.accept()\n',
}
PATIENCE = 90_000  # milliseconds: a first start on a machine with much to do


def test_one_with_a_front_end_is_opened_from_the_gallery_and_shared_live(
    page: Page, container_server: Server, errors: Errors
) -> None:
    errors.allow("Failed to load resource|EventSource")  # what the page asks for before its server listens
    page.goto(container_server.url)
    page.get_by_role("button", name="Shared shopping list").click()
    page.wait_for_url("**/p/*", timeout=PATIENCE)
    project = page.url.rpartition("/")[2].partition("?")[0]
    app = painted(page)
    expect(app.get_by_text("Oat milk")).to_be_visible(timeout=PATIENCE)
    expect(app.get_by_text("Shared live")).to_be_visible(timeout=PATIENCE)
    app.get_by_label("What", exact=True).fill("Brass hinges")
    app.get_by_role("button", name="Add").click()
    expect(app.get_by_text("Brass hinges")).to_be_visible()
    app.get_by_role("checkbox", name=re.compile("Brass hinges")).click()  # ticked once the server knows
    expect(app.get_by_text("3 in the bag")).to_be_visible()
    stop(container_server, project)


def test_a_person_says_how_the_server_starts_and_takes_it_back(
    page: Page, container_server: Server, errors: Errors
) -> None:
    errors.allow("Failed to load resource")
    project: str = container_server.post("/api/v1/projects", {"starter": "short-links"})["project"]["id"]
    app = open_project(page, container_server, project)
    expect(app.get_by_text("Long addresses, made short.")).to_be_visible(timeout=PATIENCE)

    page.locator(".wb-title").first.click()
    page.get_by_role("menuitem", name="How it runs").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Python runs in a container.")
    expect(dialog.get_by_label("Start with")).to_have_attribute("placeholder", "python server.py")
    dialog.get_by_label("Port it listens on").fill("80")
    dialog.get_by_role("button", name="Keep and start").click()
    expect(dialog.get_by_role("alert")).to_have_text("The port is a whole number from 1024 to 65535.")
    dialog.get_by_label("Port it listens on").fill("9001")
    dialog.get_by_role("button", name="Keep and start").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("The server starts the way you said.")).to_be_visible()
    assert container_server.get(f"/api/v1/projects/{project}/run")["given"]["port"] == 9001
    expect(painted(page).get_by_text("Long addresses, made short.")).to_be_visible(timeout=PATIENCE)

    page.locator(".wb-title").first.click()
    page.get_by_role("menuitem", name="How it runs").click()
    expect(dialog.get_by_label("Port it listens on")).to_have_value("9001")
    dialog.get_by_role("button", name="Back to what the files say").click()
    expect(dialog).to_have_count(0)
    assert container_server.get(f"/api/v1/projects/{project}/run")["given"]["port"] is None
    stop(container_server, project)


def test_without_containers_the_gallery_says_why_these_cannot_run(
    make_server: Callable[..., Server], page: Page
) -> None:
    page.goto(make_server(DOCKER_HOST="unix:///nowhere/docker.sock").url)
    expect(page.get_by_role("button", name="Polls")).to_be_disabled()
    expect(page.get_by_text("none can run here: Docker is not installed or does not answer.")).to_be_visible()
    expect(page.get_by_role("button", name="Guestbook")).to_be_enabled()  # Python runs in the browser
    expect(page.get_by_role("button", name="To-do")).to_be_enabled()


def test_without_containers_an_app_with_a_server_says_what_is_missing_and_does_not_blame_its_files(
    make_server: Callable[..., Server], page: Page
) -> None:
    server = make_server(DOCKER_HOST="unix:///nowhere/docker.sock")
    page.goto(f"{server.url}/p/{imported(server, GO, title='Flock')}")
    card = page.locator(".wb-fault")
    expect(card.get_by_role("heading")).to_have_text("The preview could not start")
    expect(card).to_contain_text("which nothing here can run yet")
    expect(card).to_contain_text("Docker is not installed or does not answer")
    expect(card.get_by_role("button", name="Ask to fix it")).to_have_count(0)
    card.get_by_role("button", name="Try again").click()
    expect(card).to_contain_text("Docker is not installed or does not answer")

    page.goto(f"{server.url}/p/{imported(server, EXPRESS, title='Express')}")
    expect(card).to_contain_text("a WebContainer has one in the browser")
    card.get_by_role("button", name="Run it in a WebContainer").click()
    expect(page.get_by_role("dialog")).to_contain_text("StackBlitz")
    page.keyboard.press("Escape")

    page.goto(f"{server.url}/p/{imported(server, BESIDE, title='Both')}")
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached()
    expect(page.locator(".wb-status")).to_contain_text("front end only: its server cannot run here")
    tab(page, "Logs")
    expect(page.get_by_text("The instant engine shows its front end only.")).to_be_visible()
