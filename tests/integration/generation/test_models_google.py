"""Gemini writes Drafts as JSON text, which streams: a function's arguments would come whole at the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from builder.generation.models.draft_writer import DraftWriter
from builder.generation.models.model import DraftEvent, Finished, JsonText, ModelRequest, ProseText, ThoughtText
from builder.llm.providers import GOOGLE
from builder.llm.testing.generate_content_api import KEY, ContentBehaviour, GenerateContentApi
from builder.llm.wires.gemini.generate_content import GeminiClient

APP = {"title": "List", "summary": "A list.", "files": {"index.html": "<h1>List</h1>\n" * 40}}
REQUEST = ModelRequest("first", "a list", system="You write apps.", user="a list")


@pytest.fixture
async def api() -> AsyncIterator[tuple[GenerateContentApi, DraftWriter]]:
    server = GenerateContentApi(ContentBehaviour(APP))
    async with server.serve() as url:
        client = GeminiClient(replace(GOOGLE, silence_seconds=5), KEY, url)
        yield server, DraftWriter(client.model("gemini-3.8-flash"))
        await client.close()


async def ask(writer: DraftWriter, request: ModelRequest = REQUEST) -> list[DraftEvent]:
    return [event async for event in writer.stream(request)]


def joined(events: list[DraftEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, JsonText))


async def test_the_draft_comes_as_text_in_pieces(api: tuple[GenerateContentApi, DraftWriter]) -> None:
    server, writer = api
    events = await ask(writer)
    assert json.loads(joined(events)) == APP
    assert len([event for event in events if isinstance(event, JsonText)]) > 10
    assert events[-1] == Finished("end", "STOP")
    asked = server.requests[-1]
    assert asked["generationConfig"]["responseMimeType"] == "application/json"
    assert "tools" not in asked
    assert '"files"' in asked["systemInstruction"]["parts"][0]["text"]


async def test_its_beginning_is_there_before_its_end(api: tuple[GenerateContentApi, DraftWriter]) -> None:
    server, writer = api
    release = asyncio.Event()
    server.then(ContentBehaviour(APP, hold_after=100, release=release))
    text = ""
    async with asyncio.timeout(5):
        async for event in writer.stream(REQUEST):
            if isinstance(event, JsonText):
                text += event.text
                if len(text) == 100:
                    release.set()
    assert json.loads(text) == APP


async def test_thinking_is_apart_and_can_be_kept_from_sight(api: tuple[GenerateContentApi, DraftWriter]) -> None:
    server, writer = api
    server.then(ContentBehaviour(APP, thinking="A heading.", signature="s"))
    events = await ask(writer, replace(REQUEST, thinking=True))
    assert "".join(event.text for event in events if isinstance(event, ThoughtText)) == "A heading."
    assert json.loads(joined(events)) == APP
    assert not [event for event in events if isinstance(event, ProseText)]
    assert server.requests[-1]["generationConfig"]["thinkingConfig"]["includeThoughts"] is True


@pytest.mark.parametrize(
    ("reason", "finished"), [("MAX_TOKENS", "max_tokens"), ("SAFETY", "refusal"), ("RECITATION", "refusal")]
)
async def test_an_answer_that_is_cut_off_says_why(
    api: tuple[GenerateContentApi, DraftWriter], reason: str, finished: str
) -> None:
    server, writer = api
    server.then(ContentBehaviour(APP, stop_after=60, finish_reason=reason))
    events = await ask(writer)
    assert joined(events) == json.dumps(APP)[:60]
    assert events[-1] == Finished(finished, reason)  # type: ignore[arg-type]
