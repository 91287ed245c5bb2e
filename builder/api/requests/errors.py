"""Every failure in one shape: `{"error": {"code", "message", "details"}}`."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, WebSocket
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocketState

from builder.accounts.open_connections import SIGNED_OUT
from builder.base.errors import Json, SaysoError, SignInNeeded
from builder.base.storage_faults import storage_fault
from builder.base.watching.about import about
from builder.texts import said, t
from preview_runtime.compiling.compiler import BuildFault
from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.file_tree import InvalidTree

log = logging.getLogger(__name__)
_CODES = {
    401: "sign_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_type",
}


class Failure(BaseModel):
    """`code` is stable; `message` is for the person; `details` hold what a program needs to react."""

    code: str
    message: str
    details: dict[str, Json]


class ErrorAnswer(BaseModel):
    """Every answer from 400 on."""

    error: Failure


class _AsciiJSON(JSONResponse):
    """ASCII JSON: an error may quote the request, which may hold half a surrogate pair, and UTF-8 cannot encode
    that."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode()


def error_response(status: int, code: str, message: str, details: Mapping[str, Json] | None = None) -> JSONResponse:
    shape = {"error": {"code": code, "message": message, "details": details or {}}}
    return _AsciiJSON(shape, status, headers={"Cache-Control": "no-store"})


def add_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(SaysoError, _refusal)  # type: ignore[arg-type]  # a websocket gets no response
    app.add_exception_handler(DBAPIError, _storage)  # type: ignore[arg-type]
    app.add_exception_handler(OSError, _storage)  # type: ignore[arg-type]
    app.add_exception_handler(InvalidTree, _invalid_tree)
    app.add_exception_handler(DependencyError, _dependency)
    app.add_exception_handler(BuildFault, _build)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(UnicodeEncodeError, _not_text)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _left)
    app.add_exception_handler(Exception, _unexpected)


async def _refusal(connection: Request | WebSocket, error: Exception) -> Response | None:
    if isinstance(connection, Request):
        return await _sayso(connection, error)
    assert isinstance(error, SaysoError)
    log.info("WS %s: %s (%s)", connection.url.path, error.code, error.detail)
    opened = connection.application_state is not WebSocketState.CONNECTING
    if opened or "websocket.http.response" not in connection.scope.get("extensions", {}):
        await connection.close(SIGNED_OUT if isinstance(error, SignInNeeded) else 4000 + error.status, error.code)
    else:
        await connection.send_denial_response(error_response(error.status, error.code, error.message, error.details))
    return None


async def _sayso(request: Request, error: Exception) -> Response:
    assert isinstance(error, SaysoError)
    if error.detail:
        level = logging.WARNING if error.status >= 500 else logging.INFO
        log.log(level, "%s %s: %s (%s)", request.method, request.url.path, error.code, error.detail)
    response = error_response(error.status, error.code, error.message, error.details)
    if error.status == 429 and isinstance(seconds := error.details.get("seconds"), int):
        response.headers["Retry-After"] = str(seconds)
    return response


async def _storage(connection: Request | WebSocket, error: Exception) -> Response | None:
    if fault := storage_fault(error):
        return await _refusal(connection, fault)
    if isinstance(connection, Request):
        return await _unexpected(connection, error)
    if isinstance(error, ConnectionError):
        return None  # whoever listened has gone
    raise error


async def _invalid_tree(_: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidTree)
    return error_response(422, error.code, said(error.says), {"path": error.path[:200]})


async def _dependency(request: Request, error: Exception) -> Response:
    assert isinstance(error, DependencyError)
    log.info("%s: packages: %s %s", request.url.path, error.code, error.detail)
    status = 503 if error.code in ("offline", "time_out", "install_failed") else 422
    details = {"package": error.package, "suggestion": error.suggestion}
    return error_response(status, error.code, said(error.says), details)


async def _build(request: Request, error: Exception) -> Response:
    assert isinstance(error, BuildFault)
    log.info("%s does not build: %s %s", request.url.path, error.code, error)
    details: dict[str, Json] = {
        "kind": error.kind,
        "code": error.code,
        "file": error.file,
        "line": error.line,
        "column": error.column,
    }
    if error.kind == "platform":
        return error_response(503, "not_built", said(error.says), details)
    place = f"{error.file}:{error.line}: " if error.file and error.line else ""
    return error_response(422, "not_built", t("share.not_built", reason=place + said(error.says)), details)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
    # The value itself is left out: it may be long, and it may be a secret.
    fields: list[Json] = [{"where": ".".join(map(str, e["loc"])), "problem": e["msg"]} for e in error.errors()[:20]]
    return error_response(422, "bad_input", t("api.invalid", where=where, problem=first["msg"]), {"fields": fields})


async def _not_text(request: Request, error: Exception) -> Response:
    # JSON may hold half a surrogate pair, which no file, database or answer can hold.
    log.info("%s %s: %r", request.method, request.url.path, error)
    return error_response(422, "bad_input", t("api.not_text"))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if not request.url.path.startswith("/api/"):
        return await http_exception_handler(request, error)
    code = _CODES.get(error.status_code, "refused")
    message = t("api.not_found") if error.status_code == 404 else str(error.detail)
    if error.status_code == 405:
        message = t("api.method", method=request.method)
    response = error_response(error.status_code, code, message)
    response.headers.update(error.headers or {})
    return response


async def _left(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it


async def _unexpected(request: Request, error: Exception) -> Response:
    reference = about().reference
    log.error("Reference %s: %s %s failed", reference, request.method, request.url.path, exc_info=error)
    return error_response(500, "internal", t("api.failed", reference=reference), {"reference": reference})
