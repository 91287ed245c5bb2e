"""A server's inside that asks Claude, which is a local server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from builder.composition.settings import Settings
from builder.llm.testing.messages_api import KEY, MessagesApi, MessagesBehaviour


@pytest.fixture
async def claude() -> AsyncIterator[tuple[MessagesApi, str]]:
    made = MessagesApi(MessagesBehaviour({}))
    async with made.serve() as url:
        yield made, url


@pytest.fixture
def with_claude(settings: Settings, claude: tuple[MessagesApi, str]) -> Settings:
    with_key = {
        "anthropic_api_key": SecretStr(KEY),
        "anthropic_base_url": claude[1],
        "model": "anthropic:claude-sonnet-5-5",
    }
    return settings.model_copy(update=with_key)
