"""Looking into what an app keeps in SQLite, as a person does: a real browser, a real server, a real Docker Engine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.containers.test_database import database
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.browser.workbench import imported, open_project, photographed, stop

SHOP = """import sqlite3
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

with sqlite3.connect("shop.db") as made:
    made.execute("DROP TABLE IF EXISTS cakes")
    made.execute("CREATE TABLE cakes (id INTEGER PRIMARY KEY, name TEXT, price REAL, note TEXT)")
    made.executemany("INSERT INTO cakes (name, price) VALUES (?, ?)", [(f"Cake {n:02}", n / 2) for n in range(1, 61)])

app = FastAPI()


@app.get("/", response_class=HTMLResponse)
def page() -> str:
    return "<h1>Cakes</h1>"
"""


@pytest.mark.parametrize(("theme", "viewport"), [("light", DESK), ("dark", PHONE)], ids=["light, desk", "dark, phone"])
def test_rows_are_turned_over_sorted_and_filtered_by_keyboard(
    make_page: Callable[..., Page], container_server: Server, theme: str, viewport: dict[str, int]
) -> None:
    page = make_page(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
    project = imported(container_server, {"main.py": SHOP, "requirements.txt": "fastapi\nuvicorn\n"}, title="Shop")
    app = open_project(page, container_server, project)
    expect(app.get_by_role("heading")).to_have_text("Cakes")
    dialog = database(page)
    expect(dialog).to_contain_text("shop.db", timeout=20_000)
    expect(dialog).to_contain_text("60 rows")
    check(page, "the files", "dialog[open]")
    photographed(page, f"stored-files-{theme}-{viewport['width']}")
    table = dialog.get_by_role("button", name="Look into cakes in shop.db")
    table.focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("heading", name="cakes")).to_be_focused()
    told = dialog.get_by_role("status").filter(has_text="Rows")
    expect(told).to_have_text("Rows 1 to 50 of 60", timeout=20_000)
    check(page, "the rows", "dialog[open]")
    photographed(page, f"stored-rows-{theme}-{viewport['width']}")
    dialog.get_by_role("button", name="Further rows").press("Enter")
    expect(told).to_have_text("Rows 51 to 60 of 60", timeout=20_000)
    for order in ("ascending", "descending"):
        dialog.get_by_role("button", name="price").press("Enter")
        expect(dialog.locator("th", has_text="price")).to_have_attribute("aria-sort", order)
    expect(dialog.get_by_role("row").nth(1)).to_contain_text("Cake 60", timeout=20_000)
    dialog.get_by_role("searchbox", name="Filter the rows").fill("cake 1")
    expect(told).to_have_text("Rows 1 to 10 of 10", timeout=20_000)
    dialog.get_by_role("searchbox").fill("pie")
    expect(dialog).to_contain_text("No row has these words. Type others.", timeout=20_000)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dialog.get_by_role("button", name="All tables").press("Enter")
    expect(table).to_be_focused(timeout=20_000)
    stop(container_server, project)
