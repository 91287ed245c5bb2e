"""With an OpenAI key alone: what a person can choose, and that it makes their app."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from builder.llm.testing.chat_completions_api import KEY, ChatBehaviour, ChatCompletionsApi
from tests.browser.apps import COUNTER, draft
from tests.browser.conftest import Errors, Server
from tests.browser.provider import LocalProvider
from tests.browser.test_generation import CLEAR
from tests.browser.workbench import files_of, finished, imported, painted, say


class OpenAI(LocalProvider[ChatBehaviour]):
    """Listens on loopback between enter and exit."""

    def __init__(self) -> None:
        super().__init__(ChatCompletionsApi(ChatBehaviour(refusal="Nothing was asked of me.")))


@pytest.fixture(scope="module")
def openai() -> Iterator[OpenAI]:
    with OpenAI() as openai:
        yield openai


@pytest.fixture(scope="module")
def openai_server(make_server: Callable[..., Server], openai: OpenAI) -> Server:
    return make_server(OPENAI_API_KEY=KEY, OPENAI_BASE_URL=f"{openai.address}/v1")


def test_openais_models_are_in_both_menus_and_the_chosen_one_makes_the_app(
    page: Page, errors: Errors, openai: OpenAI, openai_server: Server
) -> None:
    openai.answers(ChatBehaviour(draft(), chunk=200))
    page.goto(openai_server.url)
    menu = page.get_by_label("Model")
    expect(menu.locator("option")).to_have_text(["GPT-6.1 Sol", "GPT-6 Luna", "Offline demo"])
    expect(menu.locator("option:checked")).to_have_text("GPT-6.1 Sol")
    menu.select_option("GPT-6 Luna")
    page.get_by_label("Describe the app you want").fill(CLEAR)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*")
    project = page.url.rpartition("/")[2]
    expect(painted(page).get_by_role("heading", name="Counting sheep")).to_be_visible()
    expect(finished(page).locator(".wb-cost")).to_contain_text("GPT-6 Luna · ")
    expect(finished(page).locator(".wb-cost")).to_contain_text("$0.0")
    assert files_of(openai_server, project) == COUNTER
    assert openai.api.requests[-1]["model"] == "gpt-6-luna"
    page.get_by_role("button", name="Model: GPT-6 Luna").click()
    choices = page.get_by_role("menuitemradio")
    expect(choices).to_have_count(3)
    expect(choices.nth(0)).to_contain_text("GPT-6.1 Sol")
    expect(choices.nth(0)).to_contain_text("$2 in, $10 out per million tokens")
    page.keyboard.press("Escape")

    openai.answers(ChatBehaviour(refuse=429, error_type="insufficient_quota"))
    say(page, "count goats instead")
    expect(page.locator(".wb-note")).to_contain_text("The OpenAI account behind the key has no credit left.")
    expect(page.get_by_role("link", name="Add credit")).to_have_attribute(
        "href", "https://platform.openai.com/settings/organization/billing"
    )
    openai.answers(ChatBehaviour(refuse=401))
    say(page, "count cows instead")
    expect(page.locator(".wb-note").last).to_contain_text("did not accept the key in OPENAI_API_KEY")
    # No page can set this key: the way on is another model, with the request back in its box.
    expect(page.get_by_role("link", name="Set the key")).to_have_count(0)
    page.get_by_role("button", name="Choose another model").click()
    expect(page.get_by_role("menuitemradio")).to_have_count(3)


def test_an_openai_key_is_pasted_tested_replaced_and_removed_in_the_page(
    page: Page, errors: Errors, openai: OpenAI, make_server: Callable[..., Server]
) -> None:
    errors.allow("status of 422")  # the answer to a key that OpenAI refuses
    server = make_server(OPENAI_BASE_URL=f"{openai.address}/v1")
    project = imported(server)
    page.goto(server.url)
    page.get_by_role("button", name="Add a key").click()
    dialog = page.get_by_role("dialog", name="Keys")
    dialog.get_by_role("radio", name="OpenAI").check()
    expect(dialog.get_by_role("link", name="Get your OpenAI key")).to_have_attribute(
        "href", "https://platform.openai.com/api-keys"
    )
    field = dialog.get_by_label("OpenAI key", exact=True)
    expect(field).to_have_attribute("placeholder", "sk-…")
    field.fill("sk-wrong-key-that-is-long-enough")
    dialog.get_by_role("button", name="Test and keep").click()
    expect(dialog.get_by_role("alert")).to_contain_text("OpenAI did not accept the key")
    assert [key["set"] for key in server.get("/api/v1/keys")["keys"]] == [False, False, False]
    field.fill(f" {KEY}\n")  # as it is pasted
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text("The key works. OpenAI is chosen from now on.")
    expect(dialog.get_by_role("radio", name="OpenAI Key set")).to_be_checked()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Model").locator("option:checked")).to_have_text("GPT-6.1 Sol")
    expect(page.locator("p.offline")).to_be_empty()

    openai.answers(ChatBehaviour(refuse=401))
    page.goto(f"{server.url}/p/{project}")
    painted(page)
    say(page, "count goats instead")
    expect(page.locator(".wb-note")).to_contain_text("OpenAI did not accept the key. Check it, or paste another one.")
    openai.answers(ChatBehaviour(draft(), chunk=200))
    page.get_by_role("link", name="Set the key").click()
    expect(dialog.get_by_role("radio", name="OpenAI")).to_be_checked()
    expect(dialog).to_contain_text(f"A key ending in {KEY[-4:]} is kept on this server.")
    dialog.get_by_label("OpenAI key", exact=True).fill(KEY)
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Close").click()
    page.wait_for_url(f"**/p/{project}")
    painted(page)
    page.locator(".wb-generation").get_by_role("button", name="Retry").click()
    expect(finished(page).locator(".wb-cost")).to_contain_text("GPT-6.1 Sol · ")

    page.goto(server.url)
    page.get_by_role("button", name="Keys").click()
    dialog.get_by_role("radio", name="OpenAI").check()
    dialog.get_by_role("button", name="Remove the key").click()
    expect(page.get_by_label("Model").locator("option:checked")).to_have_text("Offline demo")
    expect(page.locator("p.offline")).to_contain_text("No key yet")
    server.stop()
