"""A real SMTP server on this computer, which keeps what it is given."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import SecretStr


class PostOffice:
    """Takes what comes, after refusing the first `refusals`. `arrival` is told of each letter, in a thread of its own."""

    def __init__(self) -> None:
        self.refusals, self.unknown = 0, False
        self.taken: list[EmailMessage] = []
        self.senders: list[str | None] = []
        self.arrival = threading.Condition()

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]) -> str:
        if self.unknown:
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 4.3.0 try again later"
        message: Any = email.message_from_bytes(envelope.content, policy=email.policy.default)  # type: ignore[arg-type]
        with self.arrival:
            self.taken.append(message)
            self.senders.append(envelope.mail_from)
            self.arrival.notify_all()
        return "250 OK"

    async def arrived(self, count: int = 1) -> EmailMessage:
        async with asyncio.timeout(30):
            while len(self.taken) < count:  # noqa: ASYNC110 - the server has a thread of its own
                await asyncio.sleep(0.02)
        return self.taken[count - 1]


@contextmanager
def post_office(port: int = 0) -> Iterator[tuple[PostOffice, int]]:
    """It is open, and at which port."""
    handler, port = PostOffice(), port or free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def with_mail(port: int) -> dict[str, Any]:
    """The settings that have mail go there."""
    return {"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}"), "mail_from": "Sayso <sayso@example.org>"}
