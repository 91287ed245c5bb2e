"""Terminals of a project's running app, and single commands in it."""

from __future__ import annotations

import contextlib
import json
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from builder.api.requests.context import AppServices, MayRun
from builder.base.http.tickets import SECONDS
from builder.previews.shells.shells import MAX_SECONDS
from builder.previews.shells.terminals import MAX_COLUMNS, MAX_ROWS, Terminal, TerminalEvent, Terminals, Told, View
from builder.texts import t
from preview_runtime.containers.docker.execution import Executed
from preview_runtime.tasks import race

router = APIRouter(prefix="/projects/{project_id}", tags=["terminals"])
_MAX_COMMAND = 32_000  # characters, all arguments together
_MAX_ARGUMENTS = 200
_MAX_INPUT = 256 * 1024  # characters

Columns = Annotated[int, Field(strict=True, ge=2, le=MAX_COLUMNS)]
Rows = Annotated[int, Field(strict=True, ge=1, le=MAX_ROWS)]
After = Annotated[int, Query(ge=0, le=2**53)]


class Size(BaseModel):
    model_config = ConfigDict(extra="forbid")
    columns: Columns = 80
    rows: Rows = 24


class Command(BaseModel):
    """`command` is a program and its arguments; no shell reads them. `shell` is a line for `sh -c` instead. `cwd` is a
    folder, from the app's own on; `stdin` is what the command reads."""

    model_config = ConfigDict(extra="forbid")
    command: list[str] = Field(default_factory=list, max_length=_MAX_ARGUMENTS)
    shell: str = ""
    stdin: str = Field(default="", max_length=_MAX_INPUT)
    cwd: str = Field(default="", max_length=400)
    seconds: float = Field(default=30.0, strict=True, gt=0, le=MAX_SECONDS)

    @model_validator(mode="after")
    def can_be_run(self) -> Self:
        words = [*self.command, self.shell]
        if bool(self.shell) == bool(self.command) or (self.command and not self.command[0]):
            raise PydanticCustomError("command", t("terminal.command_empty"))
        if sum(map(len, words)) > _MAX_COMMAND:
            raise PydanticCustomError("command", t("terminal.command_long", limit=_MAX_COMMAND))
        if any("\0" in word for word in (*words, self.cwd)):
            raise PydanticCustomError("command", t("terminal.command_nul"))
        return self

    @property
    def words(self) -> list[str]:
        return ["sh", "-c", self.shell] if self.shell else self.command


class TerminalEntry(BaseModel):
    id: str
    number: int


class TerminalList(BaseModel):
    terminals: list[TerminalEntry]


class TerminalOpened(BaseModel):
    terminal: TerminalEntry


class TerminalTicket(BaseModel):
    """Opens the websocket at `path` once within `seconds`."""

    ticket: str
    path: str
    seconds: int


class OutputBegins(BaseModel):
    """The next byte has the number `start`; bytes below `end` were written before this connection; `fresh`: clear the
    screen first."""

    kind: Literal[TerminalEvent.OPEN]
    start: int
    end: int
    fresh: bool


class TerminalRests(BaseModel):
    """`refused`: the input was dropped, because too much of it is waiting."""

    kind: Literal[TerminalEvent.ASLEEP, TerminalEvent.AWAKE, "refused"]


class TerminalEnded(BaseModel):
    """`running`: the app's container is still there."""

    kind: Literal[TerminalEvent.ENDED]
    code: int | None
    running: bool


TerminalFrame = Annotated[OutputBegins | TerminalRests | TerminalEnded, Field(discriminator="kind")]


@router.get("/terminals")
async def list_terminals(services: AppServices, actor: MayRun, project_id: str) -> TerminalList:
    found = await services.terminals.list(actor, project_id)
    return TerminalList(terminals=[terminal_shape(one) for one in found])


