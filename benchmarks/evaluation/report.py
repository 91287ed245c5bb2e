"""The report of a run: one page that needs nothing beside it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import jinja2

from benchmarks._harness import machine
from benchmarks.evaluation.results import FINAL, Result, newest, totals
from benchmarks.evaluation.tasks import TaskSet

_TEMPLATES: Final = Path(__file__).parent
_CHECKS: Final = ("valid", "built", "painted", "clean")


def write_report(folder: Path, tasks: TaskSet, model: str, results: Sequence[Result], *, load: str) -> Path:
    """Write `report.html` into the folder of the run; its path. `load`: how busy the machine was."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["money"] = money
    path = folder / "report.html"
    page = environment.get_template("report.html.jinja").render(
        set=tasks.name, model=model, figures=totals(results), rows=_rows(folder, tasks, results), checks=_checks(results),
        machine=machine(), load=load,
    )  # fmt: skip
    path.write_text(page, encoding="utf-8")
    return path


def money(usd: float | None) -> str:
    """ "$0.012"; "unknown" for None."""
    if usd is None:
        return "unknown"
    return f"${usd:.2f}" if usd >= 0.1 or usd == 0 else f"${usd:.4f}"


def _checks(results: Sequence[Result]) -> list[tuple[str, int, int]]:
    figures = totals(results)
    found = [(name, figures[name], figures["tasks"]) for name in _CHECKS]
    return [*found, ("walks passed", figures["walks"], figures["walks_of"])] if figures["walks_of"] else found


def _rows(folder: Path, tasks: TaskSet, results: Sequence[Result]) -> list[dict[str, Any]]:
    """In the order of the set; those without a result as well."""
    found = newest(results)
    rows = []
    for task in tasks.tasks:
        result = found.get(task.id)
        rows.append({
            "task": task, "result": result, "picture": _picture(folder, result),
            "verdict": _verdict(result), "good": bool(result and result.status in FINAL and result.passed),
        })  # fmt: skip
    return rows


def _verdict(result: Result | None) -> str:
    if result is None:
        return "not done yet"
    words = {
        "failed": "failed",
        "late": "took too long",
        "skipped": "left out",
        "stopped": "stopped",
        "broken": "not judged",
    }
    return words.get(result.status) or ("passed" if result.passed else "not passed")


def _picture(folder: Path, result: Result | None) -> str:
    if not (result and result.picture and (path := folder / result.picture).exists()):
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode()
