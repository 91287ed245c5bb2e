"""What decides who may sign in, and how mail is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

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

    breached_passwords: Path | None = Field(
        None,
        description="File of broken-into passwords, sorted by SHA-1, as Have I Been Pwned gives it away: none of them may be chosen.",
    )
    second_proof: Literal["off", "admins", "everybody"] = Field(
        "off",
        description="Who has to have a second proof, a passkey or the code of an app: off (who wants it), admins, everybody.",
    )

    google_client_id: str = Field("", description="With its secret, people sign in with Google. Needs ACCOUNTS.")
    google_client_secret: SecretStr = Field(SecretStr(""), description="Secret of that client.")
    google_issuer: str = Field(
        "https://accounts.google.com",
        description="The OpenID provider that is asked: Google, or another one that is asked in its place.",
    )
    github_client_id: str = Field("", description="With its secret, people sign in with GitHub. Needs ACCOUNTS.")
    github_client_secret: SecretStr = Field(SecretStr(""), description="Secret of that client.")
    github_url: str = Field("https://github.com", description="GitHub, or a GitHub Enterprise Server.")

    @field_validator("breached_passwords", mode="before")
    @classmethod
    def _there_to_look_at(cls, file: object) -> object:
        if file and not Path(str(file)).is_file():
            raise ValueError(f"BREACHED_PASSWORDS={file} is no file. Download it first, or leave it out.")
        return file or None

    @model_validator(mode="after")
    def _whole_providers(self) -> Self:
        for name, client, secret, url in (
            ("GOOGLE", self.google_client_id, self.google_client_secret, self.google_issuer),
            ("GITHUB", self.github_client_id, self.github_client_secret, self.github_url),
        ):
            if bool(client) != bool(secret.get_secret_value()):
                raise ValueError(f"{name}_CLIENT_ID and {name}_CLIENT_SECRET go together: set both, or neither.")
            if client and not self.has_accounts:
                raise ValueError(f"{name}_CLIENT_ID needs accounts: set ACCOUNTS=invite or ACCOUNTS=open as well.")
            parts = urlsplit(url)
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
                raise ValueError(f"The provider's address {url} has to begin with https://.")
        return self

    @model_validator(mode="after")
    def _password_unless_loopback(self) -> Self:
        if self.host not in LOOPBACK and not self.sign_in_required:
            raise ValueError(
                f"HOST={self.host} would open Sayso to the network. Set OWNER_PASSWORD as well, or leave HOST out."
            )
        return self

    def needs_second_proof(self, admin: bool) -> bool:
        """Whether a person has to have one."""
        return self.second_proof == "everybody" or (self.second_proof == "admins" and admin)

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
