"""Whether memory grows: two hours of a person's use in ten minutes of events, then 200 edits a minute for ten more.

A round of use is two minutes of a person's: a message that a scripted model answers with an edit, a line typed in the
editor, every tab, a reload of the preview, a line in its log, undo and redo, four dialogs. The first rounds and edits
load what is loaded once and kept; what is compared is after them and at the end, each time after the collection of
garbage: the workbench's heap and the app's (V8 tells both), their documents, nodes and listeners, and the server's
resident memory. Between the two parts a new browser is started.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, FrameLocator, Page, Playwright, expect

from benchmarks._harness import chromium, finish, playwright_chromium, running_server, say
from benchmarks._model import PacedModel
from builder.llm.testing.messages_api import KEY
from tests.browser.conftest import Server
from tests.browser.workbench import finished, imported, open_file, open_project, painted, preview_frame, tab
from tests.browser.workbench import say as ask

MINUTES = 10
ROUNDS_A_MINUTE = 6
EDITS_A_MINUTE = 200
WARM_ROUNDS = 5
TOLD_ROUNDS = 10
WARM_EDITS = 100
APP_FILE = "src/App.tsx"


class Soaked:
    """One open workbench and what its memory is asked through."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.project = imported(server)
        self.preview: FrameLocator = open_project(page, server, self.project)
        open_file(page, APP_FILE)
        self._own = page.context.new_cdp_session(page)

    def memory(self) -> dict[str, float]:
        """Kilobytes and counts of the workbench, the app (`app_…`) and the server (`server_kb`), garbage collected."""
        tab(self.page, "Preview")
        expect(self.preview.get_by_role("heading")).to_be_visible()
        # The app is of another site and so in a process of its own.
        app = self.page.context.new_cdp_session(preview_frame(self.page))
        found = _of(self._own) | {f"app_{name}": value for name, value in _of(app).items()}
        app.detach()
        return found | {"server_kb": _resident(self.server)}


def _of(session: CDPSession) -> dict[str, float]:
    # What a collection lets go of may hold more: listeners of frames that are gone, for one.
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    counted = session.send("Memory.getDOMCounters")
    return {
        "heap_kb": session.send("Runtime.getHeapUsage")["usedSize"] / 1000,
        "documents": counted["documents"],
        "nodes": counted["nodes"],
        "listeners": counted["jsEventListeners"],
    }


def _resident(server: Server) -> float:
    assert server.process
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return float(status.split("VmRSS:")[1].split()[0]) * 1.024


def use(soaked: Soaked, model: PacedModel, number: int) -> None:
    """Two minutes of a person's use."""
    page, heading = soaked.page, soaked.preview.get_by_role("heading")
    before, after = _name(number), _name(number + 1)
    model.answers({"summary": f"It counts {after}.", "edits": [{"path": APP_FILE, "find": before, "replace": after}]})
    ask(page, f"count {after}")
    expect(heading).to_have_text(f"Counting {after}")
    finished(page)
    _type(soaked, "s")
    tab(page, "Preview")
    expect(heading).to_have_text(f"Counting {after}s")
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(heading).to_have_text(f"Counting {after}")
    page.get_by_role("button", name="Redo", exact=True).first.click()
    expect(heading).to_have_text(f"Counting {after}s")
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(heading).to_have_text(f"Counting {after}")
    page.get_by_role("button", name="Reload", exact=True).click()
    soaked.preview = painted(page)
    soaked.preview.get_by_role("button").click()
    expect(soaked.preview.get_by_role("button")).to_have_text("Counted 1")
    preview_frame(page).evaluate("(round) => console.log('soaked', { round, list: [1, 2, 3] })", number)
    tab(page, "Logs")
    expect(page.locator("#wb-logs").get_by_text("soaked").first).to_be_visible()
    tab(page, "Preview")
    for way in ("Control+P", "F1", ".wb-version", ".wb-bar-right .wb-primary"):
        page.locator(way).click() if way.startswith(".") else page.keyboard.press(way)
        expect(page.locator("dialog[open]")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)


def _name(number: int) -> str:
    return "sheep" if number == 0 else f"flock-{number}"


