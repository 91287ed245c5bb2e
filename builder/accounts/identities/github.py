"""GitHub: OAuth 2.0 with PKCE, and its API for who the person is."""

from __future__ import annotations

from typing import Any, Final

from builder.accounts.identities.calls import client, faults, json_of
from builder.accounts.identities.provider import Attempt, ProvenPerson

_SCOPE: Final = "read:user user:email"
_PUBLIC: Final = "https://github.com"


class GitHubProvider:
    """github.com, or a GitHub Enterprise Server at `url`."""

    name: str = "github"
    title: str = "GitHub"

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self._url, self.client_id, self._secret = url.rstrip("/"), client_id, client_secret
        self._api = "https://api.github.com" if self._url == _PUBLIC else f"{self._url}/api/v3"

    def is_issuer(self, issuer: str) -> bool:
        return issuer.rstrip("/") in (self._url, f"{self._url}/login/oauth")

    async def address(self, redirect: str, attempt: Attempt) -> str:
        async with client(self.client_id, self._secret, redirect, _SCOPE) as asking:
            url, _ = asking.create_authorization_url(
                f"{self._url}/login/oauth/authorize", state=attempt.state, code_verifier=attempt.verifier
            )
        return str(url)

    async def person(self, code: str, redirect: str, verifier: str, nonce: str) -> ProvenPerson:
        del nonce  # of OpenID Connect, which GitHub does not speak
        with faults(self.title):
            async with client(self.client_id, self._secret, redirect, _SCOPE) as asking:
                token = await asking.fetch_token(
                    f"{self._url}/login/oauth/access_token",
                    code=code,
                    code_verifier=verifier,
                    headers={"Accept": "application/json"},
                )
            heads = {
                "Authorization": f"Bearer {token['access_token']}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            }
            user = await json_of(f"{self._api}/user", heads)
            emails = await json_of(f"{self._api}/user/emails", heads)
            return ProvenPerson(str(int(user["id"])), _primary(emails), str(user.get("name") or user["login"]))


def _primary(emails: list[dict[str, Any]]) -> str:
    """The address that GitHub writes to, if the person has confirmed it."""
    return next((str(one["email"]) for one in emails if one.get("primary") and one.get("verified")), "")
