"""The commands about the audit chain, as somebody at the computer types them."""

from __future__ import annotations

import argparse
import json

import pytest
from sqlalchemy import delete
from sqlmodel import col

from builder import audit_command
from builder.accounts.audit.chain import Deed, record
from builder.accounts.audit.tables import AuditEntry
from builder.base.db import Database
from builder.composition.settings import Settings


async def test_the_chain_is_looked_at_and_written_out(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit_command, "get_settings", lambda: settings)

    async def run(which: str, *noted: str) -> tuple[int, str, str]:
        options = argparse.Namespace(which=which, noted=[*noted], form="ndjson", since="", until="")
        status = await audit_command.audit(options)
        said = capsys.readouterr()
        return status, said.out, said.err

    assert await run("verify") == (0, "The chain is whole: 0 lines. Note the next line elsewhere; with --noted it "
                                      "shows later that nothing was written anew.\n", "")  # fmt: skip
    db = Database(settings)
    async with db.session() as session:
        record(session, Deed("a"))
        record(session, Deed("b"))
    status, out, _ = await run("verify")
    noted = out.splitlines()[1]
    assert (status, noted[:2]) == (0, "2:")
    assert (await run("verify", noted))[0] == 0
    assert await run("verify", "2:0") == (1, "", "Line 2 is not the one that you noted.\n")
    assert (await run("verify", "second"))[0] == 2
    assert [json.loads(line)["action"] for line in (await run("export"))[1].splitlines()] == ["a", "b"]
    async with db.session() as session:
        await session.execute(delete(AuditEntry).where(col(AuditEntry.number) == 1))
    await db.close()
    assert await run("verify") == (1, "", "Lines before 2 are gone.\n")
