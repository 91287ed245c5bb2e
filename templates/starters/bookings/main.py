"""Rooms booked by the hour: a page at / and the JSON API that it asks."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Any

import psycopg
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field, model_validator

import rooms

PAGE = Path(__file__).parent / "page"
app = FastAPI(title="Quiet Rooms", version="1.0", docs_url=None, redoc_url=None)
app.mount("/page", StaticFiles(directory=PAGE), name="page")
rooms.prepare()

Database = Annotated[psycopg.Connection, Depends(rooms.connection, scope="function")]


class NewBooking(BaseModel):
    room: int
    day: datetime.date
    start: int = Field(ge=rooms.OPENS, lt=rooms.CLOSES, description="The hour it begins.")
    end: int = Field(gt=rooms.OPENS, le=rooms.CLOSES, description="The hour it is over.")
    name: str = Field(min_length=1, max_length=40)
    about: str = Field(default="", max_length=80)

    @model_validator(mode="after")
    def lasts(self) -> NewBooking:
        if self.end <= self.start:
            raise ValueError("It has to end after it begins.")
        return self


@app.get("/", include_in_schema=False)
def page() -> FileResponse:
    return FileResponse(PAGE / "index.html")


@app.get("/api/rooms", summary="List the rooms")
def list_rooms(database: Database) -> list[dict[str, Any]]:
    return rooms.rooms(database)


@app.get("/api/days/{day}", summary="What is booked on a day")
def day(database: Database, day: datetime.date) -> list[dict[str, Any]]:
    return rooms.of_day(database, day)


@app.get("/api/bookings", summary="Find bookings")
def bookings(database: Database, search: Annotated[str, Query(max_length=80)] = "") -> list[dict[str, Any]]:
    return rooms.find(database, search)


@app.post("/api/bookings", status_code=201, summary="Book a room")
def book(database: Database, wanted: NewBooking) -> dict[str, Any]:
    try:
        return rooms.book(database, **wanted.model_dump())
    except psycopg.errors.ExclusionViolation as error:
        raise HTTPException(409, "The room is taken then. Choose another hour or another room.") from error
    except psycopg.errors.ForeignKeyViolation as error:
        raise HTTPException(404, "There is no such room.") from error


@app.delete("/api/bookings/{booking}", status_code=204, summary="Give a room back")
def cancel(database: Database, booking: int) -> Response:
    if not rooms.cancel(database, booking):
        raise HTTPException(404, "There is no such booking.")
    return Response(status_code=204)
