"""All routes and sockets × all roles, a member of another team, a stranger and nobody, over the application itself.

Each route says what it asks for; the table of roles says who may; what people are told has to be just that.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr
from starlette.types import ASGIApp, Message

from builder.accounts.access import Action, Visibility
from builder.accounts.open_connections import SIGNED_OUT
from builder.accounts.sign_in import require_sign_in
from builder.api import create_api
from builder.api.previews import runtime
from builder.api.requests.context import Declared
from builder.base.http.hosts import same_origin_only
from builder.composition.settings import Settings
from builder.previews.links.access import OPEN_PREVIEW
from builder.projects.store import ChangeOfProject
from tests.integration.api.test_api import archive
from tests.integration.hostile_calls import Call
from tests.integration.team import (
    IN,
    KEYS,
    MISSING,
    PASSWORD,
    PEOPLE,
    PNG,
    REFUSED,
    SECRET,
    TEAM,
    UNKNOWN,
    WHO,
    Person,
    Team,
)
from tests.integration.team import team as made_team

SOCKET = "WS"
OWNER_PASSWORD = "correct horse"  # a test's own
# Answered by libraries, behind the sign-in: for whoever is signed in, as they say nothing of what anybody made.
UNDECLARED = {
    "/api/v1/openapi.json": "which calls there are",
    "/api/v1/docs/files": "the scripts of the page that describes them",
}
# Who is let in is said by the preview that it leads to: see test_access_of_previews.py.
LEADS_ON = {OPEN_PREVIEW + "/{preview_id}"}
# Where the answer to whoever is let in is that there is nothing.
NOTHING = {"/api", "/api/{path:path}"}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/projects"): {"starter": "kanban"},
    ("POST", "/projects/import"): archive({"index.html": "x"}),
    ("POST", "/projects/{project_id}/import"): archive({"index.html": "x"}),
    ("PATCH", "/projects/{project_id}"): {"title": "Other"},
    ("POST", "/projects/clone"): {"url": "ftp://none"},
    ("PUT", "/projects/{project_id}/git"): {"url": "https://example.org/app.git"},
    ("POST", "/projects/{project_id}/git/push"): {},
    ("POST", "/projects/{project_id}/git/take"): {"branch": "ours"},
    ("PATCH", "/projects/{project_id}/collaborators/{account_id}"): {"role": "editor"},
    ("POST", "/projects/{project_id}/collaborators"): {"role": "viewer"},
    ("POST", "/projects/{project_id}/move"): {"team": "their own"},
    ("POST", "/teams"): {"name": "Ours"},
    ("PATCH", "/teams/{team_id}"): {"name": "Ours"},
    ("PATCH", "/teams/{team_id}/members/{account_id}"): {"role": "editor"},
    ("POST", "/teams/{team_id}/invitations"): {"role": "viewer"},
    ("PUT", "/keys/{provider}"): {"key": "no key"},
    ("PUT", "/budget"): {"month_usd": 5},
    ("PUT", "/projects/{project_id}/budget"): {"total_usd": 5},
    ("POST", "/projects/{project_id}/dependencies"): {"dependencies": {"..": "1"}},
    ("PATCH", "/projects/{project_id}/versions/{version_id}"): {"pinned": True},
    ("POST", "/projects/{project_id}/types"): {"dependencies": {"..": "1"}},
    ("POST", "/projects/{project_id}/packages/pins"): {},
    ("POST", "/projects/{project_id}/packages/{ecosystem}/{name:path}"): {},
    ("POST", "/projects/{project_id}/looks/{look_id}"): {},
    ("POST", "/teams/{team_id}/webhooks"): {"url": "https://hooks.invalid/", "events": ["share.changed"]},
    ("PATCH", "/teams/{team_id}/webhooks/{webhook_id}"): {"active": False},
    ("POST", "/teams/{team_id}/keys"): {"name": "shop", "scopes": ["projects:read"]},
    ("PATCH", "/teams/{team_id}/keys/{key_id}"): {"per_minute": 5},
    ("POST", "/me/notifications/read"): {},
    ("PUT", "/me/notifications/choices"): {"choices": {}},
    ("POST", "/attachments"): b"text",
    ("POST", "/projects/{project_id}/attachments"): b"text",
    ("POST", "/projects/{project_id}/messages"): {"text": "make it blue"},
    ("POST", "/projects/{project_id}/turns/{turn_id}/answers"): {"answers": []},
    ("POST", "/projects/{project_id}/turns/{turn_id}/plan"): {"plan": {}},
    ("PUT", "/projects/{project_id}/turns/{turn_id}/decision"): {"choices": {}},
    ("POST", "/projects/{project_id}/turns/{turn_id}/decision"): {"head": None},
    ("POST", "/projects/{project_id}/check"): {"version": "none", "painted": True},
    ("POST", "/ai/complete"): {"prefix": "x = ", "project": "project_id"},
    ("POST", "/ai/chat"): {"messages": [{"role": "user", "content": "why?"}], "project": "project_id"},
    ("POST", "/ai/action"): {"action": "explain", "code": "x = 1", "project": "project_id"},
    ("POST", "/ai/improve"): {"prompt": "a list", "project": "project_id", "model": "starter:offline"},
    ("PUT", "/projects/{project_id}/steps"): {"mends": 1},
    ("PUT", "/projects/{project_id}/versions/{version_id}/walked"): {"shown": {}},
    ("PATCH", "/projects/{project_id}/working"): {"put": {"a.txt": "1"}},
    ("PUT", "/projects/{project_id}/files/{path:path}"): b"text",
    ("POST", "/projects/{project_id}/files"): {"path": "new.txt"},
    ("POST", "/projects/{project_id}/files/rename"): {"old_path": "index.html", "new_path": "index.html"},
    ("POST", "/projects/{project_id}/files/upload"): b"text",
    ("PUT", "/projects/{project_id}/preview"): {"replace": True},
    ("PUT", "/projects/{project_id}/thumbnail"): PNG,
    ("PUT", "/projects/{project_id}/run"): {},
    ("PUT", "/me/avatar"): PNG,
    ("PUT", "/projects/{project_id}/walks/server"): {"version": "none"},
    ("POST", "/projects/{project_id}/walks/server/begin"): {"lease": "none"},
    ("PATCH", "/projects/{project_id}/database"): {"mode": "on"},
    ("POST", "/projects/{project_id}/database/restore"): b"PGDMP",
    ("POST", "/projects/{project_id}/database/copies/restore"): {"copy_id": "copy_id"},
    ("PUT", "/projects/{project_id}/hosts"): {"hosts": ["example.org"]},
    ("PUT", "/projects/{project_id}/secrets/{variable}"): {"value": "v"},
    ("POST", "/projects/{project_id}/server/changes"): {"files": {"a": "b"}},
    ("POST", "/projects/{project_id}/server/exec"): {"command": ["ls"]},
    ("POST", "/projects/{project_id}/terminals"): {},
    ("PATCH", "/projects/{project_id}/shares/{share_id}"): {"follows": True},
    ("POST", "/projects/{project_id}/shares/{share_id}/data"): {"begin": "empty"},
    ("POST", "/projects/{project_id}/scan/decisions"): {"kind": "leak", "keys": ["0"]},
    ("POST", "/admin/users"): {"email": "new@example.org"},
    ("PATCH", "/admin/users/{account_id}"): {"state": "suspended"},
    ("DELETE", "/admin/users/{account_id}"): {"reason": "a test"},
    ("PATCH", "/admin/projects/{project_id}"): {"stop": True, "reason": "a test"},
    ("POST", "/admin/projects/{project_id}/look"): {"reason": "a test"},
    ("POST", "/admin/system/kill-switch"): {"on": False},
    ("POST", "/admin/system/maintenance"): {"on": False},
    ("POST", "/open-link/{share_id}"): f"password={PASSWORD}".encode(),
}
# Whoever has to wait is asked nothing: here everybody asks for everything, many times a minute.
RATES = ("reads_per_minute", "changes_per_minute", "generations_per_minute", "runs_per_hour")
# Of oneself: whoever has none of what is asked for is told so.
THEIR_OWN = {
    "/auth/logout", "/me/sessions/{session_id}", "/me/tokens/{token_id}", "/me/avatar", "/me/identities/{provider}",
    "/me/passkeys/{passkey_id}",
}  # fmt: skip
# Of a provider that is not set up here.
NOT_SET_UP = "/auth/oauth/{provider}"
# What there is after it is another: each person finds everything as it was.
ONCE = {"/projects/{project_id}/move", "/invitations/{secret}/accept", "/invitations/{secret}/decline"}
QUERIES = {
    "/projects/{project_id}/walks/server": "lease=none",
    "/projects/{project_id}/files/upload": "path=a.txt",
    "/projects/{project_id}/server/changes/diff": "path=a",
    "/projects/{project_id}/database/files/rows": "file=a.db&table=a",
    "/projects/{project_id}/estimate": "model=starter:offline",
    "/search": "q=a",
    "/projects/{project_id}/git/info/refs": "service=git-upload-pack",
}
OTHERS = {
    "team_id": "team",
    "path": "index.html",
    "part": "picture",
    "name": "kanban",
    "variable": "MAIL_KEY",
    "ecosystem": "npm",
    "provider": "anthropic",
    "digest": "0",
    "look_id": "0",
    "session_id": "0",
    "token_id": "0",
    "passkey_id": "0",
}


class Route(NamedTuple):
    """`path` without the API's prefix, where it has it."""

    method: str
    path: str
    whole: str
    action: Action | None

    @property
    def names_project(self) -> bool:
        """Whether it is about one project, rather than the workspace that somebody works in."""
        body = BODIES.get((self.method, self.path), b"")
        return any(name in self.whole for name in ("{project_id}", "{attachment_id}")) or (
            isinstance(body, dict) and "project" in body
        )


