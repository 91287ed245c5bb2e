"""The instant engine next to `vite build`: the same text, the same computed styles, the same picture.

Each project of `benchmarks/corpus` is compiled twice by the engine, as its author sees it and as the visitors of a live
link do, and once by Vite, and the three pages are looked at in Chromium. What the engine cannot run has to say so before
it runs: that counts as named. Texts that tell the mode (`data-mode`) differ for the author by intention, as they do at
Vite's development server.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageChops
from playwright.sync_api import Browser

from benchmarks._harness import chromium, finish, playwright_chromium, say
from benchmarks.corpus.ours import BROWSER, RECORDED, OurSite, Refused, compiled, differences, recorded
from benchmarks.corpus.projects import Project, projects
from benchmarks.corpus.sites import Folder, Site, serving
from benchmarks.corpus.vite import ViteBuilds
from preview_runtime.compiling.compiler import Compiler
from preview_runtime.dependencies import DependencyService
from preview_runtime.node import node_executable

ROOT: Final = Path(__file__).resolve().parents[1]
CACHE: Final = ROOT / ".pytest_cache" / "faithful"
# Of the pixels of a picture: as many may differ.
MOST_PIXELS: Final = 0.01
LOOK: Final = (ROOT / "benchmarks" / "corpus" / "look.js").read_text()
FORMS: Final = {"edited": False, "built": True}


@dataclass
class Result:
    """What came of a project in one form: `same`, `named`, `differs` or `broken`, and why."""

    outcome: str = "same"
    reasons: list[str] = field(default_factory=list)


@dataclass
class Look:
    """A page as it was seen."""

    seen: dict[str, Any]
    picture: bytes
    errors: list[str]


def look(browser: Browser, address: str) -> Look:
    context = browser.new_context(viewport={"width": 800, "height": 600})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    seen = page.evaluate(LOOK)
    picture = page.screenshot(animations="disabled")
    context.close()
    return Look(seen, picture, errors)


def pixels(ours: bytes, theirs: bytes) -> float:
    """The share of pixels that differ visibly."""
    pair = [Image.open(io.BytesIO(one)).convert("RGB") for one in (ours, theirs)]
    difference = ImageChops.difference(*pair).convert("L").point(lambda value: 255 if value > 8 else 0)
    return difference.histogram()[255] / (difference.width * difference.height)


def compare(ours: Look, theirs: Look, *, built: bool) -> Result:
    if theirs.seen["byMode"] and not built:
        return Result()
    reasons = differences(ours.seen, theirs.seen)
    if (share := pixels(ours.picture, theirs.picture)) > MOST_PIXELS:
        reasons.append(f"{share:.1%} of the picture")
    return Result("differs", [*reasons, *ours.errors]) if reasons else Result()


async def ours(chosen: list[Project]) -> dict[str, Site | Refused]:
    """The outputs by project and form."""
    found: dict[str, Site | Refused] = {}
    dependencies = DependencyService(ROOT / ".pytest_cache" / "packages", node_executable(), BROWSER)
    compiler = Compiler(dependencies, node_executable(), BROWSER)
    try:
        for project in chosen:
            for form, built in FORMS.items():
                made = await compiled(project, compiler, built=built)
                found[f"{project.name}-{form}"] = made if isinstance(made, Refused) else OurSite(made, dependencies)
    finally:
        await compiler.close()
        await dependencies.close()
    return found


@dataclass
class Bench:
    """What the comparisons share."""

    browser: Browser
    vite: ViteBuilds
    sites: dict[str, Any]
    port: int
    anew: bool
    seen: dict[str, Any] = field(default_factory=dict)

    def theirs(self, project: Project) -> Look | str:
        """Vite's page, or why there is none."""
        output = self.vite.build(project, anew=self.anew)
        if output.error:
            return output.error
        self.sites[project.name] = Folder(output.folder, output.base)
        base = output.base if output.base.startswith("/") else "/"
        return look(self.browser, f"http://{project.name}.localhost:{self.port}{base}")


def judge(bench: Bench, project: Project) -> dict[str, Result]:
    results: dict[str, Result] = {}
    theirs: Look | str | None = None
    for form, built in FORMS.items():
        name = f"{project.name}-{form}"
        made = bench.sites[name]
        if isinstance(made, Refused):
            results[form] = Result("named" if made.named else "broken", [made.says])
            continue
        theirs = theirs or bench.theirs(project)
        if isinstance(theirs, str):
            results[form] = Result("vite", [theirs])
            continue
        results[form] = compare(look(bench.browser, f"http://{name}.localhost:{bench.port}/"), theirs, built=built)
    if isinstance(theirs, Look) and all(result.outcome == "same" for result in results.values()):
        bench.seen[project.name] = {"hash": project.hash, **recorded(theirs.seen)}
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench faithful")
    parser.add_argument("only", nargs="*", help="names of projects, or families; all without")
    parser.add_argument("--all", action="store_true", help="let Vite build every project anew")
    parser.add_argument("--record", action="store_true", help="keep what Vite's pages show for the tests")
    options = parser.parse_args()
    chosen = [one for one in projects() if not options.only or {one.name, one.family} & set(options.only)]
    sites: dict[str, Any] = asyncio.run(ours(chosen))
    counts: dict[str, Counter[str]] = {form: Counter() for form in FORMS}
    named: dict[str, str] = {}
    failed: dict[str, list[str]] = {}
    with (
        serving(sites) as port,
        playwright_chromium() as (playwright, executable),
        chromium(playwright, executable) as browser,
    ):
        bench = Bench(browser, ViteBuilds(CACHE), sites, port, options.all)
        for project in chosen:
            results = judge(bench, project)
            for form, result in results.items():
                counts[form][result.outcome] += 1
                if result.outcome == "named":
                    named[project.name] = result.reasons[0]
                elif result.outcome != "same":
                    failed[f"{project.name} {form}"] = result.reasons
                    say(f"{project.name} ({form}) {result.outcome}: " + "\n    ".join(result.reasons[:6]))
    if options.record:
        kept = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
        RECORDED.write_text(json.dumps(kept | bench.seen, ensure_ascii=False, sort_keys=True, indent=1) + "\n")
    for name, why in named.items():
        say(f"named  {name}: {why}")
    finish("faithful", figures(counts, len(chosen)), {}, 1, named=named, failed=sorted(failed))


def figures(counts: dict[str, Counter[str]], projects: int) -> dict[str, Any]:
    """`projects`; for each form how many are the same as Vite's, and how many are named; shares of all."""
    found: dict[str, Any] = {"projects": projects}
    for form, count in counts.items():
        found |= {f"{form}_same": count["same"], f"{form}_named": count["named"]}
        found[f"{form}_same_share"] = round(count["same"] / projects, 4)
        found[f"{form}_same_or_named_share"] = round((count["same"] + count["named"]) / projects, 4)
    return found


if __name__ == "__main__":
    main()
