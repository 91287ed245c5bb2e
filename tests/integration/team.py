"""A team's workspace with a project that has everything a route can name, and the people who ask for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import pytest
from starlette.datastructures import Headers
from starlette.types import Scope

from builder.accounts.access import KEY_SCOPES, ROLES, Action, MemberRole, allowed_to_key
from builder.accounts.actor import Actor, KeyTerms, acting_for, of_key
from builder.accounts.tables import Account, Collaborator
from builder.accounts.tables import Team as TeamRow
from builder.accounts.teams.partner_keys import KeyWish
from builder.base.ids import new_id, now
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.generation.tables import Generation, Turn
from builder.previews.links.terms import Terms
from builder.projects.attachments.tables import Attachment
from preview_runtime.compiling.compiler import Compiler
from preview_runtime.dependencies.browser_wheels import BrowserWheels, Wheel
from preview_runtime.engines import EngineStatus
from preview_runtime.file_tree import FileTree, digest
from preview_runtime.output import OutputFile
from tests.integration.previews.shells.test_terminals import FakeContainers

TEAM: Final = acting_for("team")
ELSEWHERE: Final = acting_for("another-team")
GUEST: Final = "the-guest"  # whom the others change and remove
SECRET: Final = "the team's own words"
PASSWORD: Final = "open sesame"  # of its link
PNG: Final = b"\x89PNG\r\n\x1a\n" + bytes(20)
FILES: Final = {"server.py": f"import flask  # {SECRET}", "index.html": SECRET, "requirements.txt": "flask"}
WHO: Final = "x-test-person"
KEY_ALLOWS: Final = allowed_to_key(KEY_SCOPES)
IN, UNKNOWN, REFUSED, MISSING = "let in", "not signed in", "refused", "not found"


@dataclass(frozen=True, slots=True)
class Person:
    """`id` is "" for somebody who has not signed in. `role` is what they are in the team, None for a stranger;
    `collaborator` what they are in its project. `oversees`: they look after the installation. `key_of`: it is a partner
    key of that team, with all that a key can be given."""

    name: str
    id: str
    role: MemberRole | None = None
    collaborator: MemberRole | None = None
    oversees: bool = False
    key_of: str = ""

    def is_told(self, action: Action, *, of_project: bool = True) -> str:
        """What they hear who ask for this in the team, or of its project: the table of roles says it, nothing here
        does."""
        if action is Action.VISIT:
            return IN
        if not self.id:
            return UNKNOWN
        if self.key_of:
            return REFUSED if action not in KEY_ALLOWS else IN if self.key_of == TEAM.id else MISSING
        if action is Action.USE:
            return IN
        if action is Action.OVERSEE:
            return IN if self.oversees else REFUSED
        role = self.role or (self.collaborator if of_project else None)
        if role is None:
            return MISSING
        return IN if action in ROLES[role] else REFUSED


PEOPLE: Final = (
    *(Person(role.value, f"the-{role}", role) for role in MemberRole),
    *(
        Person(f"project's {role}", f"a-{role}", collaborator=role)
        for role in MemberRole
        if role is not MemberRole.OWNER
    ),
    Person("member of another team", "other"),
    Person("stranger", "stranger"),
    Person("administrator of the installation", "the-keeper", oversees=True),
    Person("nobody", ""),
)
KEYS: Final = (
    Person("the team's key", of_key("ours"), key_of=TEAM.id),
    Person("another team's key", of_key("theirs"), key_of=ELSEWHERE.id),
)
"""Programs, which ask for no pages."""


async def named(scope: Scope) -> Actor | None:
    """A source of actors: the person that a test's header names, and after a space the workspace they work in."""
    person, _, workspace = Headers(raw=list(scope.get("headers", ()))).get(WHO, "").partition(" ")
    if key := next((one.key_of for one in KEYS if one.id == person), ""):
        return Actor(person, workspace or key, scopes=KEY_ALLOWS, key=KeyTerms(key, 10**6))
    return Actor(person, workspace) if person else None


