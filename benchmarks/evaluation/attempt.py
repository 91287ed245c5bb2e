"""One task from its request to its result."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Error, sync_playwright

from benchmarks.evaluation import asking, judging
from benchmarks.evaluation.asking import Stopped, Way
from benchmarks.evaluation.export import write_export
from benchmarks.evaluation.results import Result, Tokens
from benchmarks.evaluation.sayso import Refusal
from benchmarks.evaluation.tasks import Layout, Task
from tests.browser.conftest import CHROMIUM_ARGUMENTS

log = logging.getLogger(__name__)
_OUT_OF_MONEY: Final = frozenset({"budget_reached", "spending_paused"})


@contextlib.contextmanager
def fresh_browser(executable: str) -> Iterator[Browser]:
    """A Chromium for one task: an app that hangs its browser takes no other task with it. Ctrl-C is ours to answer."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(CHROMIUM_ARGUMENTS), handle_sigint=False, handle_sigterm=False
        )
        try:
            yield browser
        finally:
            browser.close()


def attempt(task: Task, way: Way, executable: str, folder: Path, layout: Layout) -> Result:
    """Give the task to Sayso and judge what came of it. Everything that happens is in the result."""
    result = Result(task=task.id, title=task.title, kind=task.kind, status="done", walks_of=len(task.walks))
    try:
        with fresh_browser(executable) as browser:
            _attempt(task, way, browser, folder, layout, result)
    except Stopped as stopped:
        result.status = "stopped" if way.stop.is_set() else "broken"
        result.why = "" if way.stop.is_set() else "The browser went away while the turn was under way."
        result.cost_usd = stopped.turn["cost_usd"]
        result.tokens = Tokens.model_validate(stopped.turn["tokens"])
    except Refusal as refusal:
        _refused(result, refusal)
    except Exception as fault:
        if not way.stop.is_set():  # Ctrl-C takes the browser away as well
            log.exception("task %s", task.id)
        result.status, result.why = "broken", _line(fault)
    if way.stop.is_set() and result.status == "broken":
        result.status = "stopped"
    return result


def _attempt(task: Task, way: Way, browser: Browser, folder: Path, layout: Layout, result: Result) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    result.project, turn = way.sayso.create(task.prompt, way.model, way.mode)
    try:
        try:
            asking.open_page(page, way, result.project)
            answered = asking.answered(page, way, result.project, turn)
        except Error:
            # Without its page, which crashed or went with a Ctrl-C, nobody waits for the rest of the turn.
            raise Stopped(way.sayso.stop(result.project, turn)) from None
        asking.told(result, answered)
        if result.valid and result.status != "stopped":
            _judge(
                task, way, browser, folder, result, painted=asking.paints(page), seen=asking.last_seen(answered.turn)
            )
            result.export = _exported(task, way, folder, layout, result)
    finally:
        if task.needs == "docker":
            with contextlib.suppress(Refusal):
                way.sayso.end_server(result.project)


def _judge(
    task: Task, way: Way, browser: Browser, folder: Path, result: Result, *, painted: bool, seen: dict[str, Any] | None
) -> None:
    faults = (seen or {}).get("faults", [])
    result.built = not any(fault["kind"] in ("build", "protocol", "policy") for fault in faults) and (
        painted or seen is not None
    )
    result.painted = painted
    url = way.sayso.project(result.project)["preview_url"]
    errors = judging.Faults(url)
    if painted:
        picture = folder / "pictures" / f"{task.id}.jpg"
        picture.parent.mkdir(exist_ok=True)
        judging.look(browser, url, errors, picture)
        result.picture = picture.relative_to(folder).as_posix()
        result.failed_walks = judging.failed_walks(browser, url, errors, task.walks)
        result.walks = len(task.walks) - len(result.failed_walks)
    result.console = [*dict.fromkeys([*(_told(fault) for fault in faults), *errors.found])]
    result.clean = painted and not result.console


def _exported(task: Task, way: Way, folder: Path, layout: Layout, result: Result) -> str:
    if not layout:
        return ""
    archive, texts = way.sayso.export(result.project), way.sayso.texts(result.project)
    return write_export(folder / "export", layout, way.model, task, archive, texts)


def _told(fault: dict[str, Any]) -> str:
    place = f"{fault['path']}:{fault['line']}: " if fault["path"] else ""
    return f"{place}{fault['message']}"[:400]


def _refused(result: Result, refusal: Refusal) -> None:
    result.status = "stopped" if refusal.code in _OUT_OF_MONEY else "failed"
    if refusal.code == "unreachable":
        result.status = "broken"
    result.why = str(refusal)


def _line(fault: BaseException) -> str:
    return re.sub(r"\s+", " ", f"{type(fault).__name__}: {fault}")[:400]
