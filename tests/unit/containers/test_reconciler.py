"""What is left in the engine is removed one by one."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from preview_runtime.containers import reconciler
from preview_runtime.containers.docker.labels import PROJECT
from preview_runtime.containers.docker.policy import ContainerSettings


class Left(dict[str, Any]):
    """A container that nobody knows; one that `hangs` is not removed, however long one waits."""

    def __init__(self, name: str, tries: list[str]) -> None:
        super().__init__(Names=[f"/{name}"], Labels={PROJECT: name}, Created=0)
        self.name, self.tries = name, tries

    async def delete(self, **_: Any) -> None:
        self.tries.append(self.name)
        if self.name == "hangs":
            await asyncio.Event().wait()


async def test_a_removal_that_hangs_keeps_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciler, "REMOVAL_SECONDS", 0.01)
    tries: list[str] = []

    async def containers(**_: Any) -> list[Left]:
        return [Left("hangs", tries), Left("goes", tries)]

    async def networks(**_: Any) -> list[Any]:
        return []

    async def volumes(**_: Any) -> dict[str, Any]:
        return {"Volumes": []}

    async def known() -> reconciler.Known:
        return reconciler.Known(frozenset(), frozenset())

    parts = {"containers": containers, "networks": networks, "volumes": volumes}
    docker = SimpleNamespace(**{name: SimpleNamespace(list=listed) for name, listed in parts.items()})
    slots: Any = SimpleNamespace(docker=docker, settings=ContainerSettings())
    made = reconciler.Reconciler(slots, known)
    for _ in range(2):  # the second time it is not even tried
        assert (await made.once()).containers == ["goes"]
    assert tries == ["hangs", "goes", "goes"]
