"""Who may see the pages for administrators."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import reflex as rx

from builder.accounts.actor import Actor
from builder.accounts.audit.origin import Via, came
from builder.base.errors import Refused, SaysoError, SignInNeeded
from builder.composition.administration.administration import Administration
from builder.composition.services import get_services
from builder.pages.asking import actor_of


class AdminPage(rx.State, mixin=True):
    """What all of them have. `refused` says why nothing is shown; `notice` and `error` what became of the last button."""

    loaded: bool = False
    refused: str = ""
    notice: str = ""
    error: str = ""


async def entered(state: rx.State, what: str = "", which: str = "") -> Actor:
    """The administrator who sent the event. Raises SignInNeeded, Refused."""
    came(Via.BROWSER)
    actor = await actor_of(state)
    await get_services().administration.enter(actor, what, which)
    return actor


async def shown(state: AdminPage, what: str, read: Callable[[Administration], Awaitable[None]]) -> None:
    """Fill the page with what it reads, or say why not."""
    try:
        await entered(state, what)
        await read(get_services().administration)
        state.refused = ""
    except Refused as reason:
        state.refused = reason.message
    state.loaded = True


async def done(
    state: AdminPage, do: Callable[[Administration, Actor], Awaitable[object]], notice: str, what: str = ""
) -> bool:
    """Whether it succeeded: `notice` is shown; otherwise why not. Raises SignInNeeded."""
    state.notice = state.error = ""
    try:
        actor = await entered(state, what)
        await do(get_services().administration, actor)
    except SignInNeeded:
        raise
    except SaysoError as reason:
        state.error = reason.message
        return False
    state.notice = notice
    return True
