"""What people send is looked at first; a generation that is stopped or gone on with takes its turn along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import Conflict
from builder.generation.tables import Generation
from builder.safety.guard import Looked
from builder.texts import t

if TYPE_CHECKING:
    from builder.composition.services import Services


async def look_at(
    services: Services, actor: Actor, project_id: str, text: str, *, sure: bool = False, client: str = ""
) -> Looked:
    """The guard's look at what somebody sends for the project. Raises what `Guard.look` raises, `NotFound`, `Refused`."""
    project = await services.store.get(actor, project_id, Action.EDIT)
    return await services.guard.look(actor.within(project.owner), text, project=project_id, sure=sure, client=client)


async def act(
    services: Services, actor: Actor, project_id: str, generation_id: str, action: Literal["stop", "continue", "retry"]
) -> Generation:
    """The generation that is stopped, or that goes on. Raises `Conflict` where that cannot be, `NotFound`, `Refused`."""
    generations, turns = services.generations, services.turns
    generation = await generations.get(actor, generation_id, project_id)
    if generation.turn is None:
        if action == "stop":
            return await generations.stop(actor, generation_id, project_id)
        go_on = generations.retry if action == "retry" else generations.continue_
        return await go_on(actor, generation_id, project_id=project_id)
    if action == "stop":
        if generation.status != "running":
            raise Conflict(t("generation.not_running"), code="generation_not_running")
        await turns.stop(actor, project_id, generation.turn)
        return await generations.get(actor, generation_id, project_id)
    _, steps = await turns.continue_(actor, project_id, generation.turn, anew=action == "retry")
    return await generations.get(actor, steps[-1].generation or generation_id, project_id)
