"""What is left in the engine is removed one by one."""

from __future__ import annotations

import asyncio

import pytest

from preview_runtime.containers import reconciler


async def test_a_removal_that_hangs_keeps_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciler, "_REMOVAL_SECONDS", 0.01)
    removed: list[str] = []
    made = reconciler.Reconciler(None, None)  # type: ignore[arg-type]
    for _ in range(2):  # the second time it is not even tried
        await made._each(asyncio.Event().wait(), "hangs", removed)  # type: ignore[arg-type]
        await made._each(asyncio.sleep(0), "goes", removed)
    assert removed == ["goes", "goes"]
