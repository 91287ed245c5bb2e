"""An answer in words as it comes: server-sent events whose data are JSON. A client that leaves ends the call."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, Final, TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import StreamingResponse

from builder.api.requests.context import until_gone
from builder.base.errors import SaysoError
from builder.generation.assist.assistant import Spoken
from builder.texts import t
from preview_runtime.tasks import beside

log = logging.getLogger(__name__)
T = TypeVar("T")
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


class WordsUsage(BaseModel):
    """Tokens; `input` with what came from a provider's cache."""

    model: str
    input: int
    output: int


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which ends when the client leaves. For requests whose body was read to its end."""
    async with beside(until_gone(request), "who asks") as watching, beside(work, "an answer") as working:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            watching.result()
        return await working


async def in_words(request: Request, spoken: Spoken) -> StreamingResponse:
    """Events `text` with `{delta}`, then `usage` and `done`; or `error` with what an error answer has.

    What fails before the first word is raised, so that it has its own status.
    """
    first = await unless_gone(request, _next(spoken.pieces))
    return StreamingResponse(_frames(spoken, first), media_type="text/event-stream", headers=_HEADERS)


async def _next(pieces: AsyncGenerator[str, None]) -> str | None:
    return await anext(pieces, None)


async def _frames(spoken: Spoken, first: str | None) -> AsyncGenerator[str, None]:
    async with aclosing(spoken.pieces) as pieces:
        try:
            if first is not None:
                yield _frame("text", {"delta": first})
                async for piece in pieces:
                    yield _frame("text", {"delta": piece})
        except SaysoError as error:
            log.info("an answer broke off: %s (%s)", error.code, error.detail)
            yield _frame("error", {"code": error.code, "message": error.message, "details": error.details})
            return
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("Reference %s: an answer broke off", reference)
            said = t("api.failed", reference=reference)
            yield _frame("error", {"code": "internal", "message": said, "details": {"reference": reference}})
            return
        used = spoken.usage
        read = used.input_tokens + used.cache_read + used.cache_write
        yield _frame("usage", WordsUsage(model=spoken.model, input=read, output=used.output_tokens).model_dump())
        yield _frame("done", {})


def _frame(kind: str, data: dict[str, Any]) -> str:
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n"
