"""The terminal as a person uses it: typed into, reloaded, closed, left by the keyboard, and its files kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.apps import SERVER_ONLY
from tests.browser.conftest import Server
from tests.browser.test_accessibility import check, looking, on_phone, show
from tests.browser.workbench import files_of, imported, open_file, stop, tab

__all__ = ["looking"]


@pytest.fixture
def project(container_server: Server) -> Iterator[str]:
    made = imported(container_server, SERVER_ONLY, title="Sheep-API")
    yield made
    stop(container_server, made)


def screen(page: Page) -> Locator:
    return page.locator(".xterm-rows")


def typed(page: Page, text: str) -> None:
    page.locator(".xterm-helper-textarea").focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def opened(page: Page, server: Server, project: str) -> None:
    """The project with its terminal, at its prompt."""
    page.goto(f"{server.url}/p/{project}")
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached(timeout=90_000)
    tab(page, "Terminal")
    expect(screen(page)).to_contain_text("/app $", timeout=60_000)


def test_a_command_is_typed_and_a_reload_brings_its_output_back(
    page: Page, container_server: Server, project: str
) -> None:
    opened(page, container_server, project)
    typed(page, "echo $((6 * 7)) is the answer")
    expect(screen(page)).to_contain_text("42 is the answer")
    page.reload()
    tab(page, "Terminal")
    expect(screen(page)).to_contain_text("42 is the answer")
    typed(page, "echo still $((1 + 1)) here")
    expect(screen(page)).to_contain_text("still 2 here")
    # What the screen answered before the reload is not typed a second time.
    expect(screen(page)).not_to_contain_text(re.compile(r"\^\[\[|\[\?1;2c"))


def test_a_flood_is_ended_by_control_c_and_the_terminal_outlasts_an_edit(
    page: Page, container_server: Server, project: str
) -> None:
    opened(page, container_server, project)
    typed(page, "yes sheep")
    expect(screen(page)).to_contain_text("sheepsheep")
    page.keyboard.press("Control+C")
    # What is typed ahead of the interrupt goes with it.
    expect(screen(page)).to_contain_text(re.compile(r"\^C.*\$ *$"))
    typed(page, "clear; echo calm $((2 + 3)) again")
    expect(screen(page)).to_contain_text("calm 5 again")
    container_server.call(
        "PATCH",
        f"/api/v1/projects/{project}/working",
        {"put": {"main.py": SERVER_ONLY["main.py"].replace("Counting sheep", "Counting stars")}, "client": "test"},
    )
    tab(page, "Preview")
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text("Counting stars", timeout=60_000)
    tab(page, "Terminal")
    typed(page, "grep -c stars main.py; echo edited $((3 + 4))")
    expect(screen(page)).to_contain_text("edited 7")


def test_a_shell_that_ends_says_so_and_opens_again_and_several_stand_side_by_side(
    page: Page, container_server: Server, project: str
) -> None:
    opened(page, container_server, project)
    typed(page, "exit 3")
    note = page.locator(".wb-terminal-note")
    expect(note).to_contain_text("The shell ended with code 3.")
    note.get_by_role("button", name="Open again").click()
    expect(note).to_have_count(0)
    expect(screen(page)).to_contain_text("/app $")
    page.get_by_role("button", name="New terminal").click()
    expect(page.get_by_role("tab", name="Terminal 2")).to_have_attribute("aria-selected", "true")
    typed(page, "echo second $((4 + 4))")
    expect(screen(page)).to_contain_text("second 8")
    page.get_by_role("tab", name="Terminal 1").click()
    expect(screen(page)).not_to_contain_text("second")
    page.get_by_role("button", name="Close terminal 1").click()
    expect(screen(page)).to_contain_text("second 8")
    for number in (1, 3, 4):
        page.get_by_role("button", name="New terminal").click()
        expect(page.get_by_role("tab", name=f"Terminal {number}")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="New terminal").click()
    expect(page.get_by_text("This project has 4 terminals open. Close one first.")).to_be_visible()
    stop(container_server, project)
    expect(note).to_contain_text("Your app stopped, and this terminal with it.")
    page.get_by_role("button", name="Close terminal 4").click()
    page.get_by_role("button", name="New terminal").click()
    expect(page.locator(".wb-toast-bad").filter(has_text="Your app is not running.")).to_be_visible()
    note.get_by_role("button", name="Open again").click()
    expect(screen(page)).to_contain_text("/app $", timeout=60_000)


def test_the_keyboard_gets_in_and_out(page: Page, container_server: Server, project: str) -> None:
    opened(page, container_server, project)
    mine = page.get_by_role("tab", name="Terminal 1")
    mine.focus()
    page.keyboard.press("Enter")
    terminal = page.get_by_role("textbox", name=re.compile("^Terminal 1 of your app"))
    expect(terminal).to_be_focused()
    page.keyboard.press("Tab")
    expect(terminal).to_be_focused()
    expect(page.get_by_text("Ctrl+M leaves the terminal")).to_be_visible()
    page.keyboard.press("Control+M")
    expect(mine).to_be_focused()


def test_files_the_app_changed_are_looked_at_picked_and_kept_as_one_version(
    page: Page, container_server: Server, project: str
) -> None:
    opened(page, container_server, project)
    typed(page, "mkdir -p migrations && echo 'steps = 1' > migrations/0001.py && sed -i s/7/9/ main.py && echo do''ne")
    expect(screen(page)).to_contain_text("done")
    page.get_by_role("button", name="Changed files").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    dialog.get_by_role("button", name="main.py").click()
    expect(dialog.locator(".wb-diff-add")).to_contain_text('"sheep": 9')
    expect(dialog.locator(".wb-diff-remove")).to_contain_text('"sheep": 7')
    dialog.get_by_role("checkbox", name="Keep main.py").uncheck()
    dialog.get_by_role("button", name="Keep 1 file").click()
    expect(page.get_by_text("Kept as v2")).to_be_visible()
    files = files_of(container_server, project)
    assert files["migrations/0001.py"] == "steps = 1\n"
    assert files["main.py"] == SERVER_ONLY["main.py"]
    open_file(page, "migrations/0001.py")


def test_axe_finds_nothing_in_the_terminal_and_in_the_list_of_changed_files(
    looking: Page, container_server: Server, project: str
) -> None:
    looking.goto(f"{container_server.url}/p/{project}")
    show(looking, "Preview")
    expect(looking.locator("iframe.wb-frame[data-painted=true]")).to_be_attached(timeout=90_000)
    show(looking, "Terminal")
    expect(screen(looking)).to_contain_text("/app $", timeout=60_000)
    if on_phone(looking):
        expect(looking.get_by_role("toolbar", name="Keys")).to_be_visible()
    check(looking, "terminal")
    looking.get_by_role("checkbox", name="Screen reader").check()
    expect(looking.locator(".xterm-accessibility")).to_be_attached()
    check(looking, "terminal with a screen reader")
    typed(looking, "echo made > made.txt; echo do''ne")
    expect(looking.locator(".xterm-accessibility")).to_contain_text("done")
    looking.get_by_role("button", name="Changed files").click()
    looking.get_by_role("button", name="made.txt").click()
    expect(looking.locator(".wb-diff-add")).to_be_visible()
    check(looking, "changed files")
