"""Changes of meaning in the starters' sources, and who tells of each: the build, a walk, its trace, a stroll, or nobody.

The changes are made by `regressions.mjs` at places that parsers found; the same number of them is drawn for each starter.
`unnoticeable.json` names those that are not drawn, one by one (`what`) or all of a file (`path`), each with the reason why no
person could notice it.
"""

from __future__ import annotations

import json
import random
import subprocess
import time
import urllib.error
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from benchmarks._harness import say
from benchmarks.programs import walking
from tests.browser.conftest import Server
from tests.starters import Starter

PUBLISHED_SECONDS = 20.0
SOURCES = (".ts", ".tsx", ".vue", ".svelte")
UNNOTICEABLE = Path(__file__).parents[1] / "unnoticeable.json"
Change = dict[str, str]


@dataclass
class Report:
    """How each change was told: `build`, `walk`, `trace`, `stroll`, or `nobody`, by starter. `broken`: what failed unchanged."""

    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def add(self, starter: str, how: str) -> None:
        self.outcomes.setdefault(starter, Counter())[how] += 1

    def line(self, starter: str) -> str:
        """`11 of 12 told of: 4 walk, 7 trace`."""
        count = self.outcomes[starter]
        ways = ", ".join(f"{number} {how}" for how, number in sorted(count.items()))
        return f"{count.total() - count['nobody']} of {count.total()} told of: {ways}"

    def figures(self) -> dict[str, Any]:
        """Counts over all starters, and the share that was told of by starter."""
        ways = sum(self.outcomes.values(), Counter[str]())
        share = {name: 1 - count["nobody"] / count.total() for name, count in self.outcomes.items()}
        return {
            "regressions": ways.total(),
            "regressions_told_share": 1 - ways["nobody"] / ways.total(),
            "regressions_by_way": dict(ways),
            "regressions_told_share_by_starter": share,
            "broken_before": self.broken,
        }


@cache
def all_changes(starter: Starter) -> tuple[Change, ...]:
    """Every change that is made in a starter: `path`, `text`, `what`, which no other has."""
    paths = [p for p in starter.files() if p.startswith("src/") and p.endswith(SOURCES) and "main." not in p]
    script = Path(__file__).with_name("regressions.mjs")
    given = json.dumps({path: starter.text(path) for path in paths})
    made = subprocess.run(["node", script], input=given, check=True, capture_output=True, text=True).stdout
    return tuple(json.loads(line) for line in made.splitlines())


def regressions(starter: Starter) -> list[Change]:
    """Those of a starter that can be noticed."""
    left = [one for one in json.loads(UNNOTICEABLE.read_text()) if one["starter"] in ("", starter.name)]
    never = {one.get("what") for one in left}, {one.get("path") for one in left}
    return [
        change for change in all_changes(starter) if change["what"] not in never[0] and change["path"] not in never[1]
    ]


def drawn(chosen: list[Starter], number: int, seed: int) -> dict[Starter, list[Change]]:
    """`number` changes, as many of each starter as of every other, give or take one."""
    chance = random.Random(seed)
    each, rest = divmod(number, len(chosen))
    more = set(chance.sample(range(len(chosen)), rest))
    return {
        starter: chance.sample(regressions(starter), each + (place in more)) for place, starter in enumerate(chosen)
    }


def walk_changed(
    page: Page, server: Server, project: str, starter: Starter, changes: list[Change], report: Report
) -> None:
    """Make one change after the other in a project, and add to `report` who told of it.

    Strolls take ten times as long as walks, and most changes are told without them: only the rest is strolled through.
    """
    found = walking.walks_of(server, project)
    rest = changes
    for walks, stroll in ((found["walks"], False), ({}, True)):
        if not rest:
            break
        clean = walking.walk(page, walks, found["url"], stroll=stroll)
        for result in clean:
            if not result["ok"]:
                # It would tell of every change, and so it tells of none.
                report.broken.append(f"{starter.name} {result['walk']}: step {result['step']} {result['why']}")
                say(f"  fails before anything was changed: {report.broken[-1]}")
                walks = {path: walk for path, walk in walks.items() if path != result["walk"]}
        before = walking.traces_of(clean)
        untold: list[Change] = []
        last: dict[str, str] = {}
        for change in rest:
            path, text = change["path"], change["text"]
            built = _brought(server, project, {**last, path: text})
            last = {path: starter.text(path)}
            if built:
                results = walking.walk(page, walks, found["url"], before, stroll=stroll, until_told=True)
                how = next((_way(result) for result in results if walking.tells(result)), "nobody")
            else:
                how = "build"
                _put_back(page, server, project, last)
                last = {}
            if how == "nobody":
                untold.append(change)
            else:
                report.add(starter.name, how)
        if last:
            _put_back(page, server, project, last)
        rest = untold
    for change in rest:
        report.add(starter.name, "nobody")
        say(f"  {starter.name}: nobody told of: {change['what']}")


def _put_back(page: Page, server: Server, project: str, texts: dict[str, str]) -> None:
    """Write files as they were."""
    if not _brought(server, project, texts):
        # What is built is what was there before: the page was never told of the change.
        page.reload()
        walking.painted(page)
        walking.provide(page)


def _way(result: dict[str, Any]) -> str:
    if not result["ok"]:
        return "walk"
    return "stroll" if result["walk"] in walking.STROLLS else "trace"


def _brought(server: Server, project: str, texts: dict[str, str]) -> bool:
    """Write files; False where the app is not built from one of them."""
    before, until = {path: _shown(server, project, path) for path in texts}, time.monotonic() + PUBLISHED_SECONDS
    server.call("PATCH", f"/api/v1/projects/{project}/working", json.dumps({"put": texts}).encode())
    while time.monotonic() < until:
        if all(_shown(server, project, path) != text for path, text in before.items()):
            return True
        time.sleep(0.05)
    return False


def _shown(server: Server, project: str, path: str) -> bytes | None:
    """What the preview host gives for a file; None where no file of the app asks for it any more, and so it is not built."""
    walking.served(server, project, "")
    try:
        return walking.served(server, project, path)
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.NOT_FOUND:
            raise
        return None
