"""A further provider is a row, and a class where it speaks an API of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence

import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.errors import BadInput
from builder.base.leases import Leases
from builder.billing.usage_log import UsageLog
from builder.composition.settings import Settings
from builder.llm.conversation import errors
from builder.llm.conversation.events import AnswerEnded, ModelEvent, TextPiece, Usage
from builder.llm.conversation.messages import CallOptions, ModelMessage, TextPart, Tool, user_message
from builder.llm.conversation.model import Profile
from builder.llm.conversation.provider import Provider
from builder.llm.conversation.reply import gathered
from builder.llm.language_models import LanguageModels
from builder.llm.providers import PROVIDERS
from builder.llm.testing.chat_completions_api import KEY, ChatBehaviour, ChatCompletionsApi
from builder.llm.wires.chat_completions import ChatCompletionsClient
from tests.integration.conftest import Parts

OPTIONS = CallOptions("chat")
ASKED = [user_message("Hello")]


class Parrot:
    """A model that says what it was told."""

    profile = Profile()

    def __init__(self, name: str) -> None:
        self.name, self.label = f"parrot:{name}", name.capitalize()

    async def stream(
        self, messages: Sequence[ModelMessage], tools: Sequence[Tool], options: CallOptions
    ) -> AsyncGenerator[ModelEvent, None]:
        for part in messages[-1].parts:
            if isinstance(part, TextPart):
                yield TextPiece(part.text)
        yield Usage(1, 1)
        yield AnswerEnded("end")

    def cost(self, usage: Usage) -> float | None:
        return None


class ParrotClient:
    """The class of a provider with an API of its own: knows one key."""

    def __init__(self, provider: Provider, key: str, address: str) -> None:
        self._key = key

    def model(self, name: str) -> Parrot:
        return Parrot(name)

    async def names(self) -> list[str]:
        if self._key != "polly-wants-in":
            raise errors.BadKey("Parrot")
        return ["ara", "kea"]

    async def close(self) -> None:
        """Nothing is open."""


PARROT = Provider(
    "parrot", "Parrot", ParrotClient, usual="ara", key_page="https://parrot.example/keys", key_begins="polly-"
)


@pytest.fixture
def with_parrot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROVIDERS, "parrot", PARROT)


@pytest.mark.usefixtures("with_parrot")
async def test_one_row_gives_a_provider_its_key_its_models_and_its_place_in_the_menu(settings: Settings) -> None:
    from builder.api import create_api
    from builder.composition.services import Services

    services = Services(settings)
    await services.db.migrate()
    transport = httpx.ASGITransport(create_api(lambda: services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as api:
        wrong = await api.put("/keys/parrot", json={"key": "polly-stays-out"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "bad_key")
        assert (await api.put("/keys/parrot", json={"key": "polly-wants-in"})).json()["set"] is True
        keys = (await api.get("/keys")).json()["keys"]
        assert [key["provider"] for key in keys] == ["anthropic", "openai", "google", "parrot"]
        assert (keys[-1]["label"], keys[-1]["hint"], keys[-1]["key_begins"]) == ("Parrot", "s-in", "polly-")
        assert keys[-1]["key_page"] == keys[-1]["credit_page"] == "https://parrot.example/keys"
        menu = (await api.get("/models")).json()
        assert [entry["name"] for entry in menu["models"]] == ["parrot:ara", "parrot:kea", "starter:offline"]
        assert menu["default"] == "parrot:ara"
    model = await services.language_models.get(ME, "parrot:kea")
    assert (await gathered(model.stream(ASKED, [], OPTIONS))).text == "Hello"
    (call,) = await services.usage.calls(ME)
    assert (call.provider, call.model, call.status, call.cost_usd) == ("parrot", "kea", "settled", None)
    await services.close()


@pytest.fixture
async def compatible() -> AsyncIterator[tuple[ChatCompletionsApi, str]]:
    server = ChatCompletionsApi(ChatBehaviour("Hi"), models=("llama-9", "qwen-7"))
    async with server.serve() as url:
        yield server, f"{url}/v1"


async def test_a_server_that_speaks_like_openai_is_a_row_alone(
    parts: Parts, settings: Settings, compatible: tuple[ChatCompletionsApi, str]
) -> None:
    server, url = compatible
    row = Provider("llama", "Llama", ChatCompletionsClient, usual="llama-9", address=url)

    async def key(actor: object, provider: str) -> str:
        return KEY if provider == "llama" else ""

    models = LanguageModels(
        settings,
        key,
        UsageLog(parts.db, Leases(parts.db, settings.data_dir / "processes")),
        {**PROVIDERS, "llama": row},
    )
    assert [entry["name"] for entry in await models.menu(ME)] == ["llama:llama-9", "llama:qwen-7"]
    assert await models.default(ME) == "llama:llama-9"
    model = await models.get(ME, "llama:qwen-7")
    assert (model.name, model.label, model.profile.tools) == ("llama:qwen-7", "qwen-7", True)
    assert (await gathered(model.stream(ASKED, [], OPTIONS))).text == "Hi"
    assert server.requests[0]["model"] == "qwen-7"
    server.then(ChatBehaviour(refuse=500, headers={"retry-after": "60"}))
    with pytest.raises(errors.ProviderFailed, match="Llama had a fault"):
        await gathered(model.stream(ASKED, [], OPTIONS))
    with pytest.raises(errors.NoKey):
        await models.get(ME, "openai:gpt-6.1-sol")
    with pytest.raises(BadInput):
        await models.get(ME, "parrot:ara")
    await models.close()
