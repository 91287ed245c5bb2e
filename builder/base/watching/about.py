"""Whose request is being worked on, as ids: what each line of the log and each trace is about."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Final

_PROJECT: Final = re.compile(r"/(?:api/v1/projects|p|projects)/([a-z2-7]{16})(?:/|\Z)")


@dataclass(slots=True)
class About:
    """Ids alone, "" where there is none: no name, no address, no text of a person."""

    request: str = ""
    trace: str = ""
    account: str = ""
    team: str = ""
    project: str = ""

    @property
    def known(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def reference(self) -> str:
        """What a person is told when something failed: it finds the request in the log, and its trace."""
        return self.trace or self.request or secrets.token_hex(4)


_about: Final[ContextVar[About | None]] = ContextVar("about", default=None)


def about() -> About:
    """What this task works for; an empty one outside of requests."""
    return _about.get() or About()


@contextmanager
def asked(path: str) -> Iterator[About]:
    """While this is open, and in the tasks that are begun meanwhile, a request for `path` is worked on."""
    found = _PROJECT.match(path)
    one = About(secrets.token_hex(4), project=found[1] if found else "")
    token = _about.set(one)
    try:
        yield one
    finally:
        _about.reset(token)


def acted(account: str, team: str) -> None:
    """The request's actor became known."""
    if (one := _about.get()) is not None:
        one.account, one.team = account, team
