"""Files that are not text, and files that come from outside."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.apps import COUNTER
from tests.browser.conftest import ROOT, Server
from tests.browser.workbench import files_of, imported, open_project, photographed, tab

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVR4nGP8z8Dwn4GBgQEADQcCAVHjOJsAAAAASUVORK5CYII="
)
_DROP = """async ([names, target]) => {
  const data = new DataTransfer();
  for (const [name, text] of names) data.items.add(new File([text], name));
  const tree = document.querySelector(target);
  tree.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def test_files_come_from_outside_and_have_viewers(page: Page, server: Server, tmp_path: Path) -> None:
    project = imported(server, COUNTER)
    open_project(page, server, project)
    tab(page, "Code")
    font = ROOT / "assets" / "fonts" / "geist-latin.woff2"
    page.get_by_label("Upload files").set_input_files(
        [
            {"name": "dot.png", "mimeType": "image/png", "buffer": PIXEL},
            {"name": "letters.woff2", "mimeType": "font/woff2", "buffer": font.read_bytes()},
            {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n\x00\xff"},
            {"name": "data.bin", "mimeType": "application/octet-stream", "buffer": bytes(range(256))},
        ]
    )
    expect(page.get_by_text("4 files are in the project now")).to_be_visible()
    viewer = page.locator(".wb-binary")
    rows = {one: page.locator(f'[role=treeitem][data-path="src/{one}"]') for one in ("dot.png", "letters.woff2")}
    rows["dot.png"].click()
    expect(viewer.get_by_text("2 × 1 pixels")).to_be_visible()
    rows["letters.woff2"].click()
    expect(viewer.get_by_text("The quick brown fox").first).to_be_visible()
    photographed(page, "font")
    page.locator('[role=treeitem][data-path="src/paper.pdf"]').click()
    expect(viewer.get_by_role("link", name="Open in a tab of its own")).to_be_visible()
    page.locator('[role=treeitem][data-path="src/data.bin"]').click()
    expect(viewer.locator("pre")).to_contain_text("000010  10 11 12")
    with page.expect_download() as saved:
        viewer.get_by_role("button", name="Download").click()
    assert Path(saved.value.path()).read_bytes() == bytes(range(256))
    # Dropped on a folder of the tree; one press takes them out again.
    page.evaluate(_DROP, [[["one.txt", "1"], ["bad:name.txt", "2"]], '[role=treeitem][data-path="src"]'])
    expect(page.get_by_text(re.compile("bad:name.txt was left out"))).to_be_visible()
    one = page.locator('[role=treeitem][data-path="src/one.txt"]')
    expect(one).to_be_visible()
    page.locator(".wb-toasts").get_by_role("button", name="Undo").last.click()
    expect(one).to_have_count(0)
    assert files_of(server, project)["src/dot.png"] == {"base64": base64.b64encode(PIXEL).decode()}
