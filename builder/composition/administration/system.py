"""What this installation is made of, how its parts are, and the settings in force, without any secret."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy import text

from builder import __version__
from builder.accounts.mail.outbox import Outbox
from builder.base.db import Database
from builder.base.settings import SettingsGroup
from builder.texts import said, t
from preview_runtime.phrases import Phrase

PartState = Literal["ok", "down", "off"]
_LIBRARIES: Final = ("reflex", "sqlalchemy", "fastapi", "pydantic", "uvicorn")


@dataclass(frozen=True, slots=True)
class PartSeen:
    """`says`: what is missing, or where it is; `ms`: how long it took to answer."""

    name: str
    state: PartState
    says: str = ""
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class SettingSeen:
    """`value`: as text; of a secret only whether there is one."""

    name: str
    value: str
    changed: bool


@dataclass(frozen=True, slots=True)
class SystemSeen:
    versions: dict[str, str]
    parts: list[PartSeen]
    settings: list[SettingSeen]


class SystemState:
    """The caller checks the right."""

    def __init__(self, db: Database, settings: SettingsGroup, why_no_engine: Callable[[], Phrase | None], outbox: Outbox) -> None:  # fmt: skip
        self._db, self._settings, self._why_no_engine, self._outbox = db, settings, why_no_engine, outbox

    async def read(self) -> SystemSeen:
        versions = {"sayso": __version__, "python": platform.python_version()}
        versions |= {name: version(name) for name in _LIBRARIES}
        why = self._why_no_engine()
        parts = [
            await self._database(),
            PartSeen("containers", "ok") if why is None else PartSeen("containers", "off", said(why)),
            await self._mail(),
        ]
        return SystemSeen(versions, parts, settings_in_force(self._settings))

    async def _mail(self) -> PartSeen:
        if not self._outbox.sends:
            return PartSeen("mail", "off", t("admin.mail_off"))
        if not (waiting := await self._outbox.waiting()):
            return PartSeen("mail", "ok")
        over = sum(letter.next_at is None for letter in waiting)
        said = t("admin.mail_waits", count=len(waiting), since=waiting[0].created_at[:16].replace("T", " "), over=over)
        return PartSeen("mail", "down", said)

    async def _database(self) -> PartSeen:
        began = time.perf_counter()
        async with self._db.reader() as session:
            await session.execute(text("SELECT 1"))
        kind = "SQLite" if self._db.is_sqlite else "PostgreSQL"
        return PartSeen("database", "ok", kind, round((time.perf_counter() - began) * 1000, 2))


def settings_in_force(settings: SettingsGroup) -> list[SettingSeen]:
    """Every setting by its name. Secrets, and addresses that hold a password, are never among the values."""
    found = []
    for name, field in sorted(type(settings).model_fields.items()):
        value = getattr(settings, name)
        default = field.get_default(call_default_factory=True, validated_data={})
        if isinstance(value, SecretStr):
            shown = t("admin.secret_set") if value.get_secret_value() else t("admin.secret_unset")
        else:
            shown = _without_password(str(value))
        found.append(SettingSeen(name.upper(), shown, value != default))
    return found


def _without_password(value: str) -> str:
    if "@" not in value or "://" not in value:
        return value
    parts = urlsplit(value)
    if not parts.hostname:
        return "…"
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"…@{parts.hostname}{port}", query="").geturl()
