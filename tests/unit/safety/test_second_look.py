"""Somebody else is asked once about a text, and never waited for long."""

from __future__ import annotations

import asyncio

from builder.accounts.actor import LOCAL_OWNER
from builder.base.errors import Conflict
from builder.safety.second_look import SecondLook
from builder.safety.verdicts import Category, GuardVerdict, Judgement

UNSURE = Judgement(GuardVerdict.PASS, Category.INJECTION, "learnt.injection", sure=False)


class Asked:
    def __init__(self, answer: bool | Exception | None, *, waits: bool = False) -> None:
        self.answer, self.waits, self.times = answer, waits, 0

    async def attacks(self, *_: object) -> bool | None:
        self.times += 1
        if self.waits:
            await asyncio.Event().wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_the_same_text_is_asked_about_once() -> None:
    reader = Asked(True)
    look = SecondLook(reader)
    assert [await look.attacks(LOCAL_OWNER, "text", UNSURE, None) for _ in range(3)] == [True] * 3
    assert reader.times == 1
    await look.attacks(LOCAL_OWNER, "another", UNSURE, None)
    assert reader.times == 2


async def test_what_fails_is_as_if_nobody_had_been_asked_and_is_asked_again() -> None:
    reader = Asked(Conflict("spending is paused", code="spending_paused"))
    look = SecondLook(reader)
    assert [await look.attacks(LOCAL_OWNER, "text", UNSURE, None) for _ in range(2)] == [None, None]
    assert reader.times == 2


async def test_nobody_waits_for_a_reader_that_is_silent() -> None:
    assert await SecondLook(Asked(True, waits=True), seconds=0.01).attacks(LOCAL_OWNER, "text", UNSURE, None) is None
