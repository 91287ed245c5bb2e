"""Programs outside hear of what happens: signed, again where they did not answer, and never at a private address."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from aiohttp import web
from sqlalchemy import select
from sqlmodel import col

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.accounts.webhooks.sending import NotSent, send
from builder.accounts.webhooks.tables import Webhook, WebhookDelivery
from builder.accounts.webhooks.webhooks import DELIVER, EVENT_TYPES, Webhooks
from builder.base.ids import now
from builder.base.workers import CannotBeDone
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.links.terms import LinkChange, Terms
from builder.previews.runnables.runnables import PROJECT, WALK, Runnable
from preview_runtime.containers.beside.egress_proxy import EgressProxy
from preview_runtime.engines import Fault, FaultKind
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import verbatim
from tests.integration.accounts.people.school import school
from tests.integration.accounts.teams.club import member

HOOKS = "/teams/owner/webhooks"
PUBLIC = EgressProxy(()).public


@dataclass
class Receiver:
    """A program elsewhere."""

    url: str = ""
    answer: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        headers = {"Location": self.url} if self.answer == 302 else {}
        return web.Response(status=self.answer, headers=headers)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made, app = Receiver(), web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


@pytest.fixture
def hooks(services: Services, monkeypatch: pytest.MonkeyPatch) -> Webhooks:
    """The team's, on a machine whose own addresses count as public."""
    monkeypatch.setattr(services.webhooks, "is_public", lambda _: True)
    return services.webhooks


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110  # what happens in a server of its own gives no event
            await asyncio.sleep(0.01)


