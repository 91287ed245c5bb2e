"""What all areas stand on: the database, the log of events, leases, and the jobs that outlive a process."""

from __future__ import annotations

from builder.base.db import Database
from builder.base.events import EventLog
from builder.base.http.rates import Rates
from builder.base.jobs import JobQueue
from builder.base.leases import Leases
from builder.composition.settings import Settings


class Base:
    def __init__(self, settings: Settings) -> None:
        self.db = Database(settings)
        self.events = EventLog(self.db)
        self.leases = Leases(self.db, settings.data_dir / "processes")
        self.jobs = JobQueue(self.db, self.leases)
        self.rates = Rates(settings.redis_url.get_secret_value())

    async def close(self) -> None:
        await self.rates.close()
        await self.leases.close()
        await self.db.close()
