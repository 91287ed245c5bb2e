"""A local server that speaks OpenAI's Responses with streaming, and behaves as the test says.

Wire format: the events and items of the SDK's `openai.types.responses`. Errors, keys and the list of models are those of
chat completions. It answers on loopback and holds no model.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from builder.llm.testing.chat_completions_api import ChatBehaviour, ChatCompletionsApi, data
from builder.llm.testing.local_api import pieces

SEALED: Final = "gAAAAB-sealed"
"""The content of a reasoning item."""
_REASONS: Final = {"length": "max_output_tokens", "content_filter": "content_filter"}


@dataclass(frozen=True, slots=True)
class ResponseBehaviour(ChatBehaviour):
    """What one request gets; see `ChatBehaviour`, whose `finish_reason` may also be any reason of an incomplete response.

    `answer` is the input of the first tool if the request has tools and `answer` is not a text; otherwise it is the
    message. After `error_after` characters an `error` event comes, or, with `fails`, a failed response whose error has
    `code`. `thinking` is the summary of a reasoning item, in a part for each line. With `noise` each event comes twice,
    with unknown events in between. The answer is sent in pieces of `split` bytes, and its connection is cut after
    `cut_at` bytes.
    """

    fails: bool = False
    noise: bool = False
    split: int = 0
    cut_at: int | None = None


class ResponsesApi(ChatCompletionsApi):
    """The server: uses one behaviour per request, and repeats the last one."""

    path = "/v1/responses"

    async def _stream(self, behaviour: ChatBehaviour, body: Mapping[str, Any]) -> AsyncIterator[str | bytes]:
        told = behaviour if isinstance(behaviour, ResponseBehaviour) else ResponseBehaviour()
        sent = 0
        async for event in self._events(behaviour, body, told):
            whole = event.encode()
            for at in range(0, len(whole), told.split or len(whole)):
                piece = whole[at : at + (told.split or len(whole))]
                if told.cut_at is not None and sent + len(piece) > told.cut_at:
                    yield piece[: told.cut_at - sent]
                    raise ConnectionAbortedError("as told")
                yield piece
                sent += len(piece)

    async def _events(
        self, behaviour: ChatBehaviour, body: Mapping[str, Any], told: ResponseBehaviour
    ) -> AsyncIterator[str]:
        written = 0
        number = 0
        for event in _answer(behaviour, body):
            delta = event.get("delta", "") if event["type"] != "response.reasoning_summary_text.delta" else ""
            if delta:
                if behaviour.drop_after is not None and written >= behaviour.drop_after:
                    raise ConnectionAbortedError("as told")
                if behaviour.error_after is not None and written >= behaviour.error_after:
                    yield _event(_error(behaviour, body, fails=told.fails), number)
                    return
                if behaviour.hold_after is not None and written >= behaviour.hold_after:
                    await self._held(behaviour.release)
                written += len(delta)
            for one in (event, event) if told.noise else (event,):
                yield _event(one, number)
            number += 1
            if told.noise:
                yield _event({"type": "response.weather.changed", "delta": "rain"}, number)
                number += 1
        if behaviour.finish_reason is not None:
            yield _event(_end(behaviour, body, written), number)


def _answer(behaviour: ChatBehaviour, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The events between the first and the last."""
    yield {"type": "response.created", "response": _response(body, "in_progress")}
    place = 0
    if behaviour.thinking:
        yield from _reasoning(behaviour, place)
        place += 1
    for text, kind in _said(behaviour, body):
        yield from _message(text, kind, behaviour.chunk, place)
        place += 1
    for name, text in _called(behaviour, body):
        item = {"id": f"fc_{place}", "type": "function_call", "call_id": f"call_{place}x", "name": name}
        at = {"item_id": item["id"], "output_index": place}
        first = item | {"arguments": "", "status": "in_progress"}
        yield {"type": "response.output_item.added", "output_index": place, "item": first}
        for piece in pieces(text, behaviour.chunk):
            yield {"type": "response.function_call_arguments.delta", **at, "delta": piece}
        yield {"type": "response.function_call_arguments.done", **at, "arguments": text, "name": name}
        last = item | {"arguments": text, "status": "completed"}
        yield {"type": "response.output_item.done", "output_index": place, "item": last}
        place += 1


def _text(behaviour: ChatBehaviour) -> str:
    text = behaviour.answer if isinstance(behaviour.answer, str) else json.dumps(behaviour.answer)
    return text[: behaviour.stop_after]


