"""`script/eval` gives tasks that need Docker to a Sayso of its own: apps with a server, walked from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import find_chromium
from tests.browser.evaluation.answers import FAULTY, GOOD, Answers, Reference
from tests.browser.evaluation.conftest import Program, chosen

pytestmark = pytest.mark.usefixtures("firewalled", "runtime_images")


@pytest.fixture(scope="module")
def program(docker_host: str) -> Iterator[Program]:
    find_chromium()
    with Answers() as answers:
        yield Program(
            {
                **os.environ,
                "ANTHROPIC_API_KEY": answers.key,
                "ANTHROPIC_BASE_URL": answers.address,
                "DOCKER_HOST": docker_host,
            }
        )


@pytest.fixture
def tasks(pytestconfig: pytest.Config) -> list[Reference]:
    return chosen(pytestconfig, lambda one: one.task.needs == "docker", 1)


def words(folder: Path, model: str, tasks: list[Reference]) -> tuple[str, ...]:
    return ("--folder", str(folder), "--model", f"anthropic:{model}", "--only", *(one.task.id for one in tasks))


def test_good_servers_pass(program: Program, tmp_path: Path, tasks: list[Reference]) -> None:
    run = program.run(tmp_path, *words(tmp_path, GOOD, tasks))
    assert run.code == 0, run.said
    told = {
        name: (one.status, one.why, one.failed_walks, one.console)
        for name, one in run.results.items()
        if not one.passed
    }
    assert told == {}, run.said
    assert run.figures["passed"] == run.figures["painted"] == len(tasks)
    assert run.figures["walks"] == run.figures["walks_of"] == sum(len(one.task.walks) for one in tasks)


def test_a_fault_in_a_server_is_found_by_its_walks(program: Program, tmp_path: Path, tasks: list[Reference]) -> None:
    run = program.run(tmp_path, *words(tmp_path, FAULTY, tasks))
    assert run.code == 0, run.said
    assert [name for name, result in run.results.items() if result.passed] == []
    assert run.figures["painted"] == run.figures["valid"] == len(tasks), run.said
    assert all(result.failed_walks for result in run.results.values())
