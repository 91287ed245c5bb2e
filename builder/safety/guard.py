"""Looks at what people ask of a model before anything is spent."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from builder.accounts.actor import Actor
from builder.base.errors import BadInput, Conflict
from builder.safety.judging.flood import clean_prompt, flood
from builder.safety.judging.judge import judge
from builder.safety.log import SafetyLog
from builder.safety.sanitising.secrets import hides_something
from builder.safety.verdicts import Category, GuardVerdict, Judgement
from builder.texts import t

logger = logging.getLogger(__name__)

_LARGE: Final = 5_000
"""Characters from which on judging would hold up everybody else."""


class Blocked(BadInput):
    """The text is not sent to a model; its `details` say why, and that other words may be."""

    code = "blocked"


@dataclass(frozen=True, slots=True)
class Looked:
    """`text` as it is kept and sent. `notice`: what the person should know about it, "" for nothing."""

    text: str
    notice: str = ""


class Guard:
    def __init__(self, log: SafetyLog) -> None:
        self._log = log

    async def look(self, actor: Actor, text: str, *, project: str | None = None, sure: bool = False) -> Looked:
        """The text that the actor sends, for a prompt, an answer or a plan; `sure`: they said that they mean it.

        Raises `BadInput` where it is empty or a flood, `Blocked`, and `Conflict` (`sure_needed`) where they have to be
        asked first. What is noticed is recorded in the workspace of the actor.
        """
        if rule := flood(text):
            await self._log.asked(actor, Judgement(GuardVerdict.REFUSE, Category.FLOOD, rule), text, project)
        cleaned = clean_prompt(text)
        found = await asyncio.to_thread(judge, cleaned) if len(cleaned) > _LARGE else judge(cleaned)
        notice = t("safety.key_hidden") if hides_something("", cleaned) else ""
        if found.verdict is GuardVerdict.PASS or found.category is None:
            return Looked(cleaned, notice)
        await self._log.asked(actor, found, cleaned, project)
        if found.verdict is GuardVerdict.REFUSE:
            details = {"category": found.category.value, "rule": found.rule, "may_rephrase": True}
            raise Blocked(t(f"safety.blocked.{found.category.value}"), details=details, detail=found.rule)
        if found.verdict is GuardVerdict.ASK and not sure:
            asks = {"category": found.category.value, "rule": found.rule}
            raise Conflict(t("safety.sure"), code="sure_needed", details=asks, detail=found.rule)
        return Looked(cleaned, notice)
