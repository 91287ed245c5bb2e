"""The repository that a project goes with: clone, look, pull, push. Nothing is ever forced.

Where both sides have commits that the other lacks, the person decides: theirs go on a branch of the repository, and
then what is there can be taken.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.accounts.audit.chain import Deed, Detail, record
from builder.base.errors import BadInput, Conflict, SaysoError
from builder.base.ids import now
from builder.projects import blobs
from builder.projects.archive.secrets_left_out import may_hold_secrets
from builder.projects.git.history import GitHistory, GitTip, keep, tip_of, tree_after
from builder.projects.git.making import make_repository
from builder.projects.git.process import GitFailed
from builder.projects.git.tables import GitBranch, GitRemote
from builder.projects.rows import project_of
from builder.projects.tables import Project
from builder.texts import t
from preview_runtime.file_tree import FileTree, InvalidTree, check_size, validate_path

_VERSIONS: Final = 20  # of an imported history; the older commits stay in the repository
_MOST_URL: Final = 500
_USER: Final = "x-access-token"  # GitHub and GitLab look at the token only, but want some name
_BRANCH: Final = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock(?:/|$)))[A-Za-z0-9_][\w./+-]{0,98}(?<![./])")
_LEFT_OUT: Final = frozenset({"node_modules", ".git"})
_STATUS: Final = {"sign_in": 409, "not_found": 422, "private": 422, "behind": 409}


@dataclass(frozen=True, slots=True)
class GitState:
    """How a project and its repository stand. `ahead`: commits that the repository lacks; `behind`: that the project
    lacks (of each at most 1,000 are counted). `there`: whether the repository has the branch."""

    url: str
    branch: str
    ahead: int
    behind: int
    there: bool


@dataclass(frozen=True, slots=True)
class GitPulled:
    """`versions`: how many were made. `left_out`: paths of the last one that stay in the repository only."""

    versions: int
    left_out: list[str]


class GitRemotes:
    """`cipher` encrypts tokens. `private_hosts`: names that may be reached by http and at private addresses. `gate`
    raises for a project's files that would give a secret away."""

    def __init__(
        self,
        history: GitHistory,
        cipher: Callable[[], Fernet],
        private_hosts: Iterable[str],
        gate: Callable[[str, FileTree], Awaitable[None]],
    ) -> None:
        self.history, self._store, self._db = history, history.store, history.store.db
        self._cipher, self._private_hosts, self._gate = cipher, frozenset(private_hosts), gate

    async def get(self, actor: Actor, project_id: str) -> GitRemote | None:
        """The project's repository; None for none. Raises NotFound."""
        async with self._db.reader() as session:
            await project_of(session, actor, project_id, Action.READ)
            return await session.get(GitRemote, project_id)

    async def put(
        self, actor: Actor, project_id: str, url: str, *, branch: str = "", user: str = "", token: str | None = None
    ) -> GitRemote:
        """Set the repository. A `token` of None keeps the one there is, if the address has the same server. Raises
        BadInput, NotFound, Refused."""
        url = self._checked(url)
        if branch:
            check_branch(branch)
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.CONFIGURE, lock=True)
            row = await session.get(GitRemote, project_id)
            if row is None:
                row = GitRemote(project=project_id, owner=project.owner, created_by=actor.id, url=url)
                session.add(row)
            if token is None and urlsplit(row.url)[:2] != urlsplit(url)[:2]:
                token = ""  # it was given to another server
            if token is not None:
                row.secret = self._cipher().encrypt(token.encode()) if token else None
                row.hint = token[-4:] if len(token) > 8 else ""
            row.url, row.branch, row.user, row.updated_at = url, branch, user, now()
            record(session, _deed("git.remote", actor, project, host=(urlsplit(url).hostname or "")[:64]))
            return row

    async def remove(self, actor: Actor, project_id: str) -> None:
        """Forget the repository and its token; nothing changes there. Raises NotFound, Refused."""
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.CONFIGURE, lock=True)
            if (row := await session.get(GitRemote, project_id)) is not None:
                await session.delete(row)
                record(session, _deed("git.forget", actor, project))

    async def look(self, actor: Actor, project_id: str, action: Action = Action.EDIT) -> GitState:
        """Ask the repository what is new; typed text becomes a version first. Raises NotFound, Refused, SaysoError."""
        return (await self._look(actor, project_id, action))[0]

    async def push(self, actor: Actor, project_id: str, *, branch: str = "") -> GitState:
        """Bring the project's versions to the repository; `branch`: to a new branch of this name. Raises Conflict
        (`git_behind`, `secrets_found`) where the branch there has commits that the project lacks, or a version of ours
        holds a secret; NotFound, Refused, SaysoError."""
        state, row, tip, theirs = await self._look(actor, project_id, Action.SHARE)
        if branch:
            check_branch(branch)
        elif state.behind:
            raise _behind(state)
        if tip.commit is None:
            raise Conflict(t("git.nothing"), code="git_empty")
        for version in await self.history.unpushed(project_id, theirs):
            await self._gate(project_id, await self._store.version_tree(actor, project_id, version))
        if branch or state.ahead:
            await self._ask(
                project_id, "push", {**self._terms(row), "branch": branch or state.branch, "tip": tip.commit}
            )
            async with self._db.session() as session:
                project = await project_of(session, actor, project_id, Action.SHARE)
                record(session, _deed("git.push", actor, project, commit=tip.commit))
        return GitState(state.url, state.branch, state.ahead if branch else 0, state.behind, True)

    async def make(self, actor: Actor, project_id: str) -> GitState:
        """Make the repository, private and empty, with the stored token. Raises Conflict (`git_token_needed`), NotFound,
        Refused, and what `make_repository` raises."""
        async with self._db.reader() as session:
            project = await project_of(session, actor, project_id, Action.SHARE)
            row = await session.get(GitRemote, project_id)
        if row is None:
            raise Conflict(t("git.no_remote"), code="git_no_remote")
        terms = self._terms(row)
        if not terms["token"]:
            raise Conflict(t("git.token_needed"), code="git_token_needed")
        host = urlsplit(row.url).hostname or ""
        await make_repository(row.url, terms["token"], reachable=host in self._private_hosts)
        async with self._db.session() as session:
            record(session, _deed("git.make", actor, project, host=host[:64]))
        return await self.look(actor, project_id, Action.SHARE)

    async def pull(self, actor: Actor, project_id: str) -> GitPulled:
        """Make versions of the commits that the project lacks. Raises Conflict (`git_behind`) where the repository lacks
        versions of the project too, NotFound, Refused, SaysoError."""
        state, _, tip, theirs = await self._look(actor, project_id, Action.EDIT)
        if not state.behind or theirs is None:
            return GitPulled(0, [])
        if state.ahead:
            raise _behind(state)
        return await self._take(actor, project_id, tip, theirs, after=tip.commit, most=_VERSIONS)

    async def take(self, actor: Actor, project_id: str, branch: str) -> GitPulled:
        """Put the project's versions on a new `branch` of the repository, then make a version of what is there. Nothing
        is lost on either side. Raises what `push` raises."""
        await self.push(actor, project_id, branch=branch)
        state, _, tip, theirs = await self._look(actor, project_id, Action.EDIT)
        if theirs is None or not state.behind:
            return GitPulled(0, [])
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            await session.merge(
                GitBranch(project=project_id, name=branch, owner=project.owner, commit=tip.commit or "")
            )
        return await self._take(actor, project_id, tip, theirs, after=None, most=1)

    async def clone(
        self, actor: Actor, url: str, *, branch: str = "", user: str = "", token: str = ""
    ) -> tuple[Project, GitPulled]:
        """A new project of the repository, with its last commits as versions. Raises BadInput, SaysoError; then there is
        no project."""
        title = self._checked(url).rpartition("/")[2].removesuffix(".git") or url
        project = await self._store.create(actor, title)
        try:
            await self.put(actor, project.id, url, branch=branch, user=user, token=token)
            _, _, tip, theirs = await self._look(actor, project.id, Action.EDIT)
            if theirs is None:
                return project, GitPulled(0, [])
            return project, await self._take(actor, project.id, tip, theirs, after=None, most=_VERSIONS)
        except BaseException:
            await self._store.delete(actor, project.id)
            raise

    async def _look(
        self, actor: Actor, project_id: str, action: Action
    ) -> tuple[GitState, GitRemote, GitTip, str | None]:
        await self._store.save(actor, project_id, action=action)
        row = await self.get(actor, project_id)
        if row is None:
            raise Conflict(t("git.no_remote"), code="git_no_remote")
        tip = await self.history.recorded(actor, project_id, action)
        found = await self._ask(project_id, "look", {**self._terms(row), "branch": row.branch, "tip": tip.commit})
        if not row.branch:
            await self._set_branch(project_id, found["branch"])
        theirs: str | None = found["theirs"]
        return GitState(row.url, found["branch"], found["ahead"], found["behind"], theirs is not None), row, tip, theirs

    async def _set_branch(self, project_id: str, branch: str) -> None:
        async with self._db.session() as session:
            if (row := await session.get(GitRemote, project_id)) is not None:
                row.branch = branch[:100]

    async def _take(
        self, actor: Actor, project_id: str, tip: GitTip, theirs: str, *, after: str | None, most: int
    ) -> GitPulled:
        """Versions of the commits, oldest first, in one transaction: all of them or none."""
        try:
            found = await self.history.process.commits(project_id, {"tip": theirs, "after": after, "most": most})
        except GitFailed as error:
            raise said_of(error) from error
        tree = await self._store.head_tree(actor, project_id) if after else FileTree({})
        trees, left_out = [], list[str]()
        for line, bodies in found:
            taken = {path: blobs.normal(body) for path, body in bodies.items() if _is_taken(path, body)}
            left_out = sorted({*left_out, *line["put"]} - taken.keys() - set(line["deleted"]))
            try:
                tree = tree_after(tree, line, taken)
            except InvalidTree as error:
                raise BadInput(t("git.does_not_fit", reason=error.says), detail=repr(error)) from error
            trees.append((line, tree))
        async with self._db.session() as session:
            project = await project_of(session, actor, project_id, Action.EDIT, lock=True)
            if await tip_of(session, project_id) != tip:
                raise Conflict(t("project.changed_meanwhile"), detail=f"the tip of {project_id} is another")
            made = []
            for number, (line, files) in enumerate(trees):
                head: Any = tip.version if number == 0 and after else project.head
                version = await self._store.commit(
                    actor, project_id, files, kind="import", label=_label(line), expect_head=head, session=session
                )
                made.append((version.id, str(line["commit"])))
            keep(session, project, tip, made)
            record(session, _deed("git.pull", actor, project, commit=theirs, versions=len(made)))
        return GitPulled(len(made), left_out)

    def _terms(self, row: GitRemote) -> dict[str, Any]:
        token = ""
        if row.secret is not None:
            try:
                token = self._cipher().decrypt(row.secret).decode()
            except InvalidToken as error:
                raise Conflict(t("git.token_lost"), code="git_token", detail="git.key is another") from error
        return {"url": row.url, "user": row.user or (_USER if token else ""), "token": token}

    async def _ask(self, project_id: str, do: str, terms: dict[str, Any]) -> dict[str, Any]:
        try:
            return await self.history.process.order(project_id, do, terms)
        except GitFailed as error:
            raise said_of(error) from error

    def _checked(self, url: str) -> str:
        """Raises BadInput for an address that is none of a repository, or holds a password."""
        url = url.strip().rstrip("/")
        try:
            parts = urlsplit(url)
        except ValueError as error:  # such as an open bracket
            raise BadInput(t("git.address"), code="git_address") from error
        host = parts.hostname or ""
        if parts.username or parts.password:
            raise BadInput(t("git.password_in_address"), code="git_address")
        plain = parts.scheme == "http" and host in self._private_hosts
        if not (parts.scheme == "https" or plain) or not host or not parts.path.strip("/") or len(url) > _MOST_URL:
            raise BadInput(t("git.address"), code="git_address")
        if parts.query or parts.fragment or not url.isprintable() or " " in url:
            raise BadInput(t("git.address"), code="git_address")
        return url


