"""What a provider is: where it sends people to, and whom it says that it had before it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Protocol

from builder.base.errors import SaysoError
from builder.texts import t


@dataclass(frozen=True, slots=True)
class ProvenPerson:
    """Whom a provider had before it. `subject` is the person's id there, and never changes; `email` is an address that the
    provider says is theirs, "" where it does not say so."""

    subject: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """The three texts of one sign-in, made of one secret of the browser that began it."""

    secret: str

    @property
    def state(self) -> str:
        """Comes back with the answer: the browser that began is the one that ends (RFC 6749, section 10.12)."""
        return self._made("state")

    @property
    def nonce(self) -> str:
        """Comes back within the ID token, so that none of another sign-in is taken (OpenID Connect Core, 3.1.2.1)."""
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        """Shows that who exchanges the code is who asked for it (RFC 7636)."""
        return self._made("verifier")

    def _made(self, use: str) -> str:
        made = hmac.digest(self.secret.encode(), use.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


class IdentityProvider(Protocol):
    """`name` stands in addresses and tables, `title` is what people read."""

    name: str
    title: str
    client_id: str

    async def address(self, redirect: str, attempt: Attempt) -> str:
        """Where a person goes to sign in there. Raises ProviderFault."""
        ...

    async def person(self, code: str, redirect: str, verifier: str, nonce: str) -> ProvenPerson:
        """Whom a code stands for; it works once. A `nonce` of "" is not compared. Raises ProviderFault."""
        ...

    def is_issuer(self, issuer: str) -> bool:
        """Whether an answer that names its issuer (RFC 9207) comes from here."""
        ...


class ProviderFault(SaysoError):
    """The provider did not answer, or what it answered proves nobody."""

    code = "provider"
    status = 502

    def __init__(self, title: str, detail: str, *, away: bool = False) -> None:
        said = t("people.provider_away", provider=title) if away else t("people.provider_unproven", provider=title)
        super().__init__(said, detail=detail, code="provider_away" if away else "unproven", status=502 if away else 401)