async def arrived(receiver: Receiver, count: int) -> None:
    async def there() -> bool:
        return len(receiver.got) >= count

    await until(there)


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As the documentation tells programs to check it."""
    at, _, digest = headers["Sayso-Signature"].partition(",v1=")
    made = hmac.new(secret.encode(), at.removeprefix("t=").encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(made, digest)


async def test_a_version_is_told_with_a_signature_and_no_words(
    services: Services, hooks: Webhooks, receiver: Receiver
) -> None:
    hook, secret = await hooks.add(LOCAL_OWNER, receiver.url, ["version.committed"])
    project = await services.store.create(LOCAL_OWNER, "A secret plan")
    version = await services.store.commit(
        LOCAL_OWNER, project.id, FileTree({"a.txt": "my words"}), kind="import", label="my label", expect_head=None
    )
    await arrived(receiver, 1)
    headers, body = receiver.got[0]
    told = json.loads(body)
    assert is_signed(secret, headers, body)
    assert not is_signed(secret, headers, body + b" ")
    assert (told["type"], told["team"]) == ("version.committed", "owner")
    assert told["data"] == {"project": project.id, "version": version.id, "kind": "import"}
    assert not any(word in body.decode() for word in ("secret", "words", "label"))
    assert headers["Sayso-Delivery"] == told["id"]
    async with services.db.reader() as session:
        row = await session.get(Webhook, hook.id)
    assert row is not None
    assert secret.encode() not in row.secret


async def test_one_that_did_not_arrive_is_tried_again_and_can_be_sent_again(
    services: Services, hooks: Webhooks, receiver: Receiver
) -> None:
    receiver.answer = 500
    hook, _ = await hooks.add(LOCAL_OWNER, receiver.url, ["project.changed"])
    async with services.db.session() as session:
        await hooks.tell(session, "owner", "project.changed", None, {})

    async def tried() -> bool:
        return (await services.jobs.of(DELIVER))[0].error != ""

    await until(tried)
    (sent,) = await hooks.deliveries(LOCAL_OWNER, hook.id)
    assert (sent.status, sent.answer, sent.attempts) == ("failed", 500, 1)
    (job,) = await services.jobs.of(DELIVER)
    waits = await services.jobs.seconds(DELIVER)
    assert (job.status, job.attempts) == ("queued", 1)
    assert waits is not None
    assert 250 < waits <= 600
    receiver.answer = 200
    await hooks.again(LOCAL_OWNER, hook.id, sent.id)
    await arrived(receiver, 2)
    assert receiver.got[0][1] == receiver.got[1][1]

    async def well() -> bool:
        return (await hooks.of(LOCAL_OWNER))[0].failing_since is None

    await until(well)
    assert (await hooks.deliveries(LOCAL_OWNER, hook.id))[0].status == "delivered"


async def test_after_three_days_of_failures_it_is_off(services: Services, hooks: Webhooks, receiver: Receiver) -> None:
    receiver.answer = 500
    hook, _ = await hooks.add(LOCAL_OWNER, receiver.url, ["project.changed"])
    async with services.db.session() as session:
        row = await session.get(Webhook, hook.id)
        assert row is not None
        row.failing_since = "2020-01-01T00:00:00.000000Z"
        sent = WebhookDelivery(owner="owner", webhook=hook.id, type="project.changed", body="{}", created_at=now())
        session.add_all([row, sent])
        await session.flush()
        await services.jobs.ask(session, "by hand", sent.id, {}, "owner")
    (job,) = await services.jobs.of("by hand")
    with pytest.raises(CannotBeDone, match="answered 500"):
        await hooks.deliver(job)
    assert not (await hooks.of(LOCAL_OWNER))[0].active
    on = await hooks.change(LOCAL_OWNER, hook.id, url=None, events=None, active=True)
    assert (on.active, on.failing_since) == (True, None)


PRIVATE = ["http://127.0.0.1:{port}/hook", "http://localhost:{port}/hook", "http://[::1]:{port}/hook"]


@pytest.mark.parametrize("address", PRIVATE)
async def test_nothing_is_sent_to_a_private_address_whatever_its_name(receiver: Receiver, address: str) -> None:
    port = receiver.url.split(":")[2].partition("/")[0]
    with pytest.raises(NotSent, match="private"):
        await send(address.format(port=port), b"{}", {}, "secret", PUBLIC)
    assert receiver.got == []


async def test_why_nothing_arrived_is_told_by_a_word(receiver: Receiver) -> None:
    with pytest.raises(NotSent, match=r"^name$"):
        await send("https://hooks.invalid/x", b"{}", {}, "secret", PUBLIC)
    with pytest.raises(NotSent, match=r"^refused$"):
        await send("http://127.0.0.1:9/x", b"{}", {}, "secret", lambda _: True)
    with pytest.raises(NotSent, match=r"^(certificate|lost|refused)$"):
        await send(receiver.url.replace("http://", "https://"), b"{}", {}, "secret", lambda _: True)


async def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answer = 302
    assert await send(receiver.url, b"{}", {}, "secret", lambda _: True) == 302
    assert len(receiver.got) == 1


REFUSED = [
    "http://10.0.0.1/x",
    "http://169.254.169.254/latest",
    "ftp://example.org/",
    "https://u:p@example.org/",
    "x",
    "http://[::ffff:127.0.0.1]/",
]


@pytest.mark.parametrize("url", REFUSED)
async def test_an_address_that_cannot_be_one_is_refused_with_the_reason(api: httpx.AsyncClient, url: str) -> None:
    answer = await api.post(HOOKS, json={"url": url, "events": ["version.committed"]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_input")
    assert "public address" in answer.json()["error"]["message"]


async def test_a_program_looks_after_its_webhooks(api: httpx.AsyncClient, hooks: Webhooks, receiver: Receiver) -> None:
    made = (await api.post(HOOKS, json={"url": receiver.url, "events": ["share.changed"]})).json()
    assert made["secret"].startswith("whsec_")
    (listed,) = (await api.get(HOOKS)).json()["webhooks"]
    assert listed == {name: value for name, value in made.items() if name != "secret"}
    hook = f"{HOOKS}/{made['id']}"
    assert (await api.post(f"{hook}/test")).status_code == 202
    await arrived(receiver, 1)
    assert json.loads(receiver.got[0][1])["type"] == "test"
    assert is_signed(made["secret"], *receiver.got[0])
    assert (await api.patch(hook, json={"active": False})).json()["active"] is False
    assert (await api.patch(hook, json={"events": ["nonsense"]})).status_code == 422
    assert (await api.get(f"{hook}/deliveries")).json()["deliveries"][0]["type"] == "test"
    assert (await api.delete(hook)).status_code == 204
    assert (await api.get(f"{hook}/deliveries")).status_code == 404


async def test_projects_and_links_are_told_as_what_happened_to_them(
    services: Services, hooks: Webhooks, receiver: Receiver
) -> None:
    await hooks.add(LOCAL_OWNER, receiver.url, EVENT_TYPES)
    project = await services.store.create(LOCAL_OWNER, "Notes")
    tree = FileTree({"index.html": "<h1>Notes</h1>"})
    await services.store.commit(LOCAL_OWNER, project.id, tree, kind="import", label="", expect_head=None)
    link = await services.shares.create(LOCAL_OWNER, project.id, Terms())
    await services.shares.change(LOCAL_OWNER, project.id, link.id, LinkChange(badge=False))
    await services.shares.revoke(LOCAL_OWNER, project.id, link.id)
    await services.store.rename(LOCAL_OWNER, project.id, "Notes of mine")
    await services.store.delete(LOCAL_OWNER, project.id)
    told = await sent(services)
    assert [kind for kind, _ in told] == [
        "project.created", "version.committed", "share.created", "share.changed", "share.revoked", "project.changed",
        "project.deleted",
    ]  # fmt: skip
    assert all(data["project"] == project.id for _, data in told)
    assert [data["share"] for kind, data in told if kind.startswith("share.")] == [link.id] * 3


async def test_people_who_come_and_go_are_told_by_their_ids(settings: Settings, receiver: Receiver) -> None:
    async with school(settings) as here:
        ana, ben = await member(here, "ana"), await member(here, "ben")
        here.services.webhooks.is_public = lambda _: True
        team = await ana.makes_team()
        await here.services.webhooks.add(Actor(ana.id, team), receiver.url, EVENT_TYPES)
        shop = await ana.makes_project("Shop", team)
        await ben.joins(ana, f"/teams/{team}/invitations", "viewer")
        await ben.joins(ana, f"/teams/{team}/invitations", "viewer")  # nothing changes
        await ana.does("PATCH", f"/teams/{team}/members/{ben.id}", {"role": "editor"}, hears=204)
        await ana.does("DELETE", f"/teams/{team}/members/{ben.id}", hears=204)
        await ben.joins(ana, f"/projects/{shop}/collaborators", "viewer")
        await ana.does("PUT", f"/budget?team={team}", {"total_usd": 1.0})
        log, me = here.services.usage, Actor(ana.id, team)
        call = await log.reserve(me, operation="x", project=None, reference=None, model="a:b", tokens=1, cost=1.0)
        await log.settle(call, "settled", input_tokens=1, output_tokens=1, cache_read=0, cache_write=0, cost=0.85)
        told = [(kind, data) for kind, data in await sent(here.services) if kind.startswith(("member.", "budget."))]
        assert told == [
            ("member.added", {"project": None, "account": ben.id, "role": "viewer"}),
            ("member.changed", {"project": None, "account": ben.id, "role": "editor"}),
            ("member.removed", {"project": None, "account": ben.id}),
            ("member.added", {"project": shop, "account": ben.id, "role": "viewer"}),
            (
                "budget.nearly",
                {"project": None, "span": "total", "spent_usd": 0.85, "cap_usd": 1.0, "level": "nearly"},
            ),
        ]


async def test_a_server_that_stays_down_is_told(services: Services, hooks: Webhooks, receiver: Receiver) -> None:
    await hooks.add(LOCAL_OWNER, receiver.url, ["server.failed"])
    project = (await services.store.create(LOCAL_OWNER, "Shop")).id
    fault = Fault(FaultKind.RUNTIME, "app_crashed", verbatim("no module named flask"))
    for kind in (PROJECT, WALK):  # what is walked for a moment is nobody's server
        await services.telling.server_failed(Runnable(project, kind, "owner", project, now()), fault)
    assert await sent(services) == [
        ("server.failed", {"project": project, "server": project, "kind": "project", "fault": "app_crashed"})
    ]


async def sent(services: Services) -> list[tuple[str, dict[str, Any]]]:
    """All that was to be sent, the oldest first: its type and data."""
    async with services.db.reader() as session:
        rows = await session.scalars(select(WebhookDelivery).order_by(col(WebhookDelivery.created_at)))
        return [(row.type, json.loads(row.body)["data"]) for row in rows]
