"""A provider that is overloaded is waited for in sight; who took over, and what it thought, stands at the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from builder.llm.testing.chat_completions_api import KEY, ChatBehaviour, ChatCompletionsApi
from builder.llm.testing.messages_api import MessagesBehaviour
from tests.browser.apps import COUNTER, draft
from tests.browser.claude import Claude
from tests.browser.conftest import Server
from tests.browser.provider import LocalProvider
from tests.browser.workbench import answer, finished, imported, open_project, photographed, say

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
GOATS = {"src/App.tsx": COUNTER["src/App.tsx"].replace("sheep", "goats")}
THOUGHT = "Goats are no sheep: the heading and the button have to change, the count may stay."


@pytest.fixture(scope="module")
def second() -> Iterator[LocalProvider[ChatBehaviour]]:
    behaviour = ChatBehaviour(draft(GOATS), thinking=THOUGHT, chunk=40)
    with LocalProvider(ChatCompletionsApi(behaviour, models=("gpt-5.6-sol",))) as provider:
        yield provider


@pytest.fixture(scope="module")
def line(make_server: Callable[..., Server], claude: Claude, second: LocalProvider[ChatBehaviour]) -> Server:
    return make_server(
        ANTHROPIC_API_KEY=claude.key,
        ANTHROPIC_BASE_URL=claude.address,
        OPENAI_API_KEY=KEY,
        OPENAI_BASE_URL=f"{second.address}/v1",
        MODEL_FALLBACKS="openai:gpt-5.6-sol",
    )


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_overloaded_model_is_waited_for_in_sight_and_another_takes_over(
    make_page: Callable[..., Page], claude: Claude, line: Server, size: dict[str, int], theme: str
) -> None:
    claude.answers(MessagesBehaviour(refuse=529, headers={"retry-after": "2"}))
    page = make_page(viewport=size, color_scheme=theme)
    open_project(page, line, imported(line))
    if size is PHONE:
        page.locator("nav.wb-bottom").get_by_role("button", name="Chat").click()
    page.locator(".wb-model").click()
    switch = page.get_by_role("menuitemcheckbox", name="Think first")
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    say(page, "count goats instead")
    expect(answer(page).get_by_role("status")).to_contain_text("Claude is overloaded. Trying again in")
    photographed(page, f"model waits {size['width']} {theme}")
    note = finished(page).locator(".wb-note")
    expect(note).to_have_text("Claude Sonnet 5.5 was overloaded: GPT-5.6 Sol took over.")
    expect(answer(page).locator(".wb-cost")).to_contain_text("GPT-5.6 Sol · ")
    thought = answer(page).get_by_text(THOUGHT)
    expect(thought).not_to_be_visible()
    answer(page).get_by_text("Thinking", exact=True).click()
    expect(thought).to_be_visible()
    photographed(page, f"model took over {size['width']} {theme}")
    page.reload()
    if size is PHONE:
        page.locator("nav.wb-bottom").get_by_role("button", name="Chat").click()
    expect(answer(page).locator(".wb-note")).to_have_text("Claude Sonnet 5.5 was overloaded: GPT-5.6 Sol took over.")
