"""Texts written to keep the search for secrets busy: it holds the whole server while it looks."""

from __future__ import annotations

import pytest

from builder.safety.sanitising.secrets import HIDDEN, without_secrets
from tests.pace import no_longer_than

SIZE = 100_000


@pytest.mark.parametrize(
    "piece", ["a", "token", "api-key", "eyJ", "sk-", "-----BEGIN PRIVATE KEY-----", "token=", 'token="a', "secret "]
)
def test_any_text_is_read_in_linear_time(piece: str) -> None:
    text = (piece * SIZE)[:SIZE]
    with no_longer_than(20):
        without_secrets("src/data.ts", text)


@pytest.mark.parametrize("piece", ["\n", " ", "A", "A=", "A=\n", "export "])
def test_any_environment_file_is_read_in_linear_time(piece: str) -> None:
    text = (piece * SIZE)[:SIZE]
    with no_longer_than(20):
        without_secrets(".env", text)


@pytest.mark.parametrize(
    "text",
    [
        'const myApiKey = "abcdefghijklmnop";',
        '{"client-secret-value" : "abcdefghijklmnop"}',
        "eyJabcdefghijkl.eyJabcdefghijkl.abcdefghijkl",
        "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_secrets_are_still_found(text: str) -> None:
    assert HIDDEN in without_secrets("src/data.ts", text)
