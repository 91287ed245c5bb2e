"""The audit chain: what is written, that nothing secret is, and that a line removed or changed shows."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any, Literal

import pyotp
import pytest
from sqlalchemy import delete, select, update
from sqlmodel import col

from builder.accounts.audit.chain import Deed, digest_of, record, trim, verify
from builder.accounts.audit.search import AuditLog, AuditQuery
from builder.accounts.audit.tables import AuditChain, AuditEntry
from builder.base.db import Database
from builder.base.ids import now
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import OWNER, OWNER_PASSWORD, PASSWORD, School, bearer, school


@pytest.fixture
async def db(shared: Settings) -> AsyncIterator[Database]:
    made = Database(shared)
    await made.migrate()
    yield made
    await made.close()


async def add(db: Database, *actions: str, **more: Any) -> None:
    for action in actions:
        async with db.session() as session:
            record(session, Deed(action, **more))


async def change(db: Database, statement: Any) -> None:
    """As somebody would who has the database in their hands."""
    async with db.session() as session:
        await session.execute(statement.execution_options(synchronize_session=False))


async def problems(db: Database, **noted: str) -> list[tuple[int, str]]:
    report = await verify(db, {int(number.lstrip("n")): digest for number, digest in noted.items()})
    return [(one.number, one.kind) for one in report.problems]


async def test_an_untouched_chain_is_whole(db: Database) -> None:
    assert (await verify(db)).problems == ()
    await add(db, "a", "b", "c", actor="ana", details={"count": 3, "scopes": ["run", "projects:read"], "none": None})
    report = await verify(db)
    assert (report.lines, report.first, report.last, report.problems) == (3, 1, 3, ())
    assert await problems(db, n3=report.digest) == []


@pytest.mark.parametrize(
    ("deed", "shown"),
    [
        (update(AuditEntry).where(col(AuditEntry.number) == 2).values(actor="eve"), [(2, "changed")]),
        (update(AuditEntry).where(col(AuditEntry.number) == 2).values(details={"count": 4}), [(2, "changed")]),
        (delete(AuditEntry).where(col(AuditEntry.number) == 2), [(3, "removed")]),
        (delete(AuditEntry).where(col(AuditEntry.number) == 1), [(2, "removed")]),
        (delete(AuditEntry).where(col(AuditEntry.number) == 3), [(3, "cut")]),
        (delete(AuditEntry), [(3, "cut")]),
    ],
    ids=["who", "details", "middle", "oldest", "newest", "all"],
)
async def test_a_line_removed_or_changed_shows(db: Database, deed: Any, shown: list[tuple[int, str]]) -> None:
    await add(db, "a", "b", "c", details={"count": 3})
    await change(db, deed)
    assert await problems(db) == shown


async def test_a_line_that_was_noted_elsewhere_shows_a_chain_written_anew(db: Database) -> None:
    await add(db, "a", "b", "c")
    noted = (await verify(db)).digest
    async with db.session() as session:
        rows = [*await session.scalars(select(AuditEntry).order_by(col(AuditEntry.number)))]
        rows[0].actor, before = "eve", ""
        for row in rows:
            row.previous = before
            before = row.digest = digest_of(row.model_dump())
        (await session.get_one(AuditChain, "audit")).last_digest = before
    assert await problems(db) == []
    assert await problems(db, n3=noted) == [(3, "other")]


async def test_what_is_rolled_back_is_not_written(db: Database) -> None:
    async def fails() -> None:
        async with db.session() as session:
            record(session, Deed("a"))
            raise KeyError

    with pytest.raises(KeyError):
        await fails()
    assert (await verify(db)).lines == 0


async def test_many_at_once_make_one_chain(db: Database) -> None:
    await asyncio.gather(*(add(db, "a", "b", actor=f"p{one}") for one in range(20)))
    report = await verify(db)
    assert (report.lines, report.last, report.problems) == (40, 40, ())


@pytest.mark.parametrize("value", ["ana@example.org", "two words", "x" * 65, ["run", "Rua das Flores, 7"]])
def test_details_hold_no_more_than_ids_and_names(value: str | list[str]) -> None:
    with pytest.raises(ValueError, match="more than an id"):
        Deed("a", details={"what": value})


async def test_old_lines_go_and_the_rest_can_still_be_checked(db: Database) -> None:
    await add(db, "a", "b", "c")
    await change(db, update(AuditEntry).where(col(AuditEntry.number) < 3).values(at=now(ago=timedelta(days=731))))
    assert await trim(db) == 2
    await add(db, "d")
    report = await verify(db)
    assert (report.lines, report.first, report.last, report.problems) == (2, 3, 4, ())
    await change(db, delete(AuditEntry).where(col(AuditEntry.number) == 3))
    assert await problems(db) == [(4, "removed")]


async def written(log: AuditLog, wanted: AuditQuery, form: Literal["csv", "ndjson"]) -> str:
    return "".join([piece async for piece in log.export(wanted, form)])


async def test_lines_are_found_and_written_out(db: Database) -> None:
    await add(db, "share.create", "share.revoke", "project.delete", actor="ana", team="ana", resource_id="one")
    await add(db, "shared", actor="bea", reason="=1+1")
    log = AuditLog(db)

    async def found(wanted: AuditQuery, before: int | None = None, limit: int = 10) -> list[int]:
        return [row.number for row in await log.page(wanted, before=before, limit=limit)]

    assert await found(AuditQuery()) == [4, 3, 2, 1]
    assert await found(AuditQuery(), limit=2) == [4, 3]
    assert await found(AuditQuery(), before=3) == [2, 1]
    assert await found(AuditQuery(actor="ana", action="share.")) == [2, 1]
    assert await found(AuditQuery(action="share.revoke", resource_id="one", team="ana")) == [2]
    assert await found(AuditQuery(since=now()[:10])) == [4, 3, 2, 1]
    assert await found(AuditQuery(until=now()[:10])) == []
    lines = [json.loads(line) for line in (await written(log, AuditQuery(), "ndjson")).splitlines()]
    assert [line["action"] for line in lines] == ["share.create", "share.revoke", "project.delete", "shared"]
    assert [digest_of(line) for line in lines] == [line["digest"] for line in lines]
    rows = [*csv.DictReader(io.StringIO(await written(log, AuditQuery(actor="bea"), "csv")))]
    assert [(row["number"], row["reason"]) for row in rows] == [("4", "'=1+1")]


async def lines_of(made: School) -> list[AuditEntry]:
    async with made.services.db.reader() as session:
        return [*await session.scalars(select(AuditEntry).order_by(col(AuditEntry.number)))]


async def told(made: School, do: Callable[[], Any]) -> list[tuple[str, str, str]]:
    """(action, outcome, via) of the lines that `do` adds."""
    before = len(await lines_of(made))
    await do()
    return [(line.action, line.outcome, line.via) for line in (await lines_of(made))[before:]]


async def test_what_people_do_with_their_accounts_and_projects_is_written_and_no_secret_is(shared: Settings) -> None:
    async with school(shared) as made:
        ana = await made.signed_up("ana@example.org")
        who = (await ana.get("/api/v1/me")).json()["account"]["id"]
        secrets = [OWNER_PASSWORD, PASSWORD, "example.org", "Ana", "Rua das Flores", "192.0.2", *ana.cookies.values()]

        async def wrong() -> None:
            for email in ("ana@example.org", "nobody@example.org"):
                body = {"email": email, "password": "guessed wrongly"}
                assert (await made.caller().post("/api/v1/auth/login", json=body)).status_code == 401

        assert await told(made, wrong) == [("sign_in", "wrong_password", "browser")] * 2

        async def token() -> None:
            given = {"name": "Rua das Flores", "scopes": ["projects:write", "share", "projects:manage"]}
            new = (await ana.post("/api/v1/me/tokens", json=given)).json()
            secrets.append(new["secret"])
            program = made.caller(**bearer(new["secret"]))
            project = (await program.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]["id"]
            assert (await program.delete(f"/api/v1/projects/{project}")).status_code == 200
            assert (await ana.delete(f"/api/v1/me/tokens/{new['token']['id']}")).status_code == 204

        assert await told(made, token) == [
            ("token.create", "done", "browser"), ("project.delete", "done", "token"), ("token.remove", "done", "browser"),
        ]  # fmt: skip

        async def codes() -> None:
            secret = (await ana.post("/api/v1/me/codes")).json()["secret"]
            secrets.append(secret)
            code = pyotp.TOTP(secret).now()
            secrets.extend((await ana.put("/api/v1/me/codes", json={"code": code})).json()["recovery_codes"])
            body = {"email": "ana@example.org", "password": PASSWORD, "code": "000000"}
            assert (await made.caller().post("/api/v1/auth/login", json=body)).status_code == 401
            await ana.request("DELETE", "/api/v1/me/codes", json={"password": PASSWORD})

        assert await told(made, codes) == [
            ("second_factor.on", "done", "browser"), ("sign_in", "wrong_code", "browser"),
            ("second_factor.off", "done", "browser"),
        ]  # fmt: skip

        async def stolen() -> None:
            pair = await made.program("ana@example.org")
            secrets.extend([pair["access_token"], pair["refresh_token"]])
            for status in (200, 401):
                body = {"refresh_token": pair["refresh_token"]}
                assert (await made.caller().post("/api/v1/auth/refresh", json=body)).status_code == status

        assert await told(made, stolen) == [("sign_in", "done", "browser"), ("refresh.reused", "ended", "browser")]

        async def ends() -> None:
            body = {"current": PASSWORD, "new": "another long one"}
            assert (await ana.put("/api/v1/auth/password", json=body)).status_code == 204
            await made.services.people.register.suspend(who, "owner", "a test")
            await made.services.people.register.resume(who, "owner")
            await made.services.people.register.set_role(who, "admin")
            await made.services.people.links.leave(who)

        assert [action for action, _, _ in await told(made, ends)] == [
            "password.change", "account.suspend", "account.resume", "account.role", "account.delete",
        ]  # fmt: skip
        lines = await lines_of(made)
        assert [line.action for line in lines[:3]] == ["account.create", "account.create", "sign_in"]
        assert {line.actor for line in lines} == {"", who, "owner"}
        everything = json.dumps([line.model_dump() for line in lines])
        assert [secret for secret in secrets if secret in everything] == []
        assert OWNER not in everything
        assert (await verify(made.services.db)).problems == ()
