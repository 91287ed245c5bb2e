"""The hosts that a project's server may reach, over the API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import aiodocker
import httpx
import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.api import create_api
from builder.composition.services import Services
from builder.previews.links.tables import ShareLink
from builder.previews.runnables.runnables import LINK, Runnable
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.beside.egress import RefusedHost
from preview_runtime.file_tree import FileTree
from tests.integration.api.test_api import error, imported


class Ways:
    """What runs, and what it refused."""

    def __init__(self) -> None:
        self.running: dict[str, list[str]] = {}
        self.said: list[RefusedHost] = []
        self.away = False

    async def ensure(self, project: str, hosts: Sequence[str]) -> Access:
        self.running[project] = list(hosts)
        return Access((f"{project}-way",), {"HTTPS_PROXY": "http://10.213.0.30:3128"})

    async def access(self, project: str) -> Access | None:
        return Access((f"{project}-way",), {}) if project in self.running else None

    async def resume(self, project: str) -> None: ...

    async def sleep(self, project: str) -> None: ...

    async def stop(self, project: str) -> None:
        self.running.pop(project, None)

    async def refused(self, project: str) -> list[RefusedHost]:
        if self.away:
            raise aiodocker.DockerError(900, {"message": "Cannot connect to Docker Engine"})
        return self.said


@pytest.fixture
def ways(services: Services) -> Ways:
    ways = Ways()
    services.docker.ways_out = ways
    return ways


@pytest.fixture
async def api(services: Services, ways: Ways) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_api(lambda: services), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1") as client:
        yield client


async def test_no_host_is_reached_until_one_is_allowed(api: httpx.AsyncClient, services: Services, ways: Ways) -> None:
    project = await imported(api)
    sidecars = services.engines.sidecars
    assert (await api.get(f"/projects/{project}/hosts")).json() == {"hosts": [], "refused": []}
    assert await sidecars.ensure(project, FileTree({})) is None
    assert ways.running == {}

    changed = (await api.put(f"/projects/{project}/hosts", json={"hosts": ["https://API.example.com/v1"]})).json()
    assert changed == {"hosts": ["api.example.com"], "refused": [], "restarts": True}
    access = await sidecars.ensure(project, FileTree({}))
    assert access is not None
    assert access.networks == (f"{project}-way",)
    assert "HTTPS_PROXY" in access.environment

    # One more is known at once, to an app that goes on.
    changed = (await api.put(f"/projects/{project}/hosts", json={"hosts": ["b.example", "api.example.com"]})).json()
    assert changed["restarts"] is False
    assert ways.running[project] == ["api.example.com", "b.example"]
    # One that does not run gets no way out in advance.
    await sidecars.stop(project)
    await api.put(f"/projects/{project}/hosts", json={"hosts": ["c.example", "api.example.com"]})
    assert ways.running == {}
    assert (await api.put(f"/projects/{project}/hosts", json={"hosts": []})).json()["restarts"] is True
    assert await sidecars.ensure(project, FileTree({})) is None


async def test_what_was_refused_is_shown_until_it_is_allowed(api: httpx.AsyncClient, ways: Ways) -> None:
    project = await imported(api)
    await api.put(f"/projects/{project}/hosts", json={"hosts": ["api.example.com"]})
    ways.said = [
        RefusedHost("other.example", 443, "2026-01-01T00:00:02Z"),
        RefusedHost("api.example.com", 8443, "2026-01-01T00:00:01Z"),
        RefusedHost("api.example.com", 443, "2026-01-01T00:00:00Z"),
    ]
    shown = (await api.get(f"/projects/{project}/hosts")).json()["refused"]
    assert [(one["host"], one["port"]) for one in shown] == [("other.example", 443), ("api.example.com", 8443)]
    hosts = ["api.example.com", "other.example"]
    shown = (await api.put(f"/projects/{project}/hosts", json={"hosts": hosts})).json()["refused"]
    assert [(one["host"], one["port"]) for one in shown] == [("api.example.com", 8443)]


async def test_what_is_no_host_changes_nothing(api: httpx.AsyncClient) -> None:
    project = await imported(api)
    await api.put(f"/projects/{project}/hosts", json={"hosts": ["api.example.com"]})
    for hosts in (["*"], ["10.0.0.1"], ["localhost"], [f"h{n}.example" for n in range(21)]):
        assert error(await api.put(f"/projects/{project}/hosts", json={"hosts": hosts})) == (422, "bad_input")
    assert (await api.get(f"/projects/{project}/hosts")).json()["hosts"] == ["api.example.com"]
    missing = "/projects/aaaaaaaaaaaaaaaa/hosts"
    assert error(await api.get(missing)) == (404, "not_found")
    assert error(await api.put(missing, json={"hosts": []})) == (404, "not_found")


async def test_a_live_link_goes_by_what_its_project_allows(
    api: httpx.AsyncClient, services: Services, ways: Ways
) -> None:
    project = await imported(api)
    await api.put(f"/projects/{project}/hosts", json={"hosts": ["api.example.com"]})
    async with services.db.session() as session:
        link = ShareLink(owner=LOCAL_OWNER.id, created_by=LOCAL_OWNER.id, project=project, version="v")
        session.add(link)
        services.runnables.add(session, Runnable(link.id, LINK, link.owner, project, link.created_at))
    assert await services.hosts.ensure(link.id) is not None
    assert ways.running[link.id] == ["api.example.com"]


async def test_what_is_allowed_is_shown_and_changed_while_the_engine_is_away(
    api: httpx.AsyncClient, ways: Ways
) -> None:
    project = await imported(api)
    ways.away = True
    changed = (await api.put(f"/projects/{project}/hosts", json={"hosts": ["api.example.com"]})).json()
    assert changed == {"hosts": ["api.example.com"], "refused": [], "restarts": True}
    assert (await api.get(f"/projects/{project}/hosts")).json() == {"hosts": ["api.example.com"], "refused": []}
