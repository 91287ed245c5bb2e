"""The list that all share: kept in SQLite, and told to every open page when it changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, StringConstraints

import pantry

app = FastAPI(title="Flat Four", docs_url=None, redoc_url=None)
pantry.prepare()
listeners: set[asyncio.Event] = set()

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]
Aisle = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]


class NewItem(BaseModel):
    name: Name
    amount: Short = ""
    aisle: Aisle = "Other"
    by: Short = ""


class Item(NewItem):
    id: int
    done: bool


class Tick(BaseModel):
    done: bool = Field(description="Whether it is in the bag.")


def changed() -> None:
    """Wake every page that listens."""
    for listener in listeners:
        listener.set()


@app.get("/api/items")
async def list_items() -> list[Item]:
    return [Item(**row) for row in await asyncio.to_thread(pantry.all_items)]


@app.post("/api/items", status_code=201)
async def add_item(item: NewItem) -> Item:
    made = Item(**await asyncio.to_thread(pantry.add, item.model_dump()))
    changed()
    return made


@app.patch("/api/items/{item_id}")
async def tick(item_id: int, tick: Tick) -> Item:
    row = await asyncio.to_thread(pantry.tick, item_id, tick.done)
    if row is None:
        raise HTTPException(404, "Somebody has cleared that already.")
    changed()
    return Item(**row)


@app.delete("/api/items/done", status_code=204)
async def clear_done() -> Response:
    await asyncio.to_thread(pantry.clear_done)
    changed()
    return Response(status_code=204)


@app.get("/api/events")
async def events() -> StreamingResponse:
    """One event for each change, whatever it was: the page asks for the list again."""

    async def stream() -> AsyncIterator[str]:
        listener = asyncio.Event()
        listeners.add(listener)
        try:
            yield "retry: 1000\n\n"
            while True:
                try:
                    await asyncio.wait_for(listener.wait(), 15)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                listener.clear()
                yield "data: changed\n\n"
        finally:
            listeners.discard(listener)

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})
