"""Programs outside hear of what happens: signed, again where they did not answer, and never at a private address."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from aiohttp import web

from builder.accounts.actor import LOCAL_OWNER
from builder.accounts.webhooks.sending import NotSent, send
from builder.accounts.webhooks.tables import Webhook, WebhookDelivery
from builder.accounts.webhooks.webhooks import DELIVER, Webhooks
from builder.base.ids import now
from builder.base.workers import CannotBeDone
from builder.composition.services import Services
from preview_runtime.containers.beside.egress_proxy import EgressProxy
from preview_runtime.file_tree import FileTree

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
