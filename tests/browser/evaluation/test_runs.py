"""Runs that plan, that mend, that have no money left; what the judges of others get."""

from __future__ import annotations

import json
import signal
import urllib.request
from pathlib import Path

from benchmarks.evaluation.run import Plan
from tests.browser.conftest import Server, free_port
from tests.browser.evaluation.answers import FAULTY, GOOD, Answers, references
from tests.browser.evaluation.conftest import Program

MODEL = ("--model", f"anthropic:{GOOD}")
TASKS = ("nim", "tip-calculator")


def test_a_run_ends_before_it_spends_more_than_its_budget(program: Program, tmp_path: Path) -> None:
    run = program.run(tmp_path, "--folder", str(tmp_path), *MODEL, "--budget", "0.0001", "--only", *TASKS)
    assert run.code == 130, run.said
    assert "The money is spent" in run.said
    assert "--budget gives it another" in run.said
    assert [result.status for result in run.results.values()] == ["stopped"]
    assert run.figures["cost_usd"] <= 0.0001
    assert run.last["left"] == 2


def test_questions_are_skipped_plans_agreed_to_mends_counted_and_webgen_bench_gets_its_zips(
    program: Program, answering_server: Server, tmp_path: Path
) -> None:
    task = references()["nim"].task
    record = {"id": "0001", "instruction": task.prompt, "Category": "Games", "ui_instruct": []}
    (tmp_path / "test.jsonl").write_text(json.dumps(record) + "\n")
    run = program.run(
        tmp_path, "--url", answering_server.url, "--folder", str(tmp_path), "--tasks", f"webgen:{tmp_path / 'test.jsonl'}",
        "--model", f"anthropic:{FAULTY}", "--mode", "auto",
    )  # fmt: skip
    assert run.code == 0, run.said
    result = run.results["000001"]
    assert (result.status, result.mends.paid) == ("done", 1), run.said
    assert result.own_walks == result.own_walks_of == len(task.walks)
    assert result.passed, run.said
    assert result.export == "webgen/000001.zip"
    assert (tmp_path / "export/webgen/000001.zip").stat().st_size > 0
    assert json.loads((tmp_path / "export/webgen/000001.json").read_text())["messages"]
    assert Plan.read(tmp_path).model == f"anthropic:{FAULTY}"


def test_web_bench_is_answered_step_by_step(
    program: Program, answers: Answers, answering_server: Server, tmp_path: Path
) -> None:
    port = free_port()
    process = program.start(
        "--url", answering_server.url, "--folder", str(tmp_path), *MODEL, "--serve-agent", str(port)
    )
    assert process.stderr
    try:
        assert f"http://127.0.0.1:{port}/" in process.stderr.readline()
        task = references()["nim"].task.prompt
        first = asked(port, {"type": "init", "task": task})
        assert first == references()["nim"].files()
        before = len(answers.api.requests)
        again = asked(
            port,
            {
                "type": "normal",
                "task": task,
                "files": {"index.html": "<p>Old</p>", "notes.txt": "kept"},
                "error": "no sticks",
            },
        )
        assert again == first  # what stayed as it was is not sent back
        sent = json.dumps(answers.api.requests[before])
        assert "<p>Old</p>" in sent
        assert "no sticks" in sent
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def asked(port: int, step: object) -> dict[str, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/", json.dumps(step).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=300) as answer:
        files: dict[str, str] = json.load(answer)["files"]
    return files
