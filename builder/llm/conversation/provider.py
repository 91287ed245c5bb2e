"""The interface of a provider: its facts, and a client for its API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from pydantic import SecretStr

from builder.llm.conversation.model import Model, Profile
from builder.llm.conversation.settings import ModelSettings

MENU_SIZE: Final = 8
"""The most models of one provider in the menu."""


class Client(Protocol):
    """An authenticated connection to a provider. Cheap to make: it connects on first use."""

    def model(self, name: str) -> Model: ...

    async def names(self) -> list[str]:
        """The models that the key can use, newest first. Raises `ModelError`."""
        ...

    async def close(self) -> None: ...


async def _listed(client: Client) -> None:
    """Tests a key by listing the models it can use, which costs nothing."""
    await client.names()


def _as_listed(names: Sequence[str]) -> list[str]:
    return [*names[:MENU_SIZE]]


def _unchanged(name: str) -> str:
    return name


def _nothing_known(_: str) -> Profile:
    return Profile()


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider of models: a row of `builder.llm.providers`.

    `name` begins the names of its models ("anthropic:…") and ends the address of its key; `label` is what a person
    reads. `wire` makes the client that speaks its kind of API, at `address` ("": the SDK's own) unless the setting
    `address_setting` names another. `key_setting` is the setting with everybody's key; without one, keys come from the
    page alone. `key_page` is where a person gets a key, `key_begins` how one begins ("" where keys differ), `credit_page`
    where what it spends is paid for, "" for the same page. `usual` is the default model.

    `model_label`, `profile` and `menu` give the facts about its models, by name; `menu` selects from the models that a
    key can use, newest first. `try_key` raises `ModelError` for a key that does not work. `silence_seconds` is the
    longest wait between two pieces of an answer.
    """

    name: str
    label: str
    wire: Callable[[Provider, str, str], Client]
    usual: str
    key_page: str = ""
    key_begins: str = ""
    credit_page: str = ""
    key_setting: str = ""
    address: str = ""
    address_setting: str = ""
    model_label: Callable[[str], str] = _unchanged
    profile: Callable[[str], Profile] = _nothing_known
    menu: Callable[[Sequence[str]], list[str]] = _as_listed
    try_key: Callable[[Client], Awaitable[None]] = _listed
    silence_seconds: float = 120.0

    @property
    def told_setting(self) -> str:
        """The name of the setting that holds the key, as it is written in the environment; "" for none."""
        return self.key_setting.upper()

    def configured_key(self, settings: ModelSettings) -> str:
        """The key in the settings, "" for none."""
        key = getattr(settings, self.key_setting) if self.key_setting else ""
        return key.get_secret_value() if isinstance(key, SecretStr) else str(key)

    def client(self, settings: ModelSettings, key: str) -> Client:
        """A client with that key, at the address in the settings."""
        set_address = str(getattr(settings, self.address_setting)) if self.address_setting else ""
        # A pasted key is in no setting: it is corrected where it was pasted.
        row = self if key == self.configured_key(settings) else replace(self, key_setting="")
        return self.wire(row, key, set_address or self.address)
