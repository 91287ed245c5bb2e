"""The tables of people, of what they prove themselves with, of their teams, and of mail to them.

Secrets (cookies, tokens, links) are kept as SHA-256 digests: who reads the tables can use none of them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, LargeBinary, String, Text
from sqlmodel import Field, SQLModel, col

from builder.base.ids import new_id, now
from builder.base.tables import of_project


def of_account(**options: Any) -> Any:
    """The column that ties a row to its account; the row goes with it."""
    return Field(sa_column=Column(String(64), ForeignKey("account.id", ondelete="CASCADE"), **options))


class Membership(SQLModel, table=True):
    """A person's role in a workspace that is not their own (`owner`): a `builder.accounts.access.MemberRole`."""

    __tablename__ = "membership"
    owner: str = Field(max_length=64, primary_key=True)
    person: str = Field(max_length=64, primary_key=True, index=True)
    role: str = Field(max_length=16)
    created_by: str = Field(max_length=64)
    created_at: str = Field(default_factory=now, max_length=27)


class Team(SQLModel, table=True):
    """A workspace that people share: its id is the `owner` of what is made in it. A person's own workspace has no row."""

    __tablename__ = "team"
    id: str = Field(default_factory=new_id, max_length=64, primary_key=True)
    name: str = Field(max_length=100)
    created_by: str = Field(max_length=64)
    created_at: str = Field(default_factory=now, max_length=27)
    updated_at: str = Field(default_factory=now, max_length=27)


class Collaborator(SQLModel, table=True):
    """A person's role in one project of a workspace: a `builder.accounts.access.MemberRole`, but not owner."""

    __tablename__ = "collaborator"
    project: str = of_project(primary_key=True)
    account: str = of_account(primary_key=True, index=True)
    role: str = Field(max_length=16)
    created_by: str = Field(max_length=64)
    created_at: str = Field(default_factory=now, max_length=27)


class Invitation(SQLModel, table=True):
    """A link that makes somebody a member of a `team`, or a collaborator of a `project`, once. `email`: whom it was sent
    to, and who alone can accept it; "" for a link that its maker hands on."""

    __tablename__ = "invitation"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    hash: str = Field(max_length=64, unique=True)
    team: str | None = Field(
        default=None, sa_column=Column(String(64), ForeignKey("team.id", ondelete="CASCADE"), nullable=True, index=True)
    )
    project: str | None = Field(
        default=None,
        sa_column=Column(String(16), ForeignKey("project.id", ondelete="CASCADE"), nullable=True, index=True),
    )
    email: str = Field(default="", max_length=255)
    role: str = Field(max_length=16)
    created_by: str = Field(max_length=64)
    created_at: str = Field(default_factory=now, max_length=27)
    expires_at: str = Field(max_length=27)
    over_at: str | None = Field(default=None, max_length=27, description="When it was accepted or declined.")


class Account(SQLModel, table=True):
    """A person. The id is that of their own workspace as well; the first account has the local owner's, `owner`.

    `role`: member or admin of this installation. `state`: active, suspended, deleted (it can be taken back for a while).
    """

    __tablename__ = "account"
    id: str = Field(default_factory=new_id, max_length=64, primary_key=True)
    email: str = Field(max_length=255, unique=True, description="Case-folded.")
    email_verified_at: str | None = Field(default=None, max_length=27)
    username: str = Field(max_length=30, unique=True)
    name: str = Field(default="", max_length=100)
    bio: str = Field(default="", sa_column=Column(Text, nullable=False))
    location: str = Field(default="", max_length=100)
    website: str = Field(default="", max_length=200)
    github: str = Field(default="", max_length=200)
    linkedin: str = Field(default="", max_length=200)
    locale: str = Field(default="en", max_length=16, description="The language of mail to them.")
    time_zone: str = Field(default="", max_length=64)
    password: str = Field(default="", max_length=200, description="See `builder.accounts.passwords`; no plain text.")
    role: str = Field(default="member", max_length=16)
    state: str = Field(default="active", max_length=16)
    created_at: str = Field(default_factory=now, max_length=27)
    updated_at: str = Field(default_factory=now, max_length=27)
    last_login_at: str | None = Field(default=None, max_length=27)
    last_active_at: str | None = Field(default=None, max_length=27)
    deleted_at: str | None = Field(default=None, max_length=27)


Index("ix_account_created", Account.created_at, Account.id)
Index("ix_account_active", col(Account.last_active_at), Account.id)
Index("ix_account_state", Account.state, Account.created_at, Account.id)


class Avatar(SQLModel, table=True):
    """A person's picture, 256 × 256 as WebP: drawn by us, whatever was sent."""

    __tablename__ = "avatar"
    account: str = of_account(nullable=False, primary_key=True)
    picture: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sha256: str = Field(max_length=64)


