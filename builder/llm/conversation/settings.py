"""Which models there are, and with whose keys."""

from __future__ import annotations

from pydantic import Field, SecretStr

from builder.base.settings import StorageSettings


class ModelSettings(StorageSettings):
    """Models"""

    anthropic_api_key: SecretStr = Field(SecretStr(""), description="Claude key. Can be pasted in the page instead.")
    anthropic_base_url: str = Field("", description="Another address that speaks the Messages API, such as a gateway.")
    openai_api_key: SecretStr = Field(SecretStr(""), description="OpenAI key. Can be pasted in the page instead.")
    openai_base_url: str = Field(
        "",
        description="Another address that speaks OpenAI's chat completions, with its path, such as a gateway's /v1. Without it, models that chat completions give no tools are asked by OpenAI's Responses.",
    )
    google_api_key: SecretStr = Field(SecretStr(""), description="Gemini key. Can be pasted in the page instead.")
    google_base_url: str = Field(
        "", description="Another address that speaks Google's generateContent, without /v1beta, such as a gateway."
    )
    model: str = Field(
        "",
        description="Default model, such as anthropic:claude-sonnet-4-6. Empty: with a Claude key the newest Sonnet, else with an OpenAI key the newest Sol, else with a Gemini key the newest Flash, else the offline demo.",
    )
    model_fallbacks: str = Field(
        "",
        description="Models, separated by commas, that are asked in this order where the chosen one is overloaded, limited, silent or away before anything has arrived. Only those with a key.",
    )
    show_thinking: bool = Field(True, description="Whether what a model thinks is shown, folded.")
    max_output_tokens: int = Field(64_000, ge=1_000, description="Most tokens one answer may have.")
    look_by_tools: bool = Field(
        True,
        description="In a project too large to be shown whole, and when faults are mended, a model looks at the project by tools before it writes. Turn it off for models that do not call tools well.",
    )
    explore_cheaply: bool = Field(
        False,
        description="In a project too large to be shown whole, and when faults are mended, a cheaper model of the same provider looks for what the change needs before the chosen one writes.",
    )
    offline_speed: int = Field(6_000, ge=1, description="Characters per second at which the offline demo writes.")
