"""Teams over HTTP: made, joined, handed on, left, deleted. On SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import update
from sqlmodel import col

from builder.accounts.tables import Invitation
from builder.base.ids import now
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import PASSWORD, School, school
from tests.integration.accounts.teams.club import API, Member, member


async def test_a_full_team_takes_nobody_else_and_says_what_makes_room(shared: Settings) -> None:
    async with school(shared.model_copy(update={"quota_members": 2})) as here:
        ana, ben, eve = [await member(here, name) for name in ("ana", "ben", "eve")]
        team = await ana.makes_team()
        invitations = f"/teams/{team}/invitations"
        for_eve = await ana.invites(invitations, "viewer", eve.email)
        link = await ana.invites(invitations, "editor")
        await ben.joins(ana, invitations, "viewer")
        await ben.accepts(link)  # another role is no further person
        error = (await eve.does("POST", f"/invitations/{for_eve}/accept", hears=403))["error"]
        assert (error["code"], error["details"]["quota"], error["details"]["limit"]) == ("quota", "members", 2)
        more = await ana.does("POST", invitations, {"email": "dan@example.org", "role": "viewer"}, hears=403)
        assert "Remove somebody" in more["error"]["message"]
        quotas = (await ana.does("GET", f"/teams/{team}/quota"))["quotas"]
        assert {"name": "members", "used": 2, "limit": 2}.items() <= quotas[-1].items()
        await ana.does("DELETE", f"/teams/{team}/members/{ben.id}", hears=204)
        await eve.accepts(for_eve)


async def test_a_team_is_made_joined_by_mail_and_left(here: School, ana: Member, ben: Member) -> None:
    team = await ana.makes_team()
    shop = await ana.makes_project("Shop", team)
    await ben.does("GET", f"/teams/{team}", hears=404)
    made = await ana.does(
        "POST", f"/teams/{team}/invitations", {"email": "BEN@example.org", "role": "editor"}, hears=201
    )
    (letter,) = await here.letters("join")
    assert (letter["to"], letter["by"], letter["what"], letter["link"]) == (
        "ben@example.org",
        "Ana",
        "Club",
        made["link"],
    )
    secret = made["link"].rpartition("/")[2]
    offer = (await ben.does("GET", f"/invitations/{secret}"))["invitation"]
    assert (offer["name"], offer["by"], offer["role"], offer["team"]) == ("Club", "Ana", "editor", team)
    await ben.accepts(secret)
    await ben.does("POST", f"/invitations/{secret}/accept", hears=404)  # once
    assert [one["name"] for one in (await ben.does("GET", "/teams"))["teams"]] == ["Ben", "Club"]
    people = (await ben.does("GET", f"/teams/{team}/members"))["members"]
    assert [(one["name"], one["role"]) for one in people] == [("Ana", "owner"), ("Ben", "editor")]
    assert (await ben.does("GET", f"/projects/{shop}"))["role"] == "editor"
    assert await ben.sees(f"?team={team}") == ["Shop"]
    assert await ben.sees() == []
    await ben.does("PATCH", f"/projects/{shop}/working", {"put": {"a.txt": "by Ben"}})
    await ben.does("PATCH", f"/teams/{team}/members/{ben.id}", {"role": "admin"}, hears=403)
    await ben.does("GET", f"/teams/{team}/audit", hears=403)
    await ben.does("DELETE", f"/teams/{team}/members/{ben.id}", hears=204)
    written = (await ana.does("GET", f"/teams/{team}/audit"))["lines"]
    assert [(line["action"], line["actor"]) for line in written] == [
        ("member.remove", ben.id), ("invitation.accept", ben.id), ("invitation.make", ana.id), ("team.create", ana.id),
    ]  # fmt: skip
    await ben.does("GET", f"/projects/{shop}", hears=404)
    await ben.does("GET", f"/projects?team={team}", hears=404)


async def test_who_has_no_account_is_invited_too_and_the_answer_does_not_say_so(
    here: School, ana: Member, ben: Member
) -> None:
    team = await ana.makes_team()
    answers = [
        await ana.does("POST", f"/teams/{team}/invitations", {"email": email, "role": "viewer"}, hears=201)
        for email in (ben.email, "new@example.org")
    ]
    assert [sorted(answer) for answer in answers] == [["invitation", "link", "mailed"]] * 2
    assert all("/join/" in answer["link"] for answer in answers)
    link = (await here.letters("join"))[-1]["link"]
    assert "/sign-up?invite=" in link
    token, _, then = link.partition("invite=")[2].partition("&next=")
    browser = await here.signed_up("new@example.org", invite=token)
    new = Member(browser, (await browser.get(f"{API}/me")).json()["account"])
    await new.accepts(then.rpartition("/")[2])
    assert len((await new.does("GET", "/teams"))["teams"]) == 2


async def test_a_link_is_for_whoever_has_it_once_and_a_letter_for_one_address(
    here: School, ana: Member, ben: Member
) -> None:
    team = await ana.makes_team()
    place = f"/teams/{team}/invitations"
    for_ana = await ana.invites(place, "admin", "somebody@example.org")
    refused = await ben.does("POST", f"/invitations/{for_ana}/accept", hears=403)
    assert refused["error"]["code"] == "other_address"
    link = await ana.invites(place, "commenter")
    await ben.accepts(link)
    carl = await member(here, "carl")
    await carl.does("POST", f"/invitations/{link}/accept", hears=404)
    for how in ("withdrawn", "declined", "too old"):
        secret = await ana.invites(place, "viewer")
        if how == "withdrawn":
            newest = (await ana.does("GET", place))["invitations"][0]["id"]
            await ana.does("DELETE", f"{place}/{newest}", hears=204)
        elif how == "declined":
            await carl.does("POST", f"/invitations/{secret}/decline", hears=204)
        else:
            async with here.services.db.session() as session:
                await session.execute(update(Invitation).where(col(Invitation.email) == "").values(expires_at=now()))
        await carl.does("GET", f"/invitations/{secret}", hears=404)
        await carl.does("POST", f"/invitations/{secret}/accept", hears=404)
    await carl.does("GET", f"/teams/{team}", hears=404)


async def test_a_username_is_invited_at_its_address(here: School, ana: Member, ben: Member) -> None:
    team = await ana.makes_team()
    place = f"/teams/{team}/invitations"
    made = await ana.does("POST", place, {"username": "ben-here", "role": "viewer"}, hears=201)
    await ben.accepts(made["link"].rpartition("/")[2])
    missing = await ana.does("POST", place, {"username": "nobody-here", "role": "viewer"}, hears=404)
    assert missing["error"]["code"] == "no_username"
    await ana.does("POST", place, {"email": "a@b@c", "role": "viewer"}, hears=422)
    await ana.does("POST", place, {"email": "x@example.org", "role": "owner"}, hears=422)


async def test_a_team_has_one_owner_who_can_hand_it_on(ana: Member, ben: Member) -> None:
    team = await ana.makes_team()
    await ben.joins(ana, f"/teams/{team}/invitations", "admin")
    for person, hears in ((ana, 409), (ben, 409)):
        await person.does("DELETE", f"/teams/{team}/members/{ana.id}", hears=hears)
    await ben.does("PATCH", f"/teams/{team}/members/{ben.id}", {"role": "owner"}, hears=403)
    await ben.does("PATCH", f"/teams/{team}/members/{ana.id}", {"role": "viewer"}, hears=409)
    await ana.does("PATCH", f"/teams/{team}/members/{ana.id}", {"role": "editor"}, hears=409)
    await ana.does("PATCH", f"/teams/{team}/members/{ben.id}", {"role": "owner"}, hears=204)
    people = (await ana.does("GET", f"/teams/{team}/members"))["members"]
    assert {one["account"]: one["role"] for one in people} == {ana.id: "admin", ben.id: "owner"}
    await ana.does("DELETE", f"/teams/{team}", hears=403)
    await ana.does("DELETE", f"/teams/{team}/members/{ana.id}", hears=204)
    shop = await ben.makes_project(team=team)
    assert (await ben.does("DELETE", f"/teams/{team}", hears=409))["error"]["code"] == "team_not_empty"
    await ben.does("DELETE", f"/projects/{shop}")
    await ben.does("DELETE", f"/teams/{team}", hears=204)
    await ben.does("GET", f"/teams/{team}", hears=404)


async def test_an_invitation_never_lowers_a_role(ana: Member, ben: Member) -> None:
    team = await ana.makes_team()
    await ben.joins(ana, f"/teams/{team}/invitations", "admin")
    await ben.joins(ana, f"/teams/{team}/invitations", "viewer")
    await ana.accepts(await ana.invites(f"/teams/{team}/invitations", "viewer", ana.email))
    people = (await ana.does("GET", f"/teams/{team}/members"))["members"]
    assert {one["account"]: one["role"] for one in people} == {ana.id: "owner", ben.id: "admin"}


async def test_one_s_own_place_is_no_team(ana: Member) -> None:
    for method, path, body in (
        ("POST", "/invitations", {"role": "viewer"}),
        ("PATCH", "", {"name": "Mine"}),
        ("DELETE", "", None),
    ):
        answer = await ana.does(method, f"/teams/{ana.id}{path}", body, hears=409)
        assert answer["error"]["code"] == "personal"
    await ana.does("POST", "/teams", {"name": "  "}, hears=422)


async def test_who_has_not_proven_their_address_invites_nobody(here: School) -> None:
    browser = await here.signed_up("carl@example.org")
    carl = Member(browser, (await browser.get(f"{API}/me")).json()["account"])
    team, shop = await carl.makes_team(), await carl.makes_project()
    for place in (f"/teams/{team}/invitations", f"/projects/{shop}/collaborators"):
        answer = await carl.does("POST", place, {"role": "viewer"}, hears=403)
        assert answer["error"]["code"] == "unverified"


async def test_where_accounts_are_off_there_are_no_teams(shared: Settings) -> None:
    import httpx

    from builder.api import create_api
    from builder.composition.services import Services

    services = Services(shared.model_copy(update={"docker_host": "unix:///nowhere/docker.sock"}))
    await services.start()
    transport = httpx.ASGITransport(create_api(lambda: services))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as owner:
        made = (await owner.post(f"{API}/projects", json={"title": "Alone"})).json()["project"]
        assert (await owner.get(f"{API}/projects/{made['id']}")).json()["role"] == "owner"
        for path in ("/teams", f"/projects/{made['id']}/collaborators"):
            answer = await owner.get(f"{API}{path}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (409, "accounts_off")
    await services.close()


async def test_members_and_sessions_come_in_pages(here: School, ana: Member) -> None:
    team = await ana.makes_team()
    for name in ("ben", "carl", "dora"):
        await (await member(here, name)).joins(ana, f"/teams/{team}/invitations", "viewer")
    for _ in range(3):
        await here.caller().post(f"{API}/auth/login", json={"email": ana.email, "password": PASSWORD})
    for path, rows, key in ((f"/teams/{team}/members", "members", "account"), ("/me/sessions", "sessions", "id")):
        whole = (await ana.does("GET", path))[rows]
        pages, cursor = [], ""
        while cursor is not None:
            page = await ana.does("GET", f"{path}?limit=1&cursor={cursor}")
            assert len(page[rows]) == 1
            pages += page[rows]
            cursor = page["next"]
        assert [one[key] for one in pages] == [one[key] for one in whole]
        assert len(whole) == 4
        await ana.does("GET", f"{path}?cursor=nonsense", hears=422)
