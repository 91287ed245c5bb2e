"""An app that is edited for a long time: it stays as light as it was, and each of its modules is there once."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import Server
from tests.browser.workbench import imported, open_file, open_project, preview_frame, replace_all, tab

EDITS = 60
MOST_KEPT = 10
"""Of the components that were made: React holds what it shows and what it showed before."""
_COUNTED = APP + "\n(globalThis.made ??= []).push(new WeakRef(App));\n"

_BOARD = """import { Score } from "./Score.tsx";
import { words } from "./words.ts";

export default function App() {
  return <main><h1>{words}</h1><Score /></main>;
}
"""
_SCORE = """declare global { var made: number }
globalThis.made = (globalThis.made ?? 0) + 1;
const mine = globalThis.made;

export function Score() {
  return <p>copy {mine} of {globalThis.made}: points</p>;
}
"""
BOARD = COUNTER | {
    "src/App.tsx": _BOARD,
    "src/Score.tsx": _SCORE,
    "src/words.ts": 'export const words = "The board";\n',
}


def test_an_app_that_is_edited_many_times_stays_as_light(page: Page, server: Server) -> None:
    preview = open_project(page, server, imported(server, COUNTER | {"src/App.tsx": _COUNTED}))
    preview.get_by_role("button").click()
    open_file(page, "src/App.tsx")
    page.locator(".monaco-editor .view-line", has_text="<h1>").click()
    page.keyboard.press("End")
    for _ in range(len("</h1></header>")):
        page.keyboard.press("ArrowLeft")
    _typed(page, preview)
    made, kept = _components(page)
    assert made > EDITS
    assert kept <= MOST_KEPT
    expect(preview.get_by_role("button")).to_have_text("Counted 1")


def _typed(page: Page, preview: FrameLocator) -> None:
    """Types a letter and takes it away again, each seen in the app."""
    for number in range(EDITS):
        page.keyboard.press("Backspace" if number % 2 else "s")
        expect(preview.get_by_role("heading")).to_have_text("Counting sheep" if number % 2 else "Counting sheeps")


def _components(page: Page) -> tuple[int, int]:
    """How many were made, and how many of them the app's page still has, garbage collected."""
    frame = preview_frame(page)
    session = page.context.new_cdp_session(frame)
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    session.detach()
    made, kept = frame.evaluate("() => [made.length, made.filter((one) => one.deref()).length]")
    return made, kept


def test_a_module_that_was_edited_is_there_once_for_those_that_import_it_afterwards(page: Page, server: Server) -> None:
    preview = open_project(page, server, imported(server, BOARD))
    expect(preview.locator("main")).to_contain_text("The boardcopy 1 of 1: points")
    open_file(page, "src/Score.tsx")
    replace_all(page, _SCORE.replace("points", "goals"))
    expect(preview.locator("main")).to_contain_text("The boardcopy 2 of 2: goals")
    # It waits at its top level, so that it and what imports it can only be modules of the browser's own.
    open_file(page, "src/words.ts")
    replace_all(page, 'export const words = await Promise.resolve("The league");\n')
    expect(preview.locator("main")).to_contain_text("The leaguecopy 2 of 2: goals")
    open_file(page, "src/Score.tsx")
    replace_all(page, _SCORE)
    expect(preview.locator("main")).to_contain_text("The leaguecopy 3 of 3: points")
    tab(page, "Preview")
    expect(page.locator(".wb-fault")).to_have_count(0)
