"""Calls of an API, made from its OpenAPI document: right ones, nearly right ones and hostile ones, from a seed.

Our own generator: the calls name what exists at this moment, go to the application itself, several at a time, and need
not be kept, so that 20,000 of them fit into a run of the tests.
"""

from __future__ import annotations

import asyncio
import json
import string
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message

Schema = Mapping[str, Any]
DEEP = b"[" * 20_000
LONG = "x" * 20_000
TEXTS = [
    "", " ", "a", "é", "日本", "a\0b", "a\nb", "\x1b[2J", "\ud800", "a\udfff", "../../etc/passwd", "/etc/passwd", "CON",
    "%00", "a//b", "null", "true", "0", "-1", "9" * 30, "NaN", "1e999", "' OR 1=1 --", "{{7*7}}", "http://[", "é" * 300,
    "a/" * 150 + "b", LONG, "\u202e", "🙂", "application/json", "data:text/html,x", "é===", "AAE", "AA=E", "text/css",
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 7, 80, 65_536, 2**31, 2**53, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**300, 0.5, -0.0, 1e308]
OTHERS = [None, True, False, [], {}, [None], [True, True], {"": ""}, [[[[]]]], {"a": {"b": {"c": None}}}]


@dataclass
class Call:
    """One request as it goes over the wire, and what came back."""

    method: str
    path: str
    query: str = ""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    status: int = 0
    answer: bytes = b""
    endless: bool = False
    kind: str = ""  # the media type of the answer
    heads: Mapping[str, str] = field(default_factory=dict)  # of the answer
    cookies: Sequence[str] = ()  # that the answer sets, as `name=value`
    told: Mapping[str, Any] = field(default_factory=dict)  # what the document says of answers, by status

    def __str__(self) -> str:
        sent = f"{self.method} {self.path[:300]}?{self.query[:300]} {self.headers} {self.body[:600]!r}"
        return f"{sent}\n  → {self.status} {self.answer[:600]!r}"

    async def send(self, app: ASGIApp) -> None:
        """Have `app` answer, as uvicorn would: the client leaves an endless answer after its first piece."""
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
            "method": self.method, "scheme": "http", "path": unquote(self.path), "raw_path": self.path.encode(),
            "query_string": self.query.encode(), "root_path": "", "headers": self.headers,
            "client": ("127.0.0.1", 1), "server": ("localhost", 8000), "state": {},
        }  # fmt: skip
        sent, over = False, asyncio.Event()
        answer = bytearray()

        async def receive() -> Message:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": self.body, "more_body": False}
            await over.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.heads = {name.decode().lower(): value.decode() for name, value in message["headers"]}
                cookies = [value.decode() for name, value in message["headers"] if name.lower() == b"set-cookie"]
                self.cookies = [cookie.partition(";")[0] for cookie in cookies]
                self.kind = self.heads.get("content-type", "").partition(";")[0]
            else:
                answer.extend(message.get("body", b""))
                if self.endless or not message.get("more_body"):
                    over.set()

        await app(scope, receive, send)
        self.answer = bytes(answer)


