"""Claude as a benchmark has it: each answer is one file of marks `@number:nanoseconds@`, one mark in a delta, at a pace.

Run as a program: tokens per second, marks. Prints its address.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from builder.llm.testing.messages_api import MessagesApi, MessagesBehaviour

MARK_CHARACTERS: Final = 24
CHARACTERS_PER_TOKEN: Final = 3.6
"""Of code and English, as everywhere else."""
_HEAD: Final = '{"title": "Marks", "summary": "Marks.", "stack": ["html"], "files": {"index.html": "'


class PacedClaude(MessagesApi):
    """Writes `marks` marks at `tokens` tokens per second."""

    def __init__(self, tokens: float, marks: int) -> None:
        super().__init__(MessagesBehaviour({}))
        self._seconds, self._marks = MARK_CHARACTERS / CHARACTERS_PER_TOKEN / tokens, marks

    async def _stream(self, behaviour: MessagesBehaviour, body: Mapping[str, Any]) -> AsyncIterator[str]:  # noqa: ARG002
        usage = {"input_tokens": 1_000, "output_tokens": 1}
        message = {
            "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": usage,
        }  # fmt: skip
        yield _event("message_start", message=message)
        block = {"type": "tool_use", "id": "toolu_1", "name": "write_app", "input": {}}
        yield _event("content_block_start", index=0, content_block=block)
        yield _delta(_HEAD)
        due = time.monotonic()
        for number in range(self._marks):
            due += self._seconds
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            yield _delta(f"@{number}:{time.time_ns()}@")
        yield _delta('"}}')
        yield _event("content_block_stop", index=0)
        end = {"stop_reason": "tool_use", "stop_sequence": None}
        yield _event("message_delta", delta=end, usage={"output_tokens": 7 * self._marks})
        yield _event("message_stop")


def _delta(text: str) -> str:
    return _event("content_block_delta", index=0, delta={"type": "input_json_delta", "partial_json": text})


def _event(kind: str, **data: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"


async def main(tokens: str, marks: str) -> None:
    async with PacedClaude(float(tokens), int(marks)).serve() as url:
        print(url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
