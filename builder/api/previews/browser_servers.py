"""A project's Python app in the page that works on it: what the page is given, and the requests that it answers."""

from __future__ import annotations

import base64
import contextlib

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from builder.api.previews.servers import FaultView, fault_shape
from builder.api.requests.context import AppServices, MayRun
from preview_runtime.browser_servers import BrowserAnswered, BrowserAsked, BrowserServer
from preview_runtime.engines import EngineFailed
from preview_runtime.tasks import race

router = APIRouter(prefix="/projects/{project_id}/browser-server", tags=["preview"])
# The close code for a page whose place another one takes.
_TAKEN = 4001


class PythonStartView(BaseModel):
    """`module` and `variable` name the app object (`factory`: the function that makes it), imported in `folder`;
    `script` is run where there is none."""

    model_config = ConfigDict(from_attributes=True)
    folder: str
    module: str
    variable: str
    factory: bool
    script: str


class BrowserServerPlan(BaseModel):
    """`runtime` and `wheels` are paths at the preview's host. `fault`: why the app cannot run; the rest is empty then."""

    start: PythonStartView | None
    runtime: str
    wheels: list[str]
    fault: FaultView | None


class AskedFrame(BaseModel):
    """A request for the app. `body` is base64; `path` is decoded, `query` is not."""

    number: int
    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: str


class AnswerFrame(BaseModel):
    """What the app answered to the request of that number. `body` is base64."""

    number: int
    status: int
    headers: list[tuple[str, str]] = Field(max_length=200)
    body: Base64Bytes = b""


@router.post("")
async def plan_browser_server(services: AppServices, actor: MayRun, project_id: str) -> BrowserServerPlan:
    """How the working copy's Python app is run in a browser. Its packages are prepared first."""
    try:
        plan = await services.browser_python.plan(actor, project_id)
    except EngineFailed as failed:
        return BrowserServerPlan(start=None, runtime="", wheels=[], fault=fault_shape(failed.fault))
    return BrowserServerPlan(
        start=PythonStartView.model_validate(plan.start),
        runtime=f"/@deps/{plan.runtime}/",
        wheels=[f"/@deps/{wheel.digest}/{wheel.name}" for wheel in plan.wheels],
        fault=None,
    )


@router.websocket("/ws")
async def run_browser_server(websocket: WebSocket, services: AppServices, actor: MayRun, project_id: str) -> None:
    """While this is open the client answers the requests to the project's preview host: `AskedFrame` to it, `AnswerFrame`
    from it. The last one that opens this answers; the one before is closed with 4001."""

    async def give(number: int, asked: BrowserAsked) -> None:
        body = base64.b64encode(asked.body).decode()
        frame = AskedFrame(
            number=number, method=asked.method, path=asked.path, query=asked.query, headers=[*asked.headers], body=body
        )
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # it is gone: nobody answers, which is noticed
            await websocket.send_text(frame.model_dump_json())

    server = BrowserServer(give)
    route = await services.browser_python.route(actor, project_id, server)
    await websocket.accept()
    with services.browser_python.attached(project_id, route):
        _, left = await race(server.ended.wait(), _take(websocket, server), name="browser server")
    if left is None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(_TAKEN, "another page answers")
    elif not isinstance(left.exception(), WebSocketDisconnect):
        left.result()


async def _take(websocket: WebSocket, server: BrowserServer) -> None:
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        try:
            said = AnswerFrame.model_validate_json(message.get("text") or "")
        except ValidationError:
            continue  # the app is hostile, and its page may be too
        server.answer(said.number, BrowserAnswered(said.status, tuple(said.headers), said.body))
