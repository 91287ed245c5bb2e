"""Of a large project a model is shown what a change needs: 50 requests, each with the files that a right change reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builder.generation.context.choice import LOW_TOKENS, choose
from builder.generation.context.ranking import Pointers
from builder.llm.conversation.sizes import CHARACTERS_PER_TOKEN
from preview_runtime.file_tree import FileTree

from .large_project import large_project

REQUESTS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("requests.json").read_text(encoding="utf-8"))


def shown(request: dict[str, Any], low_tokens: int = LOW_TOKENS) -> set[str]:
    pointers = Pointers(request.get("open", ""), tuple(request.get("changed", ())), request.get("fault", ""))
    return set(choose(large_project(), request["prompt"], pointers, low_tokens=low_tokens).files)


@pytest.mark.parametrize(("low_tokens", "least"), [(LOW_TOKENS, 0.98), (16_000, 0.92), (8_000, 0.8)])
def test_what_a_change_needs_is_shown(low_tokens: int, least: float) -> None:
    """As measured 50, 48 and 42 of 50; by file names and shared words alone, at 60,000 tokens, 25 of 50."""
    assert len(REQUESTS) >= 40
    whole = [request["prompt"] for request in REQUESTS if shown(request, low_tokens) >= set(request["needs"])]
    assert len(whole) / len(REQUESTS) >= least, [
        request["prompt"] for request in REQUESTS if request["prompt"] not in whole
    ]


def test_a_small_project_goes_in_whole_and_needs_no_map() -> None:
    tree = FileTree({"package.json": "{}", "src/App.tsx": "x", "package-lock.json": "{}", "logo.png": b"\0"})
    context = choose(tree, "anything")
    assert context.files == ("package.json", "src/App.tsx")
    assert context.others == ("logo.png", "package-lock.json")
    assert context.map == ()


def test_files_shown_before_stay_until_the_budget_is_reached() -> None:
    tree = large_project()
    first = choose(tree, "Give each invoice a due date")
    second = choose(tree, "customers can be archived", before=first.files)
    assert set(first.files) < set(second.files)
    low = 25_000 + sum(map(len, second.map)) / CHARACTERS_PER_TOKEN
    third = choose(tree, "print certificates", before=second.files, budget_tokens=int(low), low_tokens=20_000)
    assert not set(second.files) <= set(third.files)
    assert sum(len(tree.text(path) or "") for path in third.files) <= 20_000 * CHARACTERS_PER_TOKEN


def test_the_same_request_is_always_shown_the_same() -> None:
    request = REQUESTS[0]["prompt"]
    assert choose(large_project(), request) == choose(FileTree(dict(large_project())), request)
