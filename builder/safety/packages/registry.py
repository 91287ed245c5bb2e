"""What the registries that this server uses say of a package, in npm's and PyPI's protocols."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from urllib.parse import quote

import httpx2

from builder.safety.packages.natives import makes_its_program
from builder.safety.packages.shapes import Ecosystem, Facts
from preview_runtime.dependencies.registry_settings import DEFAULT_REGISTRY, npm_registry, python_index

_MOST_BYTES: Final = 24 * 1024 * 1024  # an npm document has every version's manifest
# Names that a registry could hold; the oldest of npm's have capitals. Anything else is no part of an address.
_NAME: Final = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[A-Za-z0-9~_-][A-Za-z0-9._~-]*", re.ASCII)
_SIMPLE: Final = "application/vnd.pypi.simple.v1+json, text/html;q=0.2"


class Unanswered(Exception):
    """The registry said nothing of use: it is away, slow, refuses, or answers in another protocol."""


class Registry(Protocol):
    """Asks a registry about one name."""

    async def facts(self, ecosystem: Ecosystem, name: str) -> Facts:
        """Raises Unanswered."""
        ...


class PackageRegistries:
    """Asks the registries of the machine's own settings over HTTP. Makes its connections when first asked."""

    def __init__(self, environ: Mapping[str, str], *, seconds: float = 4.0) -> None:
        self._addresses = {
            Ecosystem.NPM: (npm_registry(environ) or DEFAULT_REGISTRY).rstrip("/"),
            Ecosystem.PYPI: python_index(environ).rstrip("/"),
        }
        self._seconds = seconds
        self._made: httpx2.AsyncClient | None = None

    def address(self, ecosystem: Ecosystem) -> str:
        """The registry's address, without a slash at its end."""
        return self._addresses[ecosystem]

    async def facts(self, ecosystem: Ecosystem, name: str) -> Facts:
        """Raises Unanswered."""
        if ecosystem is Ecosystem.NPM and not _NAME.fullmatch(name):
            return Facts(exists=False)
        read = _of_npm if ecosystem is Ecosystem.NPM else _of_simple
        slash = "" if ecosystem is Ecosystem.NPM else "/"
        path = name.replace("/", "%2f") if ecosystem is Ecosystem.NPM else name
        try:
            status, kind, body = await self._get(
                f"{self.address(ecosystem)}/{quote(path, safe='@%')}{slash}", ecosystem
            )
            if status in (404, 410):
                return Facts(exists=False)
            if status != 200:
                raise Unanswered(f"{ecosystem} answered {status} for {name}")
            if ecosystem is Ecosystem.PYPI and "json" not in kind:
                return Facts(exists=True)  # the older protocol, in HTML, has no times
            return read(json.loads(body))
        except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Unanswered(f"{ecosystem} said nothing of {name}: {type(error).__name__}") from error

    async def close(self) -> None:
        if self._made is not None:
            await self._made.aclose()

    async def _get(self, address: str, ecosystem: Ecosystem) -> tuple[int, str, bytes]:
        if self._made is None:
            self._made = httpx2.AsyncClient(timeout=self._seconds, follow_redirects=True, max_redirects=3)
        accept = _SIMPLE if ecosystem is Ecosystem.PYPI else "application/json"
        async with self._made.stream("GET", address, headers={"Accept": accept}) as answer:
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > _MOST_BYTES:
                    raise Unanswered(f"{ecosystem}'s document is too large")
            return answer.status_code, answer.headers.get("content-type", ""), bytes(body)


def _of_npm(document: dict[str, Any]) -> Facts:
    """A package's document (registry's "package" endpoint). One without versions was taken back as a whole."""
    versions = document.get("versions") or {}
    times = document.get("time") or {}
    moments = [_moment(times[version]) for version in versions if version in times]
    first = _moment(times["created"]) if "created" in times else min(moments, default=None)
    scripted = tuple(version for version, manifest in versions.items() if makes_its_program(manifest))
    newest = str((document.get("dist-tags") or {}).get("latest", ""))
    return Facts(bool(versions), first, len(versions), newest, scripted)


def _of_simple(document: dict[str, Any]) -> Facts:
    """A project's page of the simple API as JSON (PEP 691), with its times (PEP 700) where the index has them."""
    files = document["files"]
    moments = [_moment(file["upload-time"]) for file in files if file.get("upload-time")]
    versions = document.get("versions") or []
    return Facts(
        bool(files), min(moments, default=None), len(versions) or len(files), str(versions[-1]) if versions else ""
    )


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