class Calls:
    """Makes calls of `document`. `known(name)` gives values that exist, for a parameter or field of that name."""

    def __init__(self, document: Schema, known: Callable[[str], list[Any]], rng: Random) -> None:
        self._document, self._known, self._rng = document, known, rng
        self.made: Counter[tuple[str, str]] = Counter()  # by method and path
        self.operations = [
            (method.upper(), path, operation)
            for path, methods in sorted(document["paths"].items())
            for method, operation in sorted(methods.items())
        ]

    def __iter__(self) -> Iterator[Call]:
        while True:
            yield self.make(*self._rng.choice(self.operations))

    def make(self, method: str, path: str, operation: Schema) -> Call:
        """One call of an operation; how far it strays is drawn anew for each."""
        self.made[method, path] += 1
        rng, wild = self._rng, self._rng.choice([0.0, 0.0, 0.05, 0.1, 0.2, 0.6])
        call = Call(method, path, endless=path.endswith("/events"), told=operation["responses"])
        queries: list[tuple[str, str]] = []
        for parameter in operation.get("parameters", []):
            name, where = parameter["name"], parameter["in"]
            value = self._text(self._value(parameter.get("schema", {}), name, wild if where != "path" else wild / 3))
            if where == "path":
                # An address without a value is another address.
                call.path = call.path.replace("{" + name + "}", _quoted(value or "-", rng))
            elif where == "query" and rng.random() < 0.7:
                queries += [(name, value)] * rng.choice([1, 1, 1, 2])
            elif where == "header" and rng.random() < 0.5:
                call.headers.append((name.encode(), value.encode("latin-1", "replace").replace(b"\n", b" ")))
        if rng.random() < wild / 4:
            queries.append((self._some_text(), self._some_text()))
        call.query = "&".join(f"{_quoted(name, rng)}={_quoted(value, rng)}" for name, value in queries)
        if rng.random() < 0.1:
            call.headers.append(rng.choice(HEADERS))
        body = operation.get("requestBody")
        if body and rng.random() < 0.97:
            kind, content = rng.choice(sorted(body["content"].items()))
            call.body = self._body(kind, content.get("schema", {}), wild)
            kind = rng.choice(KINDS) if rng.random() < wild / 4 else kind
            call.headers.append((b"content-type", kind.encode()))
        call.headers.append((b"host", b"localhost:8000"))
        return call

    def _body(self, kind: str, schema: Schema, wild: float) -> bytes:
        rng = self._rng
        if kind != "application/json":
            known = self._known(kind)
            made: bytes = rng.choice(known) if known and rng.random() > wild / 2 else rng.randbytes(rng.randrange(200))
            return _damaged(made, rng) if rng.random() < wild else made
        raw = json.dumps(self._value(schema, "", wild), ensure_ascii=rng.random() < 0.8).encode(
            "utf-8", "surrogatepass"
        )
        if rng.random() < wild / 4:
            raw = rng.choice([b"", b"null", b"NaN", b"[]", b'"', DEEP, b'{"a":' + DEEP, b"9" * 5_000, b"\xff\xfe{}\0"])
        return _damaged(raw, rng) if rng.random() < wild / 4 else raw

    def _value(self, schema: Schema, name: str, wild: float, depth: int = 0) -> Any:
        rng = self._rng
        if rng.random() < wild / 4:
            return self._anything(depth)
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self._value(rng.choice(options), name, wild, depth)
        if "enum" in schema or "const" in schema:
            return rng.choice(schema.get("enum") or [schema["const"]])
        match schema.get("type"):
            case "object":
                return self._object(schema, name, wild, depth)
            case "array":
                most = min(schema.get("maxItems", 4), 4)
                length = rng.randint(schema.get("minItems", 0), most)
                return [self._value(schema.get("items", {}), name, wild, depth + 1) for _ in range(length)]
            case "string":
                known = self._known(name)
                return rng.choice(known) if known and rng.random() > 2 * wild else self._some_text(2 * wild)
            case "integer" | "number":
                low, high = schema.get("minimum", 0), schema.get("maximum", 1_000)
                return (
                    rng.choice(NUMBERS) if rng.random() < wild else rng.randint(int(low), int(min(high, low + 1_000)))
                )
            case "boolean":
                return rng.random() < 0.5
            case "null":
                return None
        return self._anything(depth)

    def _object(self, schema: Schema, name: str, wild: float, depth: int) -> dict[str, Any]:
        rng, made = self._rng, {}
        for key, of in schema.get("properties", {}).items():
            if rng.random() < (0.98 if key in schema.get("required", ()) else 0.5):
                made[key] = self._value(of, key, wild, depth + 1)
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict):
            for _ in range(rng.randrange(4)):
                known = self._known("path")
                key = rng.choice(known) if known and rng.random() > wild else self._some_text()
                made[key] = self._value(extra, "path" if name == "rename" else "", wild, depth + 1)
        elif rng.random() < wild / 6:
            made[self._some_text()] = self._anything(depth)
        return made

    def _anything(self, depth: int) -> Any:
        rng = self._rng
        kind = rng.randrange(4 if depth < 4 else 3)
        if kind == 3:
            return {self._some_text(): self._anything(depth + 1)} if rng.random() < 0.5 else [self._anything(depth + 1)]
        return rng.choice((TEXTS, NUMBERS, OTHERS)[kind])

    def _some_text(self, wild: float = 1.0) -> str:
        rng = self._rng
        return rng.choice(TEXTS) if rng.random() < wild else "".join(rng.choices(string.ascii_letters, k=6))

    def _text(self, value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value)


HEADERS = [
    (b"range", b"bytes=0-"), (b"range", b"bytes=9-1,-5"), (b"if-none-match", b"*"), (b"if-modified-since", b"\xff"),
    (b"accept-encoding", b"br;q=x"), (b"accept", b"\xe9"), (b"cookie", b"=;\x01"), (b"origin", b"http://["),
    (b"last-event-id", b"9" * 400), (b"last-event-id", b"\xb2"), (b"content-length", b"-1"), (b"content-encoding", b"gzip"),
    (b"x-forwarded-for", b"::1%\xff"), (b"authorization", b"Bearer \xff"), (b"expect", b"100-continue"),
]  # fmt: skip
KINDS = [
    "text/plain", "application/json; charset=utf-16", "application/xml", "multipart/form-data", "a/b/c", "", "é",
    "application/x-www-form-urlencoded", "application/vnd.x+json", 'application/json; charset="',
]  # fmt: skip


def _quoted(value: str, rng: Random) -> str:
    text = quote(value.encode("utf-8", "surrogatepass"), safe="/" if rng.random() < 0.2 else "")
    return text + rng.choice(["%ff", "%c3", "%00", "%", "%zz", "%2f..%2f", "//"]) if rng.random() < 0.02 else text


def _damaged(raw: bytes, rng: Random) -> bytes:
    match rng.randrange(4):
        case 0:
            return raw[: rng.randrange(len(raw) + 1)]
        case 1:
            at = rng.randrange(len(raw) + 1)
            return raw[:at] + rng.randbytes(3) + raw[at + 3 :]
        case 2:
            return zlib.compress(raw)
    return raw + raw
