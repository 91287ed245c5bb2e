"""What a turn still knows, and what it has cost, when it goes on."""

from __future__ import annotations

import asyncio

from builder.generation.turns.shapes import CheckReport
from builder.llm.testing.messages_api import MessagesBehaviour
from tests.integration.generation.turns.conftest import APP, ME, House
from tests.integration.generation.turns.test_steps import BROKEN, EDIT, Watch


async def test_a_mend_that_goes_on_still_knows_what_the_page_showed(house: House, watch: Watch) -> None:
    project = await house.project()
    house.api.then(MessagesBehaviour(APP), MessagesBehaviour(EDIT, hold_after=40), MessagesBehaviour(EDIT))
    watch(project, lambda number, version: CheckReport(version=version, painted=True, faults=[BROKEN] if number == 1 else []))  # fmt: skip
    turn = await house.send(project)
    async with asyncio.timeout(10):
        while len(house.api.requests) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await house.service.stop(ME, project.id, turn.id)
    await house.service.continue_(ME, project.id, turn.id)
    turn = await house.until(turn)
    assert ([step.kind for step in turn.steps], turn.outcome) == (["write", "check", "mend", "check"], "shown")
    first, again = ({tool["name"] for tool in request["tools"]} for request in house.api.requests[1:])
    assert "read_faults" in first
    assert again == first
