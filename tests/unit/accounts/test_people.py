"""What is decided about people without asking anybody: passwords, addresses, limits."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from builder.accounts.access import SCOPES, Action, allowed_by, within_scopes
from builder.accounts.actor import Actor, of_witness
from builder.accounts.people.limits import SignInLimits
from builder.accounts.people.new_passwords import check_new, is_breached
from builder.accounts.people.proofs import Caller
from builder.accounts.people.register import clean_email
from builder.base.errors import BadInput, Refused
from builder.base.http.rates import AskedTooOften


@pytest.mark.parametrize("password", ["Sunshine1", "PASSWORD1", "1234567", "        ", "x" * 201])
def test_short_long_and_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_new(password)
    assert refused.value.code == "weak_password"


@pytest.mark.parametrize("password", ["Sayso2026!", "ana.lima1990", "example-2026", "ANA-sayso-1", "lima lima"])
def test_one_s_own_name_and_that_of_the_place_are_no_password(password: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_new(password, "ana.lima@example.org", "ana-lima", "Ana Lima")
    assert refused.value.code == "weak_password"
    check_new("ana likes battery staples", "ana.lima@example.org", "ana-lima", "Ana Lima")


@pytest.mark.parametrize("password", ["correct horse battery", "pä ß ü € 日本", "x" * 200, "aaaaaaaa9q"])
def test_any_other_may_be_chosen(password: str) -> None:
    check_new(password)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" Ana@Example.ORG ", "ana@example.org"),
        ("ana@school.local", "ana@school.local"),
        ("É@exämple.org", "é@exämple.org"),
    ],
)
def test_an_address_is_kept_in_one_form(given: str, kept: str) -> None:
    assert clean_email(given) == kept


@pytest.mark.parametrize("given", ["", "ana", "a@b@c.org", "a b@c.org", "a@c.org\nBcc: x@y.org", "x" * 300 + "@c.org"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(BadInput):
        clean_email(given)


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("nowhere", ""), ("", "")],
)
def test_a_session_knows_the_network_and_not_the_address(address: str, network: str) -> None:
    assert Caller(address).network == network


def test_who_guesses_many_accounts_from_one_address_waits_and_right_passwords_do_not_count() -> None:
    limits = SignInLimits()
    for person in range(200):
        limits.try_password("192.0.2.1", f"{person}@example.org")
        limits.passed("192.0.2.1", f"{person}@example.org")
    for person in range(50):
        limits.try_password("192.0.2.1", f"{person}@example.org")
        limits.failed("192.0.2.1")
    with pytest.raises(AskedTooOften) as waits:
        limits.try_password("192.0.2.1", "another@example.org")
    assert 0 < int(str(waits.value.details["seconds"])) <= 60
    limits.try_password("192.0.2.2", "another@example.org")


def test_a_scope_allows_no_more_than_it_says() -> None:
    everything = frozenset[Action]().union(*SCOPES.values())
    assert everything == {*Action} - {Action.VISIT, Action.USE, Action.OVERSEE}
    for scope, actions in SCOPES.items():
        actor = Actor("ana", scopes=allowed_by([scope]))
        for action in Action:
            if action in actions | {Action.USE}:
                within_scopes(actor, action)
            else:
                with pytest.raises(Refused):
                    within_scopes(actor, action)
    assert allowed_by(["made-up"]) == {Action.USE}


def test_a_permission_that_ends_with_a_session_names_both() -> None:
    assert of_witness(Actor("ana", session="s").witness) == ("ana", "s")
    assert of_witness(Actor("ana").witness) == ("ana", "")


def test_a_list_of_broken_into_passwords_is_looked_into(tmp_path: Path) -> None:
    words = [f"word {number}" for number in range(500)]
    lines = sorted(f"{hashlib.sha1(word.encode()).hexdigest().upper()}:{len(word) ** 5}" for word in words)
    (tmp_path / "unix").write_bytes("\n".join(lines).encode())
    (tmp_path / "windows").write_bytes("".join(f"{line}\r\n" for line in lines).encode())
    (tmp_path / "empty").touch()
    for name in ("unix", "windows"):
        assert all(is_breached(word, tmp_path / name) for word in words)
        assert not any(is_breached(f"other {word}", tmp_path / name) for word in words)
    assert not is_breached(words[0], tmp_path / "empty")
