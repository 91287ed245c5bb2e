"""The State of the page of a team's webhooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.webhooks.sending import PROBLEMS
from builder.accounts.webhooks.tables import Webhook, WebhookDelivery
from builder.accounts.webhooks.webhooks import EVENT_TYPES, TEST, Webhooks
from builder.base.errors import SaysoError
from builder.composition.services import get_services
from builder.pages.account_rows import since
from builder.pages.asking import actor_of, asks
from builder.texts import t


def words_of(kind: str) -> str:
    """What a type of event is called here."""
    return t(f"webhooks.event.{kind.replace('.', '_')}")


@dataclass
class HookRow:
    """`what`: how it fares. `events`: the types that it hears of."""

    id: str = ""
    url: str = ""
    what: str = ""
    active: bool = False
    failing: bool = False
    events: list[str] = field(default_factory=list)


@dataclass
class DeliveryRow:
    id: str
    what: str
    outcome: str
    failed: bool
    body: str


class WebhooksPage(rx.State):
    """`team` is the one whose webhooks are shown, "" for the person's own place. `place` is the part of the page that
    `notice` or `error` belongs to."""

    loaded: bool = False
    team: str = ""
    heading: str = ""
    refused: str = ""
    hooks: list[HookRow] = []
    chosen: HookRow = HookRow()
    deliveries: list[DeliveryRow] = []
    secret: str = ""
    place: str = ""
    notice: str = ""
    error: str = ""

    @rx.event
    @asks(Action.USE)
    async def load(self) -> None:
        self.place = self.notice = self.error = self.secret = self.refused = self.heading = ""
        self.chosen, self.deliveries, self.hooks = HookRow(), [], []
        self.team = str(self.router.url.query_parameters.get("team", ""))[:64]
        try:
            await self._refresh(await self._actor())
        except SaysoError as reason:
            self.refused = reason.message
        self.loaded = True

    @rx.event
    @asks(Action.USE)
    async def add(self, form: dict[str, Any]) -> None:
        """Make one, and show its secret, once."""
        self.secret = ""

        async def make(webhooks: Webhooks, actor: Actor) -> None:
            _, self.secret = await webhooks.add(actor, str(form.get("url", "")).strip()[:2_000], _events(form))

        await self._do("add", make, t("webhooks.made"))

    @rx.event
    @asks(Action.USE)
    async def choose(self, hook: str) -> None:
        """Show what was sent to this one; "" for none."""
        self.chosen = HookRow(id=hook)
        await self._do("", _nothing, "")

    @rx.event
    @asks(Action.USE)
    async def hear_of(self, form: dict[str, Any]) -> None:
        """Have the chosen one told of these events."""
        await self._change(t("webhooks.saved"), events=_events(form))

    @rx.event
    @asks(Action.USE)
    async def turn(self, on: bool) -> None:
        """Pause the chosen one, or go on."""
        await self._change(t("webhooks.on" if on else "webhooks.paused"), active=on)

    @rx.event
    @asks(Action.USE)
    async def test(self) -> None:
        hook = self.chosen.id
        await self._do("chosen", lambda webhooks, actor: webhooks.test(actor, hook), t("webhooks.queued"))

    @rx.event
    @asks(Action.USE)
    async def again(self, delivery: str) -> None:
        hook = self.chosen.id
        await self._do("chosen", lambda webhooks, actor: webhooks.again(actor, hook, delivery), t("webhooks.queued"))

    @rx.event
    @asks(Action.USE)
    async def remove(self) -> None:
        hook = self.chosen.id
        self.secret = ""
        await self._do("list", lambda webhooks, actor: webhooks.remove(actor, hook), t("webhooks.removed"))

    async def _actor(self) -> Actor:
        """Whoever sent the event, at work in the team that is shown."""
        actor = await actor_of(self)
        return actor.within(self.team) if self.team else actor

    async def _change(self, done: str, *, events: list[str] | None = None, active: bool | None = None) -> None:
        hook = self.chosen.id
        await self._do(
            "chosen",
            lambda webhooks, actor: webhooks.change(actor, hook, url=None, events=events, active=active),
            done,
        )

    async def _do(self, place: str, change: Callable[[Webhooks, Actor], Awaitable[object]], done: str) -> None:
        """`done` is shown once it succeeded; otherwise why not."""
        self.place, self.notice, self.error = place, "", ""
        actor = await self._actor()
        try:
            await change(get_services().webhooks, actor)
            await self._refresh(actor)
        except SaysoError as reason:
            self.error = reason.message
            return
        self.notice = done

    async def _refresh(self, actor: Actor) -> None:
        services = get_services()
        found = await services.webhooks.of(actor)
        if self.team and not self.heading:
            self.heading = (await services.teams.get(actor, self.team)).name
        self.hooks = [_hook(row) for row in found]
        self.chosen = next((one for one in self.hooks if one.id == self.chosen.id), HookRow())
        sent = await services.webhooks.deliveries(actor, self.chosen.id) if self.chosen.id else []
        self.deliveries = [_delivery(row) for row in sent]


def _events(form: dict[str, Any]) -> list[str]:
    return [kind for kind in EVENT_TYPES if form.get(kind)]


async def _nothing(_: Webhooks, __: Actor) -> None:
    return None


def _hook(row: Webhook) -> HookRow:
    if not row.active:
        state = t("webhooks.state.paused")
    elif row.failing_since:
        state = t("webhooks.state.failing", ago=since(row.failing_since))
    else:
        state = t("webhooks.state.on")
    events = ", ".join(words_of(kind) for kind in row.events)
    failing = row.failing_since is not None or not row.active
    return HookRow(row.id, row.url, f"{state} · {events}", row.active, failing, [*row.events])


def _delivery(row: WebhookDelivery) -> DeliveryRow:
    what = t("webhooks.event.test") if row.type == TEST else words_of(row.type)
    if row.status == "delivered":
        outcome = t("webhooks.delivered", answer=row.answer or "")
    elif row.status == "failed":
        outcome = t("webhooks.failed", why=_why(row))
    else:
        outcome = t("webhooks.waits")
    return DeliveryRow(row.id, f"{what} · {since(row.created_at)}", outcome, row.status == "failed", row.body)


def _why(row: WebhookDelivery) -> str:
    if row.problem:  # what an earlier Sayso wrote is none of the words
        return t(f"webhooks.problem.{row.problem if row.problem in PROBLEMS else 'lost'}")
    return t("webhooks.answered", answer=row.answer or "")
