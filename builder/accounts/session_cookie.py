"""The signed session cookie: it names the session and its end. The server stores nothing but the signing key."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from pathlib import Path
from typing import Final

from itsdangerous import BadSignature, Signer
from starlette.datastructures import Headers

from builder.accounts.open_connections import Session
from builder.accounts.secret_file import secret_file
from builder.accounts.settings import SignInSettings

MAX_AGE_SECONDS: Final = 30 * 24 * 3600


class SessionCookies:
    """Makes and checks the cookie. A changed password or `revoke_all` ends every session."""

    def __init__(self, settings: SignInSettings) -> None:
        self._password = settings.owner_password.get_secret_value().encode()
        self._secure = settings.url.startswith("https://")
        self._file: Path = settings.key_file("session.key")
        self._key = self._read_key()
        # `__Host-` makes browsers refuse the cookie from any other host or without Secure (RFC 6265bis 4.1.3.2).
        self.name = "__Host-sayso" if self._secure else "sayso_session"

    def _read_key(self) -> bytes:
        stored = secret_file(self._file, lambda: secrets.token_bytes(32))
        return hmac.digest(stored, self._password, hashlib.sha256)

    def _signer(self) -> Signer:
        # The key needs no stretching: it was derived from the password and from random bytes.
        return Signer(self._key, key_derivation="none", digest_method=hashlib.sha256)

    def issue(self) -> str:
        """The `Set-Cookie` value that begins a session at this moment."""
        payload = f"{int(time.time()) + MAX_AGE_SECONDS}.{secrets.token_urlsafe(12)}"
        return self._header(self._signer().sign(payload).decode(), MAX_AGE_SECONDS)

    def clear(self) -> str:
        """The `Set-Cookie` value that removes the cookie."""
        return self._header("", 0)

    def _header(self, value: str, max_age: int) -> str:
        # Lax, not Strict: a link to a project in a chat or a bookmark service must open it. The origin guard keeps
        # other origins from changing anything, previews (same-site with us) included.
        secure = "; Secure" if self._secure else ""
        return f"{self.name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}"

    def session(self, headers: Headers) -> Session | None:
        """The valid session in a request's cookies; None when there is none or it has ended.

        Every cookie of that name is checked. On plain http a page of another host below the same domain can set a
        second one; if only the first or the last were read, that page could sign the person out.
        """
        pairs = (pair.strip().partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
        found = (self._read(value) for name, _, value in pairs if name == self.name)
        return next((session for session in found if session is not None), None)

    def _read(self, value: str) -> Session | None:
        try:
            ends, _, name = self._signer().unsign(value).decode().partition(".")
        except BadSignature:
            return None
        return Session(name, int(ends)) if int(ends) > time.time() else None

    def revoke_all(self) -> None:
        """End every session: the key they were signed with is replaced.

        They end even when this raises OSError, but if the file could not be deleted, its old key is valid again after a
        restart.
        """
        self._key = secrets.token_bytes(32)
        self._file.unlink(missing_ok=True)
        self._key = self._read_key()
