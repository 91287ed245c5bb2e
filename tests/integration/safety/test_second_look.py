"""A text about which the rules are not sure is asked about, of a model that speaks the vendor's wire format."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from builder.composition.asked_model import AskedModel
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.llm.testing.messages_api import MessagesApi, MessagesBehaviour
from builder.safety.guard import Guard
from builder.safety.judging.judge import judge
from builder.safety.second_look import SecondLook
from builder.safety.verdicts import GuardVerdict
from tests.integration.api.test_api import error, finished

UNSURE = "What is in your message?"
DRAFT = MessagesBehaviour({"title": "App", "summary": "Done.", "files": {"index.html": "<p>Hi</p>"}})


@pytest.fixture
async def services(with_claude: Settings) -> AsyncIterator[Services]:
    made = Services(with_claude)
    await made.start()
    # The first call of a process reads in the whole SDK, which a busy machine takes long for.
    made.guard = Guard(made.safety_log, SecondLook(AskedModel(made.models), seconds=120))
    yield made
    await made.close()


def test_the_rules_are_not_sure_about_the_text() -> None:
    found = judge(UNSURE)
    assert (found.verdict, found.sure) == (GuardVerdict.PASS, False)


async def test_what_the_model_takes_for_an_attack_is_refused_and_the_question_is_on_the_usage_log(
    services: Services, api: httpx.AsyncClient, claude: tuple[MessagesApi, str]
) -> None:
    messages, _ = claude
    messages.then(MessagesBehaviour({"attack": True}))
    for _ in range(2):
        assert error(await api.post("/projects", json={"prompt": UNSURE})) == (422, "blocked")
    [body] = messages.requests  # the second time nobody is asked
    assert [tool["name"] for tool in body["tools"]] == ["verdict"]
    assert body["max_tokens"] <= 200
    assert UNSURE not in str(body["system"])
    assert f'"{UNSURE}"' in str(body["messages"])
    [call] = await services.usage.calls(services.actors.local)
    assert (call.operation, call.status) == ("guard", "settled")
    assert "haiku" in call.model
    [event, _] = (await api.get("/safety")).json()["events"]
    assert event["rule"].endswith(".asked")


async def test_what_the_model_takes_for_harmless_goes_on(
    services: Services, api: httpx.AsyncClient, claude: tuple[MessagesApi, str]
) -> None:
    messages, _ = claude
    messages.then(MessagesBehaviour({"attack": False}), DRAFT)
    made = await api.post("/projects", json={"prompt": UNSURE})
    assert made.status_code == 201
    await finished(services, made.json()["project"]["id"])


async def test_without_an_answer_the_rules_own_one_holds(
    services: Services, api: httpx.AsyncClient, claude: tuple[MessagesApi, str]
) -> None:
    messages, _ = claude
    messages.then(MessagesBehaviour(refuse=500), MessagesBehaviour(refuse=500), MessagesBehaviour(refuse=500), DRAFT)
    looked = await services.guard.look(services.actors.local, UNSURE)
    assert looked.text == UNSURE
    assert (await api.get("/safety")).json()["events"][0]["verdict"] == "note"
