"""Google's generateContent over HTTP, read as raw stream events.

Google's SDK (google-genai 3.6.1, read 2026-11-24) is not used: it waits without limit unless it tells the server one,
does not close a stream that is left, ends it at a comment line, sends requests again on its own where aiohttp is
installed, reads each event twice as JSON and once into a model of its own, and brings nine packages.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from builder.llm.conversation import errors
from builder.llm.conversation.events import (
    AnswerEnded,
    Ending,
    ModelEvent,
    TextPiece,
    ThinkingPiece,
    ToolInputPiece,
    Usage,
)
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool
from builder.llm.conversation.prices import price
from builder.llm.conversation.provider import Provider
from builder.llm.wires.gemini.faults import GeminiRefused, translated
from builder.llm.wires.gemini.request import arguments, kept, parameters
from builder.llm.wires.retries import CONNECT_SECONDS, UNREADABLE, Pause, Sending

if TYPE_CHECKING:
    import httpx2

ADDRESS: Final = "https://generativelanguage.googleapis.com"
_REFUSALS: Final = frozenset({
    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
})  # fmt: skip
_FAILURES: Final = frozenset({
    "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE",
    "TOO_MANY_TOOL_CALLS", "OTHER",
})  # fmt: skip
"""Reasons for which an answer ended that is none: asked again, another one may come."""

logger = logging.getLogger(__name__)


class GeminiClient:
    """An authenticated connection. It connects on first use."""

    def __init__(self, provider: Provider, key: str, address: str = "") -> None:
        self.provider = provider
        self._key = key
        self._address = (address or ADDRESS).rstrip("/")
        self._http: httpx2.AsyncClient | None = None

    def model(self, name: str) -> GeminiModel:
        return GeminiModel(self, name)

    async def names(self) -> list[str]:
        """The models that the key can use for content, as listed. Raises `ModelError`."""
        import httpx2

        names: list[str] = []
        page = ""
        try:
            while True:
                query = {"pageSize": "1000", **({"pageToken": page} if page else {})}
                answer = await self.http().get("/v1beta/models", params=query)
                if answer.status_code != 200:
                    raise GeminiRefused(answer.status_code, answer.content, answer)
                listed = answer.json()
                names += [
                    str(model["name"]).removeprefix("models/")
                    for model in listed.get("models", ())
                    if "generateContent" in model.get("supportedGenerationMethods", ())
                ]
                if not (page := str(listed.get("nextPageToken") or "")):
                    return names
        except (GeminiRefused, httpx2.HTTPError) as fault:
            raise translated(fault, self.provider, "", streaming=False) from fault

    async def open(self, model: str, body: Mapping[str, Any]) -> httpx2.Response:
        """The answer of `model`, as it begins. Raises `GeminiRefused` and the transport's errors."""
        http = self.http()
        address = f"/v1beta/models/{model}:streamGenerateContent"
        request = http.build_request("POST", address, params={"alt": "sse"}, json=dict(body))
        response = await http.send(request, stream=True)
        if response.status_code == 200:
            return response
        try:
            raise GeminiRefused(response.status_code, await response.aread(), response)
        finally:
            await response.aclose()

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()

    def http(self) -> httpx2.AsyncClient:
        import httpx2

        if self._http is None:
            self._http = httpx2.AsyncClient(
                base_url=self._address,
                headers={"x-goog-api-key": self._key},
                timeout=httpx2.Timeout(self.provider.silence_seconds, connect=CONNECT_SECONDS),
            )
        return self._http


