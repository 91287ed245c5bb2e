"""Bytes, requests and largest contentful paint of the home page and the workbench, in fresh profiles; the same paints
and the longest task of the workbench while an app is written, with the processor slowed down four times.

Transferred bytes are what Chromium's network layer counts (`encodedDataLength`: headers and compressed body).
The weight is code, styles, fonts and documents of the builder's host; apart and stated: gallery pictures, the engine
worker, the editor that comes with the Code tab, the preview host's answers (the app itself and its packages), and API
answers. A worker loads outside the page's network session: its file is asked for by itself, compressed as for the page.

Slowed down is the page's own process (`Emulation.setCPUThrottlingRate`); the server, the engine's worker and the preview
are not. Long tasks are those that the page itself is told of by the browser (`longtask`), none shorter than 50 ms.
"""

from __future__ import annotations

import argparse
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Playwright

from benchmarks._harness import chromium, finish, median, playwright_chromium, running_server, say
from tests.browser.conftest import Server

RUNS = 5
SLOW_DOWN = 4
WRITING_SPEED = "1500"
"""Characters per second at which the demo writes while tasks are watched: some five times a model's pace."""
_TASKS = """
window.__tasks = [];
new PerformanceObserver((list) => { for (const task of list.getEntries()) window.__tasks.push([task.startTime, task.duration]); })
  .observe({ type: "longtask", buffered: true });
"""
_LCP = """() => new Promise((done) => {
  let last = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) last = e.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done(last), 50));
})"""


def _kind(url: str) -> str:
    parts = urlsplit(url)
    if parts.hostname not in ("localhost", "127.0.0.1"):
        return "preview"
    if parts.path.startswith("/runtime/"):
        return "engine"
    if parts.path.startswith("/api/"):
        return "pictures" if "screenshot" in parts.path or "thumbnail" in parts.path else "api"
    return "page"


def load(browser: Browser, url: str, ready: str, code: bool) -> dict[str, Any]:
    """Open `url` in a fresh profile; bytes and requests by kind, and the LCP in ms; with `code` what that tab adds."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page: Page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    urls: dict[str, str] = {}
    sizes: dict[str, int] = defaultdict(int)
    counts: dict[str, int] = defaultdict(int)
    session.on("Network.requestWillBeSent", lambda event: urls.__setitem__(event["requestId"], event["request"]["url"]))

    def finished(event: dict[str, Any]) -> None:
        kind = _kind(urls.get(event["requestId"], ""))
        sizes[kind] += int(event["encodedDataLength"])
        counts[kind] += 1

    session.on("Network.loadingFinished", finished)
    page.goto(url)
    page.wait_for_selector(ready)
    page.wait_for_load_state("networkidle")
    lcp = float(page.evaluate(_LCP))
    result: dict[str, Any] = {"sizes": dict(sizes), "requests": dict(counts), "lcp": lcp}
    if code:
        before = sum(size for kind, size in sizes.items() if kind == "page")
        page.click('[role=tab][data-tab="code"]')
        page.locator(".monaco-editor .view-line").first.wait_for()
        page.wait_for_load_state("networkidle")
        result["sizes"]["editor"] = sizes["page"] - before
    context.close()
    return result


@contextmanager
def slowed(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile whose process computes `SLOW_DOWN` times as slowly."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(120_000)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW_DOWN})
    yield page
    context.close()


def slow_paint(browser: Browser, url: str, ready: str) -> float:
    """The LCP of `url` in ms on a slow computer."""
    with slowed(browser) as page:
        page.goto(url)
        page.wait_for_selector(ready)
        page.wait_for_load_state("networkidle")
        return float(page.evaluate(_LCP))


def writing(browser: Browser, server: Server) -> list[float]:
    """The long tasks in ms of the workbench on a slow computer, from when its panes are there until the app is done."""
    with slowed(browser) as page:
        page.add_init_script(f"if (location.hostname === 'localhost') {{ {_TASKS} }}")
        made = server.post("/api/v1/projects", {"prompt": "a kanban board for my team"})["project"]["id"]
        page.goto(f"{server.url}/p/{made}")
        page.wait_for_selector(".wb-main")
        began = float(page.evaluate("performance.now()"))
        if server.get(f"/api/v1/projects/{made}")["generations"][-1]["status"] != "running":
            raise AssertionError("the app was written before its page was there: WRITING_SPEED is too high")
        server.wait_done(made, 180)
        page.wait_for_selector("iframe")
        tasks: list[tuple[float, float]] = page.evaluate("window.__tasks")
        return [took for at, took in tasks if at >= began]


def worker_bytes(server: Server, project: str) -> int:
    """Compressed size of the engine's worker."""
    folder = server.get(f"/api/v1/projects/{project}")["engines"]["runtime_url"]
    address = f"http://127.0.0.1:{server.port}{folder}engine.worker.js"
    request = urllib.request.Request(address, headers={"accept-encoding": "br"})
    with urllib.request.urlopen(request) as answer:
        if answer.headers["content-encoding"] != "br":
            raise AssertionError("the engine's worker was not sent compressed")
        return len(answer.read())


