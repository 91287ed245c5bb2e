"""Who has access to one project: collaborators, visibility, moves to another team, archived projects."""

from __future__ import annotations

import asyncio

from sqlalchemy import select, text
from sqlmodel import SQLModel, col

from builder.projects.tables import Project
from tests.integration.accounts.people.school import School
from tests.integration.accounts.teams.club import API, Member, member


async def found(person: Member, query: str) -> None:
    """Wait until a search finds something: what it finds is kept in step by a job."""
    for _ in range(200):
        if (await person.does("GET", query))["results"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(query)


async def test_a_person_shares_one_project_and_nothing_else(ana: Member, ben: Member) -> None:
    shop, other = await ana.makes_project("Shop"), await ana.makes_project("Other")
    people = f"/projects/{shop}/collaborators"
    await ben.joins(ana, people, "viewer")
    await ben.does("GET", f"/projects/{other}", hears=404)
    assert await ben.sees() == ["Shop"]
    typed = {"put": {"a.txt": "by Ben"}}
    await ben.does("PATCH", f"/projects/{shop}/working", typed, hears=403)
    assert (await ben.does("GET", people))["invitations"] == []
    await ana.does("PATCH", f"{people}/{ben.id}", {"role": "editor"}, hears=204)
    await ben.does("PATCH", f"/projects/{shop}/working", typed)
    await ben.does("PATCH", f"/projects/{shop}", {"title": "Mine"}, hears=403)
    await ben.does("POST", people, {"role": "viewer"}, hears=403)
    await ana.does("PATCH", f"{people}/{ben.id}", {"role": "admin"}, hears=204)
    await ben.does("PATCH", f"/projects/{shop}", {"title": "Ours"})
    await ben.does("POST", people, {"role": "viewer"}, hears=201)
    seen = await ben.does("GET", people)
    assert (seen["role"], seen["owner"]["account"], seen["team"]) == ("admin", ana.id, "")
    assert [(one["account"], one["role"]) for one in seen["collaborators"]] == [(ben.id, "admin")]
    (open_one,) = seen["invitations"]
    await ben.does("DELETE", f"/projects/{shop}/invitations/{open_one['id']}", hears=204)
    await ben.does("GET", "/keys?team=" + ana.id, hears=404)  # the project is theirs, her place is not
    await ana.does("DELETE", f"{people}/{ben.id}", hears=204)
    await ben.does("GET", f"/projects/{shop}", hears=404)
    assert await ben.sees() == []


async def test_a_collaborator_leaves_by_themselves(ana: Member, ben: Member) -> None:
    shop = await ana.makes_project()
    people = f"/projects/{shop}/collaborators"
    await ben.joins(ana, people, "viewer")
    await ben.does("DELETE", f"{people}/{ben.id}", hears=204)
    await ben.does("GET", f"/projects/{shop}", hears=404)


async def test_a_search_reaches_all_that_one_may_see_and_nothing_else(here: School, ana: Member, ben: Member) -> None:
    team, other = await ana.makes_team(), await ana.makes_team("Other")
    await ben.joins(ana, f"/teams/{team}/invitations", "viewer")
    dora = await member(here, "dora")
    await dora.joins(ana, f"/teams/{other}/invitations", "editor")
    places = {"own": "", "team": team, "hidden": team, "elsewhere": other, "shared": other}
    made = {name: await ana.makes_project(f"Orchard {name}", where) for name, where in places.items()}
    made["mine"] = await ben.makes_project("Orchard mine")
    await ana.does("PATCH", f"/projects/{made['hidden']}", {"visibility": "private"})
    await ben.joins(ana, f"/projects/{made['shared']}/collaborators", "viewer")

    async def sees(who: Member, query: str) -> list[tuple[str, str]]:
        hits = (await who.does("GET", f"/search?q=orchard&{query}"))["results"]
        return sorted((hit["kind"], hit["title"].removeprefix("Orchard ")) for hit in hits)

    for name, who in (("own", ana), ("team", ben), ("shared", ben), ("mine", ben), ("elsewhere", dora)):
        await found(who, f"/search?q=orchard+{name}&in=files")
        await found(who, f"/search?q=orchard+{name}")
    assert await sees(ben, "in=projects") == [("project", one) for one in ("mine", "shared", "team")]
    assert await sees(ben, f"in=projects&team={team}") == [("project", "team")]
    both = [(kind, one) for kind in ("file", "project") for one in ("mine", "shared", "team")]
    assert await sees(ben, "in=projects,files") == both
    assert len(await sees(ana, "in=projects")) == 5
    pages, cursor = [], ""
    while cursor is not None:
        page = await ben.does("GET", f"/search?q=orchard&in=projects,files&limit=2{cursor and f'&cursor={cursor}'}")
        pages += [(hit["kind"], hit["title"].removeprefix("Orchard ")) for hit in page["results"]]
        cursor = page["next"]
    assert sorted(pages) == both
    # The people of one's teams, not those of a team whose project one was let in to.
    people = await ben.does("GET", "/search?q=ana&in=people")
    assert [(hit["kind"], hit["title"], hit["ref"]) for hit in people["results"]] == [("person", "Ana", "ana-here")]
    assert (await ben.does("GET", "/search?q=dora&in=people"))["results"] == []
    assert (await dora.does("GET", "/search?q=ben&in=people,projects"))["results"] == []
    await ben.does("GET", "/search?q=orchard&in=secrets", hears=422)
    assert "@" not in str(people)


async def test_visibility_says_who_beside_them_sees_it_and_who_copies_it(
    here: School, ana: Member, ben: Member
) -> None:
    team = await ana.makes_team()
    carl = await member(here, "carl")
    await ben.joins(ana, f"/teams/{team}/invitations", "editor")
    await carl.joins(ana, f"/teams/{team}/invitations", "editor")
    shop = await ben.makes_project("Shop", team)
    stranger = await member(here, "dora")
    assert await carl.sees(f"?team={team}") == ["Shop"]
    await ben.does("PATCH", f"/projects/{shop}", {"visibility": "private"}, hears=403)
    await ana.does("PATCH", f"/projects/{shop}", {"visibility": "private"})
    await carl.does("GET", f"/projects/{shop}", hears=404)
    assert [await one.sees(f"?team={team}") for one in (carl, ben, ana)] == [[], ["Shop"], ["Shop"]]
    await found(ben, f"/search?q=shop&team={team}")
    # Nothing tells that there is one, not even that the list would go on.
    for page in ("", "&limit=1"):
        assert await carl.does("GET", f"/search?q=shop&team={team}{page}") == {"results": [], "next": None}
    await ana.makes_project("Shop of Ana", team)
    await found(carl, f"/search?q=shop&team={team}&limit=1")
    await stranger.does("GET", f"/projects/{shop}", hears=404)
    await ana.does("PATCH", f"/projects/{shop}", {"visibility": "public"})
    assert (await stranger.does("GET", f"/projects/{shop}"))["role"] == "viewer"
    await stranger.does("PATCH", f"/projects/{shop}/working", {"put": {"a.txt": "2"}}, hears=403)
    copy = (await stranger.does("POST", f"/projects/{shop}/duplicate", hears=201))["project"]
    assert copy["team"] == stranger.id
    assert (await stranger.browser.get(f"{API}/projects/{copy['id']}/files/a.txt")).text == "Shop"
    await ana.does("PATCH", f"/projects/{shop}", {"visibility": "team"})
    await stranger.does("GET", f"/projects/{shop}", hears=404)
    assert (await stranger.browser.get(f"{API}/projects/{copy['id']}/files/a.txt")).text == "Shop"
    async with here.caller() as nobody:
        assert (await nobody.get(f"{API}/projects/{shop}")).status_code == 401


async def test_a_project_moves_with_all_it_has(here: School, ana: Member, ben: Member) -> None:
    team = await ana.makes_team()
    await ben.joins(ana, f"/teams/{team}/invitations", "editor")
    shop = await ana.makes_project("Shop")
    await ana.does("PATCH", f"/projects/{shop}/working", {"put": {"b.txt": "typed"}})
    await ana.does("PUT", f"/projects/{shop}/secrets/MAIL_KEY", {"value": "a key of the shop's"})
    await ben.does("GET", f"/projects/{shop}", hears=404)
    await ben.does("POST", f"/projects/{shop}/move", {"team": ben.id}, hears=404)
    await ana.does("POST", f"/projects/{shop}/move", {"team": ben.id}, hears=404)
    moved = (await ana.does("POST", f"/projects/{shop}/move", {"team": team}))["project"]
    assert moved["team"] == team
    assert [(await ben.browser.get(f"{API}/projects/{shop}/files/{path}")).text for path in ("a.txt", "b.txt")] == [
        "Shop",
        "typed",
    ]
    await ben.does("POST", f"/projects/{shop}/save", {})
    assert await here.services.vault.values(shop, live=False) == {"MAIL_KEY": "a key of the shop's"}
    assert await ana.sees() == []
    assert await ana.sees(f"?team={team}") == ["Shop"]
    await found(ben, f"/search?q=typed&in=file&team={team}")
    async with here.services.db.reader() as session:
        for table in SQLModel.metadata.sorted_tables:
            if {"owner", "project"} <= {*table.c.keys()} and table.c.project.foreign_keys:
                if table.name == "search_entry":
                    continue  # taken anew a moment later, as was shown
                owners = await session.scalars(select(table.c.owner).where(table.c.project == shop))
                assert {*owners} <= {team}, table.name
        assert await session.scalar(select(col(Project.owner)).where(col(Project.id) == shop)) == team
        assert (await session.execute(text("SELECT count(*) FROM blob WHERE owner = :team"), {"team": team})).scalar()
    await ben.does("POST", f"/projects/{shop}/move", {"team": ben.id}, hears=403)  # an editor gives nothing away


async def test_the_token_of_a_repository_stays_with_the_team_it_was_given_in(ana: Member) -> None:
    team = await ana.makes_team()
    shop = await ana.makes_project("Shop")
    repository = {"url": "https://git.example.org/ana/shop.git", "token": "ana-s-own-token"}
    assert (await ana.does("PUT", f"/projects/{shop}/git", repository))["has_token"]
    await ana.does("POST", f"/projects/{shop}/move", {"team": team})
    there = (await ana.does("GET", f"/projects/{shop}/git"))["remote"]
    assert (there["url"], there["has_token"], there["hint"]) == (
        repository["url"],
        False,
        "",
    )  # a token is a person's: it is asked for again


async def test_an_archived_project_is_read_and_comes_back(ana: Member) -> None:
    shop = await ana.makes_project("Shop")
    await ana.does("PATCH", f"/projects/{shop}/working", {"put": {"a.txt": "typed"}})
    archived = (await ana.does("PATCH", f"/projects/{shop}", {"status": "archived"}))["project"]
    assert archived["archived_at"]
    assert (await ana.browser.get(f"{API}/projects/{shop}/files/a.txt")).text == "typed"
    for method, path, body in (
        ("PATCH", "/working", {"put": {"a.txt": "2"}}),
        ("POST", "/messages", {"text": "make it blue"}),
        ("PUT", "/server", None),
        ("POST", "/shares", {}),
        ("PATCH", "", {"title": "Other"}),
    ):
        answer = await ana.does(method, f"/projects/{shop}{path}", body, hears=409)
        assert answer["error"]["code"] == "archived", path
    assert (await ana.sees(), await ana.sees("?status=archived")) == ([], ["Shop"])
    copy = (await ana.does("POST", f"/projects/{shop}/duplicate", hears=201))["project"]
    assert copy["archived_at"] is None
    await ana.does("PATCH", f"/projects/{shop}", {"status": "active"})
    await ana.does("PATCH", f"/projects/{shop}/working", {"put": {"a.txt": "2"}})
