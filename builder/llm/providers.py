"""The table of providers. A new provider is a row here, and a module if its API is one of its own."""

from __future__ import annotations

from typing import Final

from builder.llm.conversation.provider import Provider
from builder.llm.wires.anthropic import AnthropicClient
from builder.llm.wires.claude import DEFAULT_CLAUDE, claude_label, claude_menu, claude_profile
from builder.llm.wires.gemini.generate_content import GeminiClient
from builder.llm.wires.gemini.models import DEFAULT_GEMINI, gemini_label, gemini_menu, gemini_profile
from builder.llm.wires.gpt import DEFAULT_OPENAI, openai_label, openai_menu, openai_profile
from builder.llm.wires.responses import OpenAIClient

ANTHROPIC: Final = Provider(
    name="anthropic",
    label="Claude",
    wire=AnthropicClient,
    usual=DEFAULT_CLAUDE,
    key_page="https://platform.claude.com/settings/keys",
    key_begins="sk-ant-",
    credit_page="https://platform.claude.com/settings/billing",
    key_setting="anthropic_api_key",
    address_setting="anthropic_base_url",
    model_label=claude_label,
    profile=claude_profile,
    menu=claude_menu,
    silence_seconds=120,  # the API sends a ping every few seconds
)
OPENAI: Final = Provider(
    name="openai",
    label="OpenAI",
    wire=OpenAIClient,
    usual=DEFAULT_OPENAI,
    key_page="https://platform.openai.com/api-keys",
    key_begins="sk-",
    credit_page="https://platform.openai.com/settings/organization/billing",
    key_setting="openai_api_key",
    address_setting="openai_base_url",
    model_label=openai_label,
    profile=openai_profile,
    menu=openai_menu,
    silence_seconds=300,  # no pings, and the model is silent while it reasons
)
GOOGLE: Final = Provider(
    name="google",
    label="Gemini",
    wire=GeminiClient,
    usual=DEFAULT_GEMINI,
    key_page="https://aistudio.google.com/apikey",
    key_begins="AIza",
    credit_page="https://aistudio.google.com/billing",
    key_setting="google_api_key",
    address_setting="google_base_url",
    model_label=gemini_label,
    profile=gemini_profile,
    menu=gemini_menu,
    silence_seconds=300,  # no pings, and the model is silent while it thinks
)
PROVIDERS: Final[dict[str, Provider]] = {row.name: row for row in (ANTHROPIC, OPENAI, GOOGLE)}
"""By name, in the order of the menu; the first provider with a key gives the default model."""
