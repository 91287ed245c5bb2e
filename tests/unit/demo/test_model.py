"""The offline model streams the Draft through the same events as every other model."""

import json

import pytest

from builder.demo import answer as demo
from builder.generation.models.model import Finished, JsonText, ModelRequest, Partial
from builder.generation.models.starter import StarterModel
from builder.llm.conversation.events import Usage
from preview_runtime.file_tree import FileTree


async def no_wait(seconds: float) -> None:
    assert seconds >= 0


async def answer(request: ModelRequest) -> tuple[dict, list]:
    events = [e async for e in StarterModel(3_000, sleep=no_wait).stream(request)]
    return json.loads("".join(e.text for e in events if isinstance(e, JsonText))), events


async def test_a_first_answer_comes_in_small_pieces_with_usage_and_an_end() -> None:
    draft, events = await answer(ModelRequest(kind="first", prompt="shop for tea"))
    assert draft["files"]["package.json"]
    assert max(len(e.text) for e in events if isinstance(e, JsonText)) <= 100
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "end"
    usage = [e for e in events if isinstance(e, Usage)][-1]
    assert usage.output_tokens > 1_000
    assert StarterModel().cost(usage) == 0


async def test_pieces_are_paced_by_the_speed() -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    async for _ in StarterModel(1_000, sleep=note).stream(ModelRequest(kind="first", prompt="quiz")):
        pass
    # Nothing slept, so each piece is told to wait until its own moment: 20 ms after the one before.
    assert waits[10] == pytest.approx(0.2, abs=0.15)


async def test_continue_goes_on_at_the_exact_character() -> None:
    whole = demo.first("quiz about space")
    paths = list(whole.files)
    begun = whole.files[paths[3]][:40]
    partial = Partial(files={p: whole.files[p] for p in paths[:3]}, open_path=paths[3], open_text=begun)
    draft, _ = await answer(ModelRequest(kind="continue", prompt="quiz about space", partial=partial))
    assert begun + draft["files"][paths[3]] == whole.files[paths[3]]
    assert list(draft["files"]) == paths[3:]


async def test_a_follow_up_answers_with_edits() -> None:
    tree = FileTree(demo.first("quiz about space").files)
    draft, _ = await answer(ModelRequest(kind="follow_up", prompt="make the header green", tree=tree))
    assert "files" not in draft
    assert {e["path"] for e in draft["edits"]} == {"src/theme.css"}
