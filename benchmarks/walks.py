"""Twenty walks on the to-do starter, and how often a starter that is well fails one of its walks.

The walks are the starter's own, repeated to twenty; the time is that of the whole run, its frame included. `--clean N`
walks every starter that the instant engine runs N times: each walk that fails, or shows something else than the first
time, is a false alarm, and is named.
`--regressions N` makes one change of meaning after the other in the starters' sources (`_regressions.mjs`), N of them drawn
by `--seed`, and counts those that a walk, or the build, tells of; what nobody told of is named. Some of it nobody could:
a change that nothing on the page shows.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from benchmarks import _walks
from benchmarks._harness import chromium, finish, median, playwright_chromium, running_server, say
from tests.browser.conftest import Server
from tests.browser.workbench import painted
from tests.starters import Starter, starters

WALKS = 20
RUNS = 5
PUBLISHED_SECONDS = 6.0


def opened(page: Page, server: Server, starter: str) -> str:
    """The project that was made of a starter, once its own walks are over: they would be walked beside these."""
    project: str = server.post("/api/v1/projects", {"starter": starter})["project"]["id"]
    page.goto(f"{server.url}/p/{project}")
    painted(page)
    page.locator(".wb-preview .wb-status").get_by_role("button", name=" walk").wait_for()
    _walks.provide(page)
    return project


def regressions(starter: Starter) -> list[dict[str, str]]:
    """Every change that is made in a starter: `path`, `text`, `what`."""
    paths = [p for p in starter.files() if p.startswith("src/") and p.endswith((".ts", ".tsx")) and "main." not in p]
    script = Path(__file__).with_name("_regressions.mjs")
    given = json.dumps({path: starter.text(path) for path in paths})
    made = subprocess.run(["node", script], input=given, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in made.splitlines()]


def served(server: Server, project: str, path: str) -> bytes:
    """What the preview host gives for a file at this moment."""
    host = f"p-{project}.preview.localhost:{server.port}"
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/{path}", headers={"Host": host})
    with urllib.request.urlopen(request) as answer:
        found: bytes = answer.read()
    return found


def brought(server: Server, project: str, texts: dict[str, str]) -> bool:
    """Write files; False where the app is not built from one of them."""
    before, until = {path: served(server, project, path) for path in texts}, time.monotonic() + PUBLISHED_SECONDS
    server.call("PATCH", f"/api/v1/projects/{project}/working", json.dumps({"put": texts}).encode())
    while time.monotonic() < until:
        if all(served(server, project, path) != text for path, text in before.items()):
            return True
        time.sleep(0.05)
    return False


def untold(page: Page, server: Server, starter: Starter, changes: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Those of the changes of a starter that neither the build nor a walk tells of."""
    project = opened(page, server, starter.name)
    found = _walks.walks_of(server, project)
    before = _walks.traces_of(_walks.walk(page, found["walks"], found["url"]))
    last: dict[str, str] = {}
    for change in changes:
        path, text = change["path"], change["text"]
        texts = {**last, path: text}
        last = {path: starter.text(path)}
        if not brought(server, project, texts):
            if not brought(server, project, last):
                # What is built is what was there before: the page was never told of the change.
                page.reload()
                painted(page)
                _walks.provide(page)
            last = {}
            continue
        if not any(map(_walks.tells, _walks.walk(page, found["walks"], found["url"], before, until_told=True))):
            yield change


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=RUNS)
    options.add_argument("--clean", type=int, default=0, help="runs over all starters, to count false alarms")
    options.add_argument("--regressions", type=int, default=0, help="changes over all starters, to count what is told")
    options.add_argument("--seed", type=int, default=20)
    options.add_argument("--starters", default="", help="only these, by comma")
    arguments = options.parse_args()
    chosen = [one for one in starters() if not arguments.starters or one.name in arguments.starters.split(",")]
    told = 0
    times: list[float] = []
    walked, alarms = 0, []
    with (
        running_server() as server,
        playwright_chromium() as (playwright, executable),
        chromium(playwright, executable) as browser,
    ):
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        found = _walks.walks_of(server, opened(page, server, "todo"))
        own = itertools.islice(itertools.cycle(found["walks"].items()), WALKS)
        walks = {f"{number:02} {path}": walk for number, (path, walk) in enumerate(own)}
        for _ in range(arguments.runs):
            began = time.perf_counter()
            results = _walks.walk(page, walks, found["url"], stroll=False)
            times.append((time.perf_counter() - began) * 1000)
            say(f"  {times[-1]:.0f} ms, {sum(result['ok'] for result in results)} of {len(results)} walk")
        for starter in chosen if arguments.clean else []:
            found = _walks.walks_of(server, opened(page, server, starter.name))
            before: dict[str, Any] = {}
            for _ in range(arguments.clean):
                results = _walks.walk(page, found["walks"], found["url"], before)
                before = before or _walks.traces_of(results)
                walked += len(results)
                alarms += [
                    f"{starter.name}: {result.get('difference') or result}"
                    for result in results
                    if _walks.tells(result)
                ]
            say(f"  {starter.name}: {walked} walked, {len(alarms)} false alarms so far")
        sites = [
            (starter, change)
            for starter in (chosen if arguments.regressions else [])
            for change in regressions(starter)
        ]
        drawn = random.Random(arguments.seed).sample(sites, min(arguments.regressions, len(sites)))
        for starter, group in itertools.groupby(sorted(drawn, key=lambda site: site[0].name), key=lambda site: site[0]):
            changes = [change for _, change in group]
            missed = 0
            for change in untold(page, server, starter, changes):
                missed += 1
                say(f"  {starter.name}: nobody told of: {change['what']}")
            told += len(changes) - missed
            say(f"  {starter.name}: {len(changes) - missed} of {len(changes)} told of")
    for alarm in alarms:
        say(alarm)
    figures = {"walks_20_ms": median(times)}
    if walked:
        figures |= {"clean_walks": walked, "false_alarms": len(alarms), "false_alarm_share": len(alarms) / walked}
    if drawn:
        figures |= {"regressions": len(drawn), "regressions_told_share": told / len(drawn)}
    finish("walks", figures, {}, arguments.runs)


if __name__ == "__main__":
    main()
