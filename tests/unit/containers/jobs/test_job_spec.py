"""What may be asked of a job: checked where it is said."""

from __future__ import annotations

from typing import Any

import pytest

from preview_runtime.containers.docker.policy import ContainerSettings, Limits
from preview_runtime.containers.jobs.spec import JobMount, JobSpec
from preview_runtime.containers.jobs.warm_start import fits
from preview_runtime.plans.runtimes import Runtime


def spec(**options: Any) -> JobSpec:
    given: dict[str, Any] = {"id": "j-1", "project": "p-1", "image": Runtime.PYTHON, "argv": ("python", "main.py")}
    return JobSpec(**{**given, **options})


@pytest.mark.parametrize(
    "options",
    [
        {"id": ""},
        {"id": "../x"},
        {"id": "x" * 29},
        {"argv": ()},
        {"argv": ("",)},
        {"argv": "rm -rf"},
        {"argv": ("a\0b",)},
        {"argv": ("a" * 200_000,)},
        {"environment": {"A=B": "x"}},
        {"environment": {"A": "x\0"}},
        {"seconds": 0},
        {"seconds": 1e9},
        {"output": 0},
        {"hosts": ("",)},
        {"artefacts": ("/etc/passwd",)},
        {"artefacts": ("out/../../etc",)},
        {"artefacts": ("",)},
        {"mounts": (JobMount("/etc", "/x"),)},
        {"mounts": (JobMount("volume", "/app"),)},
        {"mounts": (JobMount("volume", "/x/../etc"),)},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        spec(**options)


@pytest.mark.parametrize(
    ("options", "runtime"),
    [
        ({}, Runtime.PYTHON),
        ({"image": Runtime.NODE, "limits": Limits()}, Runtime.NODE),
        ({"image": Runtime.GO}, None),
        ({"image": "sha256:1"}, None),
        ({"hosts": ("example.com",)}, None),
        ({"mounts": (JobMount("volume", "/x"),)}, None),
        ({"limits": Limits(memory=2**30)}, None),
        ({"resume": True}, None),
    ],
    ids=str,
)
def test_a_waiting_container_is_for_what_needs_nothing_of_its_own(
    options: dict[str, Any], runtime: Runtime | None
) -> None:
    assert fits(spec(**options), ContainerSettings()) is runtime
