"""From which registries the engine may fetch what a Dockerfile names."""

from __future__ import annotations

import pytest

from preview_runtime.containers.dockerfiles.bases import public


@pytest.mark.parametrize(
    ("name", "fetched"),
    [
        ("python", True),
        ("python:3.12@sha256:00", True),
        ("team/app:1", True),
        ("docker.io/library/python", True),
        ("ghcr.io/astral-sh/uv:latest", True),
        ("127.0.0.1:5000/x", False),
        ("127.0.0.1/x", False),
        ("localhost/x", False),
        ("localhost:5000/x", False),
        ("LOCALHOST/x", False),
        ("registry.internal/x", False),
        ("db:5432/x", False),
        ("ghcr.io.example.org/x", False),
        ("ghcr.io:80/x", False),
        ("http://ghcr.io/x", False),
        ("10.0.0.1/x", False),
        ("registry.example.org/named:1", True),
        ("registry.example.org/named:2", False),
        ("registry.example.org/latest", True),
    ],
)
def test_images_are_fetched_from_public_registries_and_where_a_person_said_so(name: str, fetched: bool) -> None:
    allowed = frozenset({"registry.example.org/named:1", "registry.example.org/latest:latest"})
    assert public(name, allowed) is fetched
