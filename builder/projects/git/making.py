"""A new, empty repository at GitHub, GitHub Enterprise or GitLab, made with the person's token.

Sources: GitHub's REST API, "Create a repository for the authenticated user" and "Create an organization repository";
GitLab's, "Create a project" and "Namespaces".
"""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

import aiohttp

from builder.base.errors import BadInput, SaysoError
from builder.base.http.public_connector import NOT_PUBLIC, is_addressable, public_connector
from builder.texts import t

_SECONDS: Final = 20.0
_MOST_BYTES: Final = 1024 * 1024
_GITHUB: Final = "https://api.github.com"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Any


async def make_repository(url: str, token: str, *, reachable: bool) -> None:
    """Make the private repository that `url` names (`https://host/owner/name`). `reachable`: its host may be in a private
    network. Raises BadInput (`git_cannot_make`: the server makes none for us; `git_taken`: the name is taken),
    SaysoError (`git_sign_in`, `git_may_not_make`, `git_private`, `git_unreachable`)."""
    parts = urlsplit(url)
    owner, _, name = parts.path.strip("/").removesuffix(".git").rpartition("/")
    if not owner or not name:
        raise BadInput(t("git.cannot_make"), code="git_cannot_make")
    if not reachable and not is_addressable(url, _is_global):
        raise _failed("private", 422)
    connector = aiohttp.TCPConnector(force_close=True) if reachable else public_connector(_is_global)
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session:
            host = _Host(session, f"{parts.scheme}://{parts.netloc}", token)
            answer = await host.make(owner, name)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        if NOT_PUBLIC in str(error):
            raise _failed("private", 422) from error
        raise _failed("unreachable", 502, repr(error)) from error
    if answer is None:
        raise BadInput(t("git.cannot_make"), code="git_cannot_make", detail=parts.hostname or "")
    if answer.status == 201:
        return
    detail = json.dumps(answer.body)[:1000]
    if answer.status == 401:
        raise _failed("sign_in", 409, detail)
    if answer.status in (400, 409, 422) and ("already" in detail or "taken" in detail):
        raise BadInput(t("git.taken", name=f"{owner}/{name}"), code="git_taken", detail=detail)
    if answer.status in (403, 404):
        raise SaysoError(t("git.may_not_make", owner=owner), code="git_may_not_make", status=409, detail=detail)
    raise _failed("protocol", 502, f"{answer.status} {detail}")


class _Host:
    """A server of repositories. Which kind it is, it says itself: to whoever shows a token."""

    def __init__(self, session: aiohttp.ClientSession, origin: str, token: str) -> None:
        self._session, self._origin, self._token = session, origin, token

    async def make(self, owner: str, name: str) -> _Answer | None:
        """What it answered; None where it is neither of those that we know."""
        if self._origin == "https://github.com":
            return await self._at_github(_GITHUB, owner, name)
        if (gitlab := await self._at_gitlab(f"{self._origin}/api/v4", owner, name)) is not None:
            return gitlab
        return await self._at_github(f"{self._origin}/api/v3", owner, name)

    async def _at_github(self, api: str, owner: str, name: str) -> _Answer | None:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        me = await self._ask("GET", f"{api}/user", headers)
        if not isinstance(me.body, dict) or me.status == 404:
            return None
        if me.status != 200:
            return me
        mine = str(me.body.get("login", "")).lower() == owner.lower()
        at = f"{api}/user/repos" if mine else f"{api}/orgs/{quote(owner, safe='')}/repos"
        return await self._ask("POST", at, headers, {"name": name, "private": True})

    async def _at_gitlab(self, api: str, owner: str, name: str) -> _Answer | None:
        headers = {"PRIVATE-TOKEN": self._token}
        space = await self._ask("GET", f"{api}/namespaces/{quote(owner, safe='')}", headers)
        if not isinstance(space.body, dict) or (space.status == 404 and "Namespace" not in str(space.body)):
            return None
        if space.status != 200:
            return space
        wanted = {"name": name, "path": name, "namespace_id": space.body.get("id"), "visibility": "private"}
        return await self._ask("POST", f"{api}/projects", headers, wanted)

    async def _ask(self, method: str, url: str, headers: dict[str, str], body: Any = None) -> _Answer:
        given = {**headers, "User-Agent": "Sayso"}
        async with self._session.request(method, url, headers=given, json=body, allow_redirects=False) as answer:
            raw = await answer.content.read(_MOST_BYTES)
            while len(raw) < _MOST_BYTES and (more := await answer.content.read(_MOST_BYTES - len(raw))):
                raw += more
        try:
            return _Answer(answer.status, json.loads(raw))
        except ValueError:
            return _Answer(answer.status, None)


def _is_global(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return found.is_global and not found.is_multicast


def _failed(code: str, status: int, detail: str = "") -> SaysoError:
    return SaysoError(t(f"git.failed.{code}"), code=f"git_{code}", status=status, detail=detail)
