"""A Sayso whose models answer our tasks, and the program that evaluates them."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.evaluation.results import Result, ResultFile, newest
from tests.browser.conftest import ROOT, Server, find_chromium
from tests.browser.evaluation.answers import Answers, Reference, references

RUN_SECONDS = 1_800


@dataclass(frozen=True)
class Evaluation:
    """A run of the program that is over. `figures` are those of its last line."""

    code: int
    output: str
    said: str
    folder: Path

    @property
    def last(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.output.splitlines()[-1])
        return found

    @property
    def figures(self) -> dict[str, Any]:
        found: dict[str, Any] = self.last["figures"]
        return found

    @property
    def results(self) -> dict[str, Result]:
        return newest(ResultFile(self.folder / "results.jsonl").read())


@dataclass(frozen=True)
class Program:
    """Starts `script/eval` as a person does, with the key of the local model in its environment."""

    environment: dict[str, str]

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "benchmarks.evaluation", *words], cwd=ROOT, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, folder: Path, *words: str) -> Evaluation:
        process = self.start(*words)
        output, said = process.communicate(timeout=RUN_SECONDS)
        return Evaluation(process.returncode, output, said, folder)


@pytest.fixture(scope="package")
def answers() -> Iterator[Answers]:
    with Answers() as answers:
        yield answers


@pytest.fixture(scope="package")
def answering_server(make_server: Callable[..., Server], answers: Answers) -> Server:
    return make_server(ANTHROPIC_API_KEY=answers.key, ANTHROPIC_BASE_URL=answers.address)


@pytest.fixture
def program(answers: Answers) -> Program:
    find_chromium()
    return Program({**os.environ, "ANTHROPIC_API_KEY": answers.key, "ANTHROPIC_BASE_URL": answers.address})


def chosen(config: pytest.Config, among: Callable[[Reference], bool], count: int) -> list[Reference]:
    """A seeded sample of the references, with `--all` every one."""
    found = [reference for reference in references().values() if among(reference)]
    return found if config.getoption("all") else random.Random(5).sample(found, count)
