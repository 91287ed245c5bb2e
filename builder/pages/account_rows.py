"""What the account page shows of sessions, tokens and links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from builder.accounts.mail.outbox import OpenLink
from builder.accounts.tables import PersonalToken, SignInSession
from builder.texts import t
from builder.texts.times import ago

# Each browser claims to be those below it as well.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass
class SessionRow:
    """`what`: the browser or program; `when`: where from, and when it was used last."""

    id: str
    what: str
    when: str
    current: bool


@dataclass
class TokenRow:
    id: str
    name: str
    what: str


@dataclass
class LinkRow:
    recipient: str
    what: str
    link: str


def session_row(row: SignInSession, current: str) -> SessionRow:
    what = _device(row.user_agent)
    when = t("account.session_when", address=row.address or "-", ago=since(row.last_seen_at))
    return SessionRow(row.id, what, when, row.id == current)


def token_row(row: PersonalToken) -> TokenRow:
    used = since(row.last_used_at) if row.last_used_at else t("account.never")
    ends = row.expires_at[:10] if row.expires_at else t("account.never_ends")
    scopes = ", ".join(row.scopes)
    return TokenRow(row.id, row.name, t("account.token_what", scopes=scopes, hint=row.hint, ends=ends, used=used))


def link_row(link: OpenLink) -> LinkRow:
    kinds = {
        "verify": t("account.link_verify"),
        "reset": t("account.link_reset"),
        "invite": t("account.link_invite"),
    }
    return LinkRow(link.recipient, kinds.get(link.kind, link.kind), link.link)


def _device(user_agent: str) -> str:
    """A browser and a system by their names, as far as what the browser calls itself has them; programs as they call
    themselves."""
    if not user_agent:
        return t("account.unknown_device")
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if browser and system:
        return t("account.device", browser=browser, system=system)
    return browser or user_agent[:80]


def since(moment: str) -> str:
    """How long ago a moment of the tables was, in words."""
    return ago(datetime.fromisoformat(moment), datetime.now(UTC))