def routes(app: FastAPI) -> Iterator[Route]:
    for route in iter_route_contexts(app.routes):
        whole = route.path or ""
        dependant = getattr(route, "dependant", None)
        declared = [
            one.call.action for one in (dependant.dependencies if dependant else ()) if isinstance(one.call, Declared)
        ]
        methods = sorted((route.methods or {SOCKET}) - {"HEAD", "OPTIONS"})
        for method in methods if whole not in NOTHING else methods[:1]:
            assert len(declared) <= 1, f"{method} {whole} asks for {declared}"
            yield Route(method, whole.removeprefix("/api/v1"), whole, declared[0] if declared else None)


def test_every_route_says_what_it_asks_for() -> None:
    found = [*routes(create_api(lambda: None))]  # type: ignore[arg-type, return-value]  # none is called
    assert {route.whole for route in found if route.action is None} == UNDECLARED.keys()
    assert {route.method for route in found} == {"GET", "POST", "PUT", "PATCH", "DELETE", SOCKET}
    assert len(found) > 70
    assert {route.action for route in found} == {*Action, None}


class House:
    """The application behind the sign-in."""

    def __init__(self, team: Team, app: ASGIApp, session: str) -> None:
        self.team, self.app, self.session = team, app, session

    async def ask(self, route: Route, person: Person, project: str | None = None) -> tuple[str, bytes]:
        """What `person` hears and is given; `project` names another project than the team's."""
        ids = {**self.team.ids, **OTHERS} | ({"project_id": project} if project else {})
        if route.whole.startswith("/open-link"):
            ids["share_id"] = self.team.link
        if route.whole.startswith("/remix"):
            ids["share_id"] = self.team.copied
        ids["invitation_id"] = self.team.invitations["/teams" if route.path.startswith("/teams") else "/projects"]
        ids["their own"] = person.id
        if route.path.startswith("/admin/users/"):
            ids["account_id"] = ids["looked_after"]
        path = route.whole.replace(":path}", "}").format(**ids)
        headers = [(b"host", b"localhost:8000"), (b"x-sayso-client", b"tests")]
        if person.id:
            # A project's own workspace counts; where none is named, the one that they work in.
            at = (
                person.id
                if route.names_project or "{" in route.whole.replace("{provider}", "")
                else f"{person.id} {TEAM.workspace}"
            )
            headers += [(b"cookie", self.session.encode()), (WHO.encode(), at.encode())]
        if route.method == SOCKET:
            return await opened(self.app, path, headers)
        body = BODIES.get((route.method, route.path), b"")
        if not isinstance(body, bytes):
            headers.append((b"content-type", b"application/json"))
            body = json.dumps(
                {key: ids.get(value, value) if isinstance(value, str) else value for key, value in body.items()}
            ).encode()
        call = Call(route.method, path, QUERIES.get(route.path, ""), headers, body, endless=path.endswith("/events"))
        async with asyncio.timeout(60):
            await call.send(self.app)
        if call.status == 303 and not person.id and not route.whole.startswith("/open-link"):
            return UNKNOWN, call.answer  # a page: they are led to the sign-in
        assert call.status < 500, call
        assert call.status != 429, call
        # Who may, is asked once more who they are: these people have no session that began a moment ago.
        if call.status == 401 and any(code in str(call.answer) for code in ("prove_again", "sign_in_again")):
            return IN, call.answer
        return {401: UNKNOWN, 403: REFUSED, 404: MISSING}.get(call.status, IN), call.answer


