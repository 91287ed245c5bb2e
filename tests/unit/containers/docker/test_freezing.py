"""A container is held still also on a machine that is busy, and what the engine really refuses is told."""

from __future__ import annotations

from typing import Any

import aiodocker
import pytest

from preview_runtime.containers.docker import freezing


class Container:
    """One whose pauses end as `answers` say, in turn: an engine's message, "" for done."""

    id = "c1"

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.done: list[str] = []

    async def pause(self) -> None:
        said = self.answers.pop(0)
        self.done.append(said or "paused")
        if said:
            raise aiodocker.DockerError(500, said)

    async def unpause(self) -> None:
        self.done.append("unpaused")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freezing, "PAUSE_SECONDS", 0)


async def test_a_freeze_that_came_too_late_is_tried_again() -> None:
    container: Any = Container("OCI runtime pause failed: unable to freeze: unknown", "")
    async with freezing.frozen(container):
        assert container.done[-1] == "paused"
    assert container.done[-1] == "unpaused"


async def test_what_the_engine_refuses_is_told_at_once() -> None:
    container: Any = Container("No such container: c1", "")
    with pytest.raises(aiodocker.DockerError, match="No such container"):
        await freezing.freeze(container)
    assert len(container.done) == 1


async def test_one_that_cannot_be_frozen_is_no_riddle_for_ever() -> None:
    container: Any = Container(*["unable to freeze"] * 50)
    with pytest.raises(aiodocker.DockerError, match="unable to freeze"):
        await freezing.freeze(container)
    assert len(container.done) == 5
