"""A local server that speaks OpenAI's chat completions with streaming, and behaves as the test says.

Wire format: developers.openai.com/api/docs/guides/streaming-responses and …/guides/error-codes, and the types of the
SDK. It answers on loopback and holds no model.
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

KEY: Final = "sk-proj-test-key"
_TYPES: Final = {
    401: "invalid_request_error",
    403: "invalid_request_error",
    404: "invalid_request_error",
    429: "rate_limit_error",
    500: "server_error",
    503: "service_unavailable_error",
}
_CODES: Final = {
    401: "invalid_api_key",
    404: "model_not_found",
    429: "rate_limit_exceeded",
    503: "server_is_overloaded",
}


@dataclass(frozen=True, slots=True)
class ChatBehaviour:
    """What one request gets.

    `answer` is the message's text (a JSON text, or an object that is turned into one), sent in pieces of `chunk`
    characters; `refusal` is the model's text when it declines, `thinking` the reasoning that servers report, `calls`
    the (name, input) of the tools it calls after that. `refuse` answers with that status instead; `error_type`, `code`
    and `parameter` are the error's `type`, `code` and `param` when they differ from the status's usual ones. After
    `stop_after` characters the answer ends with `finish_reason` (None: without one); after `drop_after` the connection
    is cut; after `error_after` an error comes in the stream; after `hold_after` nothing more comes until `release` is
    set. `usage` is the last piece before the end; None leaves it out and cuts the connection there.
    """

    answer: Mapping[str, Any] | str | None = None
    refusal: str = ""
    thinking: str = ""
    calls: Sequence[tuple[str, Mapping[str, Any]]] = ()
    chunk: int = 20
    finish_reason: str | None = "stop"
    stop_after: int | None = None
    drop_after: int | None = None
    error_after: int | None = None
    error_type: str = ""
    code: str = ""
    parameter: str | None = None
    hold_after: int | None = None
    release: asyncio.Event | None = None
    silent: bool = False
    refuse: int = 0
    message: str = "refused"
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: Mapping[str, Any] | None = field(
        default_factory=lambda: {
            "prompt_tokens": 2_100,
            "prompt_tokens_details": {"cached_tokens": 800, "cache_write_tokens": 100},
        }
    )


class ChatCompletionsApi(LocalApi[ChatBehaviour]):
    """The server: uses one behaviour per request, and repeats the last one.

    It answers at `path`. The list of models holds `models`; their creation dates are a day apart, the first model's
    being the newest. `unlistable` answers the list with that status, `list_text` with that text, `list_release` delays
    it until it is set.
    """

    path = "/v1/chat/completions"

    def __init__(self, *behaviours: ChatBehaviour, models: tuple[str, ...] = ("gpt-6.1-sol", "gpt-6-luna")) -> None:
        routes = [
            Route(self.path, self._completions, methods=["POST"]),
            Route("/v1/models", self._models),
        ]
        super().__init__(behaviours, models, routes)
        self.unlistable = 0
        self.list_text = ""
        self.list_release: asyncio.Event | None = None

    async def _models(self, request: Request) -> Response:
        if not _allowed(request):
            return _wrong_key(request)
        self.listed += 1
        if self.list_release:
            await self._held(self.list_release)
        if self.unlistable:
            return _error(self.unlistable, "as told")
        if self.list_text:
            return Response(self.list_text, media_type="text/html")
        data = [
            {"id": name, "object": "model", "created": 1_790_000_000 - 86_400 * at, "owned_by": "system"}
            for at, name in enumerate(self.models)
        ]
        # The real service lists models in no meaningful order.
        return JSONResponse({"object": "list", "data": sorted(data, key=lambda entry: str(entry["id"]))})

    async def _completions(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        if not _allowed(request):
            return _wrong_key(request)
        behaviour = self._next()
        if behaviour.refuse:
            return _error(
                behaviour.refuse,
                behaviour.message,
                kind=behaviour.error_type,
                code=behaviour.code,
                parameter=behaviour.parameter,
                headers=behaviour.headers,
            )
        if behaviour.silent:
            await self._held(behaviour.release)
        return StreamingResponse(self._stream(behaviour, body), media_type="text/event-stream")

    async def _stream(self, behaviour: ChatBehaviour, body: Mapping[str, Any]) -> AsyncIterator[str | bytes]:
        model = body["model"]
        yield _chunk(model, {"role": "assistant", "content": "", "refusal": None})
        for piece in pieces(behaviour.thinking, behaviour.chunk):
            yield _chunk(model, {"reasoning_content": piece})
        for piece in pieces(behaviour.refusal, behaviour.chunk):
            yield _chunk(model, {"refusal": piece})
        sent = 0
        if behaviour.answer is not None:
            text = behaviour.answer if isinstance(behaviour.answer, str) else json.dumps(behaviour.answer)
            for piece in pieces(text[: behaviour.stop_after], behaviour.chunk):
                if behaviour.drop_after is not None and sent >= behaviour.drop_after:
                    raise ConnectionAbortedError("as told")
                if behaviour.error_after is not None and sent >= behaviour.error_after:
                    yield data(_error_body(500, "as told", behaviour.error_type, behaviour.code, None))
                    return
                if behaviour.hold_after is not None and sent >= behaviour.hold_after:
                    await self._held(behaviour.release)
                yield _chunk(model, {"content": piece})
                sent += len(piece)
        for delta in _calls(behaviour):
            yield _chunk(model, {"tool_calls": [delta]})
        if behaviour.finish_reason is not None:
            yield _chunk(model, {}, behaviour.finish_reason)
            if behaviour.usage is None:
                raise ConnectionAbortedError("as told")
            if (body.get("stream_options") or {}).get("include_usage"):
                written = max(1, (sent + len(behaviour.refusal)) // 4)
                usage = {"completion_tokens": written, **behaviour.usage}
                usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
                yield _chunk(model, None, usage=usage)
            yield "data: [DONE]\n\n"


def _calls(behaviour: ChatBehaviour) -> Iterator[dict[str, Any]]:
    """The pieces of the tool calls; the first one of each has its id and its name."""
    for index, (name, given) in enumerate(behaviour.calls):
        function = {"name": name, "arguments": ""}
        yield {"index": index, "id": f"call_{index + 1}x", "type": "function", "function": function}
        for piece in pieces(json.dumps(given), behaviour.chunk):
            yield {"index": index, "function": {"arguments": piece}}


def _allowed(request: Request) -> bool:
    return request.headers.get("authorization", "") == f"Bearer {KEY}"


def _wrong_key(request: Request) -> JSONResponse:
    """As the real service does: the message shows both ends of the key."""
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    return _error(401, f"Incorrect API key provided: {key[:4]}****{key[-4:]}.")


def _chunk(
    model: str, delta: Mapping[str, Any] | None, reason: str | None = None, usage: Mapping[str, Any] | None = None
) -> str:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]
    return data({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": model,
        "service_tier": "default", "choices": choices, "usage": usage, "obfuscation": "x" * 7,
    })  # fmt: skip


def data(value: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"


def _error_body(status: int, message: str, kind: str, code: str, parameter: str | None) -> dict[str, Any]:
    error = {
        "message": message,
        "type": kind or _TYPES.get(status, "invalid_request_error"),
        "param": parameter,
        "code": code or _CODES.get(status),
    }
    return {"error": error}


def _error(
    status: int,
    message: str,
    *,
    kind: str = "",
    code: str = "",
    parameter: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    return JSONResponse(
        _error_body(status, message, kind, code, parameter), status, {"x-request-id": "req_1", **(headers or {})}
    )
