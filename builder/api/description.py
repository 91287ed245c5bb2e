"""The OpenAPI document: FastAPI's description of the routes, every error they answer with, and the messages of streams
and sockets."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from pydantic import TypeAdapter

from builder.accounts.access import Action
from builder.api.previews.browser_servers import AskedFrame
from builder.api.previews.servers import LogLineView, MeasuredServer, ServerList
from builder.api.previews.terminals import TerminalFrame
from builder.api.project_events import PROJECT_EVENT, TextEvent
from builder.api.projects.paths import FileBody
from builder.api.requests.context import Declared
from builder.api.requests.errors import ErrorAnswer

_REF: Final = "#/components/schemas/{model}"
_PROJECT: Final = "/api/v1/projects/{project_id}"
_STREAM: Final = ("ProjectEvent", "TextEvent")
SOCKETS: Final = {
    f"{_PROJECT}/events/ws": _STREAM,
    f"{_PROJECT}/server/ws": ("MeasuredServer",),
    f"{_PROJECT}/server/logs/ws": ("LogLineView",),
    f"{_PROJECT}/terminals/{{terminal_id}}/ws": ("TerminalFrame",),
    f"{_PROJECT}/browser-server/ws": ("AskedFrame",),
    "/api/v1/servers/ws": ("ServerList",),
    "/api/v1/me/events/ws": ("UnreadCount",),
}
"""The messages that the server sends on each socket."""
_SAID: Final[dict[str, TypeAdapter[Any]]] = {
    "ErrorAnswer": TypeAdapter(ErrorAnswer),
    "FileBody": TypeAdapter(FileBody),
    "ProjectEvent": PROJECT_EVENT,
    "TextEvent": TypeAdapter(TextEvent),
    "MeasuredServer": TypeAdapter(MeasuredServer),
    "ServerList": TypeAdapter(ServerList),
    "LogLineView": TypeAdapter(LogLineView),
    "TerminalFrame": TypeAdapter(TerminalFrame),
    "AskedFrame": TypeAdapter(AskedFrame),
}


def add_description(app: FastAPI) -> None:
    """Have `app.openapi()` give the whole document. It is made on the first call."""
    plain, made = app.openapi, dict[str, Any]()

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(_described(plain(), app))
        return made

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def errors_of(route: RouteContext, operation: dict[str, Any], method: str) -> set[int]:
    """The error statuses (400 and above) that a call may have, by the action the route declares and the input it
    takes."""
    # Any route may refuse another site's page, lose the database, or fail.
    found = {403, 500, 503}
    action = next((one.call.action for one in route.dependant.dependencies if isinstance(one.call, Declared)), None)
    if action is not Action.VISIT:
        found |= {401, 429}  # more than a minute or an hour allows
    if "{" in (route.path or ""):
        found.add(404)
    if method != "get":
        found |= {409, 507}  # carried out before, or its object has changed; the disk is full
    if action is Action.RUN:
        found.add(409)  # nothing runs
    if "requestBody" in operation:
        found |= {400, 413, 422}
    if "parameters" in operation:
        found.add(422)
    return found | {int(status) for status in operation["responses"] if status.isdigit() and int(status) >= 400}


def _described(document: dict[str, Any], app: FastAPI) -> dict[str, Any]:
    for route, method in _operations(app):
        operation = document["paths"][route.path_format][method]
        for status in sorted(errors_of(route, operation, method)):
            error, own = {"$ref": _REF.format(model="ErrorAnswer")}, _own(operation["responses"].get(str(status), {}))
            operation["responses"][str(status)] = {
                "description": HTTPStatus(status).phrase,
                "content": {"application/json": {"schema": {"anyOf": [own, error]} if own else error}},
            }
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own error model
        schemas.pop(name, None)
    for name, adapter in _SAID.items():
        said = adapter.json_schema(ref_template=_REF, mode="serialization")
        schemas.update(said.pop("$defs", {}))
        schemas[name] = said
    stream = document["paths"][f"{_PROJECT}/events"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    stream["x-events"] = _refs(_STREAM)
    document["x-sockets"] = {path: _refs(names) for path, names in SOCKETS.items()}
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def _own(answer: dict[str, Any]) -> dict[str, Any] | None:
    """What a route itself says of an answer that is an error's; FastAPI's words for bad input are none of it."""
    schema: dict[str, Any] = answer.get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return schema if name not in ("", "ErrorAnswer", "HTTPValidationError") else None


def _operations(app: FastAPI) -> Iterator[tuple[RouteContext, str]]:
    for route in iter_route_contexts(app.routes):
        if getattr(route, "include_in_schema", False) and getattr(route, "dependant", None) and route.methods:
            for method in route.methods:
                yield route, method.lower()


def _refs(names: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"$ref": _REF.format(model=name)} for name in names]
