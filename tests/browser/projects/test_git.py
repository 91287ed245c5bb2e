"""A repository becomes a project, goes there and back, and where both sides went on nothing is lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.browser.workbench import painted, photographed
from tests.integration.projects.git.forge import Forge
from tests.integration.projects.git.git_server import TOKEN, GitServer, git
from tests.integration.server import serving


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GitServer, str]]:
    """A server of repositories that asks for a token, and its address."""
    server = Forge(tmp_path_factory.mktemp("repositories"), "gitlab")
    loop, ready, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    address = ""

    async def serve() -> None:
        nonlocal address
        async with serving(server) as address:
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(20)
    yield server.repositories, f"http://{address}"
    loop.call_soon_threadsafe(over.set)
    thread.join(20)
    loop.close()


@pytest.fixture(scope="module")
def git_server(make_server: Callable[..., Server]) -> Server:
    return make_server(GIT_PRIVATE_HOSTS="127.0.0.1", OFFLINE_SPEED="60000")


def begun(server: GitServer, name: str, folder: Path) -> Path:
    """A repository with one commit, and somebody's clone of it."""
    clone = folder / name
    git("clone", server.make(name), clone, at=folder)
    written(clone, "<h1>From a repository</h1>\n", "Begin")
    return clone


def written(clone: Path, page: str, subject: str) -> None:
    (clone / "index.html").write_text(page)
    git("add", "-A", at=clone)
    git("commit", "-m", subject, at=clone)
    git("push", "origin", "main", at=clone)


@pytest.mark.parametrize(("size", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_a_repository_becomes_a_project_and_both_go_on(
    make_page: Callable[..., Page],
    git_server: Server,
    elsewhere: tuple[GitServer, str],
    tmp_path: Path,
    size: dict[str, int],
    theme: str,
) -> None:
    server, address = elsewhere
    name = f"shop{size['width']}"
    clone = begun(server, name, tmp_path)
    page = make_page(viewport=size, color_scheme=theme, reduced_motion="reduce")
    page.goto(git_server.url)
    page.get_by_role("button", name="From Git").click()
    dialog = page.get_by_role("dialog", name="A project from a Git repository")
    dialog.get_by_label("Address").fill(f"{address}/{name}.git")
    dialog.get_by_role("button", name="Get it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Check the token")
    check(page, "a repository that lets nobody in", within="dialog")
    photographed(page, f"git, refused {theme} {size['width']}")
    dialog.get_by_label("Token").fill(TOKEN)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    expect(painted(page).get_by_role("heading")).to_have_text("From a repository")

    # Somebody commits there, and here something is typed: both went on.
    written(clone, "<h1>Theirs</h1>\n", "Theirs")
    project = page.url.rpartition("/")[2]
    git_server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": {"index.html": "<h1>Mine</h1>\n"}})
    page.get_by_role("button", name=f"{name}: rename").click()
    page.get_by_role("menuitem", name="Git", exact=True).click()
    dialog = page.get_by_role("dialog", name="Git")
    expect(dialog.locator("p[role=status]")).to_have_text("1 version is not there yet. 1 commit is not here yet.")
    check(page, "both sides went on", within="dialog")
    photographed(page, f"git, both {theme} {size['width']}")
    dialog.get_by_role("button", name="Put mine there and take theirs").click()
    expect(dialog.locator("p[role=status]")).to_have_text("Both are the same.")
    expect(painted(page).get_by_role("heading")).to_have_text("Theirs")
    git("fetch", at=clone)
    assert git("show", "origin/from-sayso:index.html", at=clone) == "<h1>Mine</h1>"

    git_server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": {"index.html": "<h1>Both</h1>\n"}})
    dialog.get_by_role("button", name="Look again").click()
    expect(dialog.locator("p[role=status]")).to_have_text("1 version is not there yet.")
    dialog.get_by_role("button", name="Push").click()
    expect(dialog.locator("p[role=status]")).to_have_text("Both are the same.")
    photographed(page, f"git, same {theme} {size['width']}")
    git("pull", "--ff-only", "origin", "main", at=clone)
    assert (clone / "index.html").read_text() == "<h1>Both</h1>\n"
    dialog.get_by_role("button", name="Change").click()
    expect(dialog.get_by_label("Token")).to_have_attribute("placeholder", f"kept, ends in {TOKEN[-4:]}")
    photographed(page, f"git, change {theme} {size['width']}")

    # Nothing is at another address yet: it is made there.
    dialog.locator("form").get_by_label("Address").fill(f"{address}/ada/{name}")
    dialog.get_by_role("button", name="Connect").click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is no repository at this address")
    check(page, "no repository yet", within="dialog")
    photographed(page, f"git, none yet {theme} {size['width']}")
    dialog.get_by_role("button", name="Make a private repository there").click()
    expect(dialog.locator("p[role=status]")).to_contain_text("not there yet")
    dialog.get_by_role("button", name="Push").click()
    expect(dialog.locator("p[role=status]")).to_have_text("Both are the same.")
    git("clone", server.folder / "ada" / f"{name}.git", "made", at=tmp_path)
    assert (tmp_path / "made" / "index.html").read_text() == "<h1>Both</h1>\n"
