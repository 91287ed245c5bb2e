"""What may stand in the log and what may not: labelled lines, the server's own secrets, and any text in linear time."""

from __future__ import annotations

import pytest

from builder.base.watching.known_secrets import hold
from builder.safety.masking import masked
from tests.pace import no_longer_than
from tests.unit.safety.labelled import LOGGED

SECRET = [(text, secret) for text, secret in LOGGED if secret]
PLAIN = [text for text, secret in LOGGED if not secret]


def test_there_are_two_hundred_cases_of_both_kinds() -> None:
    assert len(SECRET) >= 120
    assert len(PLAIN) >= 80


@pytest.mark.parametrize(("text", "secret"), SECRET)
def test_a_secret_is_left_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in masked(text)
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize("text", PLAIN)
def test_what_tells_an_operator_something_stays(text: str) -> None:
    assert masked(text) == text


def test_what_the_server_holds_is_left_out_whatever_it_looks_like() -> None:
    hold("three plain words", "sh")
    assert masked("it said “three plain words” in a shell") == "it said “[hidden]” in a shell"


PIECES = [
    "a",
    "aB1",
    "token=",
    "password: '",
    "cookie: a=",
    "://a:",
    "a.b@",
    "eyJ",
    " -u a:",
    '\\"',
    "Bearer ",
    "?key=",
]


@pytest.mark.parametrize("piece", [*PIECES, "-----BEGIN PRIVATE KEY-----"])
def test_any_text_takes_linear_time(piece: str) -> None:
    with no_longer_than(20):
        masked((piece * 40_000)[:40_000])
