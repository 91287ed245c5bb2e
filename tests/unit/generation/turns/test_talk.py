"""A form is filled in by a tool, and in words where the model takes no tools."""

from __future__ import annotations

import pytest

from builder.generation.turns.forms import BetterPrompt
from builder.generation.turns.talk import filled
from builder.llm.conversation.errors import NoTools, Overloaded
from builder.llm.conversation.events import AnswerEnded, TextPiece
from builder.llm.conversation.messages import CallOptions, user_message
from builder.llm.conversation.reply import Reply
from builder.llm.testing.scripted import ScriptedModel

OPTIONS = CallOptions("improve", system="Be brief.")


async def test_a_model_that_turns_out_to_take_no_tools_is_asked_in_words() -> None:
    words = [TextPiece('Here it is: {"prompt": "A list of books."}'), AnswerEnded("end")]
    model = ScriptedModel([[NoTools("Local")], words])
    form = await filled(model, BetterPrompt, "improve", user_message("books"), OPTIONS, Reply())
    assert form.prompt == "A list of books."
    (_, first, by_tool), (_, second, plain) = model.requests
    assert [tool.name for tool in first] == [by_tool.tool] == ["improve"]
    assert (second, plain.json, plain.tool) == ([], True, "")
    assert '"prompt"' in plain.system


async def test_another_failure_is_told() -> None:
    model = ScriptedModel([[Overloaded("Local")]])
    with pytest.raises(Overloaded):
        await filled(model, BetterPrompt, "improve", user_message("books"), OPTIONS, Reply())
    assert len(model.requests) == 1
