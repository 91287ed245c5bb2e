"""A whole server's inside, and a program that calls its API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from builder.api import create_api
from builder.composition.services import Services
from builder.composition.settings import Settings


@pytest.fixture
async def services(settings: Settings) -> AsyncIterator[Services]:
    made = Services(settings)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def api(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_api(lambda: services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as client:
        yield client