class Containers(FakeContainers):
    """Shells in no container; whether somebody may have one is asked of the house itself."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._asked = services.shells

    async def status(self, actor: Actor, project_id: str) -> EngineStatus:
        await self._asked.status(actor, project_id)
        return self.state


OF_PROJECT: Final = (
    "project_id", "version_id", "generation_id", "turn_id", "copy_id", "share_id", "attachment_id", "job_id", "terminal_id",
)  # fmt: skip
OF_TEAM: Final = ("team_id", "secret", "key_id", "webhook_id", "delivery_id", "invitation_id")


class Team:
    """The services of one process. `ids` names what there is at the moment; `fresh()` makes other things of it. `link`: one
    with a password, of another project."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.ids: dict[str, str] = {}
        self.link = self.key = ""
        self.invitations: dict[str, str] = {}
        services.terminals.shells = Containers(services)

    async def gather(self) -> None:
        """Have everybody be what they are."""
        async with self.services.db.session() as session:
            session.add_all(TeamRow(id=name, name=SECRET, created_by=name) for name in (TEAM.id, ELSEWHERE.id))
            keepers = {one.id for one in PEOPLE if one.oversees}
            for person in (*(one.id for one in PEOPLE if one.id), GUEST):
                role = "admin" if person in keepers else "member"
                session.add(
                    Account(
                        id=person, email=f"{person}@example.org", username=person, email_verified_at=now(), role=role
                    )
                )  # fmt: skip
        for person in PEOPLE:
            if person.role:
                await self.services.memberships.put(TEAM, person.id, person.role)
        await self.services.memberships.put(ELSEWHERE, "other", MemberRole.OWNER)
        shown = (await self.services.store.create(TEAM, "shown")).id
        await self.services.store.commit(TEAM, shown, FileTree({"index.html": "x"}), kind="import", label="")
        terms = Terms(access="password", password=PASSWORD)
        self.link = (await self.services.shares.create(TEAM, shown, terms)).id
        self.copied = (await self.services.shares.create(TEAM, shown, Terms(remix=True))).id

    async def fresh(self, path: str = "") -> None:
        """Make what the route of `path` names anew; without one everything."""
        for names, make in (
            (OF_PROJECT, self._project), (("looked_after", "account_id"), self._account), (OF_TEAM, self._of_team),
        ):  # fmt: skip
            if not path or any(f"{{{name}}}" in path for name in names):
                self.ids |= await make()

    async def _project(self) -> dict[str, str]:
        services = self.services
        project = (await services.store.create(TEAM, SECRET, prompt=SECRET)).id
        version = await services.store.commit(TEAM, project, FileTree(FILES), kind="import", label=SECRET)
        await services.store.set_thumbnail(TEAM, project, PNG)
        generation = Generation(
            owner=TEAM.workspace, created_by=TEAM.id, project=project, status="stopped", prompt=SECRET,
            model="starter:offline",
        )  # fmt: skip
        turn = Turn(owner=TEAM.workspace, created_by=TEAM.id, project=project, status="stopped", prompt=SECRET)
        attachment = Attachment(
            owner=TEAM.workspace, created_by=TEAM.id, project=project, name=SECRET, kind="picture", size=len(PNG),
            picture=digest(PNG),
        )  # fmt: skip
        helps = [Collaborator(project=project, account=GUEST, role=MemberRole.VIEWER, created_by=TEAM.id)]
        for one in PEOPLE:
            if one.collaborator:
                helps.append(Collaborator(project=project, account=one.id, role=one.collaborator, created_by=TEAM.id))
        async with services.db.session() as session:
            session.add_all((generation, turn, attachment, *helps))
            await services.jobs.ask(session, "nobody_does_it", project, {}, TEAM.workspace)
        asked = await services.collaborators.invite(TEAM, project, "somebody@example.org", MemberRole.VIEWER)
        self.invitations["/projects"] = asked.row.id
        await services.databases.copies.keep(project, "reset", _dump())
        (copy,) = await services.databases.copies.list(project)
        link = await services.shares.create(TEAM, project)
        return {
            "project_id": project, "version_id": version.id, "generation_id": generation.id, "turn_id": turn.id,
            "copy_id": copy.id, "share_id": link.id, "attachment_id": attachment.id,
            "job_id": next(job.id for job in await services.jobs.of("nobody_does_it") if job.key == project),
            "terminal_id": (await services.terminals.open(TEAM, project)).id,
        }  # fmt: skip

    async def _account(self) -> dict[str, str]:
        account = Account(id=(id_ := new_id()), email=f"{id_}@example.org", username=id_)
        async with self.services.db.session() as session:
            session.add(account)
        return {"looked_after": id_, "account_id": GUEST}

    async def _of_team(self) -> dict[str, str]:
        services = self.services
        await services.memberships.put(TEAM, GUEST, MemberRole.VIEWER)
        for owner in (TEAM, ELSEWHERE):
            for earlier in await services.teams.invited(owner, owner.id):
                await services.teams.withdraw(owner, owner.id, earlier.id)
        invited = await services.teams.invite(TEAM, TEAM.id, "somebody@example.org", MemberRole.VIEWER)
        offered = await services.teams.invite(ELSEWHERE, ELSEWHERE.id, "", MemberRole.VIEWER)
        self.invitations["/teams"] = invited.row.id
        for made in await services.people.keys.of(TEAM):
            await services.people.keys.remove(TEAM, made.id)
        for old in await services.webhooks.of(TEAM):
            await services.webhooks.remove(TEAM, old.id)
        hook, _ = await services.webhooks.add(TEAM, "https://hooks.invalid/", ["share.changed"])
        sent = await services.webhooks.test(TEAM, hook.id)
        if services.settings.has_accounts:
            made, _ = await services.people.keys.create(TEAM, KeyWish("shop", ["projects:read"]))
            self.key = made.id
        return {
            "team_id": TEAM.id, "secret": offered.link.rpartition("/")[2],
            "key_id": self.key, "webhook_id": hook.id, "delivery_id": sent.id,
        }  # fmt: skip


async def _dump() -> AsyncGenerator[bytes]:
    yield SECRET.encode()


@asynccontextmanager
async def team(settings: Settings, monkeypatch: pytest.MonkeyPatch, *, serves: bool = True) -> AsyncIterator[Team]:
    """Everything but what runs outside of our process: the compiler's Node, pip, and no engine. Without `serves` queued jobs
    stay undone."""

    async def compiled(*_: object) -> dict[str, OutputFile]:
        return {"index.html": OutputFile("text/html", SECRET.encode())}

    async def no_wheels(*_: object) -> tuple[Wheel, ...]:
        return ()

    monkeypatch.setattr(Compiler, "compile", compiled)
    monkeypatch.setattr(BrowserWheels, "prepared", no_wheels)
    services = Services(settings.model_copy(update={"docker_host": "unix:///nowhere/docker.sock"}))
    services.actors.sources.insert(0, named)
    await services.start(serves=serves)
    made = Team(services)
    await made.gather()
    await made.fresh()
    try:
        yield made
    finally:
        await services.close()
