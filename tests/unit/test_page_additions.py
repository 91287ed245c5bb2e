"""What pages of apps get beside their own, however their answers come in pieces."""

from __future__ import annotations

import pytest
from starlette.types import Message

from preview_runtime.page_additions import Additions, added

ADDITIONS = Additions(((b'"og:title"', b"<T>"),), b"<B>")
PAGE = b"<html><head><title>x</title></HEAD ><body>hello</body></html>"


async def answered(
    pieces: list[bytes], headers: list[tuple[bytes, bytes]], status: int = 200
) -> tuple[bytes, list[str]]:
    sent: list[Message] = []
    seen: list[str] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope, given = added({"headers": [(b"accept-encoding", b"br")]}, send, ADDITIONS, lambda: seen.append("page"))
    assert scope["headers"] == []
    await given({"type": "http.response.start", "status": status, "headers": headers})
    for number, piece in enumerate(pieces):
        await given({"type": "http.response.body", "body": piece, "more_body": number < len(pieces) - 1})
    length = [value for name, value in sent[0]["headers"] if name == b"content-length"]
    body = b"".join(message["body"] for message in sent[1:])
    assert all(int(value) == len(body) for value in length)
    return body, seen


def test_a_page_gets_tags_in_its_head_and_the_badge_at_its_end() -> None:
    assert ADDITIONS.to(PAGE) == b"<html><head><title>x</title><T></HEAD ><body>hello<B></body></html>"


@pytest.mark.parametrize("size", [1, 7, 31, 1000])
async def test_however_an_answer_is_cut_it_gets_them(size: int) -> None:
    pieces = [PAGE[at : at + size] for at in range(0, len(PAGE), size)]
    html = [(b"content-type", b"text/html"), (b"content-length", str(len(PAGE)).encode()), (b"etag", b'"1"')]
    body, seen = await answered(pieces, html)
    assert body == b"<html><head><title>x</title><T></HEAD ><body>hello</body></html><B>"
    assert seen == ["page"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(b"content-type", b"application/json")], 200),
        ([(b"content-type", b"text/html")], 404),
        ([(b"content-type", b"text/html"), (b"x-preview-state", b"waking")], 200),
        ([(b"content-type", b"text/html"), (b"content-encoding", b"gzip")], 200),
    ],
    ids=["data", "missing", "ours", "compressed"],
)
async def test_nothing_else_is_touched(headers: list[tuple[bytes, bytes]], status: int) -> None:
    length = (b"content-length", str(len(PAGE)).encode())
    assert await answered([PAGE], [*headers, length], status) == (PAGE, [])


async def test_a_page_that_names_its_styles_gets_no_badge() -> None:
    html = [(b"content-type", b"text/html"), (b"content-security-policy", b"style-src 'self'")]
    assert b"<B>" not in (await answered([PAGE], html))[0]
