"""The calls of Sayso's API that programs make most. What they answer is in docs/api.md of Sayso and in `sayso.types`."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self, cast
from urllib.parse import quote

import httpx

from sayso import types

Content = str | bytes
_PROGRAM: Final = "sayso-client"
_AGAIN_SECONDS: Final = (0.2, 1.0)
"""Waits before a call is sent again that got no answer. By its key the server carries it out once."""


class ApiError(Exception):
    """A refusal. `status` is that of HTTP, 0 where there was no answer; `code` is stable; `details` are for programs."""

    def __init__(self, status: int, code: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, dict(details or {})


class Client:
    """One server. `token` is a personal access token; `cookie` is what `sign_in` gave earlier. Neither is needed where
    nobody signs in. Every call raises ApiError."""

    def __init__(
        self, url: str = "http://localhost:8000", token: str = "", cookie: str = "", *, seconds: float = 330.0
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"X-Sayso-Client": _PROGRAM}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if cookie:
            headers["Cookie"] = cookie
        self.http = httpx.Client(base_url=self.url, headers=headers, timeout=seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.http.close()

    def sign_in(self, password: str) -> str:
        """The cookie of a session, by the owner's password, for this client and later ones."""
        answer = self._send("POST", "/sign-in", data={"password": password})
        cookies = [f"{cookie.name}={cookie.value}" for cookie in answer.cookies.jar]
        if answer.status_code != 303 or not cookies:
            raise ApiError(answer.status_code, "wrong_credentials", "The server does not take this password.")
        self.http.headers["Cookie"] = "; ".join(cookies)
        return "; ".join(cookies)

    # Projects

    def projects(self, words: str = "") -> Iterator[types.ProjectView]:
        """All of them, the one changed last first."""
        cursor: str | None = ""
        while cursor is not None:
            page = cast(types.ProjectList, self.call("GET", "/projects", params={"q": words, "cursor": cursor}))
            yield from page["projects"]
            cursor = page["next"]

    def create(self, title: str, starter: str = "", description: str = "") -> types.ProjectView:
        """A project without files, or one of a starter."""
        body = {"title": title, "starter": starter, "description": description}
        return cast(types.ProjectAnswer, self.call("POST", "/projects", json=body))["project"]

    def project(self, project: str) -> types.Snapshot:
        return cast(types.Snapshot, self.call("GET", f"/projects/{_part(project)}"))

    def page(self, project: str) -> str:
        """Where a person works on it."""
        return f"{self.url}/p/{project}"

    # Files

    def digests(self, project: str) -> dict[str, str]:
        """SHA-256 of each file, by path."""
        return {file["path"]: file["sha256"] for file in self.project(project)["files"]}

    def read(self, project: str, path: str) -> bytes:
        return self._answer("GET", f"/projects/{_part(project)}/files/{quote(path)}").content

    def write(
        self,
        project: str,
        put: Mapping[str, Content],
        delete: Collection[str] = (),
        base: Mapping[str, str | None] | None = None,
    ) -> types.WorkingWritten:
        """All of it or nothing. `base`: the digest that each path had when it was read last, None for no file; a file that
        is something else by now refuses the write (409 `changed_meanwhile`)."""
        files = {path: content if isinstance(content, str) else _encoded(content) for path, content in put.items()}
        body = {"put": files, "delete": [*delete], "base": None if base is None else dict(base)}
        return cast(types.WorkingWritten, self.call("PATCH", f"/projects/{_part(project)}/working", json=body))

    def save(self, project: str, label: str = "") -> types.VersionView | None:
        """A version of what was written; None where nothing differs from the last one."""
        answer = self.call("POST", f"/projects/{_part(project)}/save", json={"label": label})
        return cast(types.VersionSaved, answer)["version"]

    # The running app

    def start(self, project: str) -> types.ServerView:
        """Brings its server up to the files as they are."""
        return cast(types.ServerView, self.call("PUT", f"/projects/{_part(project)}/server"))

    def run(
        self, project: str, command: Sequence[str] | str, *, stdin: str = "", folder: str = "", seconds: float = 300.0
    ) -> types.Executed:
        """A program and its arguments, or a line for a shell, in the running app's container."""
        what: dict[str, object] = {"shell": command} if isinstance(command, str) else {"command": [*command]}
        body = what | {"stdin": stdin, "cwd": folder, "seconds": seconds}
        return cast(types.Executed, self.call("POST", f"/projects/{_part(project)}/server/exec", json=body))

    def logs(self, project: str, lines: int = 200) -> list[types.LogLineView]:
        """The last lines that its server wrote."""
        answer = self.call("GET", f"/projects/{_part(project)}/server/logs", params={"tail": lines})
        return cast(types.LogLines, answer)["lines"]

    # Every other call

    def call(self, method: str, path: str, **options: Any) -> Any:
        """What a call below /api/v1 answers, None for nothing. `options` are those of httpx."""
        answer = self._answer(method, path, **options)
        return answer.json() if answer.content else None

    def _answer(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = self._send(method, f"/api/v1{path}", **options)
        if answer.is_success:
            return answer
        try:
            error = answer.json()["error"]
            raise ApiError(answer.status_code, error["code"], error["message"], error["details"])
        except (ValueError, KeyError, TypeError):
            said = f"{self.url} answered with {answer.status_code}. Is this a Sayso server?"
            raise ApiError(answer.status_code, "unexpected", said) from None

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Idempotency-Key": secrets.token_hex(16)} if method != "GET" else {}
        for seconds in (*_AGAIN_SECONDS, None):
            try:
                return self.http.request(method, path, headers=headers, **options)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                if seconds is None or not isinstance(error, httpx.TransportError):
                    said = f"{self.url} does not answer. Does the server run, and is the address right?"
                    raise ApiError(0, "offline", said, {"reason": repr(error)}) from error
                time.sleep(seconds)
        raise AssertionError("not reached")


def _part(name: str) -> str:
    return quote(name, safe="")


def _encoded(content: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(content).decode()}
