"""Budgets: no call is reserved over them, whoever asks at the same moment, however calls end."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.base.db import Database
from builder.base.leases import Leases
from builder.billing.budgets import BudgetReached, Budgets, Caps, PriceUnknown, SpendingPaused
from builder.billing.usage_log import Outcome, UsageLog
from builder.composition.settings import Settings
from builder.llm.conversation.events import AnswerEnded, ModelEvent, Usage
from builder.llm.conversation.messages import CallOptions, ModelMessage, Tool, user_message
from builder.llm.conversation.model import Profile
from builder.llm.conversation.reply import gathered
from builder.llm.metering import MeteredModel
from tests.integration.conftest import Parts

RUNAWAYS, ALL_RUNAWAYS = 40, 10_000


class Book:
    """A usage log with budgets, on one database."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.log, self.budgets = UsageLog(db, Leases(db, folder)), Budgets(db)

    async def reserve(
        self, cost: float | None, *, project: str | None = "p", turn: str | None = "t", actor: Actor = ME
    ) -> str:
        return await self.log.reserve(
            actor, operation="generate", project=project, reference=turn, model="a:b", tokens=10, cost=cost
        )

    async def settle(self, call: str, cost: float | None, status: Outcome = "settled") -> None:
        await self.log.settle(
            call, status, input_tokens=1, output_tokens=1, cache_read=0, cache_write=0, cost=cost
        )  # fmt: skip

    async def cap(self, project: str = "", **caps: float | bool) -> None:
        await self.budgets.put(ME.id, ME.workspace, project, Caps.model_validate(caps))


@pytest.fixture
def book(parts: Parts, tmp_path: Path) -> Book:
    return Book(parts.db, tmp_path)


async def test_each_person_of_a_team_has_a_month_of_their_own(book: Book) -> None:
    ana, ben = Actor("ana", ME.workspace), Actor("ben", ME.workspace)
    await book.cap(person_month_usd=1.0, month_usd=1.5)
    await book.settle(await book.reserve(0.9, actor=ana), 0.8)
    with pytest.raises(BudgetReached, match=r"You may spend \$1\.00 here.*\$0\.80"):
        await book.reserve(0.3, actor=ana)
    await book.settle(await book.reserve(0.6, actor=ben), 0.6)
    with pytest.raises(BudgetReached, match=r"The budget of this month is \$1\.50"):
        await book.reserve(0.2, actor=ben)
    assert await book.log.left(ana, project="p", reference="t") == pytest.approx(0.1)


async def test_without_a_budget_anything_may_be_spent(book: Book) -> None:
    await book.settle(await book.reserve(1_000_000.0), 1_000_000.0)
    assert await book.log.left(ME, project="p", reference="t") is None


@pytest.mark.parametrize("span", ["turn_usd", "month_usd", "total_usd"])
@pytest.mark.parametrize("project", ["", "p"])
async def test_a_call_that_would_go_over_is_not_made(book: Book, span: str, project: str) -> None:
    await book.cap(project, **{span: 1.0})
    await book.settle(await book.reserve(0.9), 0.7)
    with pytest.raises(BudgetReached, match=r"\$1\.00.*\$0\.70.*\$0\.31.*Budget"):
        await book.reserve(0.31)
    await book.reserve(0.30)


async def test_the_tightest_budget_counts_and_others_are_not_touched(book: Book) -> None:
    await book.cap(month_usd=10.0)
    await book.cap("p", total_usd=1.0)
    await book.reserve(0.8)
    assert await book.log.left(ME, project="p", reference="t") == pytest.approx(0.2)
    assert await book.log.left(ME, project="other", reference="t") == pytest.approx(9.2)
    await book.reserve(5.0, project="other")
    await book.reserve(50.0, actor=Actor("somebody"))


async def test_another_request_has_a_budget_of_its_own(book: Book) -> None:
    await book.cap(turn_usd=1.0)
    await book.reserve(0.9, turn="first")
    with pytest.raises(BudgetReached):
        await book.reserve(0.9, turn="first")
    await book.reserve(0.9, turn="second")


async def test_what_a_call_really_took_counts_once_it_is_known(book: Book) -> None:
    await book.cap(total_usd=1.0)
    await book.settle(await book.reserve(0.9), 0.1)
    assert await book.log.left(ME, project="p", reference="t") == pytest.approx(0.9)
    call = await book.reserve(0.9)
    await book.settle(call, None, "failed")
    # Nobody knows what it took: all that it could have taken counts.
    assert await book.log.left(ME, project="p", reference="t") == pytest.approx(0.0)
    assert (await book.budgets.spent(ME.id, ME.workspace)).total_usd == pytest.approx(1.0)


async def test_a_call_of_an_unknown_price_is_not_made_under_a_budget(book: Book) -> None:
    await book.settle(await book.reserve(None), None)
    assert (await book.budgets.spent(ME.id, ME.workspace)).unpriced == 1
    await book.cap(total_usd=1.0)
    with pytest.raises(PriceUnknown, match="a:b"):
        await book.reserve(None)


