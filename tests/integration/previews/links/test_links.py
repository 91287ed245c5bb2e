"""Who may open a live link: everybody, who knows its password, who signs in; and nobody once it has ended."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.api.previews import links
from builder.base.errors import BadInput
from preview_runtime.file_tree import FileTree
from tests.integration.previews.links.conftest import Stage, Visitor


@pytest.fixture(autouse=True)
def wrong_passwords_cost_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "WRONG_SECONDS", 0.0)


async def test_everybody_opens_a_public_link(stage: Stage) -> None:
    assert (await stage.visitor().opened(await stage.link())).text == "the page"


async def test_a_password_opens_its_link_and_no_other(stage: Stage) -> None:
    mine, other = [await stage.link(access="password", password="open sesame") for _ in range(2)]
    visitor = stage.visitor()
    asked = await visitor.opened(mine + "deep?x=1")
    assert asked.status_code == 303
    page = asked.headers["location"]
    shown = await visitor.builder.get(page)
    assert "This app has a password" in shown.text
    assert "the page" not in shown.text
    assert "form-action 'self' " + mine.rstrip("/") in shown.headers["content-security-policy"]
    wrong = await visitor.tried(page, "open says me")
    assert (wrong.status_code, "That is not the password" in wrong.text) == (401, True)
    right = await visitor.tried(page, "open sesame")
    assert right.status_code == 303
    entered = await visitor.previews.get(right.headers["location"])
    assert (entered.status_code, entered.headers["location"]) == (303, "/deep?x=1")
    visitor.previews.headers["cookie"] = entered.headers["set-cookie"].partition(";")[0]
    opened = await visitor.opened(mine)
    assert (opened.text, opened.headers["cache-control"]) == ("the page", "private, no-cache")
    assert (await visitor.opened(other)).status_code == 303
    # The address that let somebody in lets nobody else in.
    assert (await stage.visitor().previews.get(right.headers["location"])).status_code == 401


async def test_nothing_of_a_guarded_link_is_given_without_a_ticket(stage: Stage) -> None:
    link = await stage.link(access="password", password="open sesame")
    for path in ("", "index.html", "favicon.ico", "@sayso/capture.js", "@deps/x/y.js", "no/such"):
        answer = await stage.visitor().previews.get(link + path)
        assert (answer.status_code, "the page" in answer.text) == (401, False), path


async def test_passwords_are_tried_a_few_times_only(stage: Stage) -> None:
    link = await stage.link(access="password", password="open sesame")
    visitor = stage.visitor()
    page = (await visitor.opened(link)).headers["location"]
    assert [(await visitor.tried(page, f"guess {n}")).status_code for n in range(5)] == [401] * 5
    refused = await visitor.tried(page, "open sesame")
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert (await stage.visitor("192.0.2.2").tried(page, "open sesame")).status_code == 303


async def test_who_signs_in_opens_a_link_for_them(stage: Stage) -> None:
    link = await stage.link(access="signed_in")
    visitor = stage.visitor()
    page = (await visitor.opened(link)).headers["location"]
    behind = await visitor.builder.get(page)
    assert behind.headers["location"].startswith("/open-preview/")  # which the sign-in stands before
    led = await visitor.builder.get(behind.headers["location"])
    entered = await visitor.previews.get(led.headers["location"])
    visitor.previews.headers["cookie"] = entered.headers["set-cookie"].partition(";")[0]
    assert (await visitor.opened(link)).text == "the page"


async def test_a_link_that_ended_shows_nothing_to_those_who_were_in(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await stage.link(access="password", password="open sesame", hours=1)
    public = await stage.link(hours=1)
    visitor = stage.visitor()
    page = (await visitor.opened(link)).headers["location"]
    entered = await visitor.previews.get((await visitor.tried(page, "open sesame")).headers["location"])
    visitor.previews.headers["cookie"] = entered.headers["set-cookie"].partition(";")[0]
    assert (await visitor.opened(link)).text == "the page"
    monkeypatch.setattr("builder.previews.links.doors.now", lambda: "2100-01-01T00:00:00.000000Z")
    for ended in (link, public):  # what it remembers for ten seconds
        stage.services.access.gate.forget(urlsplit(ended).netloc.partition(".")[0].removeprefix("p-"))
    assert (await visitor.opened(link)).status_code == 303
    assert "There is no app at this address" in (await visitor.builder.get(page)).text
    assert (await visitor.opened(public)).status_code == 404


async def let_in(stage: Stage, link: str, password: str, address: str = "192.0.2.1") -> Visitor:
    """Somebody who knew the password."""
    visitor = stage.visitor(address)
    page = (await visitor.opened(link)).headers["location"]
    entered = await visitor.previews.get((await visitor.tried(page, password)).headers["location"])
    visitor.previews.headers["cookie"] = entered.headers["set-cookie"].partition(";")[0]
    assert (await visitor.opened(link)).text == "the page"
    return visitor


class ItsTerms:
    """The terms of the one link there is, over the API."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    async def become(self, code: int = 200, **change: Any) -> dict[str, Any]:
        project = (await self.stage.services.store.list(ME))[0]
        [share] = await self.stage.services.shares.list(ME, project.id)
        api = self.stage.visitor().builder
        answer = await api.patch(f"/api/v1/projects/{project.id}/shares/{share.id}", json=change)
        assert answer.status_code == code, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def test_another_password_lets_nobody_in_who_knew_the_old_one(stage: Stage) -> None:
    link = await stage.link(access="password", password="open sesame")
    visitor = await let_in(stage, link, "open sesame")
    changed = (await ItsTerms(stage).become(password="close sesame"))["share"]
    assert changed["url"] + "/" == link
    page = (await visitor.opened(link)).headers["location"]
    assert (await visitor.tried(page, "open sesame")).status_code == 401
    await let_in(stage, link, "close sesame", "192.0.2.2")


