"""Where a request comes from, as sessions note it."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from builder.accounts.doors.people import AccountParts
from builder.accounts.people.proofs import Caller


def client_of(people: AccountParts, request: HTTPConnection) -> Caller:
    return Caller(
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
        languages=request.headers.get("accept-language", ""),
        device=people.cookies.device_of(request.headers),
    )
