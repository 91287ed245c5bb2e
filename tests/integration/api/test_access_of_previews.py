"""Preview hosts × all roles, a member of another team, a stranger and nobody: a private project, and links for everybody,
with a password and for whoever is signed in, each as a tab of a browser is led from one host to the other."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.types import ASGIApp

from builder.accounts.access import Action
from builder.preview_app import PreviewApp
from builder.previews.links.access import OPEN_LINK
from builder.previews.links.terms import Terms
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import verbatim
from preview_runtime.routes.route_table import Route as Upstream
from tests.integration.api.test_access_of_routes import House, house
from tests.integration.hostile_calls import Call
from tests.integration.team import IN, MISSING, PASSWORD, PEOPLE, SECRET, TEAM, UNKNOWN, WHO, Person

__all__ = ["house"]

ASKED = "asked for the password"
TAB = [(b"accept", b"text/html"), (b"sec-fetch-mode", b"navigate"), (b"sec-fetch-dest", b"document")]


class Tab:
    """A browser's, with somebody's cookies: follows where it is led."""

    def __init__(self, house: House, previews: ASGIApp, person: Person) -> None:
        self._house, self._previews, self._person = house, previews, person
        self._cookies: dict[str, str] = {}

    async def ask(self, address: str, method: str = "GET", body: bytes = b"") -> Call:
        url = urlsplit(address)
        headers = [(b"host", url.netloc.encode()), *TAB]
        builder = url.hostname == "localhost"
        if builder:
            headers.append((b"x-sayso-client", b"tests"))
            if self._person.id:
                headers += [(b"cookie", self._house.session.encode()), (WHO.encode(), self._person.id.encode())]
        elif cookie := self._cookies.get(url.netloc):
            headers.append((b"cookie", cookie.encode()))
        call = Call(method, url.path, url.query, headers, body)
        await call.send(self._house.app if builder else self._previews)
        if call.cookies:
            self._cookies[url.netloc] = "; ".join(call.cookies)
        return call

    async def goes_to(self, address: str, method: str = "GET", body: bytes = b"") -> str:
        """What somebody hears in the end who opens `address`."""
        for _ in range(6):
            call = await self.ask(address, method, body)
            url = urlsplit(address)
            if call.status != 303:
                break
            to = call.heads["location"]
            if to.startswith("/sign-in"):
                return UNKNOWN
            address, method, body = (f"http://{url.netloc}{to}" if to.startswith("/") else to), "GET", b""
        if url.path.startswith(OPEN_LINK) and call.status == 200:
            return ASKED
        assert call.status in (200, 404, 503), call
        assert url.hostname != "localhost" or call.status == 404, call
        assert call.status != 404 or SECRET.encode() not in call.answer
        return MISSING if call.status == 404 else IN


async def test_a_preview_is_seen_by_whom_its_kind_and_its_terms_name(house: House) -> None:
    services = house.team.services
    project = house.team.ids["project_id"]
    # A server part is for those who may see the project; that it does not run at this moment is told to them alone.
    services.routes.put(project, Upstream("", private=True, problem=verbatim(SECRET)))
    shown = (await services.store.create(TEAM, "shown")).id
    await services.store.commit(TEAM, shown, FileTree({"index.html": SECRET}), kind="import", label="")
    links = {
        access: (
            await services.shares.create(
                TEAM, shown, Terms(access=access, password=PASSWORD if access == "password" else "")
            )
        ).id
        for access in ("public", "password", "signed_in")
    }
    previews = PreviewApp(lambda: services, services.settings)
    wrong = []
    for person in PEOPLE:
        expected = {
            project: person.is_told(Action.READ),
            links["public"]: IN,
            links["password"]: ASKED,
            links["signed_in"]: person.is_told(Action.USE),
            "a" * 16: MISSING,
        }
        for preview, told in expected.items():
            address = services.settings.preview_origin(preview)
            heard = await Tab(house, previews, person).goes_to(f"{address}/")
            if heard != told:
                wrong.append(f"{person.name} at {preview}: {heard}, should be {told}")
        tab = Tab(house, previews, person)
        door = f"{services.settings.url}{OPEN_LINK}/{links['password']}"
        if await tab.goes_to(door, "POST", f"password={PASSWORD}".encode()) != IN:
            wrong.append(f"{person.name} is not let in with the password")
    await previews.host().close()
    assert wrong == []
