"""What a team took of models, by month, person and project, over HTTP. On SQLite and PostgreSQL."""

from __future__ import annotations

from builder.base.ids import new_id, now
from builder.billing.tables import ModelCall
from tests.integration.accounts.people.school import School
from tests.integration.accounts.teams.club import member


async def called(
    here: School, team: str, by: str | None, *, usd: float | None, project: str | None = None, at: str = ""
) -> None:
    """A call of a model with 30 tokens read, 20 of them out of a cache, and 5 written."""
    async with here.services.db.session() as session:
        session.add(
            ModelCall(
                owner=team, created_by=by, project=project, operation="generate", provider="anthropic", model="a",
                status="settled", input_tokens=10, cache_read=20, output_tokens=5, cost_usd=usd, started_at=at or now(),
            )
        )  # fmt: skip


async def test_who_leads_a_team_sees_what_it_took_by_month_person_and_project(here: School) -> None:
    ana, ben, eve = [await member(here, name) for name in ("ana", "ben", "eve")]
    team = await ana.makes_team()
    await ben.joins(ana, f"/teams/{team}/invitations", "editor")
    shop = await ana.makes_project("Shop", team)
    await called(here, team, ana.id, usd=0.5, project=shop)
    await called(here, team, ana.id, usd=0.25, project=shop)
    await called(here, team, eve.id, usd=1.5, project=new_id())  # who left since, for a project that is deleted
    await called(here, team, ben.id, usd=None)
    await called(here, team, ben.id, usd=2.0, at="2019-01-31T10:00:00.000000Z")
    await called(here, ana.id, ana.id, usd=9.0)  # in her own place
    months = (await ana.does("GET", f"/teams/{team}/use"))["months"]
    assert months == [{"month": now()[:7], "people": 3, "calls": 4, "input": 120, "output": 20, "usd": 2.25}]
    people = (await ana.does("GET", f"/teams/{team}/use/people"))["people"]
    assert [(one["name"], one["role"], one["calls"], one["usd"]) for one in people] == [
        ("Eve", "", 1, 1.5),
        ("Ana", "owner", 2, 0.75),
        ("Ben", "editor", 1, 0.0),
    ]
    projects = (await ana.does("GET", f"/teams/{team}/use/projects"))["projects"]
    assert [(one["title"], one["size"] is None, one["project"] is None, one["usd"]) for one in projects] == [
        ("", True, False, 1.5),
        ("Shop", False, False, 0.75),
        ("", True, True, 0.0),
    ]
    earlier = await ana.does("GET", f"/teams/{team}/use/people?month=2019-01")
    assert [(one["name"], one["usd"]) for one in earlier["people"]][:1] == [("Ben", 2.0)]
    await ana.does("GET", f"/teams/{team}/use/people?month=January", hears=422)


async def test_they_are_paged_and_nobody_else_s(here: School) -> None:
    ana, ben, eve = [await member(here, name) for name in ("ana", "ben", "eve")]
    team = await ana.makes_team()
    await ben.joins(ana, f"/teams/{team}/invitations", "editor")
    for number in range(3):
        await ana.makes_project(f"No. {number}", team)
    for what in ("people", "projects"):
        seen, cursor = [], ""
        for _ in range(5):
            page = await ana.does("GET", f"/teams/{team}/use/{what}?limit=1&cursor={cursor}")
            seen += [one.get("account") or one["project"] for one in page[what]]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == (2 if what == "people" else 3)
        await ben.does("GET", f"/teams/{team}/use/{what}", hears=403)
        await eve.does("GET", f"/teams/{team}/use/{what}", hears=404)
    await ben.does("GET", f"/teams/{team}/use", hears=403)
    await eve.does("GET", f"/teams/{team}/use", hears=404)
