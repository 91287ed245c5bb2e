"""compose.yaml says what the settings and Traefik understand. That it runs is tested in tests/containers."""

from __future__ import annotations

import re

import pytest

from builder.settings import ROOT, Settings
from preview_runtime.routes.limits import Limits
from preview_runtime.routes.traefik import PRIVATE_PREFIX, traefik_arguments

COMPOSE = (ROOT / "compose.yaml").read_text()
TLS = (ROOT / "compose.tls.yaml").read_text()


@pytest.mark.parametrize(("text", "entry_point"), [(COMPOSE, "web"), (TLS, "websecure")])
def test_traefik_is_started_with_the_limits(text: str, entry_point: str) -> None:
    for argument in traefik_arguments(Limits(), entry_point):
        assert f"- {argument}\n" in text
    assert f"8000{PRIVATE_PREFIX}${{TRAEFIK_TOKEN" in text


def test_sayso_is_given_settings_it_knows() -> None:
    service = COMPOSE.partition("\n  sayso:\n")[2].partition("\n    volumes:")[0]
    given = re.findall(r"^      ([A-Z_]+):", service, re.MULTILINE)
    assert {"HOST", "DOCKER_HOST", "TRAEFIK_TOKEN", "TRUSTED_PROXIES", "OWNER_PASSWORD"} <= set(given)
    assert {name.lower() for name in given} <= set(Settings.model_fields)


def test_every_setting_in_env_reaches_sayso() -> None:
    """All but those that the compose file decides by itself: how its own Traefik finds Sayso."""
    own = {"traefik_builder", "traefik_file", "traefik_entry_point", "traefik_labels"}
    service = COMPOSE.partition("\n  sayso:\n")[2].partition("\n    volumes:")[0]
    given = {name.lower() for name in re.findall(r"^      ([A-Z_]+):", service, re.MULTILINE)}
    assert set(Settings.model_fields) - given == own


def test_traefik_has_no_secret_but_its_own() -> None:
    assert "env_file: [acme.env]" in TLS
    assert ".env]" not in COMPOSE
    for ignored in (".gitignore", ".dockerignore"):
        assert "acme.env" in (ROOT / ignored).read_text().split()


def test_images_are_named_by_exact_versions() -> None:
    named = re.findall(r"image: (\S+)", COMPOSE)
    assert len(named) == 5
    for image in named:
        assert image == "sayso/builder" or re.search(r":v?\d+\.\d+(\.\d+)?(-bookworm)?$", image), image


def test_only_the_proxy_has_the_socket() -> None:
    services = re.split(r"^  (?=[a-z-]+:$)", COMPOSE, flags=re.MULTILINE)
    with_socket = [service.partition(":")[0] for service in services if ":/var/run/docker.sock" in service]
    assert with_socket == ["docker-proxy"]
    proxy = next(service for service in services if service.startswith("docker-proxy:\n    image"))
    assert "network_mode: none" in proxy


@pytest.mark.parametrize("secret", ["OWNER_PASSWORD", "POSTGRES_PASSWORD", "TRAEFIK_TOKEN"])
def test_no_secret_has_a_value_in_the_file(secret: str) -> None:
    used = re.findall(rf"\$\{{{secret}[^}}]*\}}", COMPOSE)
    assert used
    assert all(":?" in one for one in used)
