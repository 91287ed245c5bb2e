"""An engine that is silent about one preview keeps the watches from no other."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import aiodocker
import pytest

from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.limits import disk_watch, process_watch
from preview_runtime.containers.limits.disk_watch import DiskWatch
from preview_runtime.containers.limits.process_watch import ProcessWatch


class Containers:
    """Those whose name begins with `hangs` are never answered about."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def container(self, name: str) -> Any:
        async def show() -> dict[str, Any]:
            self.asked.append(name)
            if name.startswith("hangs"):
                await asyncio.Event().wait()
            raise aiodocker.DockerError(404, "it was looked at")

        return SimpleNamespace(show=show)


async def nobody(_project: str) -> None: ...


async def test_the_disk_watch_looks_after_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_watch, "ANSWER_SECONDS", 0.05)
    containers = Containers()
    watch = DiskWatch(SimpleNamespace(containers=containers), ContainerSettings(), nobody)  # type: ignore[arg-type]
    for name in ("hangs", "other"):
        watch.watch(name, name, name)
    async with asyncio.timeout(20):
        await watch.look()
        await watch.look()
    assert containers.asked == ["hangs", "other"], "one that hangs is left alone for a while"
    assert watch.watched == {"hangs"}


async def test_the_watch_of_processes_looks_after_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_watch, "ANSWER_SECONDS", 0.05)
    containers = Containers()
    watch = ProcessWatch(SimpleNamespace(containers=containers), ContainerSettings(), nobody)  # type: ignore[arg-type]
    for name in ("hangs", "other"):
        watch.watch(name, name)
    running = asyncio.create_task(watch.run())
    async with asyncio.timeout(20):
        while "other" in watch.watched:  # noqa: ASYNC110 - the watch has no event for tests
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert containers.asked == ["hangs", "other"]
