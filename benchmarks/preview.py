"""From a prompt, from files and from a keystroke to the painted app, next to native Vite on the same files.

Every time ends at the same probe: the first frame that shows the expected text (`benchmarks/_probe.py`). A Sayso time
from files begins when the browser goes to the workbench, so it holds the builder's own page and engine as well; Vite's
first paint begins when its process is started (cold) or when the page is asked for (warm). An edit begins with the key
that is pressed in Monaco, at Vite with the write of the file. `docs/performance.md` says more.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page, Playwright

from benchmarks._fixture import (
    CHARTS,
    LARGE_NOTE,
    NOTE,
    PLAIN,
    expected_last,
    extras_last,
    large,
    note,
    project,
    tile,
    token,
)
from benchmarks._harness import chromium, finish, median, percentile, playwright_chromium, running_server, say
from benchmarks._model import PAUSE_SECONDS, PacedModel
from benchmarks._probe import Probe, now
from benchmarks.programs.vite import Vite
from builder.llm.testing.messages_api import KEY
from tests.browser.conftest import Server

RUNS = 7
EDITS = 30
LARGE_RUNS = 3
# Both panes side by side: behind the Code tab the preview keeps running, but a hidden frame paints nothing.
_SIDE_BY_SIDE = """
#wb-preview, #wb-code { display: block !important; visibility: visible !important; }
#wb-preview { inset: 0 50% 0 0 !important; } #wb-code { inset: 0 0 0 50% !important; }
.wb-code, .wb-preview { height: 100%; }
"""


@dataclass
class Bench:
    """What the measurements share; `times` holds every single one by its figure's name."""

    playwright: Playwright
    executable: str
    server: Server
    model: PacedModel
    vite: Vite
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def fresh(self) -> Iterator[Probe]:
        """A page in a browser that was just started, with an empty profile."""
        with chromium(self.playwright, self.executable) as browser:
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.set_default_timeout(30_000)
            yield Probe(page)

    def imported(self, files: Mapping[str, str]) -> str:
        """The address of a project made of these files. Its packages are prepared, as Vite's are installed."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        made = self.server.call(
            "POST", "/api/v1/projects/import?title=Bench", packed.getvalue(), {"content-type": "application/zip"}
        )
        return f"{self.server.url}/p/{made['project']['id']}"

    def report(self, *names: str) -> None:
        say("  " + ", ".join(f"{name} {median(self.times[name])}" for name in names if self.times[name]))


def preview_of(page: Page) -> Frame:
    return next(frame for frame in page.frames if ".preview." in frame.url)


def press_counter(frame: Frame | Page) -> None:
    frame.locator("#count").evaluate("(button) => button.click()")
    frame.get_by_text("pressed 1").wait_for()


def assert_kept(frame: Frame | Page) -> None:
    if frame.get_by_text("pressed 1").count() != 1:
        raise AssertionError("the app lost its state over the edits")


def draft(files: Mapping[str, str]) -> dict[str, Any]:
    return {
        "title": "Sales dashboard", "summary": "Key figures, charts and a table, with a counter on top.",
        "stack": ["react", "typescript", "tailwind"], "files": dict(files),
    }  # fmt: skip


def generate(bench: Bench, run: int) -> None:
    """One prompt in a fresh profile, one in the same profile, and a follow-up.

    The first has what the first paint does not need at its end; the second the one file that the paint waits for, and so
    has a last prompt for an app without charts, whose own first render is a fifth of the other's.
    """
    with bench.fresh() as probe:
        word = f"first{run}"
        bench.model.answers(draft(extras_last(project(word))), pause=2 * PAUSE_SECONDS)
        sent, painted = prompt(bench, probe, word)
        done(bench, probe)
        bench.times["prompt_to_paint_fresh_ms"].append(painted - sent)
        bench.times["first_paint_before_end_share"].append(
            (bench.model.last_character - painted) / (bench.model.last_character - sent)
        )

        word = f"second{run}"
        bench.model.answers(draft(expected_last(project(word))))
        sent, painted = prompt(bench, probe, word)
        done(bench, probe)
        bench.times["prompt_to_paint_warm_ms"].append(painted - sent)
        bench.times["last_char_to_paint_ms"].append(painted - bench.model.last_character)

        word = f"third{run}"
        bench.model.answers({
            "summary": "The counter says so.",
            "edits": [{"path": NOTE, "find": f'"second{run}"', "replace": f'"{word}"'}],
        })  # fmt: skip
        press_counter(preview_of(probe.page))
        box = probe.page.locator("textarea").first
        box.fill("say it in other words")
        box.press("Enter")
        painted = probe.painted(token(word))
        done(bench, probe)
        assert_kept(preview_of(probe.page))
        bench.times["last_char_to_update_ms"].append(painted - bench.model.last_character)

        word = f"plain{run}"
        bench.model.answers(draft(expected_last(project(word, PLAIN))))
        _, painted = prompt(bench, probe, word)
        done(bench, probe)
        bench.times["last_char_to_paint_plain_ms"].append(painted - bench.model.last_character)


def prompt(bench: Bench, probe: Probe, word: str) -> tuple[float, float]:
    """Send a prompt from the home page; when it was sent and when `word` was painted."""
    probe.page.goto(f"{bench.server.url}/")
    probe.page.wait_for_load_state("networkidle")
    probe.page.fill("#prompt", "a sales dashboard")
    sent = now()
    probe.page.press("#prompt", "Enter")
    return sent, probe.painted(token(word))


def done(bench: Bench, probe: Probe) -> None:
    bench.server.wait_done(probe.page.url.rpartition("/p/")[2].partition("?")[0])


def open_files(bench: Bench, run: int) -> None:
    """Files → painted, Sayso and Vite, both in fresh profiles, then both warm."""
    word = f"files{run}"
    shown = token(word)
    files = project(word)
    address = bench.imported(files)
    bench.vite.write(files)
    with bench.fresh() as ours, bench.fresh() as theirs:
        began = now()
        ours.page.goto(address, wait_until="commit")
        bench.times["files_to_paint_fresh_ms"].append(ours.painted(shown) - began)
        ours.page.wait_for_load_state("load")

        began = bench.vite.start(cold=True)
        asked = now()
        theirs.page.goto(bench.vite.url, wait_until="commit")
        painted = theirs.painted(shown)
        theirs.page.wait_for_load_state("load")
        bench.times["vite_first_paint_ms"].append(painted - began)
        bench.times["vite_asked_to_paint_ms"].append(painted - asked)

        for probe, name in ((ours, "files_to_paint_warm_ms"), (theirs, "vite_warm_paint_ms")):
            probe.forget(shown)
            began = now()
            probe.page.reload(wait_until="commit")
            bench.times[name].append(probe.painted(shown) - began)
            probe.page.wait_for_load_state("load")
    bench.vite.stop()


def edit(
    bench: Bench, files: Mapping[str, str], path: str, word: str, line: int, edits: int, name: str, vite_name: str
) -> None:
    """Key pressed → painted in the Code pane's editor; file written → painted at Vite; the app's state kept by both."""
    with bench.fresh() as ours:
        ours.page.goto(bench.imported(files), wait_until="commit")
        ours.painted(token(word))
        press_counter(preview_of(ours.page))
        open_editor(ours.page, path, line)
        ours.page.add_style_tag(content=_SIDE_BY_SIDE)
        typed = word
        for number in range(edits + 1):
            letter = "abcdefghij"[number % 10]
            typed += letter
            ours.page.keyboard.press(letter)
            painted = ours.painted(token(typed))
            if number:  # the first one warms up, at Vite too
                bench.times[name].append(painted - ours.pressed())
            ours.page.wait_for_timeout(120)
        assert_kept(preview_of(ours.page))
    bench.vite.write(files)
    bench.vite.start(cold=False)
    with bench.fresh() as theirs:
        theirs.page.goto(bench.vite.url, wait_until="commit")
        theirs.painted(token(word))
        theirs.page.wait_for_load_state("load")
        press_counter(theirs.page)
        for number in range(edits + 1):
            changed = f"{word}v{number}"
            began = bench.vite.edit(path, tile(137, changed) if path == LARGE_NOTE else note(changed))
            painted = theirs.painted(token(changed))
            if number:
                bench.times[vite_name].append(painted - began)
            theirs.page.wait_for_timeout(120)
        assert_kept(theirs.page)
    bench.vite.stop()


def open_editor(page: Page, path: str, line: int) -> None:
    """The file in Monaco, the cursor behind the word in `["…", "word"]` of that line."""
    page.click('[role=tab][data-tab="code"]')
    page.click(f'[data-path="{path}"]')
    page.locator(".monaco-editor .view-line").first.wait_for()
    page.locator(".monaco-editor .view-lines").click()
    page.keyboard.press("Control+Home")
    for _ in range(line - 1):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")


def open_large(bench: Bench, run: int) -> None:
    word = f"large{run}"
    shown = token(word)
    files = large(word)
    bench.vite.write(files)
    address = bench.imported(files)
    with bench.fresh() as ours:
        began = now()
        ours.page.goto(address, wait_until="commit")
        bench.times["large_project_paint_ms"].append(ours.painted(shown) - began)
    with bench.fresh() as theirs:
        began = bench.vite.start(cold=True)
        theirs.page.goto(bench.vite.url, wait_until="commit")
        bench.times["vite_large_paint_ms"].append(theirs.painted(shown) - began)
    bench.vite.stop()


def main() -> None:
    """Print one JSON object as the last line."""
    options = argparse.ArgumentParser(prog="script/bench preview", description=__doc__)
    options.add_argument("--runs", type=int, default=RUNS, help="paints of each kind (default %(default)s)")
    options.add_argument("--edits", type=int, default=EDITS, help="edits in the ordinary project (default %(default)s)")
    options.add_argument("--only", default="", help="comma-separated parts: generate, files, edit, large")
    chosen = options.parse_args()
    parts = chosen.only.split(",") if chosen.only else ["generate", "files", "edit", "large"]
    model = PacedModel()
    with (
        playwright_chromium() as (playwright, executable),
        tempfile.TemporaryDirectory(prefix="sayso-vite-") as folder,
        model.serve() as address,
    ):
        vite = Vite(Path(folder))
        vite.write(project("install"))
        vite.install()
        settings = {"ANTHROPIC_BASE_URL": address, "ANTHROPIC_API_KEY": KEY, "MODEL": "anthropic:claude-sonnet-5-5"}
        with running_server(**settings) as server:
            bench = Bench(playwright, executable, server, model, vite)
            try:
                measure(bench, chosen.runs, chosen.edits, parts)
            finally:
                vite.stop()
    tell(bench, chosen.runs)


def measure(bench: Bench, runs: int, edits: int, parts: list[str]) -> None:
    say(f"preparing the packages: {prepare(bench):.0f} ms, once for every project that uses them")
    for run in range(runs):
        if "files" in parts:
            open_files(bench, run)
            say(f"files {run + 1}/{runs}")
            bench.report(
                "files_to_paint_fresh_ms", "vite_first_paint_ms", "files_to_paint_warm_ms", "vite_warm_paint_ms"
            )
        if "generate" in parts:
            generate(bench, run)
            say(f"prompt {run + 1}/{runs}")
            bench.report(
                "prompt_to_paint_fresh_ms",
                "last_char_to_paint_ms",
                "last_char_to_paint_plain_ms",
                "last_char_to_update_ms",
            )
    if "edit" in parts:
        edit(bench, project("edit"), NOTE, "edit", 4, edits, "edit_to_paint_ms", "vite_edit_ms")
        bench.report("edit_to_paint_ms", "vite_edit_ms")
    if "large" in parts:
        for run in range(min(runs, LARGE_RUNS)):
            open_large(bench, run)
        edit(bench, large("edit"), LARGE_NOTE, "edit", 8, edits // 3, "large_project_edit_ms", "vite_large_edit_ms")
        bench.report("large_project_paint_ms", "vite_large_paint_ms", "large_project_edit_ms", "vite_large_edit_ms")


def prepare(bench: Bench) -> float:
    """Has the packages of the fixture made ready on the server, as `npm install` has them ready for Vite."""
    began = now()
    with bench.fresh() as probe:
        for starter in (CHARTS, PLAIN):
            probe.page.goto(bench.imported(project(f"prepare{starter}", starter)), wait_until="commit")
            probe.painted(token(f"prepare{starter}"), 120)
    return now() - began


def tell(bench: Bench, runs: int) -> None:
    medians = {name: median(times) for name, times in bench.times.items() if times}
    if shares := bench.times["first_paint_before_end_share"]:
        medians["first_paint_before_end_share"] = round(statistics.median(shares), 2)
    if bench.times["edit_to_paint_ms"]:
        medians["edit_to_paint_p95_ms"] = percentile(bench.times["edit_to_paint_ms"], 0.95)
        medians["vite_edit_p95_ms"] = percentile(bench.times["vite_edit_ms"], 0.95)
    figures = {name: value for name, value in medians.items() if not name.startswith("vite")}
    baselines = {name: value for name, value in medians.items() if name.startswith("vite")}
    spread = {name: [round(min(times), 2), round(max(times), 2)] for name, times in bench.times.items() if times}
    finish("preview", figures, baselines, runs, spread=spread)


if __name__ == "__main__":
    main()
