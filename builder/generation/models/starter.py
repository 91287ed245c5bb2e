"""The model of the offline demo: writes the Draft that `builder.demo` makes, at a person's reading pace."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from builder.demo import answer
from builder.demo.answer import OfflineDraft
from builder.demo.starters.starter import StarterFiles
from builder.generation.models.model import DraftEvent, Finished, JsonText, ModelRequest
from builder.llm.conversation.events import Usage
from builder.texts import t

TICK: Final = 0.02  # seconds between two pieces: about a frame, as a fast model's deltas come
_CHARACTERS_PER_TOKEN: Final = 3.6  # an estimate for code and English; the demo costs nothing either way


class StarterModel:
    """`starter:offline`: adapts a built-in starter; needs neither key nor network.

    `speed` is in characters per second. `sleep` is there for tests.
    """

    name = "starter:offline"
    label = "Offline demo"
    offline = True
    images = True  # it looks at none, and says so

    def __init__(
        self,
        speed: int = 2_500,
        *,
        starters: Mapping[str, StarterFiles] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._speed = speed
        self._starters = starters
        self._sleep = sleep

    async def stream(self, request: ModelRequest) -> AsyncGenerator[DraftEvent, None]:
        """Answer `request` in pieces. A `continue` goes on with the open file at the line where it broke off."""
        text = await asyncio.to_thread(self._answer, request)
        input_tokens = round(len(request.prompt) / _CHARACTERS_PER_TOKEN) + 1
        yield Usage(input_tokens=input_tokens)
        piece = max(1, round(self._speed * TICK))
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for at in range(0, len(text), piece):
            # Paced by the clock, so that a busy machine delays a piece but not the whole answer.
            due = begun + at / self._speed
            await self._sleep(max(0.0, due - loop.time()))
            yield JsonText(text[at : at + piece])
        yield Usage(input_tokens=input_tokens, output_tokens=round(len(text) / _CHARACTERS_PER_TOKEN))
        yield Finished("end")

    def cost(self, usage: Usage) -> float | None:
        """Nothing."""
        return 0.0 if usage is not None else None

    def _answer(self, request: ModelRequest) -> str:
        if request.kind == "continue" and request.partial is not None:
            return self._continued(request)
        if request.kind == "follow_up" and len(request.tree):
            draft = answer.change(request.prompt, request.tree, self._starters)
        else:
            draft = answer.first(request.prompt, self._starters, request.runtimes)
        return _not_looked_at(draft, request).json()

    def _continued(self, request: ModelRequest) -> str:
        """The rest of the same answer: the demo always gives the same one, so that only what is missing is written."""
        partial = request.partial
        if partial is None or (len(request.tree) and not (partial.files or partial.open_path or partial.missing)):
            return _not_looked_at(answer.change(request.prompt, request.tree, self._starters), request).json()
        draft = _not_looked_at(answer.first(request.prompt, self._starters, request.runtimes), request)
        rest = {}
        for path, text in draft.files.items():
            if path in partial.files:
                continue
            goes_on = path == partial.open_path and text.startswith(partial.open_text)
            rest[path] = partial.begin + text[len(partial.open_text) :] if goes_on else text
        whole = json.loads(draft.json())
        whole["files"] = rest
        return json.dumps(whole, ensure_ascii=False)


def _not_looked_at(draft: OfflineDraft, request: ModelRequest) -> OfflineDraft:
    """The answer, with a sentence about what was attached."""
    if not request.attachments:
        return draft
    paths = [one.path for one in request.attachments if one.path]
    said = t("attachment.offline_data", paths=", ".join(paths)) if paths else t("attachment.offline")
    return replace(draft, summary=f"{draft.summary} {said}")
