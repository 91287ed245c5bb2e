"""Accounts, sessions and tokens as JSON."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from builder.accounts.people.access_tokens import ACCESS_SECONDS
from builder.accounts.people.entering import Entry
from builder.accounts.tables import Account, PersonalToken, SignInSession


class AccountView(BaseModel):
    """A person as they see themselves. `id` is that of their own workspace as well."""

    id: str
    email: str
    email_verified: bool
    username: str
    name: str
    bio: str
    location: str
    website: str
    github: str
    linkedin: str
    locale: str
    time_zone: str
    role: Literal["member", "admin"]
    has_password: bool
    created_at: str
    last_login_at: str | None


class Entered(BaseModel):
    """Who signed in. The tokens are null for a browser, which has a cookie instead."""

    account: AccountView
    access_token: str | None = None
    refresh_token: str | None = None
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - no secret
    expires_in: int = ACCESS_SECONDS


class SessionView(BaseModel):
    """`address`: the network it was begun from, cut to its /24 or /48; `current`: the one that asks."""

    id: str
    method: str
    created_at: str
    last_seen_at: str
    expires_at: str
    address: str
    user_agent: str
    current: bool


class TokenView(BaseModel):
    """`hint`: the token's last four characters."""

    id: str
    name: str
    scopes: list[str]
    hint: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None


def account_shape(account: Account) -> AccountView:
    return AccountView(
        id=account.id,
        email=account.email,
        email_verified=account.email_verified_at is not None,
        username=account.username,
        name=account.name,
        bio=account.bio,
        location=account.location,
        website=account.website,
        github=account.github,
        linkedin=account.linkedin,
        locale=account.locale,
        time_zone=account.time_zone,
        role="admin" if account.role == "admin" else "member",
        has_password=bool(account.password),
        created_at=account.created_at,
        last_login_at=account.last_login_at,
    )


def entered_shape(entry: Entry) -> Entered:
    pair = entry.tokens
    return Entered(
        account=account_shape(entry.account),
        access_token=pair.access if pair else None,
        refresh_token=pair.refresh if pair else None,
    )


def session_shape(row: SignInSession, current: str) -> SessionView:
    return SessionView(
        id=row.id,
        method=row.method,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        address=row.address,
        user_agent=row.user_agent,
        current=row.id == current,
    )


def token_shape(row: PersonalToken) -> TokenView:
    return TokenView(
        id=row.id,
        name=row.name,
        scopes=row.scopes,
        hint=row.hint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
