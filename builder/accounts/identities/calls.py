"""Calls of providers: bounded in time, and with one name for whatever goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from ssl import SSLContext
from typing import Any, Final

import httpx2

from builder.accounts.identities.provider import ProviderFault

_SECONDS: Final = 10.0


@cache
def _trusted() -> SSLContext:
    """Whose certificates count. Reading them takes 50 ms each time, in which nobody else is answered."""
    return httpx2.create_ssl_context()


def client(client_id: str, client_secret: str, redirect: str, scope: str) -> Any:
    """Authlib's client of one sign-in, an asynchronous context; PKCE by S256."""
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    return AsyncOAuth2Client(
        client_id,
        client_secret,
        redirect_uri=redirect,
        scope=scope,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 - the name of a way
        timeout=_SECONDS,
        verify=_trusted(),
    )


async def json_of(url: str, headers: Mapping[str, str] | None = None) -> Any:
    """What is at an address. Raises httpx2.HTTPError, ValueError."""
    async with httpx2.AsyncClient(timeout=_SECONDS, verify=_trusted()) as asking:
        answer = await asking.get(url, headers=dict(headers or {}))
        answer.raise_for_status()
        return answer.json()


@contextmanager
def faults(title: str) -> Iterator[None]:
    """Raises ProviderFault for whatever a provider's answer, or its silence, leads to."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    try:
        yield
    except httpx2.HTTPError as error:
        raise ProviderFault(title, f"{type(error).__name__}: {error}"[:300], away=True) from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderFault(title, f"{type(error).__name__}: {error}"[:300]) from error
