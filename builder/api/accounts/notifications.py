"""A person's notifications, and news of them."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field

from builder.accounts.notices.notices import NoticeKind, Way, leads_to, sentence
from builder.api.requests.context import AppServices, MayUse
from builder.api.requests.paging import PAGE, Cursor, Limit, place_of
from builder.api.requests.paging import cursor as cursor_of
from preview_runtime.tasks import race

router = APIRouter(prefix="/me", tags=["notifications"])
_ORDER = "notifications"


class NotificationView(BaseModel):
    """`text` is the sentence for the person, in the language of the request; `link`: the page of what it is about."""

    id: str
    kind: str
    text: str
    project: str | None
    link: str | None
    created_at: str
    read_at: str | None


class NotificationList(BaseModel):
    """`unread`: of all, not of this page."""

    notifications: list[NotificationView]
    unread: int
    next: str | None


class Seen(BaseModel):
    """`ids`: those that were read; null for all."""

    model_config = ConfigDict(extra="forbid")
    ids: Annotated[list[Annotated[str, Field(max_length=16)]], Field(max_length=200)] | None = None


class UnreadCount(BaseModel):
    unread: int


class NoticeChoices(BaseModel):
    """Where each kind is told: in the page, there and by mail, or not at all."""

    model_config = ConfigDict(extra="forbid")
    choices: dict[NoticeKind, Way]


@router.get("/notifications")
async def notifications(
    services: AppServices, actor: MayUse, limit: Limit = PAGE, cursor: Cursor = ""
) -> NotificationList:
    """Newest first."""
    found, unread = await services.notices.of(actor, most=limit + 1, before=place_of(cursor, _ORDER))
    last = found[limit - 1] if len(found) > limit else None
    return NotificationList(
        notifications=[
            NotificationView(
                id=one.id, kind=one.kind, text=sentence(one.kind, one.details), project=one.project,
                link=leads_to(one), created_at=one.created_at, read_at=one.read_at,
            )
            for one in found[:limit]
        ],
        unread=unread,
        next=cursor_of(_ORDER, (last.created_at, last.id)) if last else None,
    )  # fmt: skip


@router.post("/notifications/read")
async def read_notifications(services: AppServices, actor: MayUse, seen: Seen) -> UnreadCount:
    return UnreadCount(unread=await services.notices.read(actor, seen.ids))


@router.get("/notifications/choices")
async def notification_choices(services: AppServices, actor: MayUse) -> NoticeChoices:
    return NoticeChoices(choices=await services.notices.choices(actor))


@router.put("/notifications/choices")
async def choose_notifications(services: AppServices, actor: MayUse, chosen: NoticeChoices) -> NoticeChoices:
    """Kinds that are not named stay as they are. 400 `always_told` for `looked_at`: an administrator's look is told to
    everybody."""
    await services.notices.choose(actor, chosen.choices)
    return NoticeChoices(choices=await services.notices.choices(actor))


@router.websocket("/events/ws")
async def my_events(websocket: WebSocket, services: AppServices, actor: MayUse) -> None:
    """`{"unread": n}` at once and at each change; what is new is read from the list."""
    await websocket.accept()

    async def tell() -> None:
        last = -1
        while True:
            news = services.notices.news(actor)
            if (unread := await services.notices.unread(actor)) != last:
                await websocket.send_json({"unread": unread})
                last = unread
            await news.wait()

    async def listen() -> None:
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass

    told, _ = await race(tell(), listen(), name="notifications")
    if told is not None and not isinstance(told.exception(), WebSocketDisconnect | asyncio.CancelledError):
        with contextlib.suppress(RuntimeError):
            await websocket.close(1012, "restarting")
