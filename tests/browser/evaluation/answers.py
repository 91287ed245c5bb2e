"""Answers to our own tasks: a good one for each, and one with a fault that its walks have to find."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.evaluation.tasks import Task, our_tasks
from builder.llm.testing.messages_api import KEY, MessagesApi, MessagesBehaviour
from tests.browser.provider import LocalProvider
from tests.starters import Starter

REFERENCES = Path(__file__).with_name("references")
GOOD, FAULTY = "claude-sonnet-5-5", "claude-haiku-4-5"
"""Which of the two a model gives is in its name."""


@dataclass(frozen=True)
class Reference:
    """A good answer, and the one change that makes it faulty."""

    task: Task
    starter: str
    path: str
    find: str
    replace: str

    def files(self) -> dict[str, str]:
        if self.starter:
            starter = Starter(self.starter)
            return {path: starter.text(path) for path in starter.files() if not path.startswith("walks/")}
        page, server = REFERENCES / f"{self.task.id}.html", REFERENCES / f"{self.task.id}.py"
        if server.exists():
            return {"main.py": server.read_text(encoding="utf-8")}
        return {"index.html": page.read_text(encoding="utf-8")}

    def faulty_files(self) -> dict[str, str]:
        files = self.files()
        assert files[self.path].count(self.find) == 1, f"{self.task.id}: its fault has no place"
        return {**files, self.path: files[self.path].replace(self.find, self.replace)}


def references() -> dict[str, Reference]:
    """By task. Every task of ours has one."""
    found = json.loads((REFERENCES / "references.json").read_text(encoding="utf-8"))
    return {
        task.id: Reference(task, found[task.id].get("starter", ""), **found[task.id]["broken"]) for task in our_tasks()
    }


def short_prompt(task: Task) -> str:
    """The request in so few words that something has to be asked back."""
    return f"I want this: {task.title}!"


class ByRequest(MessagesApi):
    """Answers each of our tasks, whichever is asked when. Its plans check what the task's walks walk; shown its own fault, it
    mends it."""

    def __init__(self, references: Mapping[str, Reference]) -> None:
        super().__init__(MessagesBehaviour(prose="Nothing was asked of me."), models=(GOOD, FAULTY))
        self._references = references

    def chosen(self, body: Mapping[str, Any]) -> MessagesBehaviour:
        asked = json.dumps(body, ensure_ascii=False)
        for reference in self._references.values():
            if any(_within(prompt, asked) for prompt in (reference.task.prompt, short_prompt(reference.task))):
                tool = body["tools"][0]["name"] if body.get("tools") else ""
                return MessagesBehaviour(self._answer(reference, tool, asked, body["model"]), chunk=4_000)
        return super().chosen(body)

    @staticmethod
    def _answer(reference: Reference, tool: str, asked: str, model: str) -> dict[str, Any]:
        task = reference.task
        if tool == "understand":
            return {"questions": [{"question": "For whom is it?"}], "large": True}
        if tool == "plan":
            checks = [
                {"title": walk.title, **json.loads(walk.model_dump_json(exclude_none=True))} for walk in task.walks
            ]
            return {"title": task.title, "pages": [{"name": "Page"}], "checks": checks}
        wrong = set(reference.faulty_files()[reference.path].splitlines()) - set(
            reference.files()[reference.path].splitlines()
        )
        shown = any(_within(line, asked) for line in wrong)
        files = reference.faulty_files() if model == FAULTY and not shown else reference.files()
        return {"title": task.title, "summary": "Made.", "stack": [], "files": files}


def _within(text: str, sent: str) -> bool:
    return bool(text) and json.dumps(text, ensure_ascii=False)[1:-1] in sent


class Answers(LocalProvider[MessagesBehaviour]):
    """Listens on loopback between enter and exit."""

    key = KEY

    def __init__(self) -> None:
        super().__init__(ByRequest(references()))
