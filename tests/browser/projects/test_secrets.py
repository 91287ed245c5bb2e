"""The dialog for what an app's server needs and nobody may read."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.test_accessibility import check
from tests.browser.workbench import imported, open_project, photographed

VALUE = "sk-stays-on-the-server"


def test_a_secret_is_set_listed_by_its_name_and_removed(page: Page, server: Server) -> None:
    project = imported(server)
    open_project(page, server, project)
    page.locator(".wb-title").click()
    page.get_by_role("menuitem", name="Variables and secrets").click()
    dialog = page.get_by_role("dialog", name="Variables and secrets")
    expect(dialog).to_contain_text("None yet.")
    expect(dialog).to_contain_text("This app has no server")
    dialog.get_by_label("Name").fill("vite_key")
    dialog.get_by_label("Value").fill(VALUE)
    dialog.get_by_role("button", name="Set", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("VITE_KEY would end up in the pages")
    dialog.get_by_label("Name").fill("mail_key")
    dialog.get_by_label("Value").press("Control+Enter")
    dialog.get_by_role("button", name="Set", exact=True).click()
    row = dialog.get_by_role("listitem").filter(has_text="MAIL_KEY")
    expect(row).to_contain_text("not in live links")
    expect(dialog.get_by_label("Name")).to_be_focused()
    expect(dialog.get_by_label("Value")).to_have_value("")
    photographed(page, "secrets")
    check(page, "secrets")
    assert VALUE not in page.content()
    assert VALUE not in str(server.get(f"/api/v1/projects/{project}/secrets"))
    row.get_by_role("button", name="Remove MAIL_KEY").click()
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    dialog.get_by_role("button", name="Remove it").click()
    expect(row).to_have_count(0)
