"""What a model gets of attached files, over each wire, and what the project gets: the real SDKs against local servers."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pydantic import SecretStr

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.base.errors import BadInput
from builder.base.leases import Leases
from builder.composition.settings import Settings
from builder.generation.asking import PromptOptions
from builder.generation.models import Models
from builder.generation.service import GenerationService
from builder.generation.spool import Spools
from builder.generation.tables import Generation
from builder.llm.language_models import LanguageModels
from builder.llm.providers import ANTHROPIC, OPENAI
from builder.llm.testing import chat_completions_api, messages_api, responses_api
from builder.projects.attachments.attachments import Attachments
from tests import attached
from tests.integration.conftest import Parts
from tests.integration.generation.test_models_responses import OwnService

APP = {
    "title": "Cities",
    "summary": "A list of cities.",
    "files": {"src/App.tsx": 'import cities from "./data/cities.csv?raw";\n'},
}
WIRES = ("messages", "responses", "chat")


@dataclass
class House:
    api: Any
    behaviour: Callable[..., Any]
    parts: Parts
    service: GenerationService
    attachments: Attachments
    spools: Spools

    async def attach(self, project: str, name: str, data: bytes) -> str:
        async def body() -> AsyncGenerator[bytes]:
            yield data

        return (await self.attachments.add(ME, project, name, body())).id

    async def ask(self, project: str, *attachments: str, prompt: str = "an app of cities") -> Generation:
        return await self.ended(
            await self.service.start(ME, project, prompt, options=PromptOptions(attachments=attachments))
        )

    async def ended(self, generation: Generation) -> Generation:
        async with asyncio.timeout(60):
            async for frame in self.parts.events.frames(generation.project, 0, self.spools):
                if "event: generation_finished" in frame:
                    row = await self.service.get(ME, generation.id)
                    if row.status != "running":
                        return row
        raise AssertionError("unreachable")

    def said(self) -> str:
        """All text of the last request."""
        return json.dumps(self.api.requests[-1], ensure_ascii=False)

    def pictures(self) -> list[bytes]:
        """The pictures of the last request, whatever the wire calls them."""
        return [base64.b64decode(data) for data in _data(self.api.requests[-1])]


def _data(part: Any) -> list[str]:
    match part:
        case {"type": "base64", "data": str(data)}:
            return [data]
        case {"type": "input_image", "image_url": str(address)} | {"image_url": {"url": str(address)}}:
            return [address.partition(";base64,")[2]]
        case dict():
            return [data for value in part.values() for data in _data(value)]
        case list():
            return [data for value in part for data in _data(value)]
    return []


@asynccontextmanager
async def house_of(wire: str, parts: Parts, settings: Settings, model: str = "") -> AsyncIterator[House]:
    api: Any
    behaviour: Callable[..., Any]
    if wire == "messages":
        api, behaviour = messages_api.MessagesApi(messages_api.MessagesBehaviour(APP)), messages_api.MessagesBehaviour
    elif wire == "responses":
        api, behaviour = (
            responses_api.ResponsesApi(responses_api.ResponseBehaviour(APP)),
            responses_api.ResponseBehaviour,
        )
    else:
        api, behaviour = (
            chat_completions_api.ChatCompletionsApi(chat_completions_api.ChatBehaviour(APP)),
            chat_completions_api.ChatBehaviour,
        )
    async with api.serve() as url:
        keys: dict[str, Any] = {
            "anthropic_api_key": SecretStr(messages_api.KEY), "anthropic_base_url": url,
            "openai_api_key": SecretStr(chat_completions_api.KEY), "openai_base_url": f"{url}/v1",
            "model": model or ("anthropic:claude-sonnet-5-5" if wire == "messages" else "openai:gpt-6.1-sol"),
        }  # fmt: skip
        kept = settings.model_copy(update=keys)
        openai = replace(OPENAI, wire=OwnService) if wire == "responses" else OPENAI
        models = Models(kept, LanguageModels(kept, providers={"anthropic": ANTHROPIC, "openai": openai}))
        spools, attachments = Spools(settings.data_dir / "spools"), Attachments(parts.db, settings)
        leases = Leases(parts.db, settings.data_dir / "processes")
        service = GenerationService(parts.store, parts.events, spools, kept, models, leases, attachments=attachments)
        yield House(api, behaviour, parts, service, attachments, spools)
        await service.close()
        await models.close()


@pytest.fixture(params=WIRES)
async def house(request: pytest.FixtureRequest, parts: Parts, settings: Settings) -> AsyncIterator[House]:
    async with house_of(request.param, parts, settings) as made:
        yield made


@pytest.fixture
async def claude(parts: Parts, settings: Settings) -> AsyncIterator[House]:
    async with house_of("messages", parts, settings) as made:
        yield made


async def test_pictures_texts_and_data_reach_the_model_and_data_becomes_a_file(house: House) -> None:
    project = (await house.parts.store.create(ME, "New app")).id
    ids = [
        await house.attach(project, "sketch.png", attached.picture()),
        await house.attach(project, "Cities.csv", attached.CSV),
        await house.attach(project, "brief.pdf", attached.pdf("Blue, please")),
    ]
    generation = await house.ask(project, *ids)
    assert (generation.status, generation.error) == ("done", None)
    (picture,) = house.pictures()
    assert picture.startswith(b"\x89PNG")
    said = house.said()
    assert "Build this app:" in said
    assert "Blue, please" in said
    assert "- people: integer, 193324 to 545796" in said
    assert 'file=\\"src/data/cities.csv\\"' in said
    # One version has the answer and the data; undone, both are gone.
    tree = await house.parts.store.head_tree(ME, project)
    assert dict(tree) == APP["files"] | {"src/data/cities.csv": attached.CSV.decode()}
    assert len(await house.parts.store.versions(ME, project)) == 1


async def test_data_is_in_the_project_even_if_the_answer_changes_nothing(claude: House) -> None:
    project = (await claude.parts.store.create(ME, "New app")).id
    await claude.ask(project)
    claude.api.then(claude.behaviour({"summary": "It has three cities."}))
    sent = await claude.attach(project, "more.json", attached.RECORDS)
    generation = await claude.ask(project, sent, prompt="what is in it?")
    assert (generation.status, generation.summary) == ("done", "It has three cities.")
    assert generation.version is not None
    assert (await claude.parts.store.head_tree(ME, project))["src/data/more.json"] == attached.RECORDS.decode()


async def test_a_later_request_is_told_what_was_attached_before(claude: House) -> None:
    project = (await claude.parts.store.create(ME, "New app")).id
    sent = [
        await claude.attach(project, "a.png", attached.picture()),
        await claude.attach(project, "c.csv", attached.CSV),
    ]
    await claude.ask(project, *sent)
    claude.api.then(claude.behaviour({"summary": "Done.", "files": {"src/b.ts": "b"}}))
    await claude.ask(project, prompt="bluer")
    assert "person: [attached: a.png, c.csv at src/data/c.csv] an app of cities" in claude.said()
    assert claude.pictures() == []


async def test_an_answer_that_is_no_app_makes_no_version_of_the_data_alone(claude: House) -> None:
    project = (await claude.parts.store.create(ME, "New app")).id
    claude.api.then(claude.behaviour({"summary": "I cannot do that."}))
    generation = await claude.ask(project, await claude.attach(project, "a.csv", attached.CSV))
    assert (generation.status, generation.version) == ("failed", None)
    assert await claude.parts.store.versions(ME, project) == []


async def test_another_try_takes_the_same_files_along(claude: House) -> None:
    project = (await claude.parts.store.create(ME, "New app")).id
    claude.api.then(claude.behaviour({"summary": "No."}), claude.behaviour(APP))
    ids = [
        await claude.attach(project, "cities.csv", attached.CSV),
        await claude.attach(project, "a.png", attached.picture()),
    ]
    failed = await claude.ask(project, *ids)
    again = await claude.ended(await claude.service.retry(ME, failed.id))
    assert again.status == "done"
    assert len(claude.pictures()) == 1
    assert "src/data/cities.csv" in await claude.parts.store.head_tree(ME, project)


async def test_an_answer_that_is_gone_on_with_sees_them_again(claude: House) -> None:
    project = (await claude.parts.store.create(ME, "New app")).id
    large = APP | {"files": {"a.ts": "const a = 1;\n" * 200, **APP["files"]}}
    claude.api.then(claude.behaviour(large, stop_after=900, stop_reason="max_tokens"), claude.behaviour(APP))
    await claude.ask(project, await claude.attach(project, "a.png", attached.picture()))
    assert "broke off" in claude.said()
    assert len(claude.pictures()) == 1


async def test_a_model_that_sees_no_pictures_is_not_asked(parts: Parts, settings: Settings) -> None:
    async with house_of("chat", parts, settings, "openai:gpt-oss-120b") as house:
        project = (await parts.store.create(ME, "New app")).id
        sketch = await house.attach(project, "sketch.png", attached.picture())
        with pytest.raises(BadInput) as caught:
            await house.service.start(ME, project, "an app", options=PromptOptions(attachments=(sketch,)))
        assert caught.value.message == (
            "gpt-oss-120b cannot see pictures. Choose another model, or remove “sketch.png”."
        )
        assert house.api.requests == []
        data = await house.attach(project, "cities.csv", attached.CSV)
        assert (await house.ask(project, data)).status == "done"


async def test_texts_share_a_budget_and_what_is_cut_is_said(claude: House) -> None:
    project = (await claude.parts.store.create(ME, "New app")).id
    ids = [await claude.attach(project, f"{n}.txt", f"text {n} ".encode() * 10_000) for n in range(4)]
    ids.append(await claude.attach(project, "short.txt", b"all of this"))
    await claude.ask(project, *ids)
    said = claude.said()
    assert "all of this" in said
    assert said.count("(only the first 24,99") == 4


async def test_a_secret_in_an_attached_text_does_not_leave(claude: House) -> None:
    project = (await claude.parts.store.create(ME, "New app")).id
    key = "sk-ant-" + "a1" * 20
    await claude.ask(project, await claude.attach(project, "notes.txt", f"my key is {key}".encode()))
    assert key not in claude.said()
    assert "[hidden]" in claude.said()


async def test_data_takes_no_other_file_s_place(claude: House) -> None:
    project = (await claude.parts.store.create(ME, "New app")).id
    await claude.ask(project, await claude.attach(project, "cities.csv", attached.CSV))
    claude.api.then(claude.behaviour({"summary": "Done.", "files": {"src/b.ts": "b"}}))
    same, other = attached.CSV, attached.CSV.replace(b"Braga", b"Faro ")
    await claude.ask(project, *[await claude.attach(project, "Cities.csv", data) for data in (same, other)])
    tree = await claude.parts.store.head_tree(ME, project)
    assert (tree["src/data/cities.csv"], tree["src/data/cities-2.csv"]) == (same.decode(), other.decode())