class SignInSession(SQLModel, table=True):
    """One sign-in, of a browser (`hash` is its cookie's digest) or of a program (`hash` is ""): it has refresh tokens."""

    __tablename__ = "sign_in_session"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    account: str = of_account(nullable=False, index=True)
    hash: str = Field(default="", max_length=64)
    method: str = Field(max_length=16, description="How they proved themselves, such as password.")
    created_at: str = Field(default_factory=now, max_length=27)
    last_seen_at: str = Field(default_factory=now, max_length=27)
    expires_at: str = Field(max_length=27)
    address: str = Field(default="", max_length=64, description="The network (/24 or /48) they signed in from.")
    user_agent: str = Field(default="", max_length=300)
    revoked_at: str | None = Field(default=None, max_length=27)
    proven_at: str | None = Field(
        default=None, max_length=27, description="When its person last said the password again."
    )


class RefreshToken(SQLModel, table=True):
    """A token that is exchanged for new ones, once: one that comes again was stolen, and its session ends."""

    __tablename__ = "refresh_token"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    session: str = Field(
        sa_column=Column(String(16), ForeignKey("sign_in_session.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    hash: str = Field(max_length=64, unique=True)
    used_at: str | None = Field(default=None, max_length=27)
    replaced_by: str | None = Field(default=None, max_length=16)
    expires_at: str = Field(max_length=27)


class OneTimeToken(SQLModel, table=True):
    """What a link in a mail proves, once (`kind` verify, reset, invite), that a browser is known (device), a
    password that was right a moment ago (step), or a code for whoever lost their app (recovery).
    Of what we signed and did not keep (provider, passkey) it notes that it was used."""

    __tablename__ = "one_time_token"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    kind: str = Field(max_length=16)
    hash: str = Field(max_length=64, unique=True)
    account: str | None = of_account(nullable=True, index=True)
    email: str = Field(default="", max_length=255, description="The address it was sent to.")
    created_at: str = Field(default_factory=now, max_length=27)
    expires_at: str = Field(max_length=27)
    used_at: str | None = Field(default=None, max_length=27)


class Identity(SQLModel, table=True):
    """An account of another provider with which somebody signs in."""

    __tablename__ = "identity"
    provider: str = Field(max_length=16, primary_key=True)
    subject: str = Field(max_length=255, primary_key=True)
    account: str = of_account(nullable=False, index=True)
    email: str = Field(max_length=255)
    created_at: str = Field(default_factory=now, max_length=27)


class Passkey(SQLModel, table=True):
    """A passkey (Web Authentication): its public key. `credential` is its own id, as base64url."""

    __tablename__ = "passkey"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    account: str = of_account(nullable=False, index=True)
    credential: str = Field(max_length=1400, unique=True)
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sign_count: int = 0
    name: str = Field(max_length=100)
    synced: bool = Field(default=False, description="Whether it is kept on several devices of the person.")
    created_at: str = Field(default_factory=now, max_length=27)
    last_used_at: str | None = Field(default=None, max_length=27)


class SecondFactor(SQLModel, table=True):
    """An app that shows codes (TOTP, RFC 6238). `secret` is encrypted; `last_step` is the step of the last code that was
    taken, so that none is taken twice."""

    __tablename__ = "second_factor"
    account: str = of_account(nullable=False, primary_key=True)
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    confirmed_at: str | None = Field(default=None, max_length=27)
    last_step: int = 0
    created_at: str = Field(default_factory=now, max_length=27)


class PersonalToken(SQLModel, table=True):
    """A token for a program of one person. `scopes`: names of `builder.accounts.access.SCOPES`."""

    __tablename__ = "personal_token"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    account: str = of_account(nullable=False, index=True)
    name: str = Field(max_length=100)
    hash: str = Field(max_length=64, unique=True)
    hint: str = Field(max_length=8, description="Its last four characters.")
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    created_at: str = Field(default_factory=now, max_length=27)
    expires_at: str | None = Field(default=None, max_length=27)
    last_used_at: str | None = Field(default=None, max_length=27)


class PartnerKey(SQLModel, table=True):
    """A key for programs of a team (`owner`). `scopes`: of `builder.accounts.access.KEY_SCOPES`. `prefix`: its first
    characters, which are shown. `per_minute`: how many requests it may send. `origins`: pages whose scripts may use it."""

    __tablename__ = "partner_key"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    owner: str = Field(max_length=64, index=True)
    created_by: str = Field(max_length=64)
    name: str = Field(max_length=100)
    hash: str = Field(max_length=64, unique=True)
    prefix: str = Field(max_length=32)
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    per_minute: int
    origins: list[str] = Field(sa_column=Column(JSON, nullable=False))
    created_at: str = Field(default_factory=now, max_length=27)
    expires_at: str | None = Field(default=None, max_length=27)
    last_used_at: str | None = Field(default=None, max_length=27)


class Mail(SQLModel, table=True):
    """A letter in the outbox. `content` is what fills it in, encrypted, as it may hold a link; b"" once it is sent."""

    __tablename__ = "mail"
    id: str = Field(default_factory=new_id, max_length=16, primary_key=True)
    account: str | None = of_account(nullable=True, index=True)
    recipient: str = Field(max_length=255)
    kind: str = Field(max_length=32)
    language: str = Field(max_length=16)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: str = Field(default_factory=now, max_length=27)
    expires_at: str | None = Field(default=None, max_length=27, description="When its link ends.")
    sent_at: str | None = Field(default=None, max_length=27)
