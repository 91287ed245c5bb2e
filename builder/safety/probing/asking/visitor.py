"""Somebody who asks an app: their cookies, their token, and what they were told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

_MOST_BODY: Final = 400_000  # bytes of an answer that are read
_MOST_KEPT: Final = 300  # answers
_SIGN_IN: Final = re.compile(r"(?i)log-?in|sign-?in|auth|session|account")
_CSRF: Final = re.compile(
    r"""(?i)name=["']?(csrf\w*|_csrf|authenticity_token|_token)["']?[^>]{0,200}?value=["']([^"']{8,300})["']"""
)


class AskedOut(Exception):
    """The probe has asked as often as it may."""


@dataclass
class Requests:
    """How many requests are left, of all visitors together."""

    left: int = 900

    def take(self) -> None:
        if self.left <= 0:
            raise AskedOut
        self.left -= 1


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: there was none. `data`: its JSON, None where it is none."""

    status: int
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: Any = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def to(self) -> str:
        """Where it leads, "" nowhere."""
        return self.headers.get("location", "") if 300 <= self.status < 400 else ""

    @property
    def refused(self) -> bool:
        """Whether it wants somebody to sign in first, or somebody else."""
        return self.status in (401, 403, 404, 405, 407) or bool(self.to and _SIGN_IN.search(urlsplit(self.to).path))

    @property
    def done(self) -> bool:
        """Whether what was asked for was done, as far as an answer tells: pages lead elsewhere after that."""
        return self.ok or (300 <= self.status < 400 and not self.refused)

    @property
    def html(self) -> bool:
        return "html" in self.headers.get("content-type", "")


class Visitor:
    """One client with cookies of its own. Redirections are told, not followed."""

    def __init__(
        self,
        base: str,
        allowance: Requests,
        transport: httpx.AsyncBaseTransport | None = None,
        token_headers: Sequence[str] = (),
        scheme: str = "Bearer ",
    ) -> None:
        """`token_headers`: where the app looks for a token beside `Authorization`; `scheme`: what it wants in front there."""
        self._scheme = scheme
        # Not through the machine's proxy: the app is beside us.
        self._client = httpx.AsyncClient(
            base_url=base,
            transport=transport,
            timeout=6.0,
            trust_env=False,
            headers={"Accept": "text/html, application/json;q=0.9, */*;q=0.8"},
        )
        self._allowance, self._token_headers = allowance, token_headers
        self._host = urlsplit(base).netloc
        self.token = ""
        self.csrf: tuple[str, str] = ("", "")
        self.answered: list[tuple[str, str, Answer]] = []
        """What was told to requests that change something: method, path, answer."""

    async def ask(
        self, method: str, path: str, *, json: Any = None, form: dict[str, Any] | None = None, query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None, raw: str = "", body: bytes | None = None,
    ) -> Answer:  # fmt: skip
        """`raw`: the path, `body`: the content exactly as it is sent. Raises AskedOut."""
        self._allowance.take()
        sent = dict(headers or {})
        if self.token:
            sent = {
                **dict.fromkeys(self._token_headers, self.token),
                "Authorization": f"{self._scheme}{self.token}",
                **sent,
            }
        if method not in ("GET", "HEAD"):
            sent.setdefault("Origin", f"http://{self._host}")
            sent.setdefault("Referer", f"http://{self._host}{path}")
            if self.csrf[1]:
                sent |= {
                    "X-CSRFToken": self._client.cookies.get("csrftoken") or self.csrf[1],
                    "X-CSRF-Token": self.csrf[1],
                }
                if form is not None and self.csrf[0]:
                    form = {**form, self.csrf[0]: self.csrf[1]}
        extensions = {"target": raw.encode()} if raw else {}
        try:
            request = self._client.build_request(
                method, path, json=json, data=form, content=body, params=query, headers=sent, extensions=extensions
            )
            response, answered = await self._sent(request)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError):
            return Answer(0)
        text = bytes(answered).decode("utf-8", "replace")
        answer = Answer(
            response.status_code, text, {name.lower(): value for name, value in response.headers.items()}, _json(text)
        )
        if method != "GET" and answer.ok and answer.data is not None and len(self.answered) < _MOST_KEPT:
            self.answered.append((method, path.split("?")[0], answer))
        if answer.html and (token := _CSRF.search(text)):
            self.csrf = (token[1], token[2])
        return answer

    async def send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        *,
        form: bool = False,
        query: dict[str, str] | None = None,
    ) -> Answer:
        """Ask with a body as JSON or as a form; None: without one. Raises AskedOut."""
        if body is None:
            return await self.ask(method, path, query=query)
        if form:
            texts = {name: str(value) for name, value in body.items() if value is not False}
            return await self.ask(method, path, form=texts, query=query)
        return await self.ask(method, path, json=body, query=query)

    async def _sent(self, request: httpx.Request) -> tuple[httpx.Response, bytearray]:
        try:
            return await self._read(request)
        except (httpx.RemoteProtocolError, httpx.ReadError):
            return await self._read(
                request
            )  # after an error a server may end a connection that the next request is sent by

    async def _read(self, request: httpx.Request) -> tuple[httpx.Response, bytearray]:
        response = await self._client.send(request, stream=True)
        body = bytearray()
        try:
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > _MOST_BODY:
                    break
        finally:
            await response.aclose()
        return response, body

    def forget(self) -> None:
        """Be nobody again."""
        self._client.cookies.clear()
        self.token = ""

    @property
    def known(self) -> bool:
        """Whether it holds something that may say who it is."""
        return bool(self.token) or any(
            cookie.name.lower() not in ("csrftoken", "csrf", "_csrf") for cookie in self._client.cookies.jar
        )

    async def close(self) -> None:
        await self._client.aclose()


def _json(text: str) -> Any:
    if text.lstrip()[:1] not in ("{", "[", '"'):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def walked(data: Any) -> Iterator[tuple[str, Any]]:
    """Each (key, value) in JSON, at any depth; what lies in lists has the key of the list."""
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        key, value = waiting.pop()
        yield key, value
        if isinstance(value, dict):
            waiting += [(str(name), one) for name, one in value.items()]
        elif isinstance(value, list):
            waiting += [(key, one) for one in value[:200]]
