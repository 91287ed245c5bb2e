"""script/eval: gives a set of tasks to a model through Sayso, and reports what came of each.

A run lies in a folder: what it was begun with, a line for each result, pictures, the report, and the data of the Sayso
that it starts. Ctrl-C stops it; `--resume FOLDER` goes on. The last line of the output is one JSON object.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks._harness import ROOT, finish, say
from benchmarks.evaluation.asking import Way
from benchmarks.evaluation.report import write_report
from benchmarks.evaluation.results import totals
from benchmarks.evaluation.run import Plan, Run, how_to_go_on, stopped_by_signals
from benchmarks.evaluation.sayso import Refusal, Sayso
from benchmarks.evaluation.tasks import TaskSet, UnreadableTasks, read_tasks
from benchmarks.evaluation.web_bench import serve_agent
from tests.browser.conftest import NO_CHROMIUM, Server, installed_chromium

_KEYS: Final = ("ANTHROPIC_", "OPENAI_", "GOOGLE_")


def main() -> None:
    given = _options().parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    executable = installed_chromium() or sys.exit(NO_CHROMIUM)
    folder: Path = (
        given.resume or given.folder or ROOT / ".data" / "evaluations" / time.strftime("%Y-%m-%d-%H%M%S")
    ).resolve()
    try:
        plan = Plan.read(folder) if given.resume else _plan(given)
        if given.resume:
            plan = plan.model_copy(update=_changed(given))
        if given.serve_agent is not None:
            _serve(given.serve_agent, folder, plan, executable)
            return
        tasks = _chosen(read_tasks(plan.tasks), plan.only)
        if given.list:
            _list(tasks)
            return
        sys.exit(_run(folder, plan, tasks, executable))
    except (UnreadableTasks, Refusal) as fault:
        sys.exit(str(fault))
    except KeyboardInterrupt:
        os._exit(130)  # Python would wait for threads that are in the middle of a walk
    except FileNotFoundError:
        sys.exit(f"{folder} holds no run to go on with.")


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        "script/eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--tasks", default="ours", help="ours, webgen:FILE, fullstack:FILE, baxbench:FILE, or a FILE of our own form"
    )
    options.add_argument("--only", nargs="+", default=[], metavar="TASK", help="just these tasks of the set")
    options.add_argument(
        "--model", default="", help="such as anthropic:claude-sonnet-5-5; without it the server's default"
    )
    options.add_argument(
        "--mode",
        choices=("build", "auto", "plan"),
        default="build",
        help="auto: plans where a request is large, and skips questions",
    )
    options.add_argument("--parallel", type=int, metavar="N", help="so many tasks at once (1)")
    options.add_argument(
        "--budget", type=float, metavar="USD", help="the most that the run may spend, gone on with or not"
    )
    options.add_argument("--patience", type=float, metavar="SECONDS", help="the longest that one task may take (900)")
    options.add_argument("--url", default="", help="a Sayso that runs already, instead of one of the run's own")
    options.add_argument("--folder", type=Path, help="where the run is kept")
    options.add_argument("--resume", type=Path, metavar="FOLDER", help="go on with a run")
    options.add_argument("--list", action="store_true", help="name the tasks and end")
    options.add_argument(
        "--serve-agent", type=int, metavar="PORT", help="answer Web-Bench as its HTTP agent at this port"
    )
    return options


def _plan(given: argparse.Namespace) -> Plan:
    if given.url and given.budget is not None:
        sys.exit("A Sayso that runs already has budgets of its own: set one there, and leave --budget out.")
    return Plan(
        tasks=_absolute(given.tasks),
        model=given.model,
        mode=given.mode,
        only=given.only,
        url=given.url,
        **_changed(given),
    )


def _changed(given: argparse.Namespace) -> dict[str, Any]:
    """What may be another when a run goes on."""
    found = {name: getattr(given, name) for name in ("parallel", "budget", "patience")}
    if found["parallel"] is not None and found["parallel"] < 1:
        sys.exit("--parallel is at least 1.")
    return {name: value for name, value in found.items() if value is not None}


def _absolute(tasks: str) -> str:
    """The name of a set with a path that holds from everywhere."""
    layout, colon, path = tasks.rpartition(":")
    return tasks if tasks == "ours" else f"{layout}{colon}{Path(path).resolve()}"


def _chosen(tasks: TaskSet, only: list[str]) -> TaskSet:
    if not only:
        return tasks
    if unknown := set(only) - {task.id for task in tasks.tasks}:
        raise UnreadableTasks(f"No such task: {', '.join(sorted(unknown))}. --list names them.")
    return tasks.model_copy(update={"tasks": [task for task in tasks.tasks if task.id in only]})


def _list(tasks: TaskSet) -> None:
    for task in tasks.tasks:
        walks = f"{len(task.walks)} walks" if task.walks else "no walks"
        print(f"{task.id:24} {task.kind:12} {walks:9} {'needs Docker  ' if task.needs else ''}{task.title}")


@contextlib.contextmanager
def _sayso(folder: Path, plan: Plan) -> Iterator[Sayso]:
    """The Sayso that is asked: one that runs, or one with its data in the folder of the run."""
    server = None
    url = plan.url
    if not url:
        say("Starting Sayso …")
        folder.mkdir(parents=True, exist_ok=True)
        server = Server(folder / "data", {name: value for name, value in os.environ.items() if name.startswith(_KEYS)})
        try:
            url = server.start().url
        except AssertionError as fault:
            if server.process and server.process.poll() is None:
                server.stop()
            sys.exit(str(fault))
    sayso = Sayso(url)
    try:
        if server and plan.budget is not None:
            sayso.spend_at_most(plan.budget)
        yield sayso
    finally:
        sayso.close()
        if server:
            server.stop()


def _run(folder: Path, plan: Plan, tasks: TaskSet, executable: str) -> int:
    plan.write(folder)
    stop = threading.Event()
    with stopped_by_signals(stop), _sayso(folder, plan) as sayso:
        model = plan.model or sayso.default_model()
        plan.model_copy(update={"model": model}).write(folder)
        way = Way(sayso, model, plan.mode, plan.patience, stop)
        run = Run(folder, tasks.tasks, tasks.layout, way, executable=executable, servers=sayso.servers_run())
        say(
            f"{len(run.left())} of {len(tasks.tasks)} tasks to do with {model}, {plan.parallel} at once, kept in {folder}"
        )
        load = f"load when it began {os.getloadavg()[0]:.1f}"

        def report() -> Path:
            return write_report(folder, tasks, model, run.results, load=load)

        run.go(plan.parallel, report)
        path, left = report(), len(run.left())
    if left:
        say(f"{left} tasks are left. {how_to_go_on(folder, plan)}")
    say(f"Report: {path}")
    figures = totals(run.results)
    finish(
        "evaluation",
        figures,
        {},
        figures["tasks"],
        model=model,
        tasks=plan.tasks,
        left=left,
        report=str(path),
        load=load,
    )
    return 130 if stop.is_set() else 1 if left else 0


def _serve(port: int, folder: Path, plan: Plan, executable: str) -> None:
    plan.write(folder)
    stop = threading.Event()
    with stopped_by_signals(stop), _sayso(folder, plan) as sayso:
        way = Way(sayso, plan.model or sayso.default_model(), plan.mode, plan.patience, stop)
        serve_agent(port, way, executable, plan.parallel)


if __name__ == "__main__":
    main()
