"""What came of the tasks: kept line by line while a run goes on, added up at its end."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, Field, ValidationError

Status = Literal["done", "failed", "stopped", "skipped", "late", "broken"]
"""`done`: the turn came to its end; `failed`: it did not; `late`: it took too long; `skipped`: what the task needs is not
there; `stopped`: the run was, or its money was spent; `broken`: the evaluation itself failed."""
FINAL: Final = frozenset({"done", "failed", "late", "skipped"})
"""The rest is done again when the run goes on."""


class FailedWalk(BaseModel):
    title: str
    what: str


class Mends(BaseModel):
    """`free`: changes that were made without a model; `paid`: how often a model was asked to mend."""

    free: int = 0
    paid: int = 0


class Tokens(BaseModel):
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


class Result(BaseModel):
    """One task. `valid`: the answer could be read and became a version; `built`: no fault of the build; `painted`: the
    app showed something; `clean`: neither the workbench nor whoever walked saw an error of it.

    `walks` of `walks_of` passed, judged from outside; `own_walks` are those that the project itself has, as its page
    walked them, null where it did not. `cost_usd` is null where a price is not known. `seconds`: from the request to the
    end of the turn. `picture` and `export` are paths from the folder of the run.
    """

    task: str
    title: str = ""
    kind: str = ""
    status: Status
    why: str = ""
    project: str = ""
    valid: bool = False
    built: bool = False
    painted: bool = False
    clean: bool = False
    walks: int = 0
    walks_of: int = 0
    failed_walks: list[FailedWalk] = Field(default_factory=list)
    own_walks: int | None = None
    own_walks_of: int | None = None
    mends: Mends = Field(default_factory=Mends)
    tokens: Tokens = Field(default_factory=Tokens)
    cost_usd: float | None = 0.0
    seconds: float = 0.0
    console: list[str] = Field(default_factory=list)
    picture: str = ""
    export: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything that was looked at was as it should be."""
        return self.valid and self.built and self.painted and self.clean and self.walks == self.walks_of


class ResultFile:
    """`results.jsonl`: a line is written out whole before the next task begins, so that a killed run loses none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, result: Result) -> None:
        with self._path.open("ab+") as file:
            file.seek(max(0, file.tell() - 1))
            cut = file.read(1) not in (b"", b"\n")  # a line that a killed run did not finish
            file.write((b"\n" if cut else b"") + result.model_dump_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> list[Result]:
        """Every line in its order. A last line that was cut off is passed over: that task is done again."""
        if not self._path.exists():
            return []
        found = []
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(Result.model_validate_json(line))
            except ValidationError:
                continue
        return found


def newest(results: Iterable[Result]) -> dict[str, Result]:
    """By task, the last that came of it."""
    return {result.task: result for result in results}


def spent(results: Iterable[Result]) -> float:
    """USD of all lines, of those as well that were done again."""
    return round(sum(result.cost_usd or 0.0 for result in results), 6)


def totals(results: Iterable[Result]) -> dict[str, Any]:
    """The figures of a run. Shares are of the tasks that were tried: skipped and stopped ones are none."""
    every = list(results)
    tasks = [one for one in newest(every).values() if one.status in FINAL]
    tried = [one for one in tasks if one.status != "skipped"]
    unpriced = any(one.cost_usd is None for one in every)
    times = [one.seconds for one in tried]
    return {
        "tasks": len(tried),
        "skipped": len(tasks) - len(tried),
        "passed": sum(one.passed for one in tried),
        "valid": sum(one.valid for one in tried),
        "built": sum(one.built for one in tried),
        "painted": sum(one.painted for one in tried),
        "clean": sum(one.clean for one in tried),
        "walks": sum(one.walks for one in tried),
        "walks_of": sum(one.walks_of for one in tried),
        "mends_free": sum(one.mends.free for one in tried),
        "mends_paid": sum(one.mends.paid for one in tried),
        "tokens_input": sum(one.tokens.input + one.tokens.cache_read + one.tokens.cache_write for one in every),
        "tokens_output": sum(one.tokens.output for one in every),
        "cost_usd": None if unpriced else spent(every),
        "seconds": round(sum(times), 1),
        "seconds_median": round(statistics.median(times), 1) if times else None,
    }
