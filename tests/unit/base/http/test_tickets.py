from __future__ import annotations

import pytest

from builder.base.http.tickets import SECONDS, SocketTickets

SCOPE = {"headers": [(b"host", b"x"), (b"cookie", b"session=1"), (b"x-sayso-client", b"tests"), (b"accept", b"*/*")]}


class Clock:
    at = 100.0

    def __call__(self) -> float:
        return self.at


def test_a_ticket_stands_for_its_holder_once_and_at_one_socket() -> None:
    tickets = SocketTickets()
    ticket = tickets.issue(SCOPE, "/a/ws")
    assert tickets.redeem(ticket, "/a/ws") == [(b"cookie", b"session=1"), (b"x-sayso-client", b"tests")]
    assert tickets.redeem(ticket, "/a/ws") is None
    elsewhere = tickets.issue(SCOPE, "/a/ws")
    assert tickets.redeem(elsewhere, "/b/ws") is None
    assert tickets.redeem(elsewhere, "/a/ws") is None


@pytest.mark.parametrize(("waited", "good"), [(SECONDS - 1, True), (SECONDS, False)])
def test_a_ticket_is_good_for_a_minute(waited: float, good: bool) -> None:
    clock = Clock()
    tickets = SocketTickets(clock)
    ticket = tickets.issue(SCOPE, "/ws")
    clock.at += waited
    assert (tickets.redeem(ticket, "/ws") is not None) is good


def test_a_flood_of_tickets_takes_bounded_memory() -> None:
    tickets = SocketTickets()
    first = tickets.issue(SCOPE, "/ws")
    for _ in range(1_000):
        last = tickets.issue(SCOPE, "/ws")
    assert tickets.redeem(first, "/ws") is None
    assert tickets.redeem(last, "/ws")
