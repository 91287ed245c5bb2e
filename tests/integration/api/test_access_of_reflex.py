"""What Reflex answers beside our own routes, and the sign-in before all of them, × everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from reflex.constants import Endpoint
from reflex_base.environment import environment
from starlette.types import ASGIApp

from tests.integration.api.test_access_of_routes import OWNER_PASSWORD, SOCKET, House, Route, house
from tests.integration.hostile_calls import Call
from tests.integration.team import IN, MISSING, PEOPLE, SECRET, TEAM, UNKNOWN, WHO

__all__ = ["house"]

# What whoever is signed in hears, and why that is right.
OF_REFLEX = {
    "/_event": (IN, "the sockets of the pages, whose events each say what they ask for: test_access_of_pages.py"),
    "/_health": (IN, "says that the process is up"),
    "/ping": (IN, "says that the process is up"),
    "/_upload": (MISSING, "no page takes files this way"),
    "/_all_routes": (MISSING, "only Reflex's own cloud asks for it"),
    "/auth-codespace": (MISSING, "only where GitHub's codespaces run it"),
}


@pytest.fixture
def whole(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The application as it is served, pages and all. Reflex makes it once in a process: for one test."""
    import builder.app

    services = house.team.services
    # The house has the owner's password before it; people's own accounts have doors and tests of their own.
    settings = services.settings.model_copy(update={"accounts": "off"})
    monkeypatch.setattr(builder.app, "get_settings", lambda: settings)
    monkeypatch.setattr(builder.app, "get_services", lambda: services)
    environment.REFLEX_SKIP_COMPILE.set(True)
    app: ASGIApp = builder.app.app()
    yield House(house.team, app, house.session)
    environment.REFLEX_SKIP_COMPILE.set(None)


@pytest.mark.parametrize("shared", ["sqlite"], indirect=True)
async def test_what_reflex_answers_is_for_whoever_is_signed_in(whole: House) -> None:
    assert {str(endpoint) for endpoint in Endpoint} == OF_REFLEX.keys()
    for path, (told, _) in OF_REFLEX.items():
        for person in PEOPLE:
            for method in ("GET", "POST"):
                heard, given = await whole.ask(Route(method, path, path, None), person)
                assert heard == (told if person.id else UNKNOWN), (method, path, person)
                assert SECRET.encode() not in given
    heard, _ = await whole.ask(Route(SOCKET, "/_event/", "/_event/", None), next(p for p in PEOPLE if not p.id))
    assert heard == UNKNOWN


async def test_the_sign_in_answers_everybody_and_gives_nothing_without_the_password(house: House) -> None:
    async def ask(method: str, path: str, *headers: tuple[bytes, bytes], body: bytes = b"") -> Call:
        call = Call(method, path, "", [(b"host", b"localhost:8000"), (b"x-sayso-client", b"tests"), *headers], body)
        await call.send(house.app)
        return call

    mine = (b"cookie", house.session.encode())
    assert (await ask("GET", "/sign-in")).status == 200
    wrong = await ask("POST", "/sign-in", body=b"password=wrong")
    assert (wrong.status, "set-cookie" in wrong.heads) == (401, False)
    # Whoever is not signed in ends nobody's session by signing out, nor does another site for who is.
    assert (await ask("POST", "/sign-out")).status == 303
    assert (await ask("POST", "/sign-out", mine, (b"origin", b"https://elsewhere.example"))).status == 403
    who = (WHO.encode(), f"the-owner {TEAM.workspace}".encode())
    assert (await ask("GET", "/api/v1/projects", mine, who)).status == 200
    assert (await ask("POST", "/sign-out", mine)).status == 303
    assert (await ask("GET", "/api/v1/projects", mine, who)).status == 401
    right = await ask("POST", "/sign-in", body=f"password={OWNER_PASSWORD}".encode())
    assert (right.status, "set-cookie" in right.heads) == (303, True)