async def opened(app: ASGIApp, path: str, headers: list[tuple[bytes, bytes]]) -> tuple[str, bytes]:
    """What becomes of a websocket's handshake; the client leaves an open one at once."""
    scope = {
        "type": "websocket", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "ws",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("localhost", 8000), "subprotocols": [], "state": {},
        "extensions": {"websocket.http.response": {}},
    }  # fmt: skip
    asked, over, told, given = False, asyncio.Event(), "", bytearray()

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "websocket.connect"}
        await over.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Message) -> None:
        nonlocal told
        if message["type"] == "websocket.http.response.start":
            told = {403: REFUSED, 404: MISSING}[message["status"]]
        elif not told:
            told = IN if message["type"] == "websocket.accept" else {SIGNED_OUT: UNKNOWN}[message["code"]]
        given.extend(message.get("body", b"") or message.get("bytes") or (message.get("text") or "").encode())
        over.set()

    async with asyncio.timeout(60):
        await app(scope, receive, send)
    return told, bytes(given)


@pytest.fixture
async def house(shared: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("engine")
    monkeypatch.setattr(runtime, "DIST", tmp_path / "dist")
    locked = shared.model_copy(
        update={"owner_password": SecretStr(OWNER_PASSWORD), "accounts": "open", **dict.fromkeys(RATES, 0)}
    )
    async with made_team(locked, monkeypatch, serves=False) as team:
        services = team.services
        app = require_sign_in(
            same_origin_only(create_api(lambda: services), locked), locked, lambda: services.connections
        )
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as browser:
            form = {"password": OWNER_PASSWORD}
            answer = await browser.post("/sign-in", data=form, headers={"x-sayso-client": "tests"})
        yield House(team, app, answer.headers["set-cookie"].partition(";")[0])


@pytest.mark.timeout(1_800)  # some seven thousand requests to a busy machine
async def test_everybody_may_what_their_role_says_and_nothing_else(house: House) -> None:
    wrong: list[str] = []
    asked = 0
    everybody = (*PEOPLE, *KEYS)
    for route in routes(create_api(lambda: house.team.services)):
        if route.action is None or route.whole in NOTHING or route.whole in LEADS_ON:
            continue
        expected = {person.name: person.is_told(route.action, of_project=route.names_project) for person in everybody}
        # Who is refused first: nothing may be changed by then.
        for person in sorted(everybody, key=lambda person: expected[person.name] == IN):
            told, given = await house.ask(route, person)
            asked += 1
            gone = route.path.startswith(NOT_SET_UP) or (route.path in THEIR_OWN and person.id)
            if told != expected[person.name] and not (gone and told == MISSING):
                wrong.append(f"{route.method} {route.path}: {person.name} is {told}, should be {expected[person.name]}")
            if told != IN and SECRET.encode() in given:
                wrong.append(f"{route.method} {route.path} gives the {person.name} what is the team's")
            if told == IN and (route.method == "DELETE" or route.path in ONCE):
                await house.team.fresh(route.whole)
        if route.method not in ("GET", SOCKET) and route.action is not Action.USE:
            await house.team.fresh(route.whole)
    assert wrong == [], "\n".join(wrong)
    assert asked > 70 * len(PEOPLE)


async def test_a_public_project_is_read_by_whoever_is_signed_in_and_written_by_nobody_else(house: House) -> None:
    project = house.team.ids["project_id"]
    await house.team.services.change_project(TEAM, project, ChangeOfProject(visibility=Visibility.PUBLIC))
    wrong: list[str] = []
    for route in routes(create_api(lambda: house.team.services)):
        if route.action in (None, Action.USE, Action.VISIT) or not route.names_project or route.whole in LEADS_ON:
            continue
        for person in (one for one in PEOPLE if one.name in ("stranger", "nobody")):
            told, _ = await house.ask(route, person)
            expected = UNKNOWN if not person.id else IN if route.action is Action.READ else REFUSED
            if told != expected:
                wrong.append(f"{route.method} {route.path}: {person.name} is {told}, should be {expected}")
    assert wrong == [], "\n".join(wrong)


async def test_of_a_public_project_a_stranger_gets_the_files_and_not_how_it_was_made(house: House) -> None:
    services, project = house.team.services, house.team.ids["project_id"]
    await services.change_project(TEAM, project, ChangeOfProject(visibility=Visibility.PUBLIC))
    stranger = next(person for person in PEOPLE if person.name == "stranger")
    member = next(person for person in PEOPLE if person.name == "viewer")
    found = {(route.method, route.path): route for route in routes(create_api(lambda: services))}

    async def given(path: str, person: Person) -> Any:
        told, answer = await house.ask(found["GET", f"/projects/{{project_id}}{path}"], person)
        assert told == IN
        return json.loads(answer)

    own, theirs = await given("", member), await given("", stranger)
    assert own["generations"]
    assert own["shares"]
    assert [theirs[name] for name in ("messages", "generations", "turns", "shares")] == [[], [], [], []]
    assert theirs["files"] == own["files"]
    assert any(one["label"] for one in (await given("/versions", member))["versions"])
    assert not any(one["label"] for one in (await given("/versions", stranger))["versions"])


async def test_what_declares_nothing_is_for_whoever_is_signed_in(house: House) -> None:
    file = "/api/v1/docs/files/swagger-ui.css"
    for path in (file if path in file else path for path in UNDECLARED):
        for person in PEOPLE:
            told, given = await house.ask(Route("GET", path, path, None), person)
            assert (told, SECRET.encode() in given) == (IN if person.id else UNKNOWN, False), (path, person)


async def test_a_stranger_cannot_tell_the_team_s_project_from_one_that_does_not_exist(house: House) -> None:
    stranger = next(person for person in PEOPLE if person.name == "stranger")
    for route in routes(create_api(lambda: house.team.services)):
        if "{project_id}" in route.whole:
            assert await house.ask(route, stranger) == await house.ask(route, stranger, "a" * 16), route


async def test_a_person_lists_what_is_in_the_workspace_they_work_in(house: House) -> None:
    (projects,) = [
        route for route in routes(create_api(lambda: house.team.services)) if route[:2] == ("GET", "/projects")
    ]
    for person in PEOPLE:
        if person.id:
            own = Person(person.name, person.id)
            headers = [(b"host", b"localhost:8000"), (b"x-sayso-client", b"tests")]
            headers += [(b"cookie", house.session.encode()), (WHO.encode(), own.id.encode())]
            call = Call("GET", projects.whole, "", headers)
            await call.send(house.app)
            titles = [one["title"] for one in json.loads(call.answer)["projects"]]
            # Those of others that they were invited to, and none that they see as members of a team.
            assert (call.status, {*titles}) == (200, {SECRET} if person.collaborator else set()), person
