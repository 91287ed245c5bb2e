"""The commands about the audit chain, for whoever is at the computer."""

from __future__ import annotations

import argparse
import sys

from builder.accounts.audit.chain import verify
from builder.accounts.audit.search import AuditLog, AuditQuery
from builder.base.db import Database
from builder.composition.settings import get_settings
from builder.texts import t


async def audit(options: argparse.Namespace) -> int:
    """Run one of them; returns the exit status, which is 1 for a chain that is not whole."""
    db = Database(get_settings())
    try:
        await db.migrate()
        return await (_verify(db, options.noted) if options.which == "verify" else _export(db, options))
    finally:
        await db.close()


async def _verify(db: Database, noted: list[str]) -> int:
    pairs = [one.partition(":") for one in noted]
    if not all(number.isdigit() and digest for number, _, digest in pairs):
        print(t("audit.noted"), file=sys.stderr)
        return 2
    report = await verify(db, {int(number): digest for number, _, digest in pairs})
    for problem in report.problems:
        print(t(f"audit.problem.{problem.kind}", number=str(problem.number)), file=sys.stderr)
    if report.problems:
        return 1
    print(t("audit.whole", count=report.lines))
    if report.last:
        print(f"{report.last}:{report.digest}")
    return 0


async def _export(db: Database, options: argparse.Namespace) -> int:
    wanted = AuditQuery(since=options.since, until=options.until)
    async for piece in AuditLog(db).export(wanted, options.form):
        sys.stdout.write(piece)
    return 0
