"""Programs of a team: what its keys open, where, from which pages, how often, and that they end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from builder.accounts.audit.tables import AuditEntry
from builder.accounts.tables import Membership, PartnerKey
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import School, bearer, school
from tests.integration.accounts.teams.club import API, Member, member

ALL = ["projects:read", "projects:write", "projects:manage", "run", "share"]
SHOP = "https://shop.example"


@pytest.fixture
async def either(shared: Settings) -> AsyncIterator[School]:
    """On SQLite and on PostgreSQL."""
    async with school(shared) as made:
        yield made


async def key_of(who: Member, team: str, **more: Any) -> dict[str, Any]:
    body = {"name": "shop", "scopes": ALL, **more}
    made: dict[str, Any] = await who.does("POST", f"/teams/{team}/keys", body, hears=201)
    return made


async def test_a_program_works_with_a_key_in_its_team_and_nowhere_else(either: School) -> None:
    ana, eve = await member(either, "ana"), await member(either, "eve")
    team, other = await ana.makes_team(), await ana.makes_team("Other")
    hers, elsewhere = await ana.makes_project("Hers"), await ana.makes_project("Elsewhere", other)
    theirs = await ana.makes_project("Theirs", team)
    made = await key_of(ana, team)
    program = either.caller(**bearer(made["secret"]))
    assert [one["title"] for one in (await program.get(f"{API}/projects")).json()["projects"]] == ["Theirs"]
    new = (await program.post(f"{API}/projects", json={"title": "Made"})).json()["project"]
    assert new["team"] == team
    written = await program.patch(f"{API}/projects/{theirs}/working", json={"put": {"b.txt": "from the shop"}})
    assert written.status_code == 200
    for project in (hers, elsewhere):
        assert (await program.get(f"{API}/projects/{project}")).status_code == 404
    for place in (other, f"key-{made['key']['id']}"):  # it has no place of its own either
        assert (await program.get(f"{API}/projects?team={place}")).status_code == 404
        assert (await program.post(f"{API}/projects?team={place}", json={"title": "x"})).status_code == 404
    assert (await program.get(f"{API}/teams/{team}")).json()["team"]["name"] == "Club"
    assert (await program.delete(f"{API}/projects/{new['id']}")).is_success
    await ana.does("PATCH", f"/projects/{elsewhere}", {"visibility": "public"})
    copied = await program.post(f"{API}/projects/{elsewhere}/duplicate")
    assert (copied.status_code, copied.json()["project"]["team"]) == (201, team)
    # It is nobody, and leads nobody.
    for method, path in (
        ("GET", "/me"), ("GET", "/teams"), ("POST", "/teams"), ("GET", "/me/notifications"), ("GET", "/keys"),
        ("GET", f"/teams/{team}/keys"), ("POST", f"/teams/{team}/keys"), ("GET", f"/teams/{team}/audit"),
        ("DELETE", f"/teams/{team}/members/{eve.id}"), ("GET", "/admin/users"),
    ):  # fmt: skip
        answer = await program.request(method, f"{API}{path}", json={"name": "x", "scopes": ALL})
        assert (answer.status_code, path) == (403, path)
    await eve.does("GET", f"/teams/{team}/keys", hears=404)
    async with either.services.db.reader() as session:
        saved = select(AuditEntry).where(col(AuditEntry.team) == team, col(AuditEntry.action) == "project.delete")
        by = [(row.actor, row.via) for row in await session.scalars(saved.order_by(col(AuditEntry.number)))]
    assert by[-1] == (f"key-{made['key']['id']}", "key")


async def test_a_key_of_one_s_own_place_does_not_reach_one_s_teams(either: School) -> None:
    ana = await member(either, "ana")
    team = await ana.makes_team()
    theirs, hers = await ana.makes_project("Theirs", team), await ana.makes_project("Hers")
    program = either.caller(**bearer((await key_of(ana, ana.id))["secret"]))
    assert [one["title"] for one in (await program.get(f"{API}/projects")).json()["projects"]] == ["Hers"]
    assert (await program.get(f"{API}/projects/{hers}")).status_code == 200
    assert (await program.get(f"{API}/projects/{theirs}")).status_code == 404
    assert (await program.get(f"{API}/projects?team={team}")).status_code == 404


async def test_a_key_does_what_its_scopes_say_and_its_maker_gives_no_more_than_they_may(either: School) -> None:
    ana = await member(either, "ana")
    team = await ana.makes_team()
    project = await ana.makes_project("Theirs", team)
    reader = either.caller(**bearer((await key_of(ana, team, scopes=["projects:read"]))["secret"]))
    assert (await reader.get(f"{API}/projects/{project}")).status_code == 200
    answer = await reader.patch(f"{API}/projects/{project}/working", json={"put": {"a.txt": "1"}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "scope")
    for scopes in (["admin"], [], ["everything"]):
        await ana.does("POST", f"/teams/{team}/keys", {"name": "x", "scopes": scopes}, hears=422)
    token = await ana.does("POST", "/me/tokens", {"name": "t", "scopes": ["admin"]}, hears=201)
    leads = either.caller(**bearer(token["secret"]))
    more = await leads.post(f"{API}/teams/{team}/keys", json={"name": "x", "scopes": ALL})
    assert (more.status_code, more.json()["error"]["code"]) == (403, "scope")
    less = await leads.post(f"{API}/teams/{team}/keys", json={"name": "x", "scopes": ["projects:read"]})
    assert less.status_code == 201
    unproven = await either.signed_up("new@example.org")
    own = (await unproven.get(f"{API}/me")).json()["account"]["id"]
    body = {"name": "x", "scopes": ["share"]}
    assert (await unproven.post(f"{API}/teams/{own}/keys", json=body)).json()["error"]["code"] == "unverified"


async def test_a_key_outlives_who_made_it_and_ends_when_it_is_removed_over_or_its_team_is(either: School) -> None:
    ana, kim = await member(either, "ana"), await member(either, "kim")
    team = await ana.makes_team()
    await kim.joins(ana, f"/teams/{team}/invitations", "admin")
    by_kim, over = await key_of(kim, team), await key_of(kim, team, name="old")
    await ana.does("DELETE", f"/teams/{team}/members/{kim.id}", hears=204)
    program = either.caller(**bearer(by_kim["secret"]))
    assert (await program.get(f"{API}/projects")).status_code == 200
    listed = await ana.browser.get(f"{API}/teams/{team}/keys")
    assert by_kim["secret"] not in listed.text
    assert {one["name"] for one in listed.json()["keys"]} == {"shop", "old"}
    assert all(by_kim["secret"].startswith(one["prefix"]) for one in listed.json()["keys"] if one["name"] == "shop")
    async with either.services.db.session() as session:
        ended = update(PartnerKey).where(col(PartnerKey.id) == over["key"]["id"])
        await session.execute(ended.values(expires_at="2020-01-01T00:00:00.000000Z"))
        assert by_kim["secret"] not in repr([row.model_dump() for row in await session.scalars(select(PartnerKey))])
    assert (await either.caller(**bearer(over["secret"])).get(f"{API}/projects")).status_code == 401
    await either.services.people.sessions.note_seen()
    (used,) = [one for one in (await ana.does("GET", f"/teams/{team}/keys"))["keys"] if one["name"] == "shop"]
    assert used["last_used_at"] is not None
    await ana.does("DELETE", f"/teams/{team}/keys/{used['id']}", hears=204)
    assert (await program.get(f"{API}/projects")).status_code == 401
    last = await key_of(ana, team, days=None)
    other = await ana.makes_team("Other")
    await ana.does("DELETE", f"/teams/{other}/keys/{last['key']['id']}", hears=404)
    await ana.does("DELETE", f"/teams/{team}", hears=204)
    async with either.services.db.reader() as session:
        assert [*await session.scalars(select(PartnerKey))] == []
        assert [*await session.scalars(select(Membership).where(col(Membership.owner) == team))] == []
    assert (await either.caller(**bearer(last["secret"])).get(f"{API}/projects")).status_code == 401


async def test_a_changed_key_is_what_it_was_changed_to_at_once(either: School) -> None:
    ana = await member(either, "ana")
    team = await ana.makes_team()
    made = await key_of(ana, team)
    program = either.caller(**bearer(made["secret"]))
    assert (await program.post(f"{API}/projects", json={"title": "x"})).status_code == 201
    changed = {"scopes": ["projects:read"], "name": "only reads", "per_minute": 3}
    shown = await ana.does("PATCH", f"/teams/{team}/keys/{made['key']['id']}", changed)
    assert (shown["name"], shown["scopes"], shown["per_minute"]) == ("only reads", ["projects:read"], 3)
    assert (await program.post(f"{API}/projects", json={"title": "x"})).status_code == 403


async def test_a_key_has_a_rate_of_its_own(either: School) -> None:
    ana = await member(either, "ana")
    team = await ana.makes_team()
    slow = either.caller(**bearer((await key_of(ana, team, per_minute=2))["secret"]))
    other = either.caller(**bearer((await key_of(ana, team))["secret"]))
    told = [await slow.get(f"{API}/projects") for _ in range(3)]
    assert [one.status_code for one in told] == [200, 200, 429]
    assert [one.headers["RateLimit-Remaining"] for one in told] == ["1", "0", "0"]
    assert 0 < int(told[2].headers["Retry-After"]) <= 60
    assert (await other.get(f"{API}/projects")).headers["RateLimit-Limit"] == "600"
    await ana.does("GET", "/projects")


async def test_a_key_is_used_by_the_pages_that_it_names_alone(either: School) -> None:
    ana = await member(either, "ana")
    team = await ana.makes_team()
    asks = {"Origin": SHOP, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    stranger = either.caller()
    assert "access-control-allow-origin" not in (await stranger.options(f"{API}/projects", headers=asks)).headers
    secret = (await key_of(ana, team, origins=[SHOP]))["secret"]
    unnamed = (await key_of(ana, team))["secret"]
    made = await ana.does("PATCH", f"/teams/{team}/keys/{(await key_of(ana, team))['key']['id']}", {"origins": [SHOP]})
    assert made["origins"] == [SHOP]
    told = await stranger.options(f"{API}/projects", headers=asks)
    assert (told.status_code, told.headers["access-control-allow-origin"]) == (204, SHOP)
    assert told.headers["access-control-allow-headers"] == "authorization"
    assert "access-control-allow-credentials" not in told.headers
    sent = {"Origin": SHOP, "Sec-Fetch-Site": "cross-site"}
    answer = await stranger.get(f"{API}/projects", headers={**sent, **bearer(secret)})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, SHOP)
    assert (await stranger.get(f"{API}/projects", headers={**sent, **bearer(unnamed)})).status_code == 403
    evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    refused = await stranger.get(f"{API}/projects", headers={**evil, **bearer(secret)})
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (403, False)
    # A browser's cookie does nothing for a page elsewhere.
    assert (await ana.browser.get(f"{API}/projects", headers=sent)).status_code == 403
    for origin in ("*", "shop.example", "https://shop.example/path", "null", "https://*.example"):
        await ana.does("POST", f"/teams/{team}/keys", {"name": "x", "scopes": ALL, "origins": [origin]}, hears=422)


async def test_what_a_program_asks_for_again_is_made_once_whichever_process_hears_it(shared: Settings) -> None:
    """Keys, tokens, teams and invitations: as after a kill, the second process knows of the first by the database."""
    async with school(shared) as first, school(shared) as second:
        ana = await member(first, "ana")
        team = await ana.makes_team()
        session = dict(ana.browser.cookies.items())
        asked: dict[str, dict[str, Any]] = {
            "/teams": {"name": "Second"},
            f"/teams/{team}/keys": {"name": "shop", "scopes": ALL},
            f"/teams/{team}/invitations": {"role": "viewer"},
            f"/teams/{team}/webhooks": {"url": "https://hooks.invalid/", "events": ["share.changed"]},
            "/me/tokens": {"name": "laptop", "scopes": ["projects:read"]},
        }
        elsewhere = second.caller()
        elsewhere.cookies.update(session)
        for number, (path, body) in enumerate(asked.items()):
            key = {"Idempotency-Key": f"a-key-of-a-program-{number}"}
            made = await ana.browser.post(f"{API}{path}", json=body, headers=key)
            assert made.status_code == 201, made.text
            again = await elsewhere.post(f"{API}{path}", json=body, headers=key)
            assert (again.status_code, again.json()) == (201, made.json()), path
            (listed,) = [rows for rows in (await ana.does("GET", path)).values() if isinstance(rows, list)]
            assert len(listed) == (3 if path == "/teams" else 1), path
            # Somebody else with the same key gets an answer of their own.
            assert (await first.caller().post(f"{API}{path}", json=body, headers=key)).status_code == 401
