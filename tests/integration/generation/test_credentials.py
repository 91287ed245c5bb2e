from __future__ import annotations

import stat
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.accounts.secret_file import secret_file
from builder.base.errors import BadInput, Conflict, SaysoError
from builder.base.ids import now
from builder.composition.settings import Settings
from builder.generation.credentials import Credentials, KeyState
from tests.integration.conftest import Parts

KEY = "sk-ant-api03-secret-Wxyz"


class Provider:
    """Accepts one key, as the real one does."""

    tried: list[str]

    def __init__(self) -> None:
        self.tried = []

    async def __call__(self, key: str) -> None:
        self.tried.append(key)
        if key != KEY:
            raise SaysoError("Claude does not know this key.", code="bad_key", status=422)


async def test_a_key_is_tested_kept_encrypted_and_shown_by_its_end_only(parts: Parts, settings: Settings) -> None:
    keys = Credentials(parts.db, settings, Provider())
    assert keys.state(ME) == KeyState(False, None, "")
    before = now()
    kept = await keys.put(ME, f"  {KEY}\n")
    assert kept == KeyState(True, "stored", "Wxyz", kept.since)
    assert kept.since is not None
    assert before <= kept.since <= now()
    assert keys.held(ME) == KEY
    assert keys.held(Actor("other")) == ""

    again = Credentials(parts.db, settings, Provider())
    await again.load()
    assert again.held(ME) == KEY
    assert again.state(ME) == kept
    changed = await again.put(ME, KEY)
    assert changed.since is not None
    assert changed.since > kept.since

    await parts.db.close()
    for path in settings.data_dir.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes()
    assert stat.S_IMODE((settings.data_dir / "credentials.key").stat().st_mode) == 0o600


async def test_a_key_that_does_not_work_is_not_kept_and_the_one_before_stays(parts: Parts, settings: Settings) -> None:
    keys = Credentials(parts.db, settings, Provider())
    await keys.put(ME, KEY)
    with pytest.raises(SaysoError, match="does not know"):
        await keys.put(ME, "sk-ant-wrong")
    assert keys.held(ME) == KEY
    provider = Provider()
    keys = Credentials(parts.db, settings, provider)
    for malformed in ("", " ", "two words", "é" * 20, "x" * 501, "a\nb"):
        with pytest.raises(BadInput):
            await keys.put(ME, malformed)
    assert provider.tried == []


async def test_a_key_can_be_taken_away(parts: Parts, settings: Settings) -> None:
    keys = Credentials(parts.db, settings, Provider())
    await keys.put(ME, KEY)
    assert await keys.remove(ME) == KeyState(False, None, "")
    again = Credentials(parts.db, settings, Provider())
    await again.load()
    assert again.held(ME) == ""


async def test_the_environments_key_comes_first_and_cannot_be_changed_from_a_page(
    parts: Parts, settings: Settings
) -> None:
    environment = settings.model_copy(update={"anthropic_api_key": SecretStr("sk-env-1234")})
    keys = Credentials(parts.db, environment, Provider())
    state = keys.state(ME)
    assert state == KeyState(True, "environment", "1234", state.since)
    assert state.since is not None
    assert state.since <= now()
    with pytest.raises(Conflict):
        await keys.put(ME, KEY)
    with pytest.raises(Conflict):
        await keys.remove(ME)


async def test_a_lost_key_file_means_no_key_and_no_crash(
    parts: Parts, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    await Credentials(parts.db, settings, Provider()).put(ME, KEY)
    (settings.data_dir / "credentials.key").unlink()
    keys = Credentials(parts.db, settings, Provider())
    await keys.load()
    assert keys.held(ME) == ""
    assert "cannot be read" in caplog.text
    assert (await keys.put(ME, KEY)).set


def test_two_who_need_a_secret_at_once_get_the_same(tmp_path: Path) -> None:
    path = tmp_path / "x" / "secret"
    assert secret_file(path, lambda: b"one") == secret_file(path, lambda: b"two") == b"one"
    assert [p.name for p in path.parent.iterdir()] == ["secret"]


async def test_the_api_never_gives_a_key_back(settings: Settings) -> None:
    from builder.api import create_api
    from builder.composition.services import Services

    services = Services(settings)
    services.credentials = Credentials(services.db, settings, Provider())
    await services.db.migrate()
    transport = httpx.ASGITransport(create_api(lambda: services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1/keys") as api:
        assert (await api.get("/anthropic")).json() == {"set": False, "source": None, "hint": "", "since": None}
        wrong = await api.put("/anthropic", json={"key": "sk-ant-wrong-key"})
        malformed = await api.put("/anthropic", json={"key": ["sk-ant-wrong-key"]})
        kept = await api.put("/anthropic", json={"key": KEY})
        assert [answer.status_code for answer in (wrong, malformed, kept)] == [422, 422, 200]
        state = kept.json()
        assert state == {"set": True, "source": "stored", "hint": "Wxyz", "since": state["since"]}
        shown = await api.get("/anthropic")
        for answer in (wrong, malformed, kept, shown):
            assert "sk-ant" not in answer.text
        assert (await api.delete("/anthropic")).json()["set"] is False
    await services.close()
