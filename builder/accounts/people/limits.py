"""How often somebody may try: who guesses waits, and nobody else does."""

from __future__ import annotations

from typing import Final

from builder.accounts.tries import Tries
from builder.base.http.rates import AskedTooOften, note
from builder.base.watching.metrics import proof_refused
from builder.texts import t

_HOUR: Final = 3600.0


def _wait(tries: Tries, client: str, what: str = "") -> None:
    """Raises AskedTooOften where another try has to wait; the answer says so, and for how long."""
    if tries.wait(client, what):
        state = tries.state(client, what)
        note(state)
        raise AskedTooOften(t("sign_in.too_often", seconds=state.resets_in), state)


def _count(tries: Tries, client: str, what: str = "") -> None:
    """One more, of which the answer says how many are left. Raises AskedTooOften."""
    _wait(tries, client, what)
    tries.failed(client, what)
    note(tries.state(client, what))


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
        _count(self._pair, client, email)

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
        _count(self._codes, "", account)

    def right_code(self, account: str) -> None:
        self._codes.passed("", account)

    def register(self, client: str) -> None:
        """Raises AskedTooOften."""
        _count(self._registered, client)

    def mail(self, client: str, email: str) -> None:
        """A letter is asked for: five an hour from one address to one person. Raises AskedTooOften."""
        _count(self._mailed, client, email)

    def _address_waits(self, client: str) -> None:
        _wait(self._address, client)
