"""Somebody else's look at a text about which the rules are not sure, remembered and never waited for long."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from typing import Final, Protocol

from builder.accounts.actor import Actor
from builder.safety.verdicts import Judgement

SECONDS: Final = 5.0
"""The longest wait for an answer; without one the rules' own holds."""
MOST_REMEMBERED: Final = 2_000
"""Answers that are kept, as digests."""

logger = logging.getLogger(__name__)


class TextReader(Protocol):
    """Who can be asked."""

    async def attacks(self, actor: Actor, text: str, finding: Judgement, project: str | None) -> bool | None:
        """Whether the text is what the finding says; None where nobody is there to be asked."""
        ...


class SecondLook:
    """Asks a reader once for each text. It is never needed: what fails is as if it had not been asked."""

    def __init__(self, reader: TextReader, seconds: float = SECONDS) -> None:
        self._reader = reader
        self._seconds = seconds
        self._answers: OrderedDict[tuple[str, str], bool] = OrderedDict()

    async def attacks(self, actor: Actor, text: str, finding: Judgement, project: str | None) -> bool | None:
        """Whether the text is what the finding says; None without an answer. Raises nothing but a cancellation."""
        digest = hashlib.sha256(f"{finding.category}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
        key = actor.workspace, digest
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._reader.attacks(actor, text, finding, project)
        except Exception as fault:  # whatever ends the call: the guard must not fail by it
            logger.warning("no second look at a text: %s", getattr(fault, "code", "") or type(fault).__name__)
            return None
        if answer is not None:
            self._answers[key] = answer
            while len(self._answers) > MOST_REMEMBERED:
                self._answers.popitem(last=False)
        return answer
