"""What only Traefik may ask the builder, and what it finds written down."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from starlette.responses import PlainTextResponse

from builder.previews.behind_traefik import RoutesFile, behind_traefik, labels_for, preview_limits, traefik_settings
from builder.settings import Settings
from preview_runtime.routes.preview_host import PreviewHost
from preview_runtime.routes.route_table import Route, RouteTable
from preview_runtime.routes.traefik import traefik_configuration

from .preview_routers import APP, DOMAIN, NoPackages, Outputs, Stage, host

TOKEN = "a-token-of-32-letters-and-digits"


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, traefik_token=TOKEN, **values)  # type: ignore[arg-type, call-arg]


def written(folder: Path) -> str:
    path = folder / "routes.yaml"
    return path.read_text() if path.exists() else ""


@pytest.mark.parametrize("kind", ["traefik, file"])
async def test_the_file_provider_follows_the_table(stage: Stage) -> None:
    file = stage.folder / "traefik" / "routes.yaml"
    assert file.stat().st_mode & 0o077 == 0
    stage.table.put("other", Route(stage.upstream))
    await stage.settled()
    assert "p-other" in json.loads(file.read_text())["http"]["routers"]
    stage.table.drop("other")
    await stage.settled()
    assert "p-other" not in json.loads(file.read_text())["http"]["routers"]


async def test_changes_that_come_together_are_written_once(tmp_path: Path) -> None:
    table = RouteTable()
    file = RoutesFile(tmp_path / "routes.yaml", table, traefik_settings(settings()))
    writing = asyncio.create_task(file.run())
    try:
        for number in range(100):
            table.put(f"app-{number}", Route("http://10.0.0.1:80"))
        async with asyncio.timeout(20):
            while "p-app-99" not in written(tmp_path):  # noqa: ASYNC110 - a file has no event
                await asyncio.sleep(0.01)
    finally:
        writing.cancel()
    assert os.listdir(tmp_path) == ["routes.yaml"]


async def test_its_addresses_are_for_the_token_alone(tmp_path: Path) -> None:
    table = RouteTable()
    table.put(APP, Route("http://10.0.0.1:80"))
    previews = PreviewHost(Outputs(), NoPackages(), tmp_path, routes=table)
    about = traefik_settings(settings(preview_host=DOMAIN))
    rest = PlainTextResponse("the builder")
    for token, there in ((TOKEN, True), ("", False)):
        app = behind_traefik(rest, lambda: table, lambda: previews, token, about)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sayso:8000") as traefik:
            told = await traefik.get(f"/-/traefik/{TOKEN}/configuration")
            assert (told.text == "the builder") is not there
            if there:
                assert "p-app" in told.json()["http"]["routers"]
                passed = await traefik.get(f"/-/traefik/{TOKEN}/auth?preview={APP}", headers={"cookie": "a=1"})
                assert (passed.status_code, passed.headers["cookie"]) == (204, "a=1")
                assert (await traefik.get(f"/-/traefik/{TOKEN}/auth")).status_code == 400
                assert (await traefik.get(f"/-/traefik/{TOKEN}/other")).status_code == 404
                for wrong in ("x" * len(TOKEN), TOKEN[:-1], "", "é"):
                    assert (await traefik.get(f"/-/traefik/{wrong}/configuration")).status_code == 404
            assert (await traefik.get("/projects")).text == "the builder"
    await previews.close()


async def test_an_address_from_before_a_wake_is_not_used(tmp_path: Path) -> None:
    table = RouteTable()
    table.put(APP, Route("http://10.0.0.2:80"))
    previews = PreviewHost(Outputs(), NoPackages(), tmp_path, routes=table)
    about = traefik_settings(settings())
    app = behind_traefik(PlainTextResponse(""), lambda: table, lambda: previews, TOKEN, about)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sayso:8000") as traefik:
        asked = f"/-/traefik/{TOKEN}/auth?preview={APP}&upstream="
        assert (await traefik.get(asked + "http%3A%2F%2F10.0.0.2%3A80")).status_code == 204
        for upstream in ("http%3A%2F%2F10.0.0.1%3A80", "http%3A%2F%2F10.0.0.2%3A81"):
            stale = await traefik.get(asked + upstream)
            assert (stale.status_code, stale.headers["retry-after"]) == (503, "1")
        table.drop(APP)
        assert (await traefik.get(asked + "http%3A%2F%2F10.0.0.2%3A80")).status_code == 503
    await previews.close()


async def test_whatever_stands_in_the_address_of_an_app_that_is_silent_is_no_failure_of_ours(tmp_path: Path) -> None:
    table = RouteTable()
    table.put(APP, Route("http://10.0.0.2:80"))
    previews = PreviewHost(Outputs(), NoPackages(), tmp_path, routes=table)
    app = behind_traefik(PlainTextResponse(""), lambda: table, lambda: previews, TOKEN, traefik_settings(settings()))

    async def answer(**about: str) -> tuple[int, str]:
        told = {"preview": APP, "upstream": "http://10.0.0.2:80", "status": "502", "url": "http://p-app.x/"} | about
        answer = await traefik.get(f"/-/traefik/{TOKEN}/silent", params=told)
        return answer.status_code, answer.headers.get("content-type", "")

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sayso:8000") as traefik:
        for url in ("http://[", "http://[::1", "//[/x", "http://[x]/"):
            status, kind = await answer(url=url)
            assert (status, kind) == (400, "application/json"), url
        for about in (
            {"url": ""}, {"url": "\x00"}, {"url": "http://p-app.x/%zz/\ud7ff?é=%"}, {"url": "http://x:99999999/"},
            {"status": "²"}, {"status": "9" * 5_000}, {"status": "-1"}, {"status": "000"}, {"status": ""},
            {"preview": "../x"}, {"preview": ""}, {"upstream": "http://["}, {"upstream": ""},
        ):  # fmt: skip
            status, _ = await answer(**about)
            assert 400 <= status < 600, about
    await previews.close()


def test_the_token_of_the_configuration_is_led_to_from_nowhere() -> None:
    told = traefik_configuration(RouteTable(), traefik_settings(settings()))
    assert told["http"]["routers"]["builder"]["rule"] == "PathPrefix(`/`) && !PathPrefix(`/-/traefik/`)"


def test_with_https_there_are_certificates_for_the_builder_and_all_previews() -> None:
    about = settings(
        public_url="https://sayso.example.org", preview_host="apps.example.net", traefik_certificates="letsencrypt"
    )
    table = RouteTable()
    table.put(APP, Route("http://10.0.0.1:80"))
    routers = traefik_configuration(table, traefik_settings(about))["http"]["routers"]
    assert routers["builder"]["tls"] == {
        "certResolver": "letsencrypt",
        "domains": [
            {"main": "sayso.example.org"},
            {"main": "apps.example.net", "sans": ["*.apps.example.net"]},
        ],
    }
    assert routers["builder"]["entryPoints"] == routers[f"p-{APP}"]["entryPoints"] == ["websecure"]
    assert routers[f"p-{APP}"]["tls"] == {}


def test_what_sleeps_or_failed_is_the_builders() -> None:
    table = RouteTable()
    table.put("asleep", Route("http://10.0.0.1:80", asleep=True))
    table.put("failed", Route(problem="It does not start."))
    assert set(traefik_configuration(table, traefik_settings(settings()))["http"]["routers"]) == {"builder"}


def test_labels_are_set_where_they_are_wanted() -> None:
    assert labels_for(APP, 8000, settings()) == {}
    labels = labels_for(APP, 8000, settings(traefik_labels=True, preview_host=DOMAIN), network="sayso-app")
    assert labels["traefik.enable"] == "true"
    assert labels["traefik.docker.network"] == "sayso-app"
    assert labels[f"traefik.http.routers.p-{APP}.rule"] == f"Host(`{host(APP)['host']}`)"
    assert labels[f"traefik.http.services.p-{APP}.loadbalancer.server.port"] == "8000"
    assert labels[f"traefik.http.middlewares.p-{APP}-auth.forwardauth.address"].endswith(
        f"/-/traefik/{TOKEN}/auth?preview={APP}"
    )


def test_limits_are_what_the_settings_say() -> None:
    limits = preview_limits(
        settings(preview_body_mb=2, head_kb=8, preview_requests_per_second=7, preview_connections=3)
    )
    assert (limits.body_bytes, limits.head_bytes, limits.requests_per_second, limits.connections) == (
        2 * 2**20,
        8 * 2**10,
        7,
        3,
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"traefik_token": "short"}, "16 or more letters"),
        ({"traefik_token": "with a / and more than 16"}, "16 or more letters"),
        ({"traefik_file": "routes.yaml"}, "need TRAEFIK_TOKEN"),
        ({"traefik_labels": True}, "need TRAEFIK_TOKEN"),
        ({"traefik_token": TOKEN, "traefik_file": "routes.json"}, r"\.yml or \.yaml"),
    ],
)
def test_settings_that_cannot_work_say_so(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings(_env_file=None, **given)  # type: ignore[arg-type, call-arg]
