"""Work in the background is begun again whatever ends it."""

from __future__ import annotations

import asyncio
import logging

import pytest

from preview_runtime.background import without_end


async def test_work_that_fails_or_returns_is_told_and_begun_again(caplog: pytest.LogCaptureFixture) -> None:
    begun = 0
    there = asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise ConnectionResetError("the engine ended")
        if begun == 3:
            there.set()
            await asyncio.Event().wait()

    with caplog.at_level(logging.INFO):
        task = without_end("look after something", work, again=0)
        await asyncio.wait_for(there.wait(), 10)
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "“look after something” failed" in caplog.messages[0]
    assert "the engine ended" in caplog.text
    assert "“look after something” ended" in caplog.messages[1]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
