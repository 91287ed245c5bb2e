from __future__ import annotations

import pytest

from builder.accounts import tries as counted
from builder.accounts.tries import PER_CLIENT, WINDOW_SECONDS, Tries, network


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


GUESSER = "198.51.100.1"


def test_after_five_wrong_tries_a_client_waits_and_others_do_not() -> None:
    clock = Clock()
    tries = Tries(clock)
    for _ in range(PER_CLIENT):
        assert tries.wait(GUESSER) == 0
        tries.failed(GUESSER)
    assert tries.wait(GUESSER) == WINDOW_SECONDS
    assert tries.wait("198.51.100.2") == 0
    clock.now += WINDOW_SECONDS
    assert tries.wait(GUESSER) == 0


def test_many_who_guess_lock_out_nobody_else() -> None:
    tries = Tries(Clock())
    for n in range(500):
        for _ in range(PER_CLIENT):
            tries.failed(f"198.51.{n // 250}.{n % 250}")
    assert tries.wait("192.0.2.7") == 0
    assert tries.wait("2001:db8::7") == 0


def test_the_right_password_forgets_the_wrong_ones() -> None:
    tries = Tries(Clock())
    for _ in range(PER_CLIENT):
        tries.failed(GUESSER)
    tries.passed(GUESSER)
    assert tries.wait(GUESSER) == 0


def test_each_password_has_a_count_of_its_own() -> None:
    tries = Tries(Clock())
    for _ in range(PER_CLIENT):
        tries.failed(GUESSER, "one link")
    assert tries.wait(GUESSER, "one link") > 0
    assert tries.wait(GUESSER, "another") == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", False),
        ("unknown", "x" * 60_000, True),
        ("192.0.2.1:4000", "", True),
    ],
)
def test_a_subscriber_is_one_however_many_addresses_it_has(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same
    assert len(network(one)) < 64


def test_memory_is_bounded_and_who_guesses_most_recently_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "MOST_CLIENTS", 100)
    clock = Clock()
    tries = Tries(clock)
    for turn in range(300):
        tries.failed(f"10.0.{turn // 250}.{turn % 250}")
        if turn % 60 == 0:
            tries.failed(GUESSER)
    assert tries.wait(GUESSER) > 0  # others by the hundred do not make it forgotten while it goes on
    assert len(tries) == 100
    clock.now += WINDOW_SECONDS
    tries.failed("10.9.9.9")
    assert len(tries) == 1  # what counts no more is not kept
