"""The pictures of a person's own projects in their list."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.apps import COUNTER
from tests.browser.conftest import Server
from tests.browser.workbench import imported, open_file, open_project, photographed, replace_all, tab

_RED = COUNTER | {"src/style.css": "html { background: rgb(200, 0, 0); }\n"}


def _colour(server: Server, project: str) -> tuple[int, ...]:
    """Of the picture's lower right corner."""
    address = server.get(f"/api/v1/projects/{project}")["project"]["thumbnail"]
    with Image.open(io.BytesIO(server.get(address))) as picture:
        assert picture.size == (560, 350)
        corner = picture.convert("RGB").getpixel((550, 340))
    assert isinstance(corner, tuple)
    return corner


def test_a_project_shows_what_it_looks_like_and_again_when_it_changed(page: Page, server: Server) -> None:
    project = imported(server, _RED, title="Red-sheep")
    with page.expect_response("**/thumbnail") as kept:
        open_project(page, server, project)
    assert kept.value.status == 204
    assert _colour(server, project)[0] > 150 > 60 > _colour(server, project)[2]
    open_file(page, "src/style.css")
    replace_all(page, "html { background: rgb(0, 0, 200); }\n")
    page.keyboard.press("Control+s")
    tab(page, "Preview")
    with page.expect_response("**/thumbnail") as kept:
        pass
    assert kept.value.status == 204
    assert _colour(server, project)[2] > 150
    page.goto(server.url)
    picture = page.locator(".projects > li").filter(has_text="Red-sheep").locator("img")
    expect(picture).to_have_js_property("naturalWidth", 560)
    photographed(page, "own-picture")
