"""What a person can set, and that it is written down where they look."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from builder.base.settings import ROOT, Settings


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type, call-arg]


@pytest.mark.parametrize("name", [field.upper() for field in Settings.model_fields])
def test_every_setting_is_in_the_readme_and_in_the_example(name: str) -> None:
    assert f"| `{name}` |" in (ROOT / "README.md").read_text()
    assert f"# {name}=" in (ROOT / ".env.example").read_text()
    assert Settings.model_fields[name.lower()].description


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_a_host_open_to_the_network_is_refused_without_a_password(host: str) -> None:
    with pytest.raises(ValidationError, match="Set OWNER_PASSWORD"):
        settings(host=host)
    assert settings(host=host, owner_password="long enough").sign_in_required


def test_on_loopback_nobody_signs_in() -> None:
    assert not settings(host="127.0.0.1").sign_in_required


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({"port": 8000}, "http://p-abc.preview.localhost:8000"),
        (
            {"public_url": "https://sayso.example.org", "preview_host": "apps.example.net"},
            "https://p-abc.apps.example.net",
        ),
        ({"public_url": "http://box.local:9000/"}, "http://p-abc.preview.localhost:9000"),
    ],
)
def test_a_preview_has_its_own_host_on_the_public_port(given: dict[str, object], origin: str) -> None:
    assert settings(**given).preview_origin("abc") == origin


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    shown = repr(
        settings(owner_password="hunter2hunter2", anthropic_api_key="sk-ant-secret", openai_api_key="sk-proj-secret")
    )
    assert "hunter2" not in shown
    assert "sk-ant-secret" not in shown
    assert "sk-proj-secret" not in shown


def test_the_data_directory_is_hidden_so_that_writing_to_it_reloads_nothing() -> None:
    assert settings().data_dir == Path(ROOT / ".data")
