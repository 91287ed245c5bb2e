"""A local server that speaks Anthropic's Messages streaming API, and behaves as the test says.

Wire format: platform.claude.com/docs/en/build-with-claude/streaming. It answers on loopback and holds no model.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from builder.llm.testing.local_api import LocalApi, pieces

KEY: Final = "sk-ant-test-key"
_TYPES: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "invalid_request_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass(frozen=True, slots=True)
class MessagesBehaviour:
    """What one request gets.

    `answer` is the input of the first tool that the request has (a JSON text, or an object that is turned into one), or
    text where it has none, sent in pieces of `chunk` characters; `thinking` comes before it, sealed with `signature`, then `sealed` thinking,
    then `prose` as text. `calls` are (name, input) of further tool calls. `refuse` answers with that status instead.
    After `stop_after` characters the answer ends with `stop_reason`; after `drop_after` the connection is cut; after
    `error_after` an `error` event of `error_type` comes; after `hold_after` nothing more comes until `release` is set. `pause` are the seconds before each piece.
    """

    answer: Mapping[str, Any] | str | None = None
    prose: str = ""
    thinking: str = ""
    signature: str = "c2lnbmVk"
    sealed: str = ""
    calls: Sequence[tuple[str, Mapping[str, Any]]] = ()
    chunk: int = 20
    stop_reason: str = "tool_use"
    stop_after: int | None = None
    drop_after: int | None = None
    error_after: int | None = None
    error_type: str = "overloaded_error"
    hold_after: int | None = None
    release: asyncio.Event | None = None
    silent: bool = False
    pause: float = 0.0
    refuse: int = 0
    message: str = "refused"
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: Mapping[str, int] = field(default_factory=lambda: {"input_tokens": 1_200, "cache_read_input_tokens": 800})


class MessagesApi(LocalApi[MessagesBehaviour]):
    """The server: uses one behaviour per request, and repeats the last one."""

    def __init__(
        self, *behaviours: MessagesBehaviour, models: tuple[str, ...] = ("claude-sonnet-5-5", "claude-haiku-4-5")
    ) -> None:
        routes = [Route("/v1/messages", self._messages, methods=["POST"]), Route("/v1/models", self._models)]
        super().__init__(behaviours, models, routes)

    def chosen(self, body: Mapping[str, Any]) -> MessagesBehaviour:
        """What a request gets: the next behaviour, whatever it asks."""
        del body
        return self._next()

    async def _models(self, request: Request) -> Response:
        if not _allowed(request):
            return _error(401, "invalid x-api-key")
        self.listed += 1
        data = [
            {
                "type": "model",
                "id": name,
                "display_name": name,
                "created_at": "2026-09-28T00:00:00Z",
                "lifecycle": "active",
            }
            for name in self.models
        ]
        return JSONResponse({"data": data, "has_more": False, "first_id": self.models[0], "last_id": self.models[-1]})

    async def _messages(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        if not _allowed(request):
            return _error(401, "invalid x-api-key")
        behaviour = self.chosen(body)
        if behaviour.refuse:
            return _error(behaviour.refuse, behaviour.message, behaviour.headers)
        if behaviour.silent:
            await self._held(behaviour.release)
        return StreamingResponse(self._stream(behaviour, body), media_type="text/event-stream")

    async def _stream(self, behaviour: MessagesBehaviour, body: Mapping[str, Any]) -> AsyncIterator[str]:
        usage = {"output_tokens": 1, **behaviour.usage}
        message = {
            "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": usage,
        }  # fmt: skip
        yield _event("message_start", message=message)
        yield _event("ping")
        index = 0
        for deltas, block in _before(behaviour):
            yield _event("content_block_start", index=index, content_block=block)
            for delta in deltas:
                yield _event("content_block_delta", index=index, delta=delta)
            yield _event("content_block_stop", index=index)
            index += 1
        sent = 0
        if behaviour.answer is not None:
            opened: dict[str, Any] = {"type": "text", "text": ""}
            if tools := body.get("tools"):
                opened = {"type": "tool_use", "id": "toolu_1", "name": tools[0]["name"], "input": {}}
            yield _event("content_block_start", index=index, content_block=opened)
            text = behaviour.answer if isinstance(behaviour.answer, str) else json.dumps(behaviour.answer)
            for piece in pieces(text[: behaviour.stop_after], behaviour.chunk):
                if behaviour.drop_after is not None and sent >= behaviour.drop_after:
                    raise ConnectionAbortedError("as told")
                if behaviour.error_after is not None and sent >= behaviour.error_after:
                    yield _event("error", error={"type": behaviour.error_type, "message": "as told"})
                    return
                if behaviour.hold_after is not None and sent >= behaviour.hold_after:
                    await self._held(behaviour.release)
                if behaviour.pause:
                    await asyncio.sleep(behaviour.pause)
                of_tool = {"type": "input_json_delta", "partial_json": piece}
                delta = of_tool if tools else {"type": "text_delta", "text": piece}
                yield _event("content_block_delta", index=index, delta=delta)
                sent += len(piece)
            yield _event("content_block_stop", index=index)
            index += 1
        for number, (name, given) in enumerate(behaviour.calls, 2):
            block = {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": {}}
            yield _event("content_block_start", index=index, content_block=block)
            for piece in pieces(json.dumps(given) if given else "", behaviour.chunk):
                delta = {"type": "input_json_delta", "partial_json": piece}
                yield _event("content_block_delta", index=index, delta=delta)
            yield _event("content_block_stop", index=index)
            index += 1
        total = max(1, (sent + len(behaviour.prose)) // 4)
        end: dict[str, Any] = {"stop_reason": behaviour.stop_reason, "stop_sequence": None}
        yield _event("message_delta", delta=end, usage={"output_tokens": total})
        yield _event("message_stop")


def _before(behaviour: MessagesBehaviour) -> Iterator[tuple[list[dict[str, str]], dict[str, Any]]]:
    """The deltas and the block of each part that comes before the tool call."""
    if behaviour.thinking:
        deltas = [
            {"type": "thinking_delta", "thinking": piece} for piece in pieces(behaviour.thinking, behaviour.chunk)
        ]
        deltas.append({"type": "signature_delta", "signature": behaviour.signature})
        yield deltas, {"type": "thinking", "thinking": "", "signature": ""}
    if behaviour.sealed:
        yield [], {"type": "redacted_thinking", "data": behaviour.sealed}
    if behaviour.prose:
        yield (
            [{"type": "text_delta", "text": piece} for piece in pieces(behaviour.prose, behaviour.chunk)],
            {"type": "text", "text": ""},
        )


def _allowed(request: Request) -> bool:
    """The SDK sends the key as a bearer token; older ones as `x-api-key`."""
    return KEY in (request.headers.get("x-api-key"), request.headers.get("authorization", "").removeprefix("Bearer "))


def _event(kind: str, **data: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    error = {"type": _TYPES.get(status, "api_error"), "message": message}
    return JSONResponse({"type": "error", "error": error}, status, {"request-id": "req_1", **(headers or {})})