def _is_input(behaviour: ChatBehaviour, body: Mapping[str, Any]) -> bool:
    return isinstance(behaviour.answer, Mapping) and bool(body.get("tools"))


def _said(behaviour: ChatBehaviour, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if behaviour.refusal:
        yield behaviour.refusal, "refusal"
    if behaviour.answer is not None and not _is_input(behaviour, body):
        yield _text(behaviour), "output_text"


def _called(behaviour: ChatBehaviour, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if _is_input(behaviour, body):
        yield body["tools"][0]["name"], _text(behaviour)
    for name, given in behaviour.calls:
        yield name, json.dumps(given)


def _reasoning(behaviour: ChatBehaviour, place: int) -> Iterator[dict[str, Any]]:
    item: dict[str, Any] = {"id": f"rs_{place}", "type": "reasoning", "summary": []}
    at = {"item_id": item["id"], "output_index": place}
    yield {"type": "response.output_item.added", "output_index": place, "item": item | {"encrypted_content": "gAAA"}}
    lines = behaviour.thinking.split("\n")
    for index, line in enumerate(lines):
        part = {"type": "summary_text", "text": ""}
        yield {"type": "response.reasoning_summary_part.added", **at, "summary_index": index, "part": part}
        for piece in pieces(line, behaviour.chunk):
            yield {"type": "response.reasoning_summary_text.delta", **at, "summary_index": index, "delta": piece}
    summary = [{"type": "summary_text", "text": line} for line in lines]
    done = item | {"summary": summary, "encrypted_content": SEALED, "status": None}
    yield {"type": "response.output_item.done", "output_index": place, "item": done}


def _message(text: str, kind: str, chunk: int, place: int) -> Iterator[dict[str, Any]]:
    item: dict[str, Any] = {"id": f"msg_{place}", "type": "message", "role": "assistant", "content": []}
    at = {"item_id": item["id"], "output_index": place, "content_index": 0}
    yield {"type": "response.output_item.added", "output_index": place, "item": item | {"status": "in_progress"}}
    for piece in pieces(text, chunk):
        logged: dict[str, Any] = {"logprobs": []} if kind == "output_text" else {}
        yield {"type": f"response.{kind}.delta", **at, "delta": piece, **logged}
    whole: dict[str, Any] = {"refusal": text} if kind == "refusal" else {"text": text, "logprobs": []}
    yield {"type": f"response.{kind}.done", **at, **whole}
    shown = {"refusal": text} if kind == "refusal" else {"text": text, "annotations": []}
    part = {"type": kind, **shown}
    done = item | {"status": "completed", "content": [part]}
    yield {"type": "response.output_item.done", "output_index": place, "item": done}


def _end(behaviour: ChatBehaviour, body: Mapping[str, Any], written: int) -> dict[str, Any]:
    usage = None
    if behaviour.usage is not None:
        output = max(1, written // 4)
        read = behaviour.usage["prompt_tokens"]
        usage = {
            "input_tokens": read,
            "input_tokens_details": behaviour.usage["prompt_tokens_details"],
            "output_tokens": output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read + output,
        }
    reason = behaviour.finish_reason or ""
    if reason in ("stop", "tool_calls"):
        return {"type": "response.completed", "response": _response(body, "completed") | {"usage": usage}}
    details = {"incomplete_details": {"reason": _REASONS.get(reason, reason)}}
    response = _response(body, "incomplete") | details | {"usage": usage}
    return {"type": "response.incomplete", "response": response}


def _error(behaviour: ChatBehaviour, body: Mapping[str, Any], *, fails: bool) -> dict[str, Any]:
    error = {"code": behaviour.code or behaviour.error_type or "server_error", "message": "as told"}
    if fails:
        return {"type": "response.failed", "response": _response(body, "failed") | {"error": error}}
    return {"type": "error", **error, "param": None}


def _response(body: Mapping[str, Any], status: str) -> dict[str, Any]:
    return {
        "id": "resp_1", "object": "response", "created_at": 1_790_000_000, "model": body["model"], "status": status,
        "output": [], "error": None, "incomplete_details": None, "parallel_tool_calls": True, "tool_choice": "auto",
        "tools": [], "usage": None,
    }  # fmt: skip


def _event(event: Mapping[str, Any], number: int) -> str:
    return f"event: {event['type']}\n{data({**event, 'sequence_number': number})}"
