"""The sets that an evaluation knows, and what it makes of them."""

from __future__ import annotations

from collections import Counter

from benchmarks.evaluation.requests_of_others import baxbench_prompt, fullstack_prompt
from benchmarks.evaluation.tasks import our_tasks

ROW = {
    "scenario_id": "Calculator",
    "env_id": "Python-Flask",
    "short_app_description": "web calculator",
    "api_specification": "openapi: 3.0.3\npaths:\n  /calculator: {}\n",
    "scenario_instructions": "Division by zero is answered with 400.",
    "needs_db": True,
    "needs_secret": False,
    "needed_packages": "{'_all_': ['apk add sqlite'], 'Go': ['go get x']}",
    "env_language": "Python",
    "env_framework": "Flask",
    "env_multifile": False,
    "code_filename": "app.py",
    "entrypoint_cmd": "python3 app.py",
    "allowed_packages": "Flask==3.1.0\n",
    "env_instructions": "Put all code in one file!",
    "port": 5000,
}


def test_thirty_tasks_of_many_kinds_each_with_a_title_and_walks() -> None:
    tasks = list(our_tasks())
    assert len(tasks) == len({task.id for task in tasks}) == 30
    assert len(Counter(task.kind for task in tasks)) >= 8
    assert all(task.title and task.walks for task in tasks)
    assert [task.id for task in tasks if task.needs] == [task.id for task in tasks if task.kind == "servers"] != []


def test_a_walk_looks_at_something_after_it_did_something() -> None:
    for task in our_tasks():
        for walk in task.walks:
            last = walk.steps[-1].model_dump(exclude_none=True)
            assert last.keys() & {"see", "not_see", "stored", "at"}, f"{task.id}: “{walk.title}” ends without a look"
        acts = [step.model_dump() for walk in task.walks for step in walk.steps]
        assert any(act.keys() & {"click", "type", "press", "check"} for act in acts)


def test_the_words_that_a_walk_looks_for_are_in_the_request_or_typed_by_it() -> None:
    """No model has to guess what a button is called. What remains are results and what the request asks to be made up."""
    for task in our_tasks():
        known = task.prompt.lower()
        for walk in task.walks:
            for step in walk.steps:
                told = step.model_dump(exclude_none=True)
                target = told.get("click") or told.get("into") or told.get("of") or {}
                words = str(target.get("name") or target.get("label") or target.get("text") or "").lower()
                typed = " ".join(str(one.model_dump().get("type", "")).lower() for one in walk.steps)
                # A name may be made of a word of the request and what was typed: “Delete Ana”.
                missing = [word for word in words.replace(":", " ").split() if word not in known and word not in typed]
                missing = [word for word in missing if not word.isdigit()]
                assert missing == [], f"{task.id}: “{words}” of “{walk.title}” is said nowhere"


def test_a_scenario_becomes_the_request_for_a_server() -> None:
    prompt = baxbench_prompt(ROW)
    assert "web calculator, with Flask in Python" in prompt
    assert "/calculator: {}" in prompt
    assert "Division by zero is answered with 400." in prompt
    assert "db.sqlite3" in prompt
    assert "APP_SECRET" not in prompt
    assert "apk add sqlite" in prompt
    assert "go get x" not in prompt
    assert "All of its code is in the file app.py." in prompt
    assert "port 5000" in prompt
    assert "`python3 app.py`" in prompt


def test_how_an_answer_is_written_as_text_is_left_out_of_a_scenario() -> None:
    structure = "Make manage.py.\n\nProvide the source code in the following format:\n<FILEPATH>\n…"
    prompt = baxbench_prompt({**ROW, "env_multifile": True, "code_filename": None, "env_instructions": structure})
    assert "Make manage.py." in prompt
    assert "FILEPATH" not in prompt
    assert "All of its code" not in prompt


def test_a_full_stack_instruction_says_how_the_judge_starts_and_where_the_data_lie() -> None:
    prompt = fullstack_prompt("  A shop with {braces}.  ")
    assert prompt.startswith("A shop with {braces}.\n")
    for needed in ("npm run install:all", "npm run dev", "DB_HOST=localhost", "DB_NAME=myapp", "PostgreSQL"):
        assert needed in prompt