async def test_while_spending_is_paused_no_call_is_made(book: Book) -> None:
    await book.cap(paused=True)
    with pytest.raises(SpendingPaused, match="paused"):
        await book.reserve(0.0)
    with pytest.raises(SpendingPaused):
        await book.log.left(ME, project=None, reference=None)
    await book.cap(paused=False)
    await book.reserve(0.01)


async def test_a_paused_project_leaves_the_others_alone(book: Book) -> None:
    await book.cap("p", paused=True)
    await book.reserve(0.01, project="other")
    with pytest.raises(SpendingPaused):
        await book.reserve(0.01)


async def held(books: list[Book], seed: int) -> None:
    """One runaway: loops, retries, several tabs at once, calls that are killed and numbers that are wrong. No moment has
    more spent and reserved than the budget, but by what a provider says that calls took over their reserve: at most as
    much again for each that was on its way, and no call is begun any more."""
    chance = random.Random(seed)
    project, cap = f"p{seed}", round(chance.uniform(0.05, 3.0), 4)
    await books[0].cap(project, **{chance.choice(["total_usd", "month_usd"]): cap})
    over = [0.0]

    async def look(book: Book) -> None:
        spent = await book.budgets.spent(ME.id, ME.workspace, project)
        assert spent.total_usd <= cap + sum(over) + 1e-6, f"seed {seed}: {spent.total_usd} of {cap}"

    async def tab(book: Book) -> None:
        for _ in range(chance.randint(2, 6)):
            cost = round(chance.uniform(0.001, cap * chance.choice([0.2, 0.6, 1.4])), 6)
            try:
                call = await book.reserve(cost, project=project, turn=f"t{chance.randint(0, 2)}")
            except BudgetReached:
                continue
            await look(book)
            match chance.randint(0, 5):
                case 0:
                    pass  # killed between the call and its settlement: its reserve counts for good
                case 1:
                    await book.settle(call, None, "failed")
                case 2:
                    await book.settle(call, 0.0, "cancelled")
                case 3 if sum(over) == 0.0:
                    over.append(cost * chance.random())
                    await book.settle(call, cost + over[-1])
                case _:
                    await book.settle(call, cost * chance.random())

    await asyncio.gather(*(tab(book) for book in books for _ in range(chance.randint(1, 3))))
    await look(books[0])


async def test_no_runaway_spends_more_than_its_budget(shared: Settings, pytestconfig: pytest.Config) -> None:
    """Two servers on one database, SQLite and PostgreSQL."""
    number = ALL_RUNAWAYS if pytestconfig.getoption("--all") else RUNAWAYS
    databases = [Database(shared), Database(shared)]
    books = [Book(db, shared.data_dir / "processes") for db in databases]
    for seed in range(number):
        await held(books, seed)
    for db in databases:
        await db.close()


class Talker:
    """A model that writes as long as it may, at so many dollars for a thousand tokens; all it reads costs `read`."""

    name, label, profile = "a:b", "B", Profile(max_output=64_000)

    def __init__(self, written: float = 1.0, read: float = 0.0) -> None:
        self.most: list[int] = []
        self._written, self._read = written, read

    def cost(self, usage: Usage) -> float:
        return self._read + usage.output_tokens * self._written / 1_000

    async def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent, None]:
        self.most.append(options.max_output_tokens)
        yield Usage(10, options.max_output_tokens)
        yield AnswerEnded("max_tokens")


async def test_an_answer_is_as_long_as_the_budget_pays_for(book: Book) -> None:
    await book.cap(total_usd=5.0)
    talker = Talker()
    model = MeteredModel(talker, ME, book.log)
    await gathered(model.stream([user_message("Write.")], [], CallOptions("chat", max_output_tokens=4_000)))
    assert talker.most == [4_000]
    with pytest.raises(BudgetReached):  # a thousand tokens are not worth reading everything for
        await gathered(model.stream([user_message("Write.")], [], CallOptions("chat", max_output_tokens=4_000)))
    await book.cap(total_usd=7.0)
    await gathered(model.stream([user_message("Write.")], [], CallOptions("chat", max_output_tokens=4_000)))
    assert talker.most == [4_000, 3_000]
    assert (await book.budgets.spent(ME.id, ME.workspace)).total_usd == pytest.approx(7.0)


@pytest.mark.parametrize("talker", [Talker(written=0.0, read=0.5), Talker(written=1.0, read=0.5)])
async def test_where_reading_alone_goes_over_no_call_is_made(book: Book, talker: Talker) -> None:
    await book.cap(total_usd=0.4)
    with pytest.raises(BudgetReached):
        await gathered(MeteredModel(talker, ME, book.log).stream([user_message("Write.")], [], CallOptions("chat")))
    assert talker.most == []