async def test_what_is_not_given_stays_and_those_who_are_in_stay_in(stage: Stage) -> None:
    link = await stage.link(access="password", password="open sesame", hours=1)
    visitor = await let_in(stage, link, "open sesame")
    before = (await ItsTerms(stage).become(follows=True))["share"]
    assert (before["access"], before["follows"], before["expires_at"] is None) == ("password", True, False)
    after = (await ItsTerms(stage).become(hours=None, access="password"))["share"]
    assert (after["expires_at"], after["follows"]) == (None, True)
    later = (await ItsTerms(stage).become(hours=48))["share"]
    assert later["expires_at"] > before["expires_at"]
    assert (await visitor.opened(link)).text == "the page"


async def test_a_link_is_closed_to_everybody_and_opened_again(stage: Stage) -> None:
    link = await stage.link()
    assert (await stage.visitor().opened(link)).text == "the page"
    await ItsTerms(stage).become(422, access="password")  # without one
    await ItsTerms(stage).become(422, access="password", password="short")
    assert (await stage.visitor().opened(link)).text == "the page"
    await ItsTerms(stage).become(access="password", password="open sesame")
    assert (await stage.visitor().opened(link)).status_code == 303
    visitor = await let_in(stage, link, "open sesame")
    await ItsTerms(stage).become(access="signed_in")
    assert (await visitor.opened(link)).status_code == 303
    await ItsTerms(stage).become(access="public")
    assert (await stage.visitor().opened(link)).text == "the page"
    # The old password is gone with it.
    await ItsTerms(stage).become(422, access="password")


async def test_a_link_is_brought_to_another_version_and_stays_there(stage: Stage) -> None:
    link = await stage.link()
    project = (await stage.services.store.list(ME))[0]
    for text in ("the second page", "the third page"):
        tree = FileTree({"index.html": text})
        await stage.services.store.commit(ME, project.id, tree, kind="import", label="")
    newest, second, _ = await stage.services.store.versions(ME, project.id)
    shown = (await ItsTerms(stage).become(version=second.id))["share"]
    assert (shown["version_number"], shown["follows"]) == (2, False)
    assert (await stage.visitor().opened(link)).text == "the second page"
    await ItsTerms(stage).become(404, version="no-such")
    await ItsTerms(stage).become(follows=True)
    await stage.services.share_servers.round()
    assert (await stage.visitor().opened(link)).text == "the third page"
    pinned = (await ItsTerms(stage).become(follows=False))["share"]
    assert pinned["version"] == newest.id


async def test_one_that_was_revoked_or_has_ended_is_not_changed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.link(hours=1)
    with monkeypatch.context() as later:
        later.setattr("builder.previews.links.doors.now", lambda: "2100-01-01T00:00:00.000000Z")
        refused = await ItsTerms(stage).become(409, hours=None)
    assert refused["error"]["code"] == "share_over"
    project = (await stage.services.store.list(ME))[0]
    [share] = await stage.services.shares.list(ME, project.id)
    await stage.services.shares.revoke(ME, project.id, share.id)
    await ItsTerms(stage).become(409, access="public")


async def test_the_password_is_nowhere_to_be_read(stage: Stage) -> None:
    await stage.link(access="password", password="open sesame")
    project = (await stage.services.store.list(ME))[0]
    told = (await stage.visitor().builder.get(f"/api/v1/projects/{project.id}/shares")).text
    assert '"access":"password"' in told
    assert "sesame" not in told
    assert "scrypt" not in told
    assert b"sesame" not in (stage.settings.data_dir / "sayso.db").read_bytes()


@pytest.mark.parametrize(
    "terms",
    [
        {"access": "password", "password": "short"},
        {"access": "password", "password": "x" * 201},
        {"access": "friends"},
        {"hours": 0},
        {"hours": 10**6},
    ],
)
async def test_terms_that_make_no_link_are_refused(stage: Stage, terms: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        await stage.link(**terms)
    assert await stage.services.shares.list(ME, (await stage.services.store.list(ME))[0].id) == []