class GeminiModel:
    """One model of a provider that speaks generateContent. Satisfies `Model`."""

    def __init__(self, client: GeminiClient, model: str, *, pause: Pause = asyncio.sleep) -> None:
        provider = client.provider
        self.name = f"{provider.name}:{model}"
        self.label = provider.model_label(model)
        self.profile = provider.profile(model)
        self._provider = provider
        self._client = client
        self._model = model
        self._pause = pause

    def cost(self, usage: Usage) -> float | None:
        known = price(self.name)
        return known.cost(usage) if known and usage != Usage() else None

    async def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent, None]:
        import httpx2

        sending = self._sending(parameters(self.profile, messages, tools, options), options)
        async for waiting in sending.waits():
            yield waiting
        response = sending.response
        reason, calls = "", 0
        try:
            async for event in _events(response):
                if "error" in event:
                    raise GeminiRefused(0, json.dumps(event), response)
                if counted := event.get("usageMetadata"):
                    yield _usage(counted)
                if blocked := (event.get("promptFeedback") or {}).get("blockReason"):
                    reason = reason or str(blocked)
                for candidate in (event.get("candidates") or ())[:1]:
                    if reason:
                        continue  # told twice
                    for part in (candidate.get("content") or {}).get("parts") or ():
                        calls += "functionCall" in part
                        for piece in _pieces(part, calls):
                            yield piece
                    reason = str(candidate.get("finishReason") or "")
        except (GeminiRefused, httpx2.HTTPError, *UNREADABLE) as fault:
            if not reason:
                raise translated(fault, self._provider, self._model, streaming=True) from fault
            logger.warning("the answer is whole, what followed it is not: %s", type(fault).__name__)
        finally:
            await response.aclose()
        if not reason:
            detail = "the stream ended without a finish reason"
            raise errors.ConnectionLost(self._provider.label, self._model, detail=detail)
        if reason in _FAILURES:
            raise errors.ProviderFailed(self._provider.label, self._model, detail=reason)
        yield AnswerEnded(_ending(reason, calls), reason)

    def _sending(self, body: dict[str, Any], options: CallOptions) -> Sending:
        import httpx2

        def amend(fault: Exception) -> bool:
            """Leaves out the thinking that an older or newer model does not take."""
            refused = isinstance(fault, GeminiRefused) and fault.status_code == 400 and "thinking" in fault.said.lower()
            return refused and body["generationConfig"].pop("thinkingConfig", None) is not None

        return Sending(
            lambda: self._client.open(self._model, body),
            (GeminiRefused, httpx2.HTTPError),
            amend,
            lambda fault: translated(fault, self._provider, self._model, streaming=False),
            self._provider.label,
            options.longest_wait,
            self._pause,
        )


async def _events(response: httpx2.Response) -> AsyncGenerator[Mapping[str, Any], None]:
    """The objects of the stream, each in one `data` line. An error may also come bare, over several lines.

    Raises ValueError for a line that is no JSON, as where the connection was cut in the middle of it.
    """
    rest, bare = b"", b""
    async for piece in response.aiter_bytes():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                yield _object(line[5:])
            elif not line.startswith((b":", b"event:", b"id:", b"retry:")):
                bare += line
    # Without the end of its line an event may have been cut, even where it can be read.
    if found := (bare + rest).strip():
        yield _object(found.removeprefix(b"data:"))


def _object(line: bytes) -> Mapping[str, Any]:
    found = json.loads(line)
    found = found[0] if isinstance(found, list) and found else found
    if not isinstance(found, dict):
        raise ValueError("an event that is no object")
    return found


def _pieces(part: Mapping[str, Any], number: int) -> Iterator[ModelEvent]:
    """Our events for one part; `number` counts the calls of the answer from 1."""
    seal = str(part.get("thoughtSignature") or "")
    if call := part.get("functionCall"):
        if seal:
            yield ThinkingPiece(signature=kept(seal, of_call=True))
        name = str(call.get("name", ""))
        identity = str(call.get("id") or f"call_{number}")
        yield ToolInputPiece(identity, name, "")
        yield ToolInputPiece(identity, name, arguments(call))
        return
    if text := str(part.get("text") or ""):
        yield ThinkingPiece(text) if part.get("thought") else TextPiece(text)
    if seal:
        yield ThinkingPiece(signature=kept(seal, of_call=False))


def _usage(counted: Mapping[str, Any]) -> Usage:
    """Thinking is written at the price of the answer; what the cache had is among the tokens of the prompt."""
    cached = counted.get("cachedContentTokenCount") or 0
    read = (counted.get("promptTokenCount") or 0) + (counted.get("toolUsePromptTokenCount") or 0)
    written = (counted.get("candidatesTokenCount") or 0) + (counted.get("thoughtsTokenCount") or 0)
    return Usage(max(0, read - cached), written, cached)


def _ending(reason: str, calls: int) -> Ending:
    if reason == "MAX_TOKENS":
        return "max_tokens"
    if reason in ("STOP", "FINISH_REASON_UNSPECIFIED"):
        return "tool_use" if calls else "end"
    return "refusal" if reason in _REFUSALS or not calls else "tool_use"
