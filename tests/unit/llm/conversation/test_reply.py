"""An answer gathered from its pieces, as the conversation goes on with it."""

from __future__ import annotations

from builder.llm.conversation.events import AnswerEnded, TextPiece, ThinkingPiece, ToolInputPiece, Usage
from builder.llm.conversation.messages import TextPart, ThinkingPart, ToolCall
from builder.llm.conversation.reply import Reply


def test_pieces_become_the_parts_they_are_of() -> None:
    reply, usage = Reply(), Usage(10)
    for event in (
        usage,
        ThinkingPiece("Let me "),
        ThinkingPiece("see."),
        ThinkingPiece(signature="c2ln"),
        ThinkingPiece(sealed="c2VhbA"),
        TextPiece("I look "),
        TextPiece("at two."),
        ToolInputPiece("t1", "look", ""),
        ToolInputPiece("t1", "look", '{"url": '),
        ToolInputPiece("t1", "look", '"/"}'),
        ToolInputPiece("t2", "list", ""),
        AnswerEnded("tool_use"),
    ):
        reply.add(event)
    usage.input_tokens = 99  # what arrives later is another event
    assert reply.message.role == "assistant"
    assert reply.message.parts == (
        ThinkingPart("Let me see.", "c2ln"),
        ThinkingPart(sealed="c2VhbA"),
        TextPart("I look at two."),
        ToolCall("t1", "look", '{"url": "/"}'),
        ToolCall("t2", "list", "{}"),
    )
    assert [call.values() for call in reply.calls] == [{"url": "/"}, {}]
    assert (reply.text, reply.usage, reply.ended) == ("I look at two.", Usage(10), AnswerEnded("tool_use"))


def test_an_answer_can_be_read_while_it_grows() -> None:
    reply = Reply()
    assert (reply.text, reply.calls, reply.usage, reply.ended) == ("", (), None, None)
    reply.add(TextPiece("One"))
    assert reply.text == "One"
    reply.add(TextPiece(" two"))
    assert reply.text == "One two"


def test_two_thoughts_stay_two() -> None:
    reply = Reply()
    for event in (ThinkingPiece("a"), ThinkingPiece(signature="1"), ThinkingPiece("b"), ThinkingPiece(signature="2")):
        reply.add(event)
    assert reply.message.parts == (ThinkingPart("a", "1"), ThinkingPart("b", "2"))
