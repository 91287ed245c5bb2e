"""Apps with a server, as a person sees them: a real browser, a real server of ours, a real Docker Engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from preview_runtime.plans.runtimes import Image
from tests.browser.conftest import Errors, Server, launch


@pytest.fixture(scope="package")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium as a person has it who runs Docker beside it: it sees the containers' networks come and go."""
    browser = launch(playwright, tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def container_server(
    firewalled: None,
    make_server: Callable[..., Server],
    docker_host: str,
    runtime_images: dict[Image, float],
    database_image: str,
) -> Iterator[Server]:
    """The server that these tests share; each ends the apps that it started."""
    made = make_server(DOCKER_HOST=docker_host, OFFLINE_SPEED="60000", PREVIEW_WARM="1")
    yield made
    made.stop()  # its waiting containers and their networks go: the machine is quiet for the tests that follow


@pytest.fixture(autouse=True)
def _networks_come_and_go(errors: Errors) -> None:
    """A container has a network of its own; Chromium ends what is under way when the machine's networks change."""
    errors.allow("ERR_NETWORK_CHANGED|WebSocket connection")
