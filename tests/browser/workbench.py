"""What a person does and sees in the workbench, in their words."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect

from tests.browser.apps import COUNTER
from tests.browser.conftest import Server

_PASTE = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def imported(server: Server, files: Mapping[str, str] = COUNTER, title: str = "Counter") -> str:
    """The id of a project made of `files`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    headers = {"content-type": "application/zip"}
    made = server.call("POST", f"/api/v1/projects/import?title={title}", packed.getvalue(), headers)
    project: str = made["project"]["id"]
    return project


def files_of(server: Server, project: str) -> dict[str, Any]:
    """The files of the working copy as the server has them."""
    files: dict[str, Any] = server.get(f"/api/v1/projects/{project}/files")["files"]
    return files


def stop(server: Server, project: str) -> None:
    """End the project's server."""
    server.call("DELETE", f"/api/v1/projects/{project}/server")


def open_project(page: Page, server: Server, project: str) -> FrameLocator:
    """Open the workbench of a project; returns its preview once it has painted."""
    page.goto(f"{server.url}/p/{project}")
    return painted(page)


def painted(page: Page) -> FrameLocator:
    """The preview, once it has painted."""
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached()
    return page.frame_locator("iframe.wb-frame")


def preview_frame(page: Page) -> Frame:
    """The preview's frame, to run scripts in."""
    handle = page.locator("iframe.wb-frame").element_handle()
    frame = handle.content_frame() if handle else None
    assert frame
    return frame


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=re.compile(f"^{name}")).first.click()


def photographed(page: Page, name: str) -> None:
    """A picture for whoever looks at the page, where SAYSO_PICTURES names a folder."""
    if folder := os.environ.get("SAYSO_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def say(page: Page, text: str) -> None:
    chat = page.locator(".wb-bottom").get_by_role("button", name="Chat")
    if chat.is_visible():  # on a phone
        chat.click()
    page.get_by_label("Ask for a change").fill(text)
    page.keyboard.press("Enter")


def answer(page: Page) -> Locator:
    """The newest answer in the chat."""
    return page.locator("article.wb-generation").last


def finished(page: Page) -> Locator:
    """The newest answer, once nothing is being written any more."""
    expect(answer(page)).to_have_attribute("aria-busy", "false")
    return answer(page)


def editor(page: Page) -> Locator:
    """The lines of the editor."""
    return page.locator(".monaco-editor .view-lines")


def open_file(page: Page, path: str) -> None:
    """Show a file in the editor, by the tree."""
    tab(page, "Code")
    page.locator(f'[role=treeitem][data-path="{path}"]').click()
    expect(page.locator(f'.wb-editor-tabs [data-path="{path}"]')).to_have_attribute("aria-selected", "true")
    expect(editor(page)).to_be_visible()


def replace_all(page: Page, text: str) -> None:
    """Paste `text` over all that is in the editor: typed, the editor would add brackets and indentation."""
    editor(page).click()
    page.keyboard.press("Control+A")
    page.evaluate(_PASTE, text)
