"""What can go wrong: one typed error with two texts, for the person and for the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from typing_extensions import TypeAliasType

Json = TypeAliasType("Json", "bool | int | float | str | list[Json] | dict[str, Json] | None")
"""What JSON can say."""
Remedy = Literal["retry", "continue", "key", "credit", "budget", "wait", "shorten", "model", "decide", "none"]
"""The one step that a page offers after a failure."""


class SaysoError(Exception):
    """A failure with a name.

    `message` is what the person sees (plain words, what to do next); `detail` goes to the log only and holds
    no secret. `status` is the HTTP status the API answers with; `code` is stable and machine-readable; `details` hold,
    as JSON, what a program needs to react.
    """

    code = "internal"
    status = 500

    def __init__(
        self,
        message: str,
        *,
        detail: str = "",
        code: str | None = None,
        status: int | None = None,
        details: Mapping[str, Json] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.details: dict[str, Json] = dict(details or {})
        self.code = code or self.code
        self.status = status or self.status


class NotFound(SaysoError):
    """The thing asked for does not exist, or the actor may not know of it."""

    code = "not_found"
    status = 404


class Conflict(SaysoError):
    """The thing has changed, or is in a state that does not allow this."""

    code = "conflict"
    status = 409


class Refused(SaysoError):
    """The actor may not do this."""

    code = "forbidden"
    status = 403


class BadInput(SaysoError):
    """The input cannot be used; nothing was changed."""

    code = "bad_input"
    status = 422


class SignInNeeded(SaysoError):
    """The request names no actor, and its action needs one."""

    code = "sign_in"
    status = 401