def main() -> None:
    """Print one JSON object as the last line."""
    options = argparse.ArgumentParser(prog="script/bench page", description=__doc__)
    options.add_argument("--runs", type=int, default=RUNS, help="of each kind (default %(default)s)")
    runs = options.parse_args().runs
    with playwright_chromium() as (playwright, executable), running_server(OFFLINE_SPEED="60000") as server:
        project = _project(server)
        pages = {"home": (f"{server.url}/", "#prompt"), "workbench": (f"{server.url}/p/{project}", "iframe")}
        seen: dict[str, list[dict[str, Any]]] = {name: [] for name in pages}
        for run in range(runs):
            for name, (url, ready) in pages.items():
                with chromium(playwright, executable) as browser:
                    seen[name].append(load(browser, url, ready, code=name == "workbench"))
                with chromium(playwright, executable) as browser:
                    seen[name][-1]["slow_lcp"] = slow_paint(browser, url, ready)
                say(f"{name} {run + 1}/{runs}: {seen[name][-1]}")
        tasks = watched(playwright, executable, runs)
        figures: dict[str, Any] = {}
        apart: dict[str, Any] = {}
        for name, loads in seen.items():
            figures[f"{name}_kb"] = median([run["sizes"].get("page", 0) / 1000 for run in loads])
            figures[f"{name}_lcp_ms"] = median([run["lcp"] for run in loads])
            figures[f"{name}_slow_lcp_ms"] = median([run["slow_lcp"] for run in loads])
            figures[f"{name}_requests"] = median([sum(run["requests"].values()) for run in loads])
            apart[name] = {
                f"{kind}_kb": round(size / 1000, 1) for kind, size in loads[-1]["sizes"].items() if kind != "page"
            }
        figures["writing_longest_task_ms"] = median([max(run, default=0.0) for run in tasks])
        figures["writing_long_tasks"] = median([len(run) for run in tasks])
        apart["workbench"]["engine_kb"] = round(worker_bytes(server, project) / 1000, 1)
        finish("page", figures, {}, runs, apart=apart)


def watched(playwright: Playwright, executable: str, runs: int) -> list[list[float]]:
    """The long tasks of each of `runs` apps that are written while the page looks on."""
    seen: list[list[float]] = []
    with running_server(OFFLINE_SPEED=WRITING_SPEED) as server:
        for run in range(runs):
            with chromium(playwright, executable) as browser:
                seen.append(writing(browser, server))
            say(f"written {run + 1}/{runs}: long tasks {[round(task) for task in seen[-1]]} ms")
    return seen


def _project(server: Server) -> str:
    made = server.post("/api/v1/projects", {"prompt": "a kanban board for my team"})
    server.wait_done(made["project"]["id"])
    return str(made["project"]["id"])


if __name__ == "__main__":
    main()
