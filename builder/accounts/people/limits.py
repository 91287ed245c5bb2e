"""How often somebody may try: who guesses waits, and nobody else does."""

from __future__ import annotations

import math
from typing import Final

from builder.accounts.tries import Tries
from builder.base.http.rates import AskedTooOften, RateState
from builder.base.watching.metrics import proof_refused
from builder.texts import t

_HOUR: Final = 3600.0


def too_often(seconds: float) -> AskedTooOften:
    wait = max(1, math.ceil(seconds))
    return AskedTooOften(t("sign_in.too_often", seconds=wait), RateState(1, 0, wait))


class SignInLimits:
    """Kept by each process. A try is counted before it is judged: of many sent at once, only the first few are."""

    def __init__(self) -> None:
        # Five wrong ones a minute for one account from one address, fifty from one address for all accounts together.
        self._pair, self._address = Tries(), Tries(most=50)
        self._codes = Tries(most=20, window=_HOUR)
        # A whole school comes from one address.
        self._registered, self._mailed = Tries(most=200, window=_HOUR), Tries(most=5, window=_HOUR)

    def try_password(self, client: str, email: str) -> None:
        """Raises AskedTooOften."""
        self._address_waits(client)
        if wait := self._pair.wait(client, email):
            raise too_often(wait)
        self._pair.failed(client, email)

    def try_proof(self, client: str) -> None:
        """A proof that nobody guesses, such as a passkey: only what was wrong counts. Raises AskedTooOften."""
        self._address_waits(client)

    def passed(self, client: str, email: str) -> None:
        """The password was right. Raises AskedTooOften where the address failed too often meanwhile: of many guesses sent at
        once, none beyond the limit is answered."""
        self._address_waits(client)
        self._pair.passed(client, email)

    def failed(self, client: str) -> None:
        """The password was wrong. Raises AskedTooOften, as `passed` does."""
        self._address_waits(client)
        self._address.failed(client)
        proof_refused("password")

    def try_code(self, account: str) -> None:
        """A code of an app, by somebody who knew the password: twenty an hour, wherever they come from. Raises
        AskedTooOften."""
        if wait := self._codes.wait("", account):
            raise too_often(wait)
        self._codes.failed("", account)

    def right_code(self, account: str) -> None:
        self._codes.passed("", account)

    def register(self, client: str) -> None:
        """Raises AskedTooOften."""
        if wait := self._registered.wait(client):
            raise too_often(wait)
        self._registered.failed(client)

    def mail(self, client: str, email: str) -> None:
        """A letter is asked for: five an hour from one address to one person. Raises AskedTooOften."""
        if wait := self._mailed.wait(client, email):
            raise too_often(wait)
        self._mailed.failed(client, email)

    def _address_waits(self, client: str) -> None:
        if wait := self._address.wait(client):
            raise too_often(wait)
