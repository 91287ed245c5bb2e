"""Looks at what people ask of a model before anything is spent."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from builder.accounts.actor import Actor
from builder.accounts.tries import Tries
from builder.base.errors import BadInput, Conflict, SaysoError
from builder.safety.judging.flood import clean_prompt, flood
from builder.safety.judging.judge import judge
from builder.safety.log import SafetyLog
from builder.safety.sanitising.secrets import hides_something
from builder.safety.second_look import SecondLook
from builder.safety.verdicts import PASSED, Category, GuardVerdict, Judgement
from builder.texts import t

logger = logging.getLogger(__name__)

_LARGE: Final = 5_000
"""Characters from which on judging would hold up everybody else."""
MOST_REFUSALS: Final = 10
"""Refusals within an hour after which the next text waits."""
WINDOW_SECONDS: Final = 3_600.0
PAUSE_SECONDS: Final = 60.0
_SLOWED: Final = Judgement(GuardVerdict.NOTE, Category.FLOOD, "flood.refusals")


class Blocked(BadInput):
    """The text is not sent to a model; its `details` say why, and that other words may be."""

    code = "blocked"


class SlowedDown(SaysoError):
    """So many texts were refused that the next one waits; `details` say for how many `seconds`."""

    code = "slowed_down"
    status = 429


@dataclass(frozen=True, slots=True)
class Looked:
    """`text` as it is kept and sent. `notice`: what the person should know about it, "" for nothing."""

    text: str
    notice: str = ""


class Guard:
    """`second`: who is asked where the rules are not sure, None for nobody."""

    def __init__(
        self, log: SafetyLog, second: SecondLook | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._log = log
        self._second = second
        self._refused = Tries(clock, most=MOST_REFUSALS, window=WINDOW_SECONDS, pause=PAUSE_SECONDS)

    async def look(
        self, actor: Actor, text: str, *, project: str | None = None, sure: bool = False, client: str = ""
    ) -> Looked:
        """The text that the actor sends, for a prompt, an answer or a plan; `sure`: they said that they mean it; `client`:
        the network address they send it from.

        Raises `BadInput` where it is empty or a flood, `Blocked`, `Conflict` (`sure_needed`) where they have to be asked
        first, and `SlowedDown`. What is noticed is recorded in the workspace of the actor.
        """
        self._wait(actor, client)
        if rule := flood(text):
            await self._log.asked(actor, Judgement(GuardVerdict.REFUSE, Category.FLOOD, rule), text, project)
        cleaned = clean_prompt(text)
        found = await asyncio.to_thread(judge, cleaned) if len(cleaned) > _LARGE else judge(cleaned)
        if not found.sure:
            found = await self._asked_about(actor, cleaned, found, project)
        notice = t("safety.key_hidden") if hides_something("", cleaned) else ""
        if found.verdict is GuardVerdict.PASS or found.category is None:
            return Looked(cleaned, notice)
        await self._log.asked(actor, found, cleaned, project)
        if found.verdict is GuardVerdict.REFUSE:
            await self._count(actor, client, cleaned, project)
            details = {"category": found.category.value, "rule": found.rule, "may_rephrase": True}
            raise Blocked(t(f"safety.blocked.{found.category.value}"), details=details, detail=found.rule)
        if found.verdict is GuardVerdict.ASK and not sure:
            asks = {"category": found.category.value, "rule": found.rule}
            raise Conflict(t("safety.sure"), code="sure_needed", details=asks, detail=found.rule)
        return Looked(cleaned, notice)

    async def _asked_about(self, actor: Actor, text: str, found: Judgement, project: str | None) -> Judgement:
        """What the finding becomes when somebody else has looked; the finding itself where nobody did."""
        attack = await self._second.attacks(actor, text, found, project) if self._second else None
        if attack is None:
            # It goes on, and whoever reads the log knows that it was close.
            return replace(found, verdict=GuardVerdict.NOTE) if found.verdict is GuardVerdict.PASS else found
        if not attack:
            return PASSED if found.verdict is GuardVerdict.PASS else replace(found, verdict=GuardVerdict.NOTE)
        asks = found.category is Category.DESTRUCTIVE and found.verdict is not GuardVerdict.REFUSE
        return replace(found, verdict=GuardVerdict.ASK if asks else GuardVerdict.REFUSE, rule=f"{found.rule}.asked")

    def _wait(self, actor: Actor, client: str) -> None:
        """Raises `SlowedDown` while the person, or the address they come from, has to wait."""
        waits = [self._refused.wait("", actor.id), self._refused.wait(client) if client else 0.0]
        if seconds := math.ceil(max(waits)):
            raise SlowedDown(t("safety.slowed", seconds=seconds), details={"seconds": seconds}, detail=actor.id)

    async def _count(self, actor: Actor, client: str, text: str, project: str | None) -> None:
        before = self._refused.wait("", actor.id)
        self._refused.failed("", actor.id)
        # Everybody on this computer has its own address.
        if client and not _is_own(client):
            self._refused.failed(client)
        if not before and self._refused.wait("", actor.id):
            logger.warning("%d texts of %s were refused within an hour", MOST_REFUSALS, actor.id)
            await self._log.asked(actor, _SLOWED, text, project)


def _is_own(client: str) -> bool:
    return client in ("127.0.0.1", "::1")
