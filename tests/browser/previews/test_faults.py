"""What is said when something in an app goes wrong: whether it still runs, and what its log shows."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.apps import COUNTER
from tests.browser.conftest import Errors, Server
from tests.browser.workbench import imported, open_project, photographed, tab


def _clicking(code: str) -> dict[str, str]:
    app = COUNTER["src/App.tsx"].replace("onClick={() => setCount(count + 1)}", f"onClick={{() => {{ {code} }}}}")
    return COUNTER | {"src/App.tsx": app}


def test_an_error_in_a_click_does_not_say_that_the_app_stopped(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("no such sheep")
    app = open_project(page, server, imported(server, _clicking('throw new Error("no such sheep")')))
    app.get_by_role("button").click()
    card = page.locator(".wb-fault")
    expect(card.get_by_role("heading")).to_have_text("Your app runs, but something in it went wrong")
    expect(card).to_contain_text("no such sheep")
    expect(page.locator(".wb-preview .wb-status")).to_contain_text("Running, with an error")
    photographed(page, "runs-with-an-error")


def test_an_app_that_an_error_took_away_has_stopped(page: Page, server: Server, errors: Errors) -> None:
    errors.allow("no sheep at all|An error occurred in")
    app = open_project(
        page,
        server,
        imported(
            server,
            COUNTER
            | {
                "src/App.tsx": COUNTER["src/App.tsx"].replace(
                    "  return (", '  if (count > 0) throw new Error("no sheep at all");\n  return ('
                )
            },
        ),
    )
    app.get_by_role("button").click()
    expect(page.locator(".wb-fault").get_by_role("heading")).to_have_text("Your app stopped")


def test_a_table_of_the_console_is_in_the_log(page: Page, server: Server) -> None:
    app = open_project(page, server, imported(server, _clicking('console.table([{ sheep: "Dolly", born: 1996 }])')))
    app.get_by_role("button").click()
    tab(page, "Logs")
    expect(page.locator(".wb-line-text").filter(has_text="(index)")).to_contain_text("Dolly  1996")
