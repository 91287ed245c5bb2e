"""The answer to a request whose cookies are too long: it tells the browser to drop them.

Previews share a parent domain, for which a script of one can set cookies that come along with requests to all others.
A request shows only a cookie's name, not the domain and path it was set for. So the cookie is expired for every domain
and path that applies to this request. Cookies that an app set for its own host alone are dropped only when that did not
help.
"""

from __future__ import annotations

import re
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

MOST_HEAD_BYTES: Final = 1024 * 1024
"""The longest head of which the names of the cookies are read: browsers keep 180 cookies of 4 kB for a site."""
# Chromium reads 256 kB of an answer's head.
_MOST_ANSWER: Final = 128 * 1024
_MOST_PATHS: Final = 8
# Browsers keep 180 cookies for a site, of 4 kB each, and read no longer path (RFC 6265bis section 5.6).
_MOST_NAMES: Final = 1_000
_LONGEST_NAME: Final = 4_096
_LONGEST_PATH: Final = 1_024
_LONGEST_HOST: Final = 253
_UNSETTABLE: Final = re.compile(r"[\x00-\x1f;\x7f]")
_MOST_PARENTS: Final = 4
_MARK: Final = "sayso-cut"
_MARK_SECONDS: Final = 60
# For so many answers only cookies of the parent domains are dropped: a script's writes reach the browser's store a
# little later, so parts of a flood may come after the first answer.
_SPARED: Final = 2
_RELOADS: Final = 3
_OURS: Final = ("sayso", "__Host-sayso")

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Too many cookies</title><style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;
max-width:26rem;margin:20vh auto;padding:0 2rem;text-align:center}</style></head>
<body><h1>Too many cookies</h1><p>Another app had set more cookies for this address than a request may carry.
They have been removed. <a href="">Load the page again</a>; if that does not help, delete this site's cookies.</p>
RELOAD</body></html>
"""


@dataclass(slots=True)
class LongHead:
    """The readable parts of a head: `cookies` maps names to their bytes. All text comes from a stranger."""

    host: str = ""
    path: str = "/"
    secure: bool = False
    navigation: bool = False
    cookies: list[tuple[str, int]] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """The path without its query."""
        return self.path.partition("?")[0]

    def read(self, name: bytes, value: bytes) -> None:
        """Take in one header."""
        if name == b"host":
            host = value.decode("latin-1").lower().rpartition("]")[2].partition(":")[0].rstrip(".")
            self.host = host if len(host) <= _LONGEST_HOST and _settable(host) else ""
        elif name == b"accept":
            self.navigation = b"text/html" in value
        elif name == b"cookie":
            # The text after the last cookie read is one long rest, which is left out.
            for part in value.split(b";", _MOST_NAMES)[:_MOST_NAMES]:
                if len(self.cookies) == _MOST_NAMES:
                    return
                key, equals, content = part.strip().partition(b"=")
                # A cookie without a name is sent as its value alone.
                self.cookies.append((key.decode("latin-1") if equals else "", len(part) + 1))
                if key == _MARK.encode():
                    self.marks.append(content[:64].decode("latin-1"))


class Floods:
    """The answers of one server, which remembers the clients that it has already told to drop the cookies of the parent
    domains."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def answer(self, head: LongHead) -> tuple[list[str], str]:
        """`Set-Cookie` values, and the page for a person. The first answers spare cookies of the host itself."""
        known = [self._told.get((head.host, mark), (0.0, 0)) for mark in head.marks]
        times = max((count for until, count in known if until > time.monotonic()), default=0)
        again = times >= _SPARED
        # A cookie that is sent back unchanged cannot be forged by another preview, which does not see it.
        mark = secrets.token_urlsafe(12)
        self._told[head.host, mark] = (time.monotonic() + _MARK_SECONDS, times + 1)
        while len(self._told) > 1_000:
            self._told.popitem(last=False)
        secure = head.secure or head.host.endswith(".localhost") or head.host == "localhost"
        reach = "; Secure; SameSite=None" if secure else ""
        lines = [f"{_MARK}={mark}; Path=/; Max-Age={_MARK_SECONDS}{reach}"]
        room = _MOST_ANSWER
        names = dict(sorted(head.cookies, key=lambda cookie: cookie[1], reverse=True))
        shared, places = _places(head, again=False), _places(head, again)
        for name in names if places else ():
            if len(name) > _LONGEST_NAME or not _settable(name):
                continue
            reached = shared if name.startswith(_OURS) else places
            own = [f"{name}=x; Max-Age=0{where}{how}" for where in reached for how in _ways(secure)]
            room -= sum(map(len, own)) + 14 * len(own)
            if room < 0:
                break
            lines += own
        reload = "<script>location.reload()</script>" if times < _RELOADS else ""
        return lines, _PAGE.replace("RELOAD", reload)


def _places(head: LongHead, again: bool) -> list[str]:
    """The domains and paths for which a cookie in this request may have been set."""
    labels = head.host.split(".")
    parents = [".".join(labels[at:]) for at in range(1, len(labels) - 1)][:_MOST_PARENTS]
    domains = [f"; Domain={parent}" for parent in parents if not parent.replace(".", "").isdigit()]
    if again:
        domains += ["", f"; Domain={head.host}"]
    return [f"; Path={path}{domain}" for path in _paths(head.folder) for domain in domains]


def _paths(path: str) -> list[str]:
    """`/`, and each folder above `path` with and without its slash (RFC 6265 section 5.1.4), the first few of them."""
    found = {"/": None}
    end = path.find("/")
    while 0 <= end < len(path) and len(found) < _MOST_PATHS:
        after = path.find("/", end + 1)
        end = len(path) if after < 0 else after
        if end > _LONGEST_PATH or not _settable(path[:end]):
            break  # and no longer one either
        found |= {path[:end]: None} if end == len(path) else {path[:end]: None, f"{path[:end]}/": None}
    return list(found)[:_MOST_PATHS]


def _ways(secure: bool) -> list[str]:
    # In the builder's frame a preview is a third party: only partitioned cookies can be set there, and each partition
    # has its own.
    return ["; Secure; SameSite=None", "; Secure; SameSite=None; Partitioned"] if secure else [""]


def _settable(text: str) -> bool:
    """Whether the name may be put into a header of ours."""
    return _UNSETTABLE.search(text) is None
