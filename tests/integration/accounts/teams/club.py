"""People who work together: each in a browser of their own, with a proven address."""

from __future__ import annotations

from typing import Any, Final

import httpx

from tests.integration.accounts.people.school import School

API: Final = "/api/v1"


class Member:
    """A person with a browser. Every call says what answer is expected."""

    def __init__(self, browser: httpx.AsyncClient, account: dict[str, Any]) -> None:
        self.browser, self.id, self.email = browser, account["id"], account["email"]

    async def does(self, method: str, path: str, body: object = None, *, hears: int = 200) -> Any:
        answer = await self.browser.request(method, f"{API}{path}", json=body)
        assert answer.status_code == hears, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def makes_project(self, title: str = "Shop", team: str = "") -> str:
        query = f"?team={team}" if team else ""
        made = await self.does("POST", f"/projects{query}", {"title": title}, hears=201)
        await self.does("PATCH", f"/projects/{made['project']['id']}/working", {"put": {"a.txt": title}})
        await self.does("POST", f"/projects/{made['project']['id']}/save", {})
        project: str = made["project"]["id"]
        return project

    async def makes_team(self, name: str = "Club") -> str:
        made: str = (await self.does("POST", "/teams", {"name": name}, hears=201))["team"]["id"]
        return made

    async def invites(self, place: str, role: str, email: str = "") -> str:
        """The secret in the link of an invitation; `place` is the path of the invitations."""
        made = await self.does("POST", place, {"email": email, "role": role}, hears=201)
        secret: str = made["link"].rpartition("/")[2]
        return secret

    async def accepts(self, secret: str) -> None:
        await self.does("POST", f"/invitations/{secret}/accept")

    async def joins(self, other: Member, place: str, role: str) -> None:
        """`other` lets this person in."""
        await self.accepts(await other.invites(place, role, self.email))

    async def sees(self, query: str = "") -> list[str]:
        """The titles of the projects in their list."""
        found = await self.does("GET", f"/projects{query}")
        return sorted(one["title"] for one in found["projects"])


async def member(school: School, name: str) -> Member:
    browser = await school.signed_up(f"{name}@example.org", username=f"{name}-here")
    assert (
        await browser.post(f"{API}/auth/verify", json={"token": await school.token_of("verify")})
    ).status_code == 204
    return Member(browser, (await browser.get(f"{API}/me")).json()["account"])
