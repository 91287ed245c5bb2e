"""A stockroom as a JSON API; the page at / shows it and lets every call be tried."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field

import stock

PAGE = Path(__file__).parent / "page"
app = FastAPI(title="Stockroom", version="1.0", docs_url=None, redoc_url=None)
app.mount("/page", StaticFiles(directory=PAGE), name="page")
stock.prepare()

Database = Annotated[sqlite3.Connection, Depends(stock.connection)]


class NewItem(BaseModel):
    name: str = Field(min_length=1, max_length=80, examples=["Wood screws 4 × 40"])
    shelf: str = Field(min_length=1, max_length=20, examples=["A2"])
    quantity: int = Field(default=0, ge=0, le=1_000_000)
    minimum: int = Field(default=0, ge=0, le=1_000_000, description="Below this it has to be ordered.")


class ItemChange(BaseModel):
    name: str | None = Field(default=None, min_length=1, max_length=80)
    shelf: str | None = Field(default=None, min_length=1, max_length=20)
    quantity: int | None = Field(default=None, ge=0, le=1_000_000)
    minimum: int | None = Field(default=None, ge=0, le=1_000_000)


class Item(NewItem):
    id: int
    low: bool


class Summary(BaseModel):
    items: int
    pieces: int
    low: int


@app.get("/", include_in_schema=False)
def page() -> FileResponse:
    return FileResponse(PAGE / "index.html")


@app.get("/api/items", summary="List the items")
def list_items(
    database: Database,
    search: Annotated[str, Query(max_length=80, description="Part of a name or a shelf.")] = "",
    low: Annotated[bool, Query(description="Only what has to be ordered.")] = False,
) -> list[Item]:
    return [Item(**row) for row in stock.find(database, search, low)]


@app.post("/api/items", status_code=201, summary="Add an item")
def add_item(database: Database, item: NewItem) -> Item:
    return Item(**stock.add(database, item.model_dump()))


@app.get("/api/items/{item_id}", summary="Look at one item")
def get_item(database: Database, item_id: int) -> Item:
    return Item(**_found(stock.get(database, item_id)))


@app.patch("/api/items/{item_id}", summary="Change an item")
def change_item(database: Database, item_id: int, change: ItemChange) -> Item:
    _found(stock.get(database, item_id))
    return Item(**_found(stock.change(database, item_id, change.model_dump(exclude_none=True))))


@app.delete("/api/items/{item_id}", status_code=204, summary="Remove an item")
def remove_item(database: Database, item_id: int) -> Response:
    _found(stock.get(database, item_id))
    stock.remove(database, item_id)
    return Response(status_code=204)


@app.get("/api/summary", summary="Count everything")
def summary(database: Database) -> Summary:
    return Summary(**stock.summary(database))


def _found(row: dict | None) -> dict:
    if row is None:
        raise HTTPException(404, "There is no such item.")
    return row