def _type(soaked: Soaked, keys: str) -> None:
    """Presses `keys` behind the heading's text."""
    tab(soaked.page, "Code")
    line = soaked.page.locator(".monaco-editor .view-line", has_text="<h1>")
    line.click()
    soaked.page.keyboard.press("End")
    for _ in range(len("</h1></header>")):
        soaked.page.keyboard.press("ArrowLeft")
    soaked.page.keyboard.type(keys)


def edit(soaked: Soaked, edits: int) -> None:
    """`edits` keys, 200 a minute, each waited for in the running app: a letter more, a letter less."""
    heading = soaked.preview.get_by_role("heading")
    _type(soaked, "")
    for number in range(edits):
        due = time.monotonic() + 60 / EDITS_A_MINUTE
        soaked.page.keyboard.press("Backspace" if number % 2 else "s")
        expect(heading).to_have_text("Counting sheep" if number % 2 else "Counting sheeps")
        soaked.page.wait_for_timeout(max(0.0, due - time.monotonic()) * 1000)


def growth(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What each became more, in percent of what it was."""
    return {name: round(100 * (after[name] - value) / value, 1) if value else 0.0 for name, value in before.items()}


@contextmanager
def opened(playwright: Playwright, executable: str, server: Server) -> Iterator[Soaked]:
    """A new project, open in a browser that was just started."""
    with chromium(playwright, executable) as browser:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        yield Soaked(page, server)


def measure(playwright: Playwright, executable: str, minutes: float, only: str) -> dict[str, dict[str, Any]]:
    """Of each part the memory after its first rounds, at its end, and the growth in percent."""
    model, parts = PacedModel(), {}
    with model.serve() as address:
        settings = {"ANTHROPIC_BASE_URL": address, "ANTHROPIC_API_KEY": KEY, "MODEL": "anthropic:claude-sonnet-5-5"}
        with running_server(**settings) as server:
            if only != "edits":
                with opened(playwright, executable, server) as soaked:
                    parts["use"] = _used(soaked, model, max(1, round(minutes * ROUNDS_A_MINUTE)))
            if only != "use":
                with opened(playwright, executable, server) as soaked:
                    parts["edits"] = _edited(soaked, round(minutes * EDITS_A_MINUTE))
    return parts


def _used(soaked: Soaked, model: PacedModel, rounds: int) -> dict[str, Any]:
    for number in range(WARM_ROUNDS):
        use(soaked, model, number)
    before = soaked.memory()
    say(f"use, after {WARM_ROUNDS} rounds: {before}")
    for number in range(WARM_ROUNDS, WARM_ROUNDS + rounds):
        use(soaked, model, number)
        if (number + 1) % TOLD_ROUNDS == 0:  # a run that is cut off has told something
            say(f"  round {number + 1}: {soaked.memory()}")
    return _part(before, soaked.memory(), rounds)


def _edited(soaked: Soaked, edits: int) -> dict[str, Any]:
    edit(soaked, WARM_EDITS)
    before = soaked.memory()
    say(f"edits, after {WARM_EDITS}: {before}")
    edit(soaked, edits)
    return _part(before, soaked.memory(), edits)


def _part(before: dict[str, float], after: dict[str, float], times: int) -> dict[str, Any]:
    say(f"  after {times} more: {after}")
    return {"times": times, "before": before, "after": after, "growth": growth(before, after)}


def main() -> None:
    """Print one JSON object as the last line."""
    options = argparse.ArgumentParser(prog="script/bench soak", description=__doc__)
    options.add_argument("--minutes", type=float, default=MINUTES, help="of each part (default %(default)s)")
    options.add_argument("--only", choices=["use", "edits"], default="", help="one part alone")
    chosen = options.parse_args()
    expect.set_options(timeout=60_000)
    with playwright_chromium() as (playwright, executable):
        parts = measure(playwright, executable, chosen.minutes, chosen.only)
    figures = {
        f"{part}_{name.removesuffix('_kb')}_growth_percent": value
        for part, found in parts.items()
        for name, value in found["growth"].items()
    }
    finish("soak", figures, {}, 1, minutes=chosen.minutes, parts=parts)


if __name__ == "__main__":
    main()
