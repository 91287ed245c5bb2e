"""A chat: one websocket per person, rooms, and what was said before."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from messages import Messages
from rooms import Person, Rooms

PAGE = Path(__file__).parent / "page"
LONGEST = 2_000
rooms = Rooms({"corner": "The corner", "garden": "Garden", "lost": "Lost & found", "offers": "To give away"})
messages = Messages(Path(__file__).parent / "data" / "chat.db")


async def home(request: Request) -> FileResponse:
    return FileResponse(PAGE / "index.html")


async def list_rooms(request: Request) -> JSONResponse:
    return JSONResponse([{"id": room, "title": title, "people": len(rooms.people(room))} for room, title in rooms.titles.items()])


async def history(request: Request) -> JSONResponse:
    return JSONResponse(await asyncio.to_thread(messages.last, request.path_params["room"]))


async def talk(socket: WebSocket) -> None:
    room = socket.path_params["room"]
    name = " ".join(socket.query_params.get("name", "").split())[:30]
    await socket.accept()
    if room not in rooms.titles or not name:
        await socket.close(4000, "No such room, or no name.")
        return
    person = Person(name, socket)
    await person.send({"kind": "history", "messages": await asyncio.to_thread(messages.last, room)})
    await rooms.join(room, person)
    try:
        while True:
            await heard(room, person, await socket.receive_text())
    except WebSocketDisconnect:
        pass
    finally:
        await rooms.leave(room, person)


async def heard(room: str, person: Person, raw: str) -> None:
    """One frame of a person: a message, or that they are typing."""
    said = None
    with suppress(ValueError):
        said = json.loads(raw)
    if not isinstance(said, dict) or not person.may_speak():
        return
    if said.get("kind") == "typing":
        await rooms.tell(room, {"kind": "typing", "name": person.name}, but=person)
    elif isinstance(said.get("text"), str) and (text := said["text"].strip()[:LONGEST]):
        at = datetime.now(UTC).isoformat(timespec="seconds")
        message = await asyncio.to_thread(messages.add, room, person.name, text, at)
        await rooms.tell(room, {"kind": "message", **message})


app = Starlette(
    routes=[
        Route("/", home),
        Route("/api/rooms", list_rooms),
        Route("/api/rooms/{room}/messages", history),
        WebSocketRoute("/ws/{room}", talk),
        Mount("/page", StaticFiles(directory=PAGE)),
    ]
)
