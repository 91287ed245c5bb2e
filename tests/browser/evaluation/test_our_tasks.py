"""Our tasks' walks pass for a good answer, and fail for one with a fault: a few of them here, all with `--all`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.evaluation.judging import Faults, failed_walks
from tests.browser.conftest import Server, free_port
from tests.browser.evaluation.answers import FAULTY, GOOD, Reference
from tests.browser.evaluation.conftest import Evaluation, Program, chosen


def is_page(reference: Reference) -> bool:
    return not reference.task.needs


def is_own_page(reference: Reference) -> bool:
    """Written for this test: nothing is installed for it."""
    return is_page(reference) and not reference.starter


def pages(config: pytest.Config, count: int) -> list[Reference]:
    return chosen(config, is_page if config.getoption("all") else is_own_page, count)


def words(server: Server, folder: Path, model: str, tasks: list[Reference]) -> tuple[str, ...]:
    names = [reference.task.id for reference in tasks]
    return ("--url", server.url, "--folder", str(folder), "--model", f"anthropic:{model}", "--only", *names)


def stopped_after_one(program: Program, *words: str) -> Evaluation:
    """A run that is stopped by Ctrl-C as soon as its first task is over."""
    process, said = program.start(*words), []
    assert process.stderr
    for line in process.stderr:
        said.append(line)
        if line.startswith("["):
            process.send_signal(signal.SIGINT)
            break
    output, rest = process.communicate(timeout=120)
    return Evaluation(process.returncode, output, "".join(said) + rest, Path())


def test_good_answers_pass_in_a_run_that_is_stopped_and_gone_on_with(
    program: Program, answering_server: Server, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    tasks = pages(pytestconfig, 2)
    first = stopped_after_one(program, *words(answering_server, tmp_path, GOOD, tasks))
    assert first.code == 130, first.said
    assert f"script/eval --resume {tmp_path}" in first.said
    assert first.last["left"] == len(tasks) - 1
    assert (tmp_path / "report.html").exists()

    run = program.run(tmp_path, "--resume", str(tmp_path), "--parallel", "2")
    assert run.code == 0, run.said
    assert run.said.count(" · passed") == len(tasks) - 1  # what was done is not done again
    told = {name: (one.why, one.failed_walks, one.console) for name, one in run.results.items() if not one.passed}
    assert told == {}, run.said
    assert run.figures["passed"] == run.figures["painted"] == len(tasks)
    assert run.figures["walks"] == run.figures["walks_of"] == sum(len(one.task.walks) for one in tasks)
    assert run.figures["cost_usd"] > 0
    assert all((tmp_path / result.picture).read_bytes() for result in run.results.values())
    assert f"{len(tasks)} of {len(tasks)} tasks passed" in (tmp_path / "report.html").read_text()


def test_a_fault_in_an_answer_is_found_by_its_walks(
    program: Program, answering_server: Server, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    tasks = pages(pytestconfig, 1)
    run = program.run(tmp_path, *words(answering_server, tmp_path, FAULTY, tasks), "--parallel", "2")
    assert run.code == 0, run.said
    assert [name for name, result in run.results.items() if result.passed] == []
    # It is the walks that tell: the app is there and says nothing.
    assert run.figures["painted"] == run.figures["valid"] == len(tasks), run.said
    assert all(result.failed_walks for result in run.results.values())


@contextmanager
def serving(files: Mapping[str, str], folder: Path) -> Iterator[str]:
    """The address of a server that needs nothing but Python or Node."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    port = free_port()
    main = next(name for name in ("main.py", "server.py", "server.js") if name in files)
    command = [sys.executable if main.endswith(".py") else str(Path(sys.executable).with_name("node")), main]
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, "PORT": str(port)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url, until = f"http://localhost:{port}", time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=5).close()
                break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None, f"{main} ended"
                assert time.monotonic() < until, f"{main} does not answer"
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def test_the_walks_of_a_server_know_a_good_one_from_a_faulty_one(
    browser: Browser, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    for reference in chosen(pytestconfig, lambda one: not is_page(one), 1):
        folder, walks = tmp_path / reference.task.id, reference.task.walks
        with serving(reference.files(), folder / "good") as url:
            faults = Faults(url)
            assert failed_walks(browser, url, faults, walks) == []
            assert faults.found == []
        with serving(reference.faulty_files(), folder / "faulty") as url:
            assert failed_walks(browser, url, Faults(url), walks) != []
