"""What a person may type as a host that their app may reach."""

from __future__ import annotations

import pytest

from builder.base.errors import BadInput
from builder.previews.docker.hosts import clean_host


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("api.example.com", "api.example.com"),
        ("  API.Example.com. ", "api.example.com"),
        ("https://api.example.com/v1/things?x=1", "api.example.com"),
        ("http://api.example.com:80", "api.example.com"),
        ("api.example.com:443", "api.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("my_bucket.storage.example", "my_bucket.storage.example"),
    ],
)
def test_a_host_is_known_by_its_name(typed: str, host: str) -> None:
    assert clean_host(typed) == host


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            "localhost",
            "*.example.com",
            "10.0.0.1",
            "[::1]",
            "2130706433",
            "169.254.169.254",
            "api.example.com:8080",
        ),
        *(
            "a..b",
            "-a.example",
            "a b.example",
            "user@api.example.com",
            "x" * 64 + ".example",
            "a." * 130 + "b",
            "\x00.example",
        ),
    ],
)
def test_what_is_no_hosts_name_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        clean_host(typed)
    assert refused.value.message
