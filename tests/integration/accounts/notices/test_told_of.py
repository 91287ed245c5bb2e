"""People are told of what concerns them and was done by others: an invitation, a budget that is nearly spent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from builder.accounts.actor import Actor
from builder.accounts.notices.notices import NoticeKind
from builder.billing.budgets import BudgetReached
from builder.composition.settings import Settings
from tests.integration.accounts.people.post_office import PostOffice, post_office, with_mail
from tests.integration.accounts.people.school import School, school
from tests.integration.accounts.teams.club import Member, member


async def told(person: Member) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.does("GET", "/me/notifications"))["notifications"]
    return found


async def test_an_invitation_waits_at_the_bell_and_is_accepted_from_there(
    here: School, ana: Member, ben: Member
) -> None:
    team, eve = await ana.makes_team("Club"), await member(here, "eve")
    await ana.invites(f"/teams/{team}/invitations", "editor", ben.email)
    (notice,) = await told(ben)
    assert notice["text"] == "Ana invites you to “Club”. Open the invitation to accept it or not."
    path = notice["link"].removeprefix("/join/")
    assert (await ben.does("GET", f"/invitations/{path}"))["invitation"]["name"] == "Club"
    for stranger in (eve, ana):  # the id is no link for anybody else
        await stranger.does("GET", f"/invitations/{path}", hears=404)
        await stranger.does("POST", f"/invitations/{path}/accept", hears=404)
    await ben.accepts(path)
    assert (await ben.does("GET", f"/teams/{team}"))["team"]["role"] == "editor"
    assert len(await here.letters("join")) == 1


async def test_an_invitation_comes_the_way_the_person_chose(here: School, ana: Member, ben: Member) -> None:
    team = await ana.makes_team("Club")
    for way, letters, notices in (("page", 0, 1), ("off", 0, 1), ("mail", 1, 2)):
        await ben.does("PUT", "/me/notifications/choices", {"choices": {"invited": way}})
        await ana.invites(f"/teams/{team}/invitations", "viewer", ben.email)
        assert (len(await here.letters("join")), len(await told(ben))) == (letters, notices), way


async def test_an_address_that_nobody_proved_learns_of_no_invitation_by_the_bell(here: School, ana: Member) -> None:
    browser = await here.signed_up("eve@example.org")
    await ana.invites(f"/teams/{await ana.makes_team()}/invitations", "viewer", "eve@example.org")
    assert (await browser.get("/api/v1/me/notifications")).json()["unread"] == 0
    (row,) = await here.letters("join")
    assert row["to"] == "eve@example.org"


async def spend(here: School, actor: Actor, usd: float, project: str | None = None) -> None:
    log = here.services.usage
    call = await log.reserve(
        actor, operation="generate", project=project, reference="t", model="a:b", tokens=1, cost=usd
    )
    await log.settle(call, "settled", input_tokens=1, output_tokens=1, cache_read=0, cache_write=0, cost=usd)


async def test_whoever_can_raise_a_budget_is_told_once_when_80_percent_are_spent(
    here: School, ana: Member, ben: Member
) -> None:
    team = await ana.makes_team("Club")
    await ben.joins(ana, f"/teams/{team}/invitations", "editor")
    await ana.does("PUT", f"/budget?team={team}", {"month_usd": 10.0})
    actor = Actor(ben.id, team)
    await spend(here, actor, 7.9)
    assert await told(ana) == []
    await spend(here, actor, 0.2)
    await spend(here, actor, 0.2)
    (notice,) = await told(ana)
    assert notice["kind"] == "budget_nearly"
    assert notice["text"].startswith("Models have cost $8.10 of the $10.00 that the team “Club” may spend.")
    for _ in range(2):
        with pytest.raises(BudgetReached):
            await spend(here, actor, 5.0)
    assert [one["kind"] for one in await told(ana)] == ["budget_reached", "budget_nearly"]
    assert [one["kind"] for one in await told(ben)] == ["invited"]
    # A budget that is set anew is told of anew.
    await ana.does("PUT", f"/budget?team={team}", {"month_usd": 10.1})
    await spend(here, actor, 0.01)
    assert (await told(ana))[0]["kind"] == "budget_nearly"


async def test_a_project_s_budget_is_told_with_its_name(here: School, ana: Member) -> None:
    project = await ana.makes_project("Shop")
    await ana.does("PUT", f"/projects/{project}/budget", {"total_usd": 1.0})
    await spend(here, Actor(ana.id), 0.9)  # elsewhere
    assert await told(ana) == []
    await spend(here, Actor(ana.id), 0.9, project)
    (notice,) = await told(ana)
    assert (notice["link"], "“Shop”" in notice["text"]) == (f"/p/{project}", True)


@pytest.fixture
def office() -> Iterator[tuple[PostOffice, int]]:
    with post_office() as opened:
        yield opened


async def test_one_click_in_a_letter_stops_its_kind_alone_without_signing_in(
    settings: Settings, office: tuple[PostOffice, int]
) -> None:
    handler, port = office
    async with school(settings, **with_mail(port), public_url="https://sayso.example") as here:
        await here.signed_up("ana@example.org")
        who = (await here.services.people.links.verified((await verify_link(handler)).rpartition("=")[2])).id
        ana = Actor(who)
        await here.services.notices.choose(ana, {NoticeKind.WRITTEN: "mail", NoticeKind.NOT_WRITTEN: "mail"})
        async with here.services.db.session() as session:
            await here.services.notices.tell(session, who, NoticeKind.WRITTEN, {"title": "Notes"}, owner=who)
        letter = await handler.arrived(2)
        # The letter that confirms an address cannot be stopped.
        assert "List-Unsubscribe" not in handler.taken[0]
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = urlsplit(letter["List-Unsubscribe"].strip("<>"))
        assert (link.scheme, link.netloc, who in link.query) == ("https", "sayso.example", False)
        stop = f"{link.path}?{link.query}"
        text, html = [part.get_content() for part in letter.iter_parts()]
        assert stop in text
        assert stop.replace("&", "&amp;") in html
        looked = await here.caller().get(stop)  # a program that opens every link stops nothing
        assert "A model has written what I asked for" in looked.text
        assert (await here.services.notices.choices(ana))[NoticeKind.WRITTEN] == "mail"
        form = {"List-Unsubscribe": "One-Click"}
        assert (await here.caller().post(stop, data=form)).status_code == 200
        ways = await here.services.notices.choices(ana)
        assert (ways[NoticeKind.WRITTEN], ways[NoticeKind.NOT_WRITTEN]) == ("page", "mail")
        await here.services.notices.choose(ana, {NoticeKind.WRITTEN: "off"})
        await here.caller().post(stop, data=form)
        assert (await here.services.notices.choices(ana))[NoticeKind.WRITTEN] == "off"
        assert (await here.caller().post(stop[:-3] + "AAA", data=form)).status_code == 422


async def verify_link(handler: PostOffice) -> str:
    text: str = next((await handler.arrived()).iter_parts()).get_content()
    return next(word for word in text.split() if "/verify?token=" in word)
