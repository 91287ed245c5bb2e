"""The cookies of people with accounts: the session, and the text by which a browser is known again."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from starlette.datastructures import Headers

from builder.accounts.people.proofs import SESSION_TIME
from builder.accounts.settings import SignInSettings
from builder.texts.language import CHOICE

_SESSION_SECONDS: Final = int(SESSION_TIME / timedelta(seconds=1))
_DEVICE_SECONDS: Final = 365 * 24 * 3600
_ATTEMPT_SECONDS: Final = 600
# A session that is used is made longer once a day.
_OLD_SECONDS: Final = 24 * 3600.0


class AccountCookies:
    """`Set-Cookie` values. With https their names begin with `__Host-`: no other host can set them (RFC 6265bis)."""

    def __init__(self, settings: SignInSettings) -> None:
        self._secure = settings.url.startswith("https://")
        self.name = "__Host-sayso" if self._secure else "sayso_session"
        self.device_name = "__Host-sayso-device" if self._secure else "sayso_device"
        self.attempt_name = "__Host-sayso-attempt" if self._secure else "sayso_attempt"
        self.tie_name = "__Host-sayso-tie" if self._secure else "sayso_tie"

    def session(self, value: str) -> str:
        return self._header(self.name, value, _SESSION_SECONDS)

    def device(self, value: str) -> str:
        return self._header(self.device_name, value, _DEVICE_SECONDS)

    def clear(self) -> str:
        return self._header(self.name, "", 0)

    def attempt(self, value: str) -> str:
        """Of a sign-in that a provider answers; "" takes it away."""
        return self._header(self.attempt_name, value, _ATTEMPT_SECONDS if value else 0)

    def tie(self, value: str) -> str:
        """Of a provider's account that waits for one more sign-in; "" takes it away."""
        return self._header(self.tie_name, value, _ATTEMPT_SECONDS if value else 0)

    def language(self, value: str) -> str:
        """The language of the pages. Pages change it: it is no secret."""
        return f"{CHOICE}={value}; Path=/; Max-Age={_DEVICE_SECONDS}; SameSite=Lax"

    def first(self, headers: Headers, name: str) -> str:
        """The first value of a cookie, "" for none."""
        return next(iter(_values(headers, name)), "")

    def values(self, headers: Headers) -> list[str]:
        """Every value of the session cookie: on plain http another host below the same domain can set a second one."""
        return _values(headers, self.name)

    def device_of(self, headers: Headers) -> str:
        return self.first(headers, self.device_name)

    def is_old(self, seen: float) -> bool:
        """Whether the cookie of a session last used at `seen` (seconds since 1970) should be set anew."""
        return bool(seen) and time.time() - seen > _OLD_SECONDS

    def _header(self, name: str, value: str, max_age: int) -> str:
        # Lax, and what guards against other sites: see `builder.accounts.session_cookie`.
        secure = "; Secure" if self._secure else ""
        return f"{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}"


def _values(headers: Headers, wanted: str) -> list[str]:
    pairs = (pair.strip().partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
    return [value for name, _, value in pairs if name == wanted]