@router.post("/terminals", status_code=201)
async def open_terminal(services: AppServices, actor: MayRun, project_id: str, size: Size) -> TerminalOpened:
    """A shell in the running app's container. 409 `not_running`, `no_shell`, `too_many_terminals`."""
    opened = await services.terminals.open(actor, project_id, size.columns, size.rows)
    return TerminalOpened(terminal=terminal_shape(opened))


@router.post("/terminals/{terminal_id}/ticket", status_code=201)
async def issue_ticket(
    request: Request, services: AppServices, actor: MayRun, project_id: str, terminal_id: str
) -> TerminalTicket:
    """For a program that cannot send headers with a websocket: opens this one with `?ticket=`, once, within 60 s."""
    await services.terminals.get(actor, project_id, terminal_id)
    path = f"/api/v1/projects/{project_id}/terminals/{terminal_id}/ws"
    return TerminalTicket(ticket=services.tickets.issue(request.scope, path), path=path, seconds=int(SECONDS))


@router.delete("/terminals/{terminal_id}", status_code=204)
async def close_terminal(services: AppServices, actor: MayRun, project_id: str, terminal_id: str) -> Response:
    await services.terminals.end(actor, project_id, terminal_id)
    return Response(status_code=204)


@router.websocket("/terminals/{terminal_id}/ws")
async def look_at(
    websocket: WebSocket,
    services: AppServices,
    actor: MayRun,
    project_id: str,
    terminal_id: str,
    after: After = 0,
) -> None:
    """The terminal from the byte `after` on. Binary messages hold output to the client and input to the server.

    Text messages are JSON. To the client: a `TerminalFrame`. From the client: `{"size": [columns, rows]}` and
    `{"at": byte}`, the number of bytes its screen has shown; without it the output stops.
    """
    terminal = await services.terminals.get(actor, project_id, terminal_id)
    await websocket.accept()
    with terminal.view(after) as view:
        shown, taken = await race(
            _show(websocket, view), _take(websocket, services.terminals, terminal, view), name="terminal"
        )
    if shown is not None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # the client may be gone already
            await websocket.close(1000, "ended")
    for side in (shown, taken):
        if side is not None and not isinstance(side.exception(), WebSocketDisconnect):
            side.result()


@router.post("/server/exec")
async def run_command(services: AppServices, actor: MayRun, project_id: str, body: Command) -> Executed:
    """Run one command in the app's container to its end. 409 `not_running`.

    `output` holds both streams, `stdout` and `stderr` each one. Of what is longer than 256 kB there is the last part, and
    `cut` is true.
    """
    return await services.shells.run(actor, project_id, body.words, body.seconds, body.stdin.encode(), body.cwd)


async def _show(websocket: WebSocket, view: View) -> None:
    async for piece in view:
        if isinstance(piece, Told):
            await websocket.send_text(_told_shape(piece).model_dump_json())
        else:
            await websocket.send_bytes(piece)


async def _take(websocket: WebSocket, terminals: Terminals, terminal: Terminal, view: View) -> None:
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        if data := message.get("bytes"):
            terminals.used(terminal)
            if not terminal.type(data):
                await websocket.send_text(TerminalRests(kind="refused").model_dump_json())
            continue
        match _said(message.get("text")):
            case {"size": [int(columns), int(rows)]} if not isinstance(columns, bool) and not isinstance(rows, bool):
                await terminal.resize(columns, rows)
            case {"at": int(offset)} if not isinstance(offset, bool):
                view.acknowledge(offset)


def _said(text: str | None) -> object:
    try:
        return json.loads(text or "")
    except (ValueError, RecursionError):
        return None


def terminal_shape(terminal: Terminal) -> TerminalEntry:
    return TerminalEntry(id=terminal.id, number=terminal.number)


def _told_shape(told: Told) -> TerminalFrame:
    match told.kind:
        case TerminalEvent.OPEN:
            return OutputBegins(kind=told.kind, start=told.start, end=told.end, fresh=told.fresh)
        case TerminalEvent.ENDED:
            return TerminalEnded(kind=told.kind, code=told.code, running=told.running)
    return TerminalRests(kind=told.kind)
