"""What decides who may sign in."""

from __future__ import annotations

from typing import Self

from pydantic import Field, SecretStr, model_validator

from builder.base.settings import LOOPBACK, AddressSettings, StorageSettings


class SignInSettings(AddressSettings, StorageSettings):
    """Signing in"""

    owner_password: SecretStr = Field(
        SecretStr(""), description="Password of the owner. Needed when HOST is not loopback."
    )

    @model_validator(mode="after")
    def _password_unless_loopback(self) -> Self:
        if self.host not in LOOPBACK and not self.sign_in_required:
            raise ValueError(
                f"HOST={self.host} would open Sayso to the network. Set OWNER_PASSWORD as well, or leave HOST out."
            )
        return self

    @property
    def sign_in_required(self) -> bool:
        return bool(self.owner_password.get_secret_value())
