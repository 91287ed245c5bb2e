"""A run over a set of tasks: several at once, each result kept as it comes, stopped and gone on with at any time."""

from __future__ import annotations

import concurrent.futures
import shlex
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from pydantic import BaseModel

from benchmarks._harness import say
from benchmarks.evaluation.asking import Way
from benchmarks.evaluation.attempt import attempt
from benchmarks.evaluation.results import FINAL, Result, ResultFile, newest, spent
from benchmarks.evaluation.tasks import Layout, Task

_LOOKS_SECONDS: Final = 0.2
_STILL_SECONDS: Final = 30.0
_REPORTS_SECONDS: Final = 60.0


class Plan(BaseModel):
    """What a run was begun with; it lies in its folder, so that it goes on the same way. `budget` in USD, `patience` in
    seconds for each task."""

    tasks: str = "ours"
    model: str = ""
    mode: str = "build"
    only: list[str] = []
    parallel: int = 1
    budget: float | None = None
    patience: float = 900.0
    url: str = ""

    @staticmethod
    def read(folder: Path) -> Plan:
        return Plan.model_validate_json((folder / "plan.json").read_bytes())

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "plan.json").write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C, or SIGTERM, sets `stop`; the second ends the program at once."""

    def ask(_: int, __: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        say("Stopping: what runs is ended, what is done is kept. Once more to leave at once.")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Run:
    """The tasks of one folder that are still to be done. `servers`: whether apps with a server can run."""

    def __init__(
        self, folder: Path, tasks: list[Task], layout: Layout, way: Way, *, executable: str, servers: bool
    ) -> None:
        self._folder, self._tasks, self._layout, self._way = folder, tasks, layout, way
        self._executable, self._servers = executable, servers
        self._file = ResultFile(folder / "results.jsonl")
        self._running: dict[str, float] = {}
        self._told = time.monotonic()

    @property
    def results(self) -> list[Result]:
        return self._file.read()

    def left(self) -> list[Task]:
        """Those without a result that counts."""
        final = FINAL - {"skipped"} if self._servers else FINAL  # Docker may be there by now
        done = {name for name, result in newest(self.results).items() if result.status in final}
        return [task for task in self._tasks if task.id not in done]

    def go(self, parallel: int, between: Callable[[], object]) -> None:
        """Do them, so many at once. `between` is called now and then. Returns early once the run is stopped."""
        left, told = iter(self.left()), time.monotonic()
        pool = concurrent.futures.ThreadPoolExecutor(parallel)
        under_way: set[concurrent.futures.Future[Result]] = set()
        try:
            while True:
                while len(under_way) < parallel and not self._way.stop.is_set() and (task := next(left, None)):
                    under_way.add(pool.submit(self._do, task))
                if not under_way:
                    return
                done, under_way = concurrent.futures.wait(under_way, _LOOKS_SECONDS, concurrent.futures.FIRST_COMPLETED)
                for future in done:
                    self._ended(future.result())
                if time.monotonic() - told > _REPORTS_SECONDS:
                    told = time.monotonic()
                    between()
                self._still()
        finally:
            pool.shutdown(wait=False)  # who leaves at once does not wait for a walk

    def _do(self, task: Task) -> Result:
        if task.needs == "docker" and not self._servers:
            why = "It needs Docker, which does not answer here."
            return Result(task=task.id, title=task.title, kind=task.kind, status="skipped", why=why)
        self._running[task.id] = time.monotonic()
        try:
            return attempt(task, self._way, self._executable, self._folder, self._layout)
        finally:
            self._running.pop(task.id, None)

    def _ended(self, result: Result) -> None:
        self._file.add(result)
        if result.status == "stopped" and not self._way.stop.is_set():
            say(f"The money is spent: {result.why}")
            self._way.stop.set()
        if result.status == "broken" and self._unreachable(result):
            self._way.stop.set()
        self._told = time.monotonic()
        results = self.results
        count = sum(one.status in FINAL for one in newest(results).values())
        say(f"[{count:>3}/{len(self._tasks)}] {line(result)} · ${spent(results):.2f} so far")

    @staticmethod
    def _unreachable(result: Result) -> bool:
        return "does not answer" in result.why

    def _still(self) -> None:
        """Say what runs, where nothing has been said for a while."""
        now = time.monotonic()
        if now - self._told > _STILL_SECONDS and self._running:
            self._told = now
            say("running: " + ", ".join(f"{name} ({now - since:.0f} s)" for name, since in [*self._running.items()]))


def line(result: Result) -> str:
    """What came of a task, in a line."""
    if result.status != "done":
        return f"{result.task} · {result.status}{': ' + result.why if result.why else ''}"
    parts = [result.task, "passed" if result.passed else "not passed"]
    if not result.passed:
        parts += [f"not {name}" for name in ("valid", "built", "painted", "clean") if not getattr(result, name)][:1]
    if result.walks_of:
        parts.append(f"{result.walks} of {result.walks_of} walk")
    if result.mends.free or result.mends.paid:
        parts.append(f"mends {result.mends.free} free, {result.mends.paid} paid")
    parts.append(f"{result.seconds:.0f} s")
    return " · ".join(parts)


def how_to_go_on(folder: Path, plan: Plan) -> str:
    """The command, in a sentence."""
    more = "" if plan.budget is None else f" (its budget is ${plan.budget:.2f}; --budget gives it another)"
    return f"To go on: {shlex.join(['script/eval', '--resume', str(folder)])}{more}"
