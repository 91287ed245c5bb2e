"""Runs that plan, that mend, that have no money left; what the judges of others get."""

from __future__ import annotations

import json
import signal
import urllib.request
from pathlib import Path

from benchmarks.evaluation.run import Plan
from tests.browser.conftest import Server, free_port
from tests.browser.evaluation.answers import FAULTY, GOOD, Answers, references, short_prompt
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
    vague, large = short_prompt(task), "\n".join([task.prompt, *["Nothing else is needed."] * 15])
    records = [{"id": "x", "instruction": prompt, "Category": "Games", "ui_instruct": []} for prompt in (vague, large)]
    (tmp_path / "test.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    run = program.run(
        tmp_path, "--url", answering_server.url, "--folder", str(tmp_path), "--tasks", f"webgen:{tmp_path / 'test.jsonl'}",
        "--model", f"anthropic:{FAULTY}", "--mode", "auto", "--parallel", "2",
    )  # fmt: skip
    assert run.code == 0, run.said
    asked, planned = run.results["000001"], run.results["000002"]
    assert (asked.passed, asked.own_walks, asked.mends.paid) == (True, 0, 0), run.said
    assert (planned.passed, planned.own_walks, planned.mends.paid) == (True, len(task.walks), 1), run.said
    assert planned.own_walks_of == len(task.walks)
    assert planned.export == "webgen/000002.zip"
    assert (tmp_path / "export/webgen/000002.zip").stat().st_size > 0
    assert json.loads((tmp_path / "export/webgen/000002.json").read_text())["messages"]
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
