"""What people prove themselves with: random texts, of which only digests are kept."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from builder.base.ids import now

SESSION_TIME: Final = timedelta(days=30)
"""How long a session lasts that nobody uses."""
MOST_TIME: Final = timedelta(days=365)
"""So old a session is not made longer."""
ACCESS_TIME: Final = timedelta(hours=1)
_AGENT: Final = 300


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a sign-in comes from: its network address, what its browser calls itself, the languages it asks for."""

    address: str = ""
    user_agent: str = ""
    languages: str = ""
    device: str = ""
    """The text by which we know the browser again, "" where it has none."""

    @property
    def network(self) -> str:
        """The address cut to its /24 or /48: enough to recognise a place, not a person."""
        try:
            address = ipaddress.ip_address(self.address)
        except ValueError:
            return ""
        bits = 24 if address.version == 4 else 48
        return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))

    @property
    def agent(self) -> str:
        return "".join(letter for letter in self.user_agent if letter.isprintable())[:_AGENT]


def random_text(prefix: str = "") -> str:
    """256 random bits, as text."""
    return prefix + secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """The form in which a random text is kept. It needs no salt: nobody guesses 256 bits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def later(time: timedelta) -> str:
    """The moment so long from now, as the tables have it."""
    return now(ago=-time)


def seconds_of(moment: str) -> float:
    """A moment of the tables in seconds since 1970."""
    return datetime.fromisoformat(moment).timestamp()
