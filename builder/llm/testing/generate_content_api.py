"""A local server that speaks Google's generateContent with streaming, and behaves as the test says.

Wire format: ai.google.dev/api/generate-content, google.rpc.Status for errors, and the types of google-genai 3.6.1. It
answers on loopback and holds no model.
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

KEY: Final = "AIzaTestKey"
_STATUSES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(frozen=True, slots=True)
class ContentBehaviour:
    """What one request gets.

    `answer` is the text (a JSON text, or an object that is turned into one), sent in pieces of `chunk` characters, after
    the `thinking`; `calls` are the (name, input) of the functions it calls after that, each whole, the first one with
    `signature`. Without calls the signature stands in an empty text at the end. `refuse` answers with that status
    instead, with `details`; `blocked` is the reason for which the prompt was. After `stop_after` characters the answer
    ends with `finish_reason` (None: without one); after `drop_after` the connection is cut; after `error_after` an error
    of the status `error` comes in the stream; after `hold_after` nothing more comes until `release` is set.
    """

    answer: Mapping[str, Any] | str | None = None
    thinking: str = ""
    calls: Sequence[tuple[str, Mapping[str, Any]]] = ()
    signature: str = ""
    chunk: int = 20
    finish_reason: str | None = "STOP"
    blocked: str = ""
    stop_after: int | None = None
    drop_after: int | None = None
    error_after: int | None = None
    error: int = 503
    hold_after: int | None = None
    release: asyncio.Event | None = None
    silent: bool = False
    refuse: int = 0
    message: str = "refused"
    details: Sequence[Mapping[str, Any]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: Mapping[str, int] = field(
        default_factory=lambda: {"promptTokenCount": 2_100, "cachedContentTokenCount": 800, "thoughtsTokenCount": 30}
    )


class GenerateContentApi(LocalApi[ContentBehaviour]):
    """The server: uses one behaviour per request, and repeats the last one."""

    def __init__(
        self, *behaviours: ContentBehaviour, models: tuple[str, ...] = ("gemini-3.8-flash", "gemini-2.5-pro")
    ) -> None:
        routes = [
            Route("/v1beta/models/{model}:streamGenerateContent", self._content, methods=["POST"]),
            Route("/v1beta/models", self._models),
        ]
        super().__init__(behaviours, models, routes)

    async def _models(self, request: Request) -> Response:
        """Two on a page, with one that makes no content."""
        if request.headers.get("x-goog-api-key") != KEY:
            return _wrong_key()
        self.listed += 1
        at = int(request.query_params.get("pageToken", "0"))
        listed = [
            {"name": f"models/{name}", "supportedGenerationMethods": ["generateContent", "countTokens"]}
            for name in self.models
        ]
        listed.append({"name": "models/gemini-embedding-2", "supportedGenerationMethods": ["embedContent"]})
        page: dict[str, Any] = {"models": listed[at : at + 2]}
        if at + 2 < len(listed):
            page["nextPageToken"] = str(at + 2)
        return JSONResponse(page)

    async def _content(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append({"model": request.path_params["model"], **body})
        if request.headers.get("x-goog-api-key") != KEY:
            return _wrong_key()
        behaviour = self._next()
        if behaviour.refuse:
            return _error(behaviour.refuse, behaviour.message, behaviour.details, behaviour.headers)
        if behaviour.silent:
            await self._held(behaviour.release)
        return StreamingResponse(self._stream(behaviour), media_type="text/event-stream")

    async def _stream(self, behaviour: ContentBehaviour) -> AsyncIterator[str]:
        if behaviour.blocked:
            yield _event({"promptFeedback": {"blockReason": behaviour.blocked}, "usageMetadata": behaviour.usage})
            return
        for piece in pieces(behaviour.thinking, behaviour.chunk):
            yield _event(_part({"text": piece, "thought": True}, behaviour, 0))
        sent = 0
        if behaviour.answer is not None:
            text = behaviour.answer if isinstance(behaviour.answer, str) else json.dumps(behaviour.answer)
            for piece in pieces(text[: behaviour.stop_after], behaviour.chunk):
                if behaviour.drop_after is not None and sent >= behaviour.drop_after:
                    raise ConnectionAbortedError("as told")
                if behaviour.error_after is not None and sent >= behaviour.error_after:
                    yield _event(_error_body(behaviour.error, "as told", ()))
                    return
                if behaviour.hold_after is not None and sent >= behaviour.hold_after:
                    await self._held(behaviour.release)
                sent += len(piece)
                yield _event(_part({"text": piece}, behaviour, sent))
        last, *before = [*_last(behaviour)][::-1]
        for part in before[::-1]:
            yield _event(_part(part, behaviour, sent))
        yield _event(_part(last, behaviour, sent, behaviour.finish_reason))


def _last(behaviour: ContentBehaviour) -> Iterator[dict[str, Any]]:
    """The parts after the text: the calls, or an empty text."""
    for index, (name, given) in enumerate(behaviour.calls):
        part: dict[str, Any] = {"functionCall": {"id": f"fc_{index + 1}", "name": name, "args": dict(given)}}
        if behaviour.signature and not index:
            part["thoughtSignature"] = behaviour.signature
        yield part
    if not behaviour.calls:
        yield {"text": "", **({"thoughtSignature": behaviour.signature} if behaviour.signature else {})}


def _part(part: Mapping[str, Any], behaviour: ContentBehaviour, sent: int, reason: str | None = None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [part]}, "index": 0}
    if reason:
        candidate["finishReason"] = reason
    usage = {**behaviour.usage, "candidatesTokenCount": sent // 4}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "test", "responseId": "r-1"}


def _event(value: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(value)}\r\n\r\n"


def _error_body(status: int, message: str, details: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    error = {"code": status, "message": message, "status": _STATUSES.get(status, "UNKNOWN"), "details": [*details]}
    return {"error": error}


def _error(
    status: int, message: str, details: Sequence[Mapping[str, Any]] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(_error_body(status, message, details), status, headers)


def _wrong_key() -> JSONResponse:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    return _error(400, "API key not valid. Please pass a valid API key.", [info])
