"""What holds for every test."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator

import pytest

from builder.llm.testing.guard import no_real_requests
from tests.containers.fixtures import (
    database_image,
    docker,
    docker_host,
    firewalled,
    node_image,
    python_image,
    runtime_images,
    static_image,
)

__all__ = [
    "database_image",
    "docker",
    "docker_host",
    "firewalled",
    "node_image",
    "python_image",
    "runtime_images",
    "static_image",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all",
        action="store_true",
        default=os.environ.get("SAYSO_ALL", "") not in ("", "0"),
        help="run the exhaustive suites whole instead of a seeded sample of them",
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests and all their modules are no garbage: looked through again and again, they took a sixth of the
    time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def _no_real_model(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test spends anybody's money: keys of the environment are gone and real requests fail."""
    for name in (
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_BASE_URL",
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "GOOGLE_API_KEY",
        "GOOGLE_BASE_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    with no_real_requests():
        yield
