"""What Web-Bench asks, said as a request, and what it gets back."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from benchmarks.evaluation.web_bench import StepRequest, changed, step_prompt


def test_a_step_is_the_request_and_a_second_try_says_what_failed() -> None:
    assert step_prompt(StepRequest(task="Add a header.")) == "Add a header."
    again = step_prompt(StepRequest(task="Add a header.", error="expected <h1>"))
    assert again.startswith("Add a header.\n")
    assert again.endswith("expected <h1>")


def test_the_answer_is_what_changed() -> None:
    before = {"index.html": "<p>", "style.css": "p {}"}
    after = {"index.html": "<h1>", "style.css": "p {}", "app.js": "", "walks/add.json": "{}"}
    assert changed(before, after) == {"index.html": "<h1>", "app.js": ""}


def test_a_request_without_a_task_is_none() -> None:
    with pytest.raises(ValidationError):
        StepRequest.model_validate({"type": "normal", "files": {}})
