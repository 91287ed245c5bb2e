"""The bar above the preview: where in the app a person is, the way back, and how wide the app is shown."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.workbench import imported, open_project, photographed, preview_frame

_PAGES = {
    "index.html": "<!doctype html><title>Pages</title><h1></h1><button>Next</button><script type=module src=/main.js></script>",
    "main.js": """const show = () => { document.querySelector("h1").textContent = location.pathname };
let kept = 0;
document.querySelector("button").onclick = () => {
  kept += 1;
  history.pushState({}, "", `/page-${kept}`);
  show();
};
window.addEventListener("popstate", show);
window.keptSoFar = () => kept;
show();
""",
}


def test_back_and_forward_go_through_the_app_which_keeps_its_state(page: Page, server: Server) -> None:
    app = open_project(page, server, imported(server, _PAGES, title="Pages"))
    back, forward = (page.get_by_role("button", name=name, exact=True) for name in ("Back", "Forward"))
    expect(back).to_have_attribute("aria-disabled", "true")
    for _ in range(2):
        app.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Page of your app")).to_have_value("/page-2")
    back.click()
    expect(app.get_by_role("heading")).to_have_text("/page-1")
    assert preview_frame(page).evaluate("keptSoFar()") == 2
    back.click()
    expect(app.get_by_role("heading")).to_have_text("/")
    expect(back).to_have_attribute("aria-disabled", "true")
    forward.click()
    expect(app.get_by_role("heading")).to_have_text("/page-1")
    expect(page.get_by_label("Page of your app")).to_have_value("/page-1")
    assert "/p/" in page.url


def test_another_sites_address_is_said_to_be_one(page: Page, server: Server) -> None:
    app = open_project(page, server, imported(server, _PAGES, title="Pages"))
    field = page.get_by_label("Page of your app")
    field.fill("http://example.com/")
    field.press("Enter")
    expect(page.locator(".wb-toast")).to_contain_text("http://example.com/ is another site")
    expect(page.locator(".wb-toast").get_by_role("button", name="Open in a new tab")).to_be_visible()
    expect(app.get_by_role("heading")).to_have_text("/")


def test_a_phone_can_be_turned_on_its_side(page: Page, server: Server) -> None:
    open_project(page, server, imported(server, _PAGES, title="Pages"))
    expect(page.get_by_role("button", name="Turn it on its side")).to_have_count(0)
    page.get_by_role("button", name="Phone").click()
    frame = page.locator("iframe.wb-frame")
    upright = frame.bounding_box()
    turn = page.get_by_role("button", name="Turn it on its side")
    turn.click()
    expect(turn).to_have_attribute("aria-pressed", "true")
    photographed(page, "turned")
    turned = frame.bounding_box()
    assert upright
    assert turned
    assert (upright["width"], turned["width"] > turned["height"]) == (390, True)
    assert turned["height"] == 390
