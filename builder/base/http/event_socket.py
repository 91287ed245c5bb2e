"""Guards Reflex's event socket, to which a signed-in client may send anything: an invalid packet ends the socket with
one line in the log.

Left to themselves, engineio and socketio log a traceback for each such packet, or stop in the middle of their work.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from engineio.packet import NOOP, Packet
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)
_PATH: Final = re.compile(r"/+_event(?:/|$)")
_NAMESPACE: Final = "/_event"  # as socketio names it: Reflex's `Endpoint.EVENT`
_LOGGERS: Final = ("reflex.app", "reflex_base.event.processor.event_processor")
_QUOTING: Final = re.compile(r"Error processing event queue entry|Received event from session|Received event data as")
_OURS: Final = str(Path(__file__).parents[2])


def only_packets(app: ASGIApp) -> ASGIApp:
    """`app`, whose event socket is disconnected when its client sends an invalid Engine.IO packet."""

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or not _PATH.match(scope["path"]):
            return await app(scope, receive, send)
        ended = False

        async def packets() -> Message:
            nonlocal ended
            message: Message = {"type": "websocket.disconnect", "code": 1007}
            if not ended:
                message = await receive()
            if message["type"] == "websocket.receive" and (problem := _problem(message)):
                ended = True
                _say(problem)
                return {"type": "websocket.disconnect", "code": 1007}
            return message

        await app(scope, packets, send)

    return checked


def guard(sio: Any) -> None:
    """Have `sio`, a socketio.AsyncServer, close the sockets whose messages raise an error in it or in its handlers."""
    engine, take = sio.eio, sio.eio.handlers["message"]

    async def taken(socket: str, data: Any) -> Any:
        try:
            return await take(socket, data)
        except Exception as error:
            _say(error)
            # In a background task: the disconnect waits until everything is sent, and sending waits for this handler.
            sio.start_background_task(engine.disconnect, socket)

    engine.handlers["message"] = taken
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_unquoted)


def handshake_of(sio: Any, socket: str) -> Scope | None:
    """The request that opened the socket, with what the guards around the pages put in its scope; None once the socket
    is closed."""
    environ = sio.get_environ(socket, namespace=_NAMESPACE)
    return environ["asgi.scope"] if environ else None


def of_a_stranger(error: BaseException) -> bool:
    """Whether an event failed before our own code ran: an unknown event, or one with the wrong arguments."""
    step: TracebackType | None = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.startswith(_OURS):
            return False
        step = step.tb_next
    return True


def _unquoted(record: logging.LogRecord) -> bool:
    """A filter that shortens records: Reflex quotes the whole event in them, and the request's headers with their
    cookies."""
    said = _QUOTING.match(record.getMessage())
    if said is None:
        return True
    error = record.exc_info[1] if record.exc_info else None
    record.msg, record.args = said[0] + (f" ({type(error).__name__})" if error else ""), ()
    record.exc_info = record.exc_text = None
    return not said[0].endswith("data as")  # the record of the error itself follows, or the event was handled


def _problem(message: Message) -> Exception | None:
    text = message.get("text")
    try:
        packet = Packet(encoded_packet=message.get("bytes") if text is None else text)
    except Exception as error:  # a decoder may raise anything
        return error
    return None if 0 <= packet.packet_type <= NOOP else ValueError("no such packet")


def _say(error: BaseException) -> None:
    # Only the error's type: its message may quote what the client sent.
    log.warning("A page's event socket sent what is no event (%s): it was ended", type(error).__name__)
