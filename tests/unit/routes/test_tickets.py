"""A ticket is for one person and one preview, for a minute, once."""

from __future__ import annotations

import pytest

from preview_runtime.routes.tickets import GRANT_SECONDS, TICKET_SECONDS, Grant, Tickets


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Key:
    value = b"k" * 32

    def __call__(self) -> bytes:
        return self.value


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def tickets(clock: Clock, key: Key) -> Tickets:
    return Tickets(key, clock)


def test_it_lets_its_person_in_once(tickets: Tickets) -> None:
    ticket = tickets.ticket("app", "ada")
    assert tickets.redeem(ticket, "app") == "ada"
    assert tickets.redeem(ticket, "app") is None


def test_it_is_for_one_preview(tickets: Tickets) -> None:
    ticket = tickets.ticket("app", "ada")
    assert tickets.redeem(ticket, "other") is None
    assert tickets.redeem(ticket, "app") == "ada"
    assert tickets.read(tickets.grant("app", "ada"), "other") is None


def test_it_ends(tickets: Tickets, clock: Clock) -> None:
    ticket, grant = tickets.ticket("app", "ada"), tickets.grant("app", "ada")
    ends = clock.now + GRANT_SECONDS
    clock.now += TICKET_SECONDS
    assert tickets.redeem(ticket, "app") is None
    assert tickets.read(grant, "app") == Grant("ada", old=False, ends=ends)
    clock.now += GRANT_SECONDS / 2
    assert tickets.read(grant, "app") == Grant("ada", old=True, ends=ends)
    clock.now += GRANT_SECONDS / 2
    assert tickets.read(grant, "app") is None


def test_a_ticket_is_no_grant_and_a_grant_no_ticket(tickets: Tickets) -> None:
    assert tickets.read(tickets.ticket("app", "ada"), "app") is None
    assert tickets.redeem(tickets.grant("app", "ada"), "app") is None


def test_another_key_ends_what_was_signed(tickets: Tickets, key: Key) -> None:
    grant = tickets.grant("app", "ada")
    key.value = b"another"
    assert tickets.read(grant, "app") is None


def test_nothing_of_it_can_be_changed(tickets: Tickets) -> None:
    grant = tickets.grant("app", "ada")
    for index in range(len(grant)):
        other = "A" if grant[index] != "A" else "B"
        changed = grant[:index] + other + grant[index + 1 :]
        assert tickets.read(changed, "app") is None


@pytest.mark.parametrize("nonsense", ["", ".", "a.b", "é.é", "." * 2000, "e30.AAAA"])
def test_nonsense_is_refused(tickets: Tickets, nonsense: str) -> None:
    assert tickets.redeem(nonsense, "app") is None
    assert tickets.read(nonsense, "app") is None


@pytest.mark.parametrize("person", ["owner", "Zoë", 'a"b', "x" * 64])
def test_any_name_survives(tickets: Tickets, person: str) -> None:
    assert tickets.redeem(tickets.ticket("app", person), "app") == person
