"""The actor of a page's events: each event of a page's State declares an action, and acts for the person of the page's
session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import reflex as rx
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState
from reflex_base.constants import RouteVar
from reflex_base.event.context import EventContext

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.composition.services import get_services
from builder.texts.language import language_of, speak, spoken

F = TypeVar("F", bound=Callable[..., Any])


def asks(action: Action) -> Callable[[F], F]:
    """Declare the action of a page or of an event of its State; a test fails for one without it."""

    def declared(asking: F) -> F:
        asking.action = action  # type: ignore[attr-defined]
        return asking

    return declared


class EventLanguage(Middleware):
    """An event is answered in the language of the request that opened its page's socket: Reflex runs it in a task of
    its own."""

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> None:
        speak(_language(state.router.session.session_id))


def language_of_event() -> str:
    """The language of whoever sent the event that failed: Reflex says so in a task of its own, in which nobody spoke."""
    return _language(str(EventContext.get().router_data.get(RouteVar.SESSION_ID, "")))


def _language(socket: str) -> str:
    opened = get_services().actors.opened(socket)
    return spoken() if opened is None else language_of(opened)


async def actor_of(state: rx.State) -> Actor:
    """The actor who sent the event that `state` is answering. Raises SignInNeeded when their session has ended."""
    return await get_services().actors.of_page(state.router.session.session_id)
