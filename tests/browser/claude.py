"""Claude as the browser tests have it: the local Messages API in a thread, told what to say and when to go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from builder.llm.testing.messages_api import KEY, MessagesApi, MessagesBehaviour
from tests.browser.provider import LocalProvider


class Claude(LocalProvider[MessagesBehaviour]):
    """Listens on loopback between enter and exit."""

    key = KEY

    def __init__(self) -> None:
        super().__init__(MessagesApi(MessagesBehaviour(prose="Nothing was asked of me.")))

    def holds(self, draft: Mapping[str, Any], before: str) -> asyncio.Event:
        """Answer `draft`, but wait where `before` begins until `release` is called with the returned event."""
        event = asyncio.Event()
        at = json.dumps(draft).index(json.dumps(before)[1:-1])
        self.answers(MessagesBehaviour(draft, hold_after=at, chunk=1, release=event))
        return event
