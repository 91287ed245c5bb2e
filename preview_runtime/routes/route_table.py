"""The previews with a server part, and where each listens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from preview_runtime.browser_servers import BrowserServer
from preview_runtime.phrases import Phrase
from preview_runtime.walked_answers import WalkedServer

API_PREFIX: Final = "/api"
_OF_PYTHON: Final = ("/@sayso/", "/@deps/")
"""What the page that runs an app gets from its host: the app is not there before, and the page of another tab, which
answers meanwhile, has none of it."""


@dataclass(frozen=True, slots=True)
class Route:
    """`upstream`: the origin of the app's server, such as `http://10.60.0.2:8000`; "" while it has none.

    `whole`: every path goes there; otherwise only /api and the paths below it, and the rest is the instant engine's
    output. `asleep`: the app is frozen or ended and is woken before a request is passed on; its address may then
    differ. `browser`: a page runs the app, and `upstream` is not asked. `private`: only for people with a ticket.
    `problem`: why the app neither runs nor can be woken, for the person who requests it; None when nothing is wrong.
    """

    upstream: str = ""
    whole: bool = True
    asleep: bool = False
    private: bool = False
    problem: Phrase | None = None
    browser: BrowserServer | None = None

    @property
    def awake(self) -> bool:
        """Whether requests can be passed on to the app at once."""
        return bool(self.upstream or self.browser) and not self.asleep and not self.problem

    def takes(self, path: str) -> bool:
        """Whether a request for `path` goes to the server part."""
        if self.browser is not None and path.startswith(_OF_PYTHON):
            return False
        return self.whole or path == API_PREFIX or path.startswith(API_PREFIX + "/")


class RouteTable:
    """Preview id → route, and the servers that are lent to walks: those answer at no other name."""

    def __init__(self) -> None:
        self._routes: dict[str, Route] = {}
        self._walked: dict[str, WalkedServer] = {}
        self._in_browsers: dict[str, Route] = {}

    def __iter__(self) -> Iterator[tuple[str, Route]]:
        return iter(sorted(self._routes.items()))

    def __len__(self) -> int:
        return len(self._routes)

    def find(self, preview_id: str) -> Route | None:
        """What runs in a person's browser comes first: it is what that person looks at."""
        return self._in_browsers.get(preview_id) or self._routes.get(preview_id)

    def walked(self, preview_id: str) -> WalkedServer | None:
        """The server for the walks of a preview; None while it has none."""
        return self._walked.get(preview_id)

    def is_lent(self, preview_id: str) -> bool:
        """Whether this server is there for walks alone."""
        return any(server.preview == preview_id for server in self._walked.values())

    def lend(self, preview_id: str, server: WalkedServer) -> None:
        """Have `server` answer at the names for walks of a preview."""
        self._walked[preview_id] = server

    def take_back(self, preview_id: str) -> None:
        """No server answers at a preview's names for walks any more; it is no error when none did."""
        self._walked.pop(preview_id, None)

    def put(self, preview_id: str, route: Route) -> None:
        self._routes[preview_id] = route

    def drop(self, preview_id: str) -> None:
        """Forget a preview's route; it is no error when there is none."""
        self._routes.pop(preview_id, None)

    @contextlib.contextmanager
    def attached(self, preview_id: str, route: Route) -> Iterator[None]:
        """While this is open the page of `route` answers, unless a later one takes its place and ends it."""
        browser = route.browser
        if browser is None:
            raise ValueError("no page answers at this route")
        if (earlier := self._in_browsers.get(preview_id)) and earlier.browser:
            earlier.browser.end()
        self._in_browsers[preview_id] = route
        try:
            yield
        finally:
            browser.end()
            if self._in_browsers.get(preview_id) is route:
                del self._in_browsers[preview_id]
