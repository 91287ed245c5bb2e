"""A model for benchmarks: the local server that speaks the Messages API, at a steady pace and with its own clock."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmarks._probe import now
from builder.generation.models.draft_schema import TOOL_NAME
from builder.llm.testing.messages_api import MessagesApi, MessagesBehaviour

CHUNK = 60
PAUSE_SECONDS = 0.008
"""Twenty times a model's pace, so that the benchmark ends."""


class _Api(MessagesApi):
    """Has nothing to ask back: what comes before an app is written is answered at once, and takes no draft."""

    def chosen(self, body: Mapping[str, Any]) -> MessagesBehaviour:
        tools = {tool["name"] for tool in body.get("tools", [])}
        return super().chosen(body) if TOOL_NAME in tools else MessagesBehaviour(answer={}, chunk=CHUNK)


class PacedModel:
    """Answers each request with the draft that was set last; knows when the last character of it left."""

    def __init__(self) -> None:
        self.last_character = 0.0
        self._pause = PAUSE_SECONDS
        self._api = _Api(MessagesBehaviour(answer={}, chunk=CHUNK))
        self._api.app = self._paced(self._api.app)  # type: ignore[assignment]  # uvicorn takes any ASGI application

    def answers(self, draft: Mapping[str, Any], pause: float = PAUSE_SECONDS) -> int:
        """Set the next answer, with `pause` seconds before each piece; returns its length in characters of JSON."""
        self._pause = pause
        text = json.dumps(draft)
        self._api.then(MessagesBehaviour(answer=text, chunk=CHUNK))
        return len(text)

    def _paced(self, app: ASGIApp) -> ASGIApp:
        async def paced(scope: Scope, receive: Receive, send: Send) -> None:
            async def slowly(message: Message) -> None:
                piece = b"input_json_delta" in message.get("body", b"")
                if piece:
                    await asyncio.sleep(self._pause)
                await send(message)
                if piece:
                    self.last_character = now()

            await app(scope, receive, slowly)

        return paced

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Listens from a thread of its own; gives the address."""
        loop = asyncio.new_event_loop()
        serving = self._api.serve()
        thread = threading.Thread(target=loop.run_forever, name="model", daemon=True)
        thread.start()
        try:
            yield asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result(10)
        finally:
            asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()
