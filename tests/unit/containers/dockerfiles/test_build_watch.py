"""What a build has written so far, by what the engine says of its images."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import aiodocker
import pytest

from builder.texts import said
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.dockerfiles.build_watch import BuildTooLarge, BuildWatch

# Two stages: 1,000 MB below each, and below the second the first's label alone.
CHAIN = {"base": (1000, ""), "a0": (1000, "base"), "a1": (1030, "a0"), "b0": (1000, "base"), "b1": (1050, "b0")}


class Images:
    def __init__(self, parents: bool) -> None:
        self.parents = parents

    async def inspect(self, name: str) -> dict[str, Any]:
        size, parent = CHAIN[name]
        return {"Id": name, "Size": size * MEGABYTE, "Parent": parent if self.parents else ""}


def watch(parents: bool, space: int) -> BuildWatch:
    docker = cast(aiodocker.Docker, SimpleNamespace(images=Images(parents)))
    return BuildWatch(docker, "network", ContainerSettings(instance="sayso"), ["base"], space * MEGABYTE)


@pytest.mark.parametrize("parents", [True, False], ids=["with parents", "an engine that does not say them"])
async def test_the_layers_of_all_stages_count_and_what_is_below_does_not(parents: bool) -> None:
    steps = ["base", "a0", "a1", "base", "b0", "b1"]
    within = watch(parents, 80)
    for step in steps:
        await within.layer(step)
    assert (within.size, within.made) == (80 * MEGABYTE, {"a0", "a1", "b0", "b1"})
    beyond = watch(parents, 79)
    for step in steps[:-1]:
        await beyond.layer(step)
    with pytest.raises(BuildTooLarge):
        await beyond.layer(steps[-1])
    assert beyond.why
    assert "more than 79 MB together" in said(beyond.why)


async def test_what_came_from_the_cache_counts_once() -> None:
    made = watch(True, 80)
    await made.layer("a1")
    await made.layer("a1")
    assert made.size == 30 * MEGABYTE
