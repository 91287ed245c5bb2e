"""One conversation as each API is sent it."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from builder.llm.conversation.messages import (
    CallOptions,
    ImagePart,
    ModelMessage,
    TextPart,
    ThinkingPart,
    Tool,
    ToolCall,
    ToolResult,
    user_message,
)
from builder.llm.conversation.model import Profile
from builder.llm.wires import anthropic_request, chat_completions_request, responses_request

PICTURE = ImagePart(b"\x89PNG", "image/png")
DATA = base64.b64encode(b"\x89PNG").decode()
TOOL = Tool("look", "Looks at a page.", {"type": "object", "properties": {"url": {"type": "string"}}})
TALK = (
    user_message("What is this?", PICTURE),
    ModelMessage(
        "assistant",
        (ThinkingPart("A page.", "c2ln"), ThinkingPart(sealed="c2VhbA"), TextPart("I look."), ToolCall("t1", "look", '{"url": "/"}')),
    ),
    ModelMessage("user", (TextPart("And faster."), ToolResult("t1", "Not there.", (PICTURE,), failed=True))),
)  # fmt: skip
OPTIONS = CallOptions("chat", system="You help.", tool="look", one_call=True, stop=("END",), max_output_tokens=9_000)


def test_what_is_sent_again_is_marked_for_the_cache_where_there_is_such_a_mark() -> None:
    texts = [ModelMessage("user", (TextPart("The project.", cache=True), TextPart(f"Request {n}."))) for n in range(5)]
    asked = anthropic_request.parameters("claude-x", Profile(), texts, [], OPTIONS)
    contents = [message["content"] for message in asked["messages"]]
    assert ["cache_control" in first for first, _ in contents] == [False, False, True, True, True]
    assert not any("cache_control" in second for _, second in contents)
    chat = chat_completions_request.parameters("gpt-x", Profile(), texts[:1], [], OPTIONS)
    assert chat["messages"][1] == {"role": "user", "content": "The project.Request 0."}


def test_the_messages_api_gets_blocks_with_results_first_and_thinking_as_it_came() -> None:
    asked = anthropic_request.parameters("claude-x", Profile(forced_tool=True), TALK, [TOOL], OPTIONS)
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": DATA}}
    first, answer, last = asked["messages"]
    assert first == {"role": "user", "content": [picture, {"type": "text", "text": "What is this?"}]}
    assert answer["content"] == [
        {"type": "thinking", "thinking": "A page.", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "c2VhbA"},
        {"type": "text", "text": "I look."},
        {"type": "tool_use", "id": "t1", "name": "look", "input": {"url": "/"}},
    ]
    result = {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "Not there."}, picture]}
    assert last["content"] == [result | {"is_error": True}, {"type": "text", "text": "And faster."}]
    assert (asked["max_tokens"], asked["stop_sequences"], asked["stream"]) == (9_000, ["END"], True)
    assert asked["tool_choice"] == {"type": "tool", "name": "look", "disable_parallel_tool_use": True}
    assert asked["tools"][0]["input_schema"] == TOOL.schema


def test_the_messages_api_keeps_what_the_next_call_begins_with() -> None:
    asked = anthropic_request.parameters("claude-x", Profile(), TALK, [TOOL], replace(OPTIONS, goes_on=True))
    marked = [[bool(block.get("cache_control")) for block in message["content"]] for message in asked["messages"]]
    assert marked == [[False, True], [False] * 4, [False, True]]
    again = anthropic_request.parameters("claude-x", Profile(), TALK, [TOOL], replace(OPTIONS, goes_on=True))
    assert asked == again
    (only,) = anthropic_request.parameters("m", Profile(), TALK[:1], [], replace(OPTIONS, goes_on=True))["messages"]
    assert [block.get("cache_control") for block in only["content"]] == [None, {"type": "ephemeral"}]


def test_chat_completions_get_a_message_for_each_result_and_its_pictures_from_the_user() -> None:
    asked = chat_completions_request.parameters("gpt-x", Profile(8_000), TALK, [TOOL], OPTIONS)
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{DATA}"}}
    assert asked["messages"] == [
        {"role": "system", "content": "You help."},
        {"role": "user", "content": [picture, {"type": "text", "text": "What is this?"}]},
        {
            "role": "assistant",
            "content": "I look.",
            "tool_calls": [{"id": "t1", "type": "function", "function": {"name": "look", "arguments": '{"url": "/"}'}}],
        },
        {"role": "tool", "tool_call_id": "t1", "content": "Error: Not there."},
        {"role": "user", "content": [{"type": "text", "text": "And faster."}, picture]},
    ]
    assert (asked["max_completion_tokens"], asked["stop"], asked["parallel_tool_calls"]) == (8_000, ["END"], False)
    assert asked["tool_choice"] == {"type": "function", "function": {"name": "look"}}
    assert asked["tools"][0]["function"]["parameters"] == TOOL.schema


def test_responses_get_items_with_results_first_and_no_seal_of_another_provider() -> None:
    asked = responses_request.parameters("gpt-x", Profile(8_000), TALK, [TOOL], replace(OPTIONS, stop=()))
    picture = {"type": "input_image", "image_url": f"data:image/png;base64,{DATA}", "detail": "auto"}
    assert asked["input"] == [
        {"role": "user", "content": [picture, {"type": "input_text", "text": "What is this?"}]},
        {"role": "assistant", "content": "I look."},
        {"type": "function_call", "call_id": "t1", "name": "look", "arguments": '{"url": "/"}'},
        {
            "type": "function_call_output",
            "call_id": "t1",
            "output": [{"type": "input_text", "text": "Error: Not there."}, picture],
        },
        {"role": "user", "content": [{"type": "input_text", "text": "And faster."}]},
    ]
    assert (asked["max_output_tokens"], asked["parallel_tool_calls"], asked["store"]) == (8_000, False, False)
    assert asked["tool_choice"] == {"type": "function", "name": "look"}
    assert (asked["tools"][0]["parameters"], asked["tools"][0]["strict"]) == (TOOL.schema, False)


def test_what_nobody_asked_for_is_not_sent() -> None:
    talk = [user_message("Hello")]
    for asked in (
        anthropic_request.parameters("m", Profile(), talk, [], CallOptions("chat")),
        chat_completions_request.parameters("m", Profile(), talk, [], CallOptions("chat")),
    ):
        assert asked["messages"] == [{"role": "user", "content": "Hello"}]
        unasked = {"system", "tools", "tool_choice", "thinking", "stop", "stop_sequences", "response_format"}
        assert not unasked & {*asked}


@pytest.mark.parametrize(
    ("profile", "asked_for", "sent"),
    [
        (Profile(), False, None),
        (Profile(no_thinking="disabled"), False, {"type": "disabled"}),
        (Profile(thinking="adaptive"), True, {"type": "adaptive", "display": "summarized"}),
        (Profile(thinking="enabled"), True, {"type": "enabled", "budget_tokens": 4_500}),
        (Profile(2_000, thinking="enabled"), True, None),
        (Profile(no_thinking="disabled"), True, None),
    ],
)
def test_thinking_is_asked_for_in_the_way_the_model_knows(
    profile: Profile, asked_for: bool, sent: dict[str, object] | None
) -> None:
    options = CallOptions("chat", thinking=asked_for, max_output_tokens=9_000)
    asked = anthropic_request.parameters("m", profile, [user_message("x")], [], options)
    assert asked.get("thinking") == sent


def test_a_model_that_thinks_first_is_not_forced_and_a_plain_request_has_nothing_special() -> None:
    profile, talk = Profile(forced_tool=True, thinking="adaptive"), [user_message("x")]
    thoughtful = CallOptions("chat", tool="look", thinking=True)
    asked = anthropic_request.parameters("m", profile, talk, [TOOL], thoughtful)
    assert (asked["tool_choice"], asked["thinking"]["type"]) == ({"type": "auto"}, "adaptive")
    plain = anthropic_request.parameters("m", profile, talk, [TOOL], thoughtful, plain=True)
    assert plain["tool_choice"] == {"type": "auto"}
    assert "thinking" not in plain


@pytest.mark.parametrize("written", ['{"url": "/', "[]", ""])
def test_a_call_that_was_cut_off_cannot_be_read(written: str) -> None:
    with pytest.raises(ValueError):
        ToolCall("t1", "look", written).values()
