from __future__ import annotations

import stat
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.accounts.secret_file import secret_file
from builder.base.errors import BadInput, Conflict, NotFound, SaysoError
from builder.base.ids import now
from builder.composition.settings import Settings
from builder.llm.conversation import errors
from builder.llm.conversation.provider import Provider
from builder.llm.credentials import Credentials, KeyState
from builder.llm.testing import chat_completions_api, generate_content_api, messages_api
from builder.llm.testing.chat_completions_api import ChatBehaviour, ChatCompletionsApi
from builder.llm.testing.generate_content_api import ContentBehaviour, GenerateContentApi
from builder.llm.testing.messages_api import MessagesApi, MessagesBehaviour
from tests.integration.conftest import Parts

KEY = "sk-ant-api03-secret-Wxyz"


class OneKey:
    """Accepts one key, as a provider does."""

    tried: list[str]

    def __init__(self) -> None:
        self.tried = []

    async def __call__(self, provider: Provider, key: str) -> None:
        self.tried.append(key)
        if key != KEY:
            raise SaysoError("Claude does not know this key.", code="bad_key", status=422)


async def test_a_key_is_tested_kept_encrypted_and_shown_by_its_end_only(parts: Parts, settings: Settings) -> None:
    keys = Credentials(parts.db, settings, OneKey())
    assert keys.state(ME) == KeyState(False, None, "")
    before = now()
    kept = await keys.put(ME, f"  {KEY}\n")
    assert kept == KeyState(True, "stored", "Wxyz", kept.since)
    assert kept.since is not None
    assert before <= kept.since <= now()
    assert keys.held(ME) == KEY
    assert keys.held(Actor("other")) == ""

    again = Credentials(parts.db, settings, OneKey())
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
    keys = Credentials(parts.db, settings, OneKey())
    await keys.put(ME, KEY)
    with pytest.raises(SaysoError, match="does not know"):
        await keys.put(ME, "sk-ant-wrong")
    assert keys.held(ME) == KEY
    test = OneKey()
    keys = Credentials(parts.db, settings, test)
    for malformed in ("", " ", "two words", "é" * 20, "x" * 501, "a\nb"):
        with pytest.raises(BadInput):
            await keys.put(ME, malformed)
    assert test.tried == []


async def test_a_key_can_be_taken_away(parts: Parts, settings: Settings) -> None:
    keys = Credentials(parts.db, settings, OneKey())
    await keys.put(ME, KEY)
    assert await keys.remove(ME) == KeyState(False, None, "")
    again = Credentials(parts.db, settings, OneKey())
    await again.load()
    assert again.held(ME) == ""


async def test_the_environments_key_comes_first_and_cannot_be_changed_from_a_page(
    parts: Parts, settings: Settings
) -> None:
    environment = settings.model_copy(update={"anthropic_api_key": SecretStr("sk-env-1234")})
    keys = Credentials(parts.db, environment, OneKey())
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
    await Credentials(parts.db, settings, OneKey()).put(ME, KEY)
    (settings.data_dir / "credentials.key").unlink()
    keys = Credentials(parts.db, settings, OneKey())
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
    services.credentials = Credentials(services.db, settings, OneKey())
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


async def test_each_provider_has_a_key_of_its_own(parts: Parts, settings: Settings) -> None:
    keys = Credentials(parts.db, settings, OneKey())
    await keys.put(ME, KEY, "openai")
    assert (keys.held(ME, "openai"), keys.held(ME, "anthropic")) == (KEY, "")
    assert [(provider.name, state.set) for provider, state in keys.states(ME)] == [
        ("anthropic", False),
        ("openai", True),
        ("google", False),
    ]
    again = Credentials(parts.db, settings, OneKey())
    await again.load()
    assert again.held(ME, "openai") == KEY
    assert not (await again.remove(ME, "openai")).set
    with pytest.raises(NotFound):
        keys.state(ME, "nobody")
    with pytest.raises(NotFound):
        await keys.put(ME, KEY, "nobody")


async def test_a_key_of_the_environment_names_its_own_setting(parts: Parts, settings: Settings) -> None:
    environment = settings.model_copy(update={"openai_api_key": SecretStr("sk-proj-1234")})
    with pytest.raises(Conflict, match="OPENAI_API_KEY"):
        await Credentials(parts.db, environment, OneKey()).put(ME, KEY, "openai")


async def test_a_key_is_tried_where_it_will_be_used_and_costs_nothing(parts: Parts, settings: Settings) -> None:
    claude, openai = MessagesApi(MessagesBehaviour()), ChatCompletionsApi(ChatBehaviour())
    google = GenerateContentApi(ContentBehaviour(), models=("gemini-3.8-flash",))
    async with claude.serve() as claude_url, openai.serve() as openai_url, google.serve() as google_url:
        at = {
            "anthropic_base_url": claude_url, "openai_base_url": f"{openai_url}/v1", "google_base_url": google_url,
        }  # fmt: skip
        keys = Credentials(parts.db, settings.model_copy(update=at))
        known = {"anthropic": messages_api.KEY, "openai": chat_completions_api.KEY, "google": generate_content_api.KEY}
        for provider, key in known.items():
            with pytest.raises(errors.BadKey, match="paste another one"):
                await keys.put(ME, "wrong-key", provider)
            assert (await keys.put(ME, key, provider)).hint == key[-4:]
        assert claude.requests == openai.requests == google.requests == []
        assert (claude.listed, openai.listed, google.listed) == (1, 1, 1)


async def test_the_api_has_every_providers_key_and_knows_no_others(settings: Settings) -> None:
    from builder.api import create_api
    from builder.composition.services import Services

    services = Services(settings)
    services.credentials = Credentials(services.db, settings, OneKey())
    await services.db.migrate()
    transport = httpx.ASGITransport(create_api(lambda: services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as api:
        assert (await api.put("/keys/openai", json={"key": KEY})).json()["hint"] == "Wxyz"
        listed = (await api.get("/keys")).json()["keys"]
        assert [(key["provider"], key["label"], key["set"]) for key in listed] == [
            ("anthropic", "Claude", False),
            ("openai", "OpenAI", True),
            ("google", "Gemini", False),
        ]
        assert all(key["key_page"].startswith("https://") for key in listed)
        assert KEY not in str(listed)
        unknown = await api.get("/keys/nobody")
        assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")
        assert (await api.delete("/keys/openai")).json()["set"] is False
    await services.close()
