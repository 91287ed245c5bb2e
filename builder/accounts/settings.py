"""What decides who may sign in, and how mail is sent."""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from builder.base.settings import LOOPBACK, AddressSettings, StorageSettings


class SignInSettings(AddressSettings, StorageSettings):
    """Signing in"""

    owner_password: SecretStr = Field(
        SecretStr(""),
        description="Password of the owner. Needed when HOST is not loopback, unless ACCOUNTS is on.",
    )
    accounts: Literal["off", "invite", "open"] = Field(
        "off",
        description="Whether people have accounts of their own: off, invite (who was invited registers), open (everybody does).",
    )
    owner_email: str = Field(
        "", description="E-mail address of the first account, which is made from OWNER_PASSWORD. Empty: asked for."
    )

    @model_validator(mode="after")
    def _password_unless_loopback(self) -> Self:
        if self.host not in LOOPBACK and not self.sign_in_required:
            raise ValueError(
                f"HOST={self.host} would open Sayso to the network. Set OWNER_PASSWORD as well, or leave HOST out."
            )
        return self

    @property
    def has_accounts(self) -> bool:
        return self.accounts != "off"

    @property
    def sign_in_required(self) -> bool:
        return self.has_accounts or bool(self.owner_password.get_secret_value())


class MailSettings(AddressSettings, StorageSettings):
    """Mail"""

    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="Server that sends mail, such as smtp://user:password@mail.example.org:587 or smtps://…:465.",
    )
    mail_from: str = Field("", description="Sender of Sayso's mail, such as Sayso <sayso@example.org>.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        url = self.smtp_url.get_secret_value()
        if not url:
            return self
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL has to look like smtp://user:password@mail.example.org:587.")
        if not self.mail_from:
            raise ValueError("SMTP_URL needs MAIL_FROM as well: the sender of Sayso's mail.")
        return self

    @property
    def sends_mail(self) -> bool:
        return bool(self.smtp_url.get_secret_value())
