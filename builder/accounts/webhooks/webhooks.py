"""A team's webhooks: what they hear of, and that it arrives."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Final

from cryptography.fernet import Fernet
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.memberships import check
from builder.accounts.secret_file import cipher
from builder.accounts.settings import SignInSettings
from builder.accounts.webhooks.sending import NotSent, send
from builder.accounts.webhooks.tables import Webhook, WebhookDelivery
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, Json, NotFound
from builder.base.http.public_connector import IsPublic, is_addressable
from builder.base.ids import new_id, now
from builder.base.jobs import JobQueue
from builder.base.tables import QueuedJob
from builder.base.workers import CannotBeDone
from builder.texts import t

DELIVER: Final = "webhook"
TEST: Final = "test"
EVENT_TYPES: Final = (
    "version.committed", "generation.finished", "project.created", "project.changed", "project.deleted",
    "share.created", "share.changed", "share.revoked", "server.failed", "member.added", "member.changed",
    "member.removed", "budget.nearly", "budget.reached",
)  # fmt: skip
_MOST: Final = 20
_OFF_AFTER: Final = timedelta(days=3)
_KEPT: Final = timedelta(days=30)
_PAGE: Final = 50
WentOff = Callable[[AsyncSession, Webhook], Awaitable[None]]


class Webhooks:
    """Every call is for those who administer the team that the actor works in; `deliver` does the jobs `DELIVER`."""

    def __init__(
        self, db: Database, jobs: JobQueue, settings: SignInSettings, is_public: IsPublic, went_off: WentOff
    ) -> None:
        """`is_public` says whether an address may be called; `went_off` is told of a webhook that was turned off, in the
        transaction that does so."""
        self._db, self._jobs, self._settings, self.is_public = db, jobs, settings, is_public
        self._went_off = went_off

    async def of(self, actor: Actor) -> list[Webhook]:
        """All of the team, oldest first."""
        async with self._db.reader() as session:
            await check(session, actor, Action.ADMINISTER, actor.workspace)
            mine = select(Webhook).where(col(Webhook.owner) == actor.workspace).order_by(col(Webhook.created_at))
            return [*await session.scalars(mine)]

    async def add(
        self, actor: Actor, url: str, events: Sequence[str], project: str | None = None
    ) -> tuple[Webhook, str]:
        """The webhook and its secret, which is shown this once. Raises BadInput, Conflict (`too_many_webhooks`)."""
        self._usable(url, events)
        secret = f"whsec_{secrets.token_urlsafe(32)}"
        made = Webhook(
            owner=actor.workspace, created_by=actor.id, project=project, url=url, events=[*events],
            secret=self._cipher.encrypt(secret.encode()),
        )  # fmt: skip
        async with self._db.session() as session:
            await check(session, actor, Action.ADMINISTER, actor.workspace)
            there = await session.scalars(select(col(Webhook.id)).where(col(Webhook.owner) == actor.workspace))
            if len([*there]) >= _MOST:
                raise Conflict(t("webhook.too_many", most=_MOST), code="too_many_webhooks")
            session.add(made)
        return made, secret

    async def change(
        self, actor: Actor, webhook: str, *, url: str | None, events: Sequence[str] | None, active: bool | None
    ) -> Webhook:
        """What is None stays. Raises BadInput, NotFound."""
        async with self._db.session() as session:
            row = await self._mine(session, actor, webhook)
            self._usable(url or row.url, events if events is not None else row.events)
            row.url = url or row.url
            row.events = [*events] if events is not None else row.events
            if active is not None:
                row.active, row.failing_since = active, None
            session.add(row)
            return row

    async def remove(self, actor: Actor, webhook: str) -> None:
        async with self._db.session() as session:
            await session.delete(await self._mine(session, actor, webhook))

    async def deliveries(self, actor: Actor, webhook: str) -> list[WebhookDelivery]:
        """The last 50, newest first."""
        async with self._db.reader() as session:
            await self._mine(session, actor, webhook)
            sent = select(WebhookDelivery).where(col(WebhookDelivery.webhook) == webhook)
            return [*await session.scalars(sent.order_by(col(WebhookDelivery.created_at).desc()).limit(_PAGE))]

    async def test(self, actor: Actor, webhook: str) -> WebhookDelivery:
        """Have a message of the type `test` sent, also to a webhook that is off."""
        async with self._db.session() as session:
            return await self._queue(session, await self._mine(session, actor, webhook), TEST, {})

    async def again(self, actor: Actor, webhook: str, delivery: str) -> WebhookDelivery:
        """Have the same message sent once more. Raises NotFound."""
        async with self._db.session() as session:
            row = await self._mine(session, actor, webhook)
            sent = await session.get(WebhookDelivery, delivery)
            if sent is None or sent.webhook != row.id:
                raise NotFound(t("webhook.no_delivery"))
            sent.status, sent.problem, sent.answer = "queued", "", None
            session.add(sent)
            await self._jobs.ask(session, DELIVER, sent.id, {}, row.owner)
            return sent

    async def tell(
        self, session: AsyncSession, owner: str, kind: str, project: str | None, data: Mapping[str, Json]
    ) -> None:
        """Something of the type `kind` happened in the team: those who want to know hear of it once `session` is committed.
        `data` are ids and states, no words of anybody."""
        wanted = select(Webhook).where(
            col(Webhook.owner) == owner,
            col(Webhook.active),
            or_(col(Webhook.project).is_(None), col(Webhook.project) == project),
        )
        for row in await session.scalars(wanted):
            if kind in row.events:
                await self._queue(session, row, kind, {"project": project, **data})

    async def deliver(self, job: QueuedJob) -> None:
        """Send one. Raises CannotBeDone where it did not arrive: it is tried again later."""
        async with self._db.reader() as session:
            sent = await session.get(WebhookDelivery, job.key)
            row = await session.get(Webhook, sent.webhook) if sent is not None else None
        if sent is None or row is None or sent.status == "delivered" or not (row.active or sent.type == TEST):
            return
        answer, problem = None, ""
        try:
            headers = {"Sayso-Event": sent.type, "Sayso-Delivery": sent.id}
            secret = self._cipher.decrypt(row.secret).decode()
            answer = await send(row.url, sent.body.encode(), headers, secret, self.is_public)
        except NotSent as error:
            problem = str(error)
        well = answer is not None and 200 <= answer < 300
        await self._note(row, sent, answer, problem, well=well)
        if not well and sent.type != TEST:
            raise CannotBeDone(problem or f"answered {answer}")

    async def _note(self, row: Webhook, sent: WebhookDelivery, answer: int | None, problem: str, *, well: bool) -> None:
        since = None if well else row.failing_since or now()
        off = since is not None and since <= now(ago=_OFF_AFTER)
        tried = update(WebhookDelivery).where(col(WebhookDelivery.id) == sent.id)
        hook = update(Webhook).where(col(Webhook.id) == row.id)
        old = delete(WebhookDelivery).where(
            col(WebhookDelivery.webhook) == row.id, col(WebhookDelivery.created_at) <= now(ago=_KEPT)
        )
        async with self._db.session() as session:
            for statement in (
                tried.values(
                    status="delivered" if well else "failed", attempts=col(WebhookDelivery.attempts) + 1, answer=answer,
                    problem=problem[:200], delivered_at=now() if well else None,
                ),
                hook.values(failing_since=since, **({"active": False} if off else {})),
                old,
            ):  # fmt: skip
                await session.execute(statement.execution_options(synchronize_session=False))
            if off and row.active:
                await self._went_off(session, row)

    async def _queue(self, session: AsyncSession, row: Webhook, kind: str, data: Mapping[str, Json]) -> WebhookDelivery:
        name, at = new_id(), now()
        body = {"id": name, "type": kind, "created_at": at, "team": row.owner, "data": dict(data)}
        made = WebhookDelivery(
            id=name, owner=row.owner, webhook=row.id, type=kind, body=json.dumps(body), created_at=at
        )
        session.add(made)
        await session.flush()
        await self._jobs.ask(session, DELIVER, name, {}, row.owner)
        return made

    async def _mine(self, session: AsyncSession, actor: Actor, webhook: str) -> Webhook:
        await check(session, actor, Action.ADMINISTER, actor.workspace)
        row = await session.get(Webhook, webhook)
        if row is None or row.owner != actor.workspace:
            raise NotFound(t("webhook.not_found"), detail=f"webhook {webhook} for {actor.id}")
        return row

    def _usable(self, url: str, events: Sequence[str]) -> None:
        if not is_addressable(url, self.is_public):
            raise BadInput(t("webhook.address"))
        if not events or not set(events) <= set(EVENT_TYPES):
            raise BadInput(t("webhook.events", known=", ".join(EVENT_TYPES)))

    @cached_property
    def _cipher(self) -> Fernet:
        return cipher(self._settings.key_file("webhooks.key"))
