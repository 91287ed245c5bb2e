"""How an install container reaches the registries: this machine's own settings, and never a secret.

The container asks no name server. It is given the addresses of the registries and of the hosts that the settings name;
any other name is unknown to it. Installed packages run code of their authors, and that code can find only registries by
name.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from preview_runtime.dependencies.registry_settings import npm_registry, pip_settings

# The default sources of packages of Python, Node, Go and Java.
PUBLIC_HOSTS: Final = (
    "pypi.org",
    "files.pythonhosted.org",
    "registry.npmjs.org",
    "proxy.golang.org",
    "sum.golang.org",
    "repo.maven.apache.org",
    "repo1.maven.org",
    "plugins.gradle.org",
    "services.gradle.org",
)
CERTIFICATES: Final = "certificates.pem"
CERTIFICATE_VARIABLES: Final = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
# The places where systems keep trusted certificates, a company's own included.
_SYSTEM_CERTIFICATES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)
_PROXIES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_HOLDS_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class InstallAccess:
    """The settings of an install container. `hosts` are the engine's ExtraHosts (name:address)."""

    environment: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    certificates: bytes = b""

    def applied(
        self, config: dict[str, Any], certificates: str, own: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """`config` of an install container with this access and the variables `own`; `certificates` is the path of
        their file inside it."""
        environment = dict(entry.split("=", 1) for entry in config["Env"]) | dict(self.environment) | dict(own or {})
        if self.certificates:
            environment |= dict.fromkeys((*CERTIFICATE_VARIABLES, "npm_config_cafile"), certificates)
        config["Env"] = [f"{name}={value}" for name, value in environment.items()]
        config["HostConfig"]["ExtraHosts"] = list(self.hosts)
        config["HostConfig"]["Dns"] = ["127.0.0.1"]
        config["HostConfig"]["DnsOptions"] = ["timeout:1", "attempts:1"]
        return config


class Registries:
    """Finds out how installs reach the registries from here; an answer holds for five minutes.

    `hosts` are further names that installs may look up. A registry with a private address is reachable only if the
    firewall's rules allow it.
    """

    def __init__(self, hosts: Iterable[str] = (), environ: Mapping[str, str] = os.environ) -> None:
        self._hosts = tuple(hosts)
        self._environ = environ
        self._access: InstallAccess | None = None
        self._found = 0.0

    async def access(self) -> InstallAccess:
        """The present access; unknown names are left out."""
        if self._access is None or time.monotonic() - self._found > _HOLDS_SECONDS:
            environment = await asyncio.to_thread(registry_environment, self._environ)
            names = [*PUBLIC_HOSTS, *self._hosts, *(urlsplit(value).hostname or "" for value in environment.values())]
            addresses = await asyncio.gather(*(_addresses(name) for name in dict.fromkeys(names) if name))
            hosts = tuple(f"{name}:{address}" for found in addresses for name, address in found)
            certificates = await asyncio.to_thread(_certificates, self._environ)
            self._access = InstallAccess(environment, hosts, certificates)
            self._found = time.monotonic()
        return self._access


def registry_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that name this machine's registries and proxy to installers.

    An address with a password is left out: an install runs strangers' code, which could read it.
    """
    index = environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL") or environ.get("PIP_INDEX_URL")
    more = environ.get("UV_INDEX") or environ.get("UV_EXTRA_INDEX_URL") or environ.get("PIP_EXTRA_INDEX_URL")
    configured = pip_settings(environ)
    index = index or configured.get("index-url", "")
    more = " ".join(url for url in (more or configured.get("extra-index-url", "")).split() if _public(url))
    npm = npm_registry(environ)
    found = {
        "UV_DEFAULT_INDEX": index,
        "PIP_INDEX_URL": index,
        "UV_INDEX": more,
        "PIP_EXTRA_INDEX_URL": more,
        "npm_config_registry": npm,
    }
    for name in _PROXIES:
        value = environ.get(name) or environ.get(name.lower()) or ""
        found |= {name: value, name.lower(): value}
    plain = {"UV_INDEX", "PIP_EXTRA_INDEX_URL", "NO_PROXY", "no_proxy"}
    return {name: value for name, value in found.items() if value and (name in plain or _public(value))}


def _public(address: str) -> bool:
    """Whether an address is no secret and can be reached from elsewhere."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def _certificates(environ: Mapping[str, str]) -> bytes:
    for place in (*(environ.get(name, "") for name in CERTIFICATE_VARIABLES), *_SYSTEM_CERTIFICATES):
        if place:
            try:
                return Path(place).read_bytes()
            except OSError:
                continue
    return b""


async def _addresses(name: str) -> list[tuple[str, str]]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(5):
            found = await loop.getaddrinfo(name, 443, family=socket.AF_INET, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return []
    return sorted({(name, str(entry[4][0])) for entry in found})
