"""What a person can set, and that it is written down where they look."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from builder.base.settings import ROOT, SettingsGroup
from builder.composition.settings import Settings


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type, call-arg]


GROUPS = [group for group in Settings.__mro__[1:] if group.__module__.startswith("builder.") and group.__annotations__]
WRITTEN = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__)
def test_every_setting_is_written_down_under_its_group(group: type[SettingsGroup]) -> None:
    section = WRITTEN.partition(f"\n## {group.__doc__}\n")[2].partition("\n## ")[0]
    lines = EXAMPLE.partition(f"\n# {group.__doc__}: ")[2].partition("\n\n")[0]
    own = [name for name in group.__annotations__ if name in Settings.model_fields]
    assert re.findall(r"^\| `([A-Z_]+)` \|", section, re.M) == [name.upper() for name in own]
    assert re.findall(r"^# ([A-Z_]+)=", lines, re.M) == [name.upper() for name in own]
    assert all(Settings.model_fields[name].description for name in own)


def test_the_readme_has_the_ten_that_matter_as_they_are_written_down() -> None:
    rows = re.findall(r"^\| `[A-Z_]+` \|.*$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) == 10
    assert set(rows) <= set(WRITTEN.splitlines())


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


def test_a_vault_s_files_stand_in_for_settings_and_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault, data = tmp_path / "vault", tmp_path / "data"
    vault.mkdir()
    (vault / "owner_password").write_text("from the vault\n")
    (vault / "tokens.key").write_bytes(b"a key")
    monkeypatch.setenv("OWNER_PASSWORD", "")  # as compose.yaml sets what nobody gave
    monkeypatch.setenv("SECRETS_DIR", str(vault))
    found = settings(data_dir=data)
    assert found.owner_password.get_secret_value() == "from the vault"
    assert "from the vault" in found.secrets
    assert (found.key_file("tokens.key"), found.key_file("mail.key")) == (vault / "tokens.key", data / "mail.key")
    with pytest.raises(ValidationError, match="is no folder"):
        settings(secrets_dir=tmp_path / "nowhere")
