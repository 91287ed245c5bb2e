"""The tools' use in one request, within bounds: how often, how much, how long."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from builder.generation.tools.declared import ToolName
from builder.generation.tools.project_tools import ProjectTools, ToolAnswer
from builder.llm.conversation.messages import Tool, ToolCall

WHAT_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one request may look at: calls, bytes of one result and of all (UTF-8), seconds for one call and in all."""

    calls: int = 12
    result_bytes: int = 20_000
    bytes: int = 200_000
    call_seconds: float = 30.0
    seconds: float = 240.0


class ToolSession:
    """Answers a model's calls until its bounds are reached. `clock` is in seconds; `sees`: the model takes pictures."""

    def __init__(
        self,
        tools: ProjectTools,
        bounds: Bounds | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        sees: bool = True,
    ) -> None:
        self.bounds = bounds or Bounds()
        self._tools = replace(tools, sees=sees)
        self._clock = clock
        self._until = clock() + self.bounds.seconds
        self._calls = 0
        self._bytes = 0
        self._asked: set[tuple[str, str]] = set()

    @property
    def offered(self) -> list[Tool]:
        return [one.tool for one in self._tools.offered]

    def named(self, name: str) -> ToolName | None:
        """The tool of that name; None for one that a model made up."""
        return next((one.name for one in self._tools.offered if one.name == name), None)

    @property
    def spent(self) -> bool:
        """Whether a bound is reached, so that no further call is answered."""
        most = self.bounds
        return self._calls >= most.calls or self._bytes >= most.bytes or self._clock() >= self._until

    async def answer(self, call: ToolCall) -> ToolAnswer:
        """The result of `call`, cut to what fits; a refusal is a result as well."""
        if self.spent:
            return ToolAnswer("You have looked as much as you may. Write now, with what you know.", ok=False)
        self._calls += 1
        try:
            given = call.values()
        except ValueError:
            return ToolAnswer("The call's input is no JSON object.", ok=False)
        key = call.name, json.dumps(given, sort_keys=True)
        if key in self._asked:
            return ToolAnswer("The same as before: see the answer to your earlier call.", ok=False)
        self._asked.add(key)
        try:
            async with asyncio.timeout(self.bounds.call_seconds):
                answer = await self._tools.answer(call.name, given)
        except TimeoutError:
            return ToolAnswer("There was no answer in time.", ok=False)
        text = _cut(answer.text, min(self.bounds.result_bytes, self.bounds.bytes - self._bytes))
        self._bytes += len(text.encode())
        return replace(answer, text=text, what=" ".join(answer.what.split())[:WHAT_CHARACTERS])


def _cut(text: str, most: int) -> str:
    """`text` in at most `most` bytes, whole lines where there are some, and how much of it is missing."""
    whole = text.encode("utf-8", "replace")
    if len(whole) <= most:
        return whole.decode()
    room = max(0, most - 120)  # for the sentence below
    kept = whole[:room].decode("utf-8", "ignore")
    at = kept.rfind("\n")
    kept = kept[: at + 1] if at > 0 else f"{kept}\n"
    lines = text.count("\n") + 1
    return f"{kept}[cut here: {kept.count(chr(10))} of {lines} lines, {room} of {len(whole)} bytes; ask for the rest by its lines]"