def check_branch(name: str) -> None:
    """Raises BadInput for what Git does not take as a branch's name."""
    if not _BRANCH.fullmatch(name):
        raise BadInput(t("git.branch"), code="git_branch", detail=repr(name[:100]))


def said_of(error: GitFailed) -> SaysoError:
    """What the person is told."""
    known = (
        "sign_in",
        "not_found",
        "private",
        "unreachable",
        "behind",
        "not_taken",
        "too_large",
        "too_long",
        "too_many",
    )
    code = error.code if error.code in known else "protocol"
    return SaysoError(t(f"git.failed.{code}"), code=f"git_{code}", status=_STATUS.get(code, 502), detail=error.detail)


def _deed(action: str, actor: Actor, project: Project, **details: Detail) -> Deed:
    return Deed(action, actor.id, project.owner, project.id, "project", project.id, details=details)


def _behind(state: GitState) -> Conflict:
    said = t("git.diverged" if state.ahead else "git.behind", count=state.behind, branch=state.branch)
    return Conflict(said, code="git_behind", details={"ahead": state.ahead, "behind": state.behind})


def _is_taken(path: str, body: bytes) -> bool:
    """Whether a project takes this file; it stays in the repository otherwise."""
    content = blobs.normal(body)
    try:
        validate_path(path)
        check_size(path, content)
    except InvalidTree:
        return False
    return _LEFT_OUT.isdisjoint(path.split("/")) and not may_hold_secrets(path, content)


def _label(line: dict[str, Any]) -> str:
    subject = str(line["message"]).strip().partition("\n")[0].strip()
    return subject[:200] or t("git.commit", commit=str(line["commit"])[:8])
