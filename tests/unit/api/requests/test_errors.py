"""What a socket gets when its work fails: a reason it can read, or nothing where nobody listens any more."""

from __future__ import annotations

import errno

import pytest
from fastapi import FastAPI, WebSocket
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from builder.api.requests.errors import add_error_handlers


def failing(error: Exception) -> TestClient:
    app = FastAPI()
    add_error_handlers(app)

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        raise error

    return TestClient(app)


def test_a_full_disk_closes_a_socket_with_its_reason() -> None:
    with (
        failing(OSError(errno.ENOSPC, "no space")).websocket_connect("/socket") as socket,
        pytest.raises(WebSocketDisconnect) as ended,
    ):
        socket.receive_text()
    assert (ended.value.code, ended.value.reason) == (4507, "disk_full")


def test_a_socket_whose_browser_has_gone_is_no_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    with failing(ConnectionResetError()).websocket_connect("/socket"):
        pass
    assert caplog.messages == []


def test_any_other_failure_of_a_socket_is_told_as_itself() -> None:
    with pytest.raises(PermissionError), failing(PermissionError("no")).websocket_connect("/socket") as socket:
        socket.receive_text()
