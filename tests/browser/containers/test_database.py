"""The database dialog, as a person uses it: a real browser, a real server of ours, a real PostgreSQL in Docker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Errors, Server
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.browser.workbench import imported, open_project, photographed, stop

GUESTS = """import os
import psycopg
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS guests (name text)")
    connection.execute("CREATE TABLE IF NOT EXISTS tables_of_the_party (number int PRIMARY KEY, seats int)")
    connection.execute("INSERT INTO guests SELECT 'Ada' WHERE NOT EXISTS (SELECT FROM guests)")

app = FastAPI()


@app.get("/", response_class=HTMLResponse)
def page() -> str:
    with psycopg.connect() as connection:
        return f"<h1>{connection.execute('SELECT count(*) FROM guests').fetchone()[0]} guests</h1>"
"""
FILES = {"main.py": GUESTS, "requirements.txt": "fastapi\nuvicorn\npsycopg[binary]\n"}


@pytest.fixture
def project(container_server: Server) -> Iterator[str]:
    made = imported(container_server, FILES, title="Guests")
    yield made
    stop(container_server, made)


def database(page: Page) -> Locator:
    """The dialog, opened from the project's menu and filled."""
    page.locator(".wb-bar .wb-title").click()
    page.get_by_role("menuitem", name="Database").click()
    dialog = page.get_by_role("dialog", name="Database")
    expect(dialog.get_by_role("status")).to_have_text("", timeout=30_000)
    return dialog


def test_data_are_seen_taken_along_removed_and_brought_back(
    page: Page, container_server: Server, project: str, tmp_path: Path, errors: Errors
) -> None:
    app = open_project(page, container_server, project)
    expect(app.get_by_role("heading")).to_have_text("1 guests")
    dialog = database(page)
    expect(dialog).to_contain_text("PostgreSQL, running")
    expect(dialog).to_contain_text("main.py names psycopg.")
    expect(dialog.get_by_role("row", name="guests 1")).to_be_visible()
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Download", exact=True).click()
    dump = tmp_path / "guests.dump"
    download.value.save_as(dump)
    assert download.value.suggested_filename == "guests.dump"
    assert dump.read_bytes().startswith(b"PGDMP")

    dialog.get_by_role("button", name="Empty it").click()
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Remove all tables").click()
    expect(dialog).to_contain_text("No tables yet.")
    expect(dialog.get_by_role("button", name="Empty it")).to_be_focused()
    expect(dialog).to_contain_text("Before it was emptied")

    wrong = tmp_path / "picture.dump"
    wrong.write_bytes(b"GIF89a")
    dialog.locator("input[type=file]").set_input_files(wrong)
    dialog.get_by_role("button", name="Replace the data").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not a dump of a PostgreSQL database, so nothing was changed")

    dialog.locator("input[type=file]").set_input_files(dump)
    expect(dialog).to_contain_text("Put what is in guests.dump in the place of everything")
    dialog.get_by_role("button", name="Replace the data").click()
    expect(dialog.get_by_role("row", name="guests 1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".wb-bar .wb-title")).to_be_focused()


def test_it_is_switched_with_the_keyboard_and_the_app_starts_again_without_it(
    page: Page, container_server: Server
) -> None:
    tells = GUESTS.split("with psycopg")[0].replace("import psycopg\n", "") + (
        "app = FastAPI()\n\n\n@app.get('/', response_class=HTMLResponse)\ndef page() -> str:\n"
        "    return f\"<h1>{'DATABASE_URL' in os.environ}</h1>\"\n"
    )
    project = imported(container_server, {"main.py": tells, "requirements.txt": "fastapi\nuvicorn\n"}, title="Tells")
    app = open_project(page, container_server, project)
    expect(app.get_by_role("heading")).to_have_text("False")
    dialog = database(page)
    expect(dialog).to_contain_text("no PostgreSQL database")
    dialog.get_by_label("When its files ask for one").focus()
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_label("Always")).to_be_checked()
    expect(dialog.get_by_role("status")).to_have_text("", timeout=30_000)
    page.keyboard.press("Escape")
    expect(page.frame_locator("iframe.wb-frame").get_by_role("heading")).to_have_text("True", timeout=60_000)
    stop(container_server, project)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_dialog(
    make_page: Callable[..., Page], container_server: Server, project: str, theme: str, viewport: dict[str, int]
) -> None:
    page = make_page(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
    open_project(page, container_server, project)
    dialog = database(page)
    dialog.get_by_role("button", name="Empty it").click()
    dialog.get_by_role("button", name="Remove all tables").click()
    expect(dialog).to_contain_text("Before it was emptied")
    dialog.get_by_role("button", name="Bring back the copy").click()
    check(page, "the question", "dialog[open]")
    photographed(page, f"database-question-{theme}-{viewport['width']}")
    dialog.get_by_role("button", name="Replace the data").click()
    expect(dialog.get_by_role("row", name="guests 1")).to_be_visible()
    check(page, "the dialog", "dialog[open]")
    photographed(page, f"database-{theme}-{viewport['width']}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
