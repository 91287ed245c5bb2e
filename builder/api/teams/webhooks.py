"""Webhooks of a team."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.access import Action
from builder.accounts.webhooks.tables import Webhook, WebhookDelivery
from builder.api.requests.context import AppServices, MayAdministerTeam

router = APIRouter(prefix="/teams/{team_id}/webhooks", tags=["teams"])
Address = Annotated[str, Field(max_length=2_000)]
Events = Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=20)]


class NewWebhook(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: Address
    events: Events
    project: Annotated[str, Field(max_length=16)] | None = None


class WebhookChange(BaseModel):
    """What is not given stays."""

    model_config = ConfigDict(extra="forbid")
    url: Address | None = None
    events: Events | None = None
    active: bool | None = None


class WebhookView(BaseModel):
    """`failing_since`: since when nothing has arrived; after three days the webhook is off."""

    id: str
    url: str
    project: str | None
    events: list[str]
    active: bool
    failing_since: str | None
    created_at: str


class WebhookList(BaseModel):
    webhooks: list[WebhookView]


class WebhookMade(WebhookView):
    """`secret` signs what is sent; it is shown this once."""

    secret: str


class DeliveryView(BaseModel):
    """`answer`: the status that the other side gave, null where it gave none; `problem` says why: private, slow, name, refused, certificate or lost."""

    id: str
    type: str
    body: str
    status: str
    attempts: int
    answer: int | None
    problem: str
    created_at: str
    delivered_at: str | None


class DeliveryList(BaseModel):
    deliveries: list[DeliveryView]


@router.get("")
async def list_webhooks(services: AppServices, actor: MayAdministerTeam) -> WebhookList:
    return WebhookList(webhooks=[_view(one) for one in await services.webhooks.of(actor)])


@router.post("", status_code=201)
async def add_webhook(services: AppServices, actor: MayAdministerTeam, new: NewWebhook) -> WebhookMade:
    if new.project is not None:
        await services.store.get(actor, new.project, Action.CONFIGURE)
    made, secret = await services.webhooks.add(actor, new.url, new.events, new.project)
    return WebhookMade(**_view(made).model_dump(), secret=secret)


@router.patch("/{webhook_id}")
async def change_webhook(
    services: AppServices, actor: MayAdministerTeam, webhook_id: str, change: WebhookChange
) -> WebhookView:
    changed = await services.webhooks.change(
        actor, webhook_id, url=change.url, events=change.events, active=change.active
    )
    return _view(changed)


@router.delete("/{webhook_id}", status_code=204)
async def remove_webhook(services: AppServices, actor: MayAdministerTeam, webhook_id: str) -> Response:
    await services.webhooks.remove(actor, webhook_id)
    return Response(status_code=204)


@router.get("/{webhook_id}/deliveries")
async def list_deliveries(services: AppServices, actor: MayAdministerTeam, webhook_id: str) -> DeliveryList:
    """The last 50, newest first."""
    sent = await services.webhooks.deliveries(actor, webhook_id)
    return DeliveryList(deliveries=[_delivery(one) for one in sent])


@router.post("/{webhook_id}/test", status_code=202)
async def test_webhook(services: AppServices, actor: MayAdministerTeam, webhook_id: str) -> DeliveryView:
    return _delivery(await services.webhooks.test(actor, webhook_id))


@router.post("/{webhook_id}/deliveries/{delivery_id}/again", status_code=202)
async def deliver_again(
    services: AppServices, actor: MayAdministerTeam, webhook_id: str, delivery_id: str
) -> DeliveryView:
    return _delivery(await services.webhooks.again(actor, webhook_id, delivery_id))


def _view(row: Webhook) -> WebhookView:
    return WebhookView.model_validate(row.model_dump(include=set(WebhookView.model_fields)))


def _delivery(row: WebhookDelivery) -> DeliveryView:
    return DeliveryView.model_validate(row.model_dump(include=set(DeliveryView.model_fields)))
