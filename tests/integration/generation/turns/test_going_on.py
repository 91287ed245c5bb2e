"""What a turn still knows, and what it has cost, when it goes on."""

from __future__ import annotations

import asyncio

from builder.generation.turns.forms import AppPlan
from builder.generation.turns.shapes import CheckReport, TurnView
from builder.llm.testing.messages_api import MessagesBehaviour
from tests.integration.generation.turns.conftest import APP, ME, House
from tests.integration.generation.turns.test_steps import BROKEN, EDIT, PLAN, Watch


async def test_a_mend_that_goes_on_still_knows_what_the_page_showed(house: House, watch: Watch) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(APP), MessagesBehaviour(EDIT, hold_after=40), MessagesBehaviour(EDIT))
    watch(project, lambda number, version: CheckReport(version=version, painted=True, faults=[BROKEN] if number == 1 else []))  # fmt: skip
    turn = await house.send(project)
    async with asyncio.timeout(60):
        while len(house.api.requests) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await house.service.stop(ME, project.id, turn.id)
    await house.service.continue_(ME, project.id, turn.id)
    turn = await house.until(turn)
    assert ([step.kind for step in turn.steps], turn.outcome) == (["write", "check", "mend", "check"], "runs")
    first, again = ({tool["name"] for tool in request["tools"]} for request in house.api.requests[1:])
    assert "read_faults" in first
    assert again == first


async def bill(house: House, turn: TurnView) -> tuple[int, int, float]:
    """What the usage log has of a turn: (input tokens, output tokens, USD)."""
    calls = [call for call in await house.usage.calls(ME) if call.reference == turn.id]
    costs = [call.cost_usd for call in calls]
    assert None not in costs
    return (
        sum(call.input_tokens or 0 for call in calls), sum(call.output_tokens or 0 for call in calls),
        round(sum(cost or 0.0 for cost in costs), 6),
    )  # fmt: skip


def shown(turn: TurnView) -> tuple[int, int, float | None]:
    return turn.tokens.input, turn.tokens.output, turn.cost_usd


async def test_an_answer_that_was_replaced_is_on_the_bill(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour('{"title": ]'), MessagesBehaviour(APP))
    turn = await house.until(await house.send(project))
    assert turn.status == "failed"
    await house.service.continue_(ME, project.id, turn.id, anew=True)
    turn = await house.until(turn)
    assert (turn.status, turn.tokens.input) == ("done", 2_400)
    assert shown(turn) == await bill(house, turn)


async def test_a_plan_and_a_discussion_that_were_asked_for_anew_are_on_the_bill(house: House) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour({"title": "x"}), MessagesBehaviour(PLAN), MessagesBehaviour(APP))
    turn = await house.until(await house.send(project, "a shelf", mode="plan"))
    assert turn.status == "failed"
    await house.service.continue_(ME, project.id, turn.id)
    turn = await house.until(turn)
    assert (turn.status, turn.tokens.input) == ("planned", 2_400)
    assert shown(turn) == await bill(house, turn)
    await house.service.build(ME, project.id, turn.id, AppPlan.model_validate(PLAN))
    turn = await house.until(turn)
    assert [step.tokens.input for step in turn.steps] == [2_400, 1_200, 0]
    assert shown(turn) == await bill(house, turn)


async def test_a_mend_that_was_stopped_and_gone_on_with_is_on_the_bill(house: House, watch: Watch) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(APP), MessagesBehaviour(EDIT, hold_after=40), MessagesBehaviour(EDIT))
    watch(project, lambda number, version: CheckReport(version=version, painted=True, faults=[BROKEN] if number == 1 else []))  # fmt: skip
    turn = await house.send(project)
    async with asyncio.timeout(60):
        while len(house.api.requests) < 2 or not (await house.turn(turn)).steps[-1].generation:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await house.service.stop(ME, project.id, turn.id)
    await house.service.continue_(ME, project.id, turn.id)
    turn = await house.until(turn)
    assert turn.outcome == "runs"
    calls = [call for call in await house.usage.calls(ME) if call.reference == turn.id]
    assert len(calls) == 3
    if any(call.cost_usd is None for call in calls):
        assert turn.cost_usd is None  # stopped before the provider said what it read: nobody knows
    else:
        assert shown(turn) == await bill(house, turn)
