"""Twenty walks on the to-do starter, and how often a starter that is well fails one of its walks.

The walks are the starter's own, repeated to twenty; the time is that of the whole run, its frames included: side by side as
in the workbench, and in one lane. The baseline is the first paint of the same app in a new tab. `--strolls` times the two
strolls on the dashboard. `--clean N` walks every starter that the instant engine runs N times: each walk that fails, or
shows something else than the first time, is a false alarm, and is named.
`--regressions N` makes one change of meaning after the other in the starters' sources (`programs/regressions.py`), N of them drawn
by `--seed`, and says how each was told: by the build, a walk, what a walk showed before, a stroll, or not at all.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time
from typing import Any

from playwright.sync_api import Page, TimeoutError

from benchmarks._harness import chromium, finish, median, playwright_chromium, running_server, say
from benchmarks.programs import regressions, walking
from tests.browser.conftest import Server
from tests.starters import Starter, starters

WALKS = 20
RUNS = 5


def opened(page: Page, server: Server, starter: str) -> str:
    """The project that was made of a starter, in a workbench that does not walk by itself: it would beside these."""
    project: str = server.post("/api/v1/projects", {"starter": starter})["project"]["id"]
    page.goto(f"{server.url}/p/{project}")
    try:
        walking.painted(page)
    except TimeoutError:
        say(f"  {starter} did not paint in time; once more")
        page.reload()
        walking.painted(page)
    walking.provide(page)
    walking.published(server, project)
    return project


def first_paint(page: Page, server: Server, project: str) -> float:
    """How long the app takes to paint in a tab of its own, milliseconds."""
    tab = page.context.new_page()
    try:
        tab.goto(f"http://p-{project}.preview.localhost:{server.port}/")
        tab.locator("button, a").first.wait_for()
        painted_at: float = tab.evaluate(
            "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now()"
        )
        return painted_at
    finally:
        tab.close()


def timed(page: Page, walks: dict[str, Any], url: str, *, stroll: bool = False, lanes: int = 0) -> float:
    """How long a run takes, milliseconds."""
    began = time.perf_counter()
    results = walking.walk(page, walks, url, stroll=stroll, lanes=lanes)
    took = (time.perf_counter() - began) * 1000
    say(f"  {took:.0f} ms, {sum(result['ok'] for result in results)} of {len(results)} walk")
    return took


def speed(page: Page, server: Server, runs: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures and baselines of twenty walks on the to-do starter."""
    project = opened(page, server, "todo")
    found = walking.walks_of(server, project)
    own = itertools.islice(itertools.cycle(found["walks"].items()), WALKS)
    walks = {f"{number:02} {path}": walk for number, (path, walk) in enumerate(own)}
    paint = median([first_paint(page, server, project) for _ in range(runs)])
    beside = median([timed(page, walks, found["url"]) for _ in range(runs)])
    alone = median([timed(page, walks, found["url"], lanes=1) for _ in range(runs)])
    each = round(beside / WALKS / paint, 2)
    return {"walks_20_ms": beside, "walks_20_one_lane_ms": alone, "walk_per_first_paint": each}, {
        "first_paint_ms": paint
    }


def clean(page: Page, server: Server, chosen: list[Starter], runs: int) -> dict[str, Any]:
    """How often starters that are as they were are said to be otherwise; each time is named."""
    walked, alarms = 0, []
    for starter in chosen:
        found = walking.walks_of(server, opened(page, server, starter.name))
        before: dict[str, Any] = {}
        for _ in range(runs):
            results = walking.walk(page, found["walks"], found["url"], before)
            before = before or walking.traces_of(results)
            walked += len(results)
            for result in filter(walking.tells, results):
                told = {name: value for name, value in result.items() if name not in ("trace", "picture")}
                alarms.append(f"{starter.name}: {told}")
                say(f"  {alarms[-1]}")
        say(f"  {starter.name}: {walked} walked, {len(alarms)} false alarms so far")
    return {"clean_walks": walked, "false_alarms": len(alarms), "false_alarm_share": len(alarms) / walked}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=RUNS, help="of twenty walks on the to-do starter")
    options.add_argument("--clean", type=int, default=0, help="runs over all starters, to count false alarms")
    options.add_argument("--regressions", type=int, default=0, help="changes over all starters, to count what is told")
    options.add_argument("--strolls", action="store_true", help="time the strolls on the dashboard as well")
    options.add_argument("--seed", type=int, default=20)
    options.add_argument("--starters", default="", help="only these, by comma")
    arguments = options.parse_args()
    chosen = [one for one in starters() if not arguments.starters or one.name in arguments.starters.split(",")]
    figures: dict[str, Any] = {}
    baselines: dict[str, Any] = {}
    with (
        running_server() as server,
        playwright_chromium() as (playwright, executable),
        chromium(playwright, executable) as browser,
    ):
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        if arguments.runs:
            figures, baselines = speed(page, server, arguments.runs)
        if arguments.strolls:
            url = walking.walks_of(server, opened(page, server, "dashboard"))["url"]
            took = [timed(page, {}, url, stroll=True) for _ in range(max(1, arguments.runs))]
            figures["strolls_dashboard_ms"] = median(took)
        if arguments.clean:
            figures |= clean(page, server, chosen, arguments.clean)
        report = regressions.Report()
        if arguments.regressions:
            drawn = regressions.drawn(chosen, arguments.regressions, arguments.seed)
            for starter, changes in drawn.items():
                regressions.walk_changed(page, server, opened(page, server, starter.name), starter, changes, report)
                say(f"  {starter.name}: {report.line(starter.name)}")
    if report.outcomes:
        figures |= report.figures()
    finish("walks", figures, baselines, arguments.runs, load=round(os.getloadavg()[0], 1))


if __name__ == "__main__":
    main()
