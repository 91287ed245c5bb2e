"""Which connection gives way when there are too many."""

from __future__ import annotations

import pytest

from builder.base.http.peers import Peers, network_of
from tests.pace import no_longer_than

HERE, THERE, PROXY = "192.0.2.1", "192.0.2.2", "192.0.2.9"


def peers(each: int = 3, total: int = 100) -> Peers[str]:
    return Peers(lambda: each, lambda: total, lambda address: address == PROXY)


def opened(among: Peers[str], address: str, *names: str) -> list[str | None]:
    return [among.enter(name, address) for name in names]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_a_client_is_an_address_or_a_network_of_one_household(address: str, network: str) -> None:
    assert network_of(address) == network


def test_the_one_silent_for_longest_gives_way_to_the_next_of_its_address() -> None:
    among = peers()
    assert opened(among, HERE, "a", "b", "c") == [None] * 3
    among.waits("a")  # it has just sent something
    assert opened(among, HERE, "d") == ["b"]
    assert opened(among, THERE, "e") == [None]
    assert len(among) == 4


def test_what_is_being_answered_does_not_give_way_to_its_own_address() -> None:
    among = peers()
    opened(among, HERE, "a", "b", "c")
    for one in "abc":
        among.works(one)
    assert opened(among, HERE, "d") == ["d"]
    assert len(among) == 3
    among.leave("a")
    assert opened(among, HERE, "e") == [None]


def test_whoever_has_most_gives_way_when_all_are_taken() -> None:
    among = peers(each=90)
    opened(among, HERE, *(f"h{n}" for n in range(80)))
    opened(among, THERE, *(f"t{n}" for n in range(20)))
    assert opened(among, "192.0.2.3", "new") == ["h0"]
    for n in range(1, 80):
        among.works(f"h{n}")
    assert opened(among, "192.0.2.4", "newer") == ["h1"]
    assert opened(among, HERE, "h80") == ["h80"]
    assert len(among) == 100


def test_a_proxy_is_bound_by_the_total_alone_and_never_loses_what_it_has_under_way() -> None:
    among = peers(each=3, total=10)
    assert opened(among, PROXY, *"abcdefghij") == [None] * 10
    for one in "bcdefghij":
        among.works(one)
    assert opened(among, PROXY, "k") == ["a"]
    among.works("k")
    assert opened(among, HERE, "x") == ["x"]


def test_many_addresses_cost_no_more_than_few() -> None:
    among = peers(each=512, total=30_000)
    with no_longer_than(100):  # about ten times; one look at all of them each time: an hour
        for n in range(60_000):
            among.enter(str(n), f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
    assert len(among) == 30_000


def test_a_client_that_has_left_is_forgotten() -> None:
    among = peers()
    opened(among, HERE, "a", "b")
    for one in ("a", "b", "b", "never"):
        among.leave(one)
    assert len(among) == 0
    assert opened(among, HERE, *"cde") == [None] * 3
