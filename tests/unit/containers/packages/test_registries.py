"""Installs reach the registries this machine uses, and learn no secret of it."""

from __future__ import annotations

from pathlib import Path

from preview_runtime.containers.packages.registries import InstallAccess, Registries, registry_environment


def test_the_machines_registries_are_passed_on(tmp_path: Path) -> None:
    (tmp_path / ".config/pip").mkdir(parents=True)
    (tmp_path / ".config/pip/pip.conf").write_text(
        "[global]\nindex-url = https://pypi.example.org/simple\nextra-index-url = file:///opt/x https://more.example.org/\n"
    )
    (tmp_path / ".npmrc").write_text("registry=https://npm.example.org/\n//npm.example.org/:_authToken=hidden\n")
    found = registry_environment({"HOME": str(tmp_path)})
    assert found["UV_DEFAULT_INDEX"] == found["PIP_INDEX_URL"] == "https://pypi.example.org/simple"
    assert found["npm_config_registry"] == "https://npm.example.org/"
    assert found["UV_INDEX"] == "https://more.example.org/"
    assert "hidden" not in repr(found)


def test_an_address_with_a_password_is_not() -> None:
    environ = {
        "PIP_INDEX_URL": "https://me:secret@pypi.example.org/simple",
        "HTTPS_PROXY": "http://me:secret@proxy.example.org:3128",
        "npm_config_registry": "https://me:secret@npm.example.org/",
        "ANTHROPIC_API_KEY": "sk-secret",
        "HOME": "/nonexistent",
    }
    assert "secret" not in repr(registry_environment(environ))


async def test_names_get_their_addresses_and_unknown_ones_none(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("certificates")
    environ = {"SSL_CERT_FILE": str(bundle), "HOME": str(tmp_path)}
    access = await Registries(("localhost", "no-such-host.invalid"), environ).access()
    assert "localhost:127.0.0.1" in access.hosts
    assert not any("invalid" in host for host in access.hosts)
    assert access.certificates == b"certificates"


def test_a_containers_own_variables_are_replaced_and_no_name_server_is_asked() -> None:
    config = {"Env": ["HOME=/app", "TMPDIR=/tmp"], "HostConfig": {}}
    access = InstallAccess({"npm_config_registry": "https://npm.example.org"}, ("npm.example.org:192.0.2.1",), b"x")
    applied = access.applied(config, "/run/certificates.pem", {"HOME": "/layers/x"})
    assert "HOME=/layers/x" in applied["Env"]
    assert "SSL_CERT_FILE=/run/certificates.pem" in applied["Env"]
    assert applied["HostConfig"]["ExtraHosts"] == ["npm.example.org:192.0.2.1"]
    assert applied["HostConfig"]["Dns"] == ["127.0.0.1"]
