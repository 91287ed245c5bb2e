"""What administrators switch off for everybody: calls of models, and the whole of Sayso."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from builder.accounts.audit.chain import Deed, record
from builder.accounts.installation.tables import InstallationSwitch
from builder.base.db import Database

LOOK_SECONDS: Final = 2.0


class Switch(StrEnum):
    """NO_MODEL_CALLS: no new call of a model is made; those under way go on. MAINTENANCE: only administrators are let
    in."""

    NO_MODEL_CALLS = "no_model_calls"
    MAINTENANCE = "maintenance"


class Switches:
    """All switches of the database. Another process's are seen within two seconds."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._maintenance: tuple[float, InstallationSwitch | None] | None = None

    async def all(self) -> dict[Switch, InstallationSwitch | None]:
        async with self._db.reader() as session:
            return {one: await session.get(InstallationSwitch, one.value) for one in Switch}

    async def turn(self, switch: Switch, *, on: bool, by: str, note: str = "") -> None:
        """The caller checks the right."""
        async with self._db.session() as session:
            row = await session.get(InstallationSwitch, switch.value)
            if on:
                await session.merge(InstallationSwitch(name=switch.value, owner=by, note=note))
            elif row is not None:
                await session.delete(row)
            record(
                session, Deed("admin.switch", by, resource="switch", resource_id=switch, outcome="on" if on else "off")
            )
        self._maintenance = None

    async def maintenance(self) -> InstallationSwitch | None:
        """The row where only administrators are let in. Remembered for two seconds."""
        if self._maintenance is None or time.monotonic() - self._maintenance[0] > LOOK_SECONDS:
            async with self._db.reader() as session:
                row = await session.get(InstallationSwitch, Switch.MAINTENANCE.value)
            self._maintenance = time.monotonic(), row
        return self._maintenance[1]


async def model_calls_off(session: AsyncSession) -> bool:
    """Whether no new call of a model may be made."""
    return await session.get(InstallationSwitch, Switch.NO_MODEL_CALLS.value) is not None
