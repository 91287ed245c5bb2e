"""Reads and writes one project's Git objects, in a process of its own, which may crash.

    python -I git_worker.py FOLDER < ORDER

What comes from another server may be crafted: a delta of a kilobyte can unfold to gigabytes. So this process limits
itself first, and knows no key or setting of ours. It loads dulwich and Python's standard library only.

ORDER is a line of JSON, `{"do": …}`, and the bytes it announces. The answer is a line of JSON, and the bytes that it
announces; `{"refused": code, "detail"}` where it cannot be done. `upload-pack` answers with Git's protocol alone.
Formats: Git's documentation, gitprotocol-http and gitprotocol-pack.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import resource
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from dulwich.client import HTTPUnauthorized, LsRemoteResult, Urllib3HttpGitClient
from dulwich.config import ConfigDict
from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
from dulwich.graph import can_fast_forward
from dulwich.object_store import iter_tree_contents
from dulwich.objects import Blob, Commit, ObjectID, ShaFile, Tree
from dulwich.protocol import ReceivableProtocol
from dulwich.refs import DictRefsContainer, Ref
from dulwich.repo import BaseRepo, Repo
from dulwich.server import DictBackend, UploadPackHandler

if TYPE_CHECKING:
    from dulwich.server import BackendRepo

_MEMORY_BYTES: Final = 1536 * 1024 * 1024
_FILE_BYTES: Final = 512 * 1024 * 1024  # the largest pack
_CPU_SECONDS: Final = 120
_SILENCE_SECONDS: Final = 30.0
_MAX_ENTRIES: Final = 50_000  # of one tree; a project holds 2,000 of them
_FILE: Final = 0o100644
_FOLDER: Final = 0o040000
_FILES: Final = frozenset({0o100644, 0o100755})
_COUNTED: Final = 1_000  # commits ahead or behind: beyond, the number says nothing more
_BRANCH: Final = b"refs/heads/"

_Entries = dict[bytes, tuple[int, ObjectID]]  # path → mode and object


class GitRefused(Exception):
    """It cannot be done; `code` says why, `detail` is for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class GitWorker:
    """The objects of one project, in the bare repository `folder`, which holds no references: those come with each
    order."""

    def __init__(self, folder: Path) -> None:
        fresh = not (folder / "objects").is_dir()
        self._repo = Repo.init_bare(str(folder), mkdir=not folder.is_dir()) if fresh else Repo(str(folder))
        self._store = self._repo.object_store

    # Versions become commits

    def record(self, order: Mapping[str, Any], read: Callable[[int], bytes]) -> dict[str, Any]:
        """Make a commit of each step, one upon the other, the first upon `order["tip"]` (None: it is the first of all).

        A step: `message`, `name`, `email`, `when` (seconds since 1970), `put` (path → size in bytes) and `deleted`
        (paths), with the contents of `put` in that order. What the tip holds besides stays: links, modes, and files that
        no project takes.
        """
        tip, commits = _id(order["tip"]), []
        entries = self._entries(tip) if tip else {}
        made: dict[ObjectID, ShaFile] = {}
        for step in order["steps"]:
            for path in step["deleted"]:
                entries.pop(path.encode(), None)
            for path, size in step["put"].items():
                _clear_the_way(entries, path.encode())
                blob = Blob.from_string(read(size))
                made[blob.id] = blob
                mode, _ = entries.get(path.encode(), (_FILE, b""))
                entries[path.encode()] = (mode if mode in _FILES else _FILE, blob.id)
            trees = _trees(entries)
            commit = _commit(trees[-1].id, [tip] if tip else [], step)
            made |= {one.id: one for one in (*trees, commit)}
            tip = commit.id
            commits.append(tip.decode())
        self._store.add_objects([(one, None) for one in made.values()])
        return {"commits": commits}

    def _entries(self, commit: ObjectID) -> _Entries:
        entries: _Entries = {}
        for entry in iter_tree_contents(self._store, self._the(commit).tree):
            entries[entry.path] = (entry.mode, entry.sha)
            if len(entries) > _MAX_ENTRIES:
                raise GitRefused("too_many")
        return entries

    def _the(self, commit: ObjectID) -> Commit:
        found = self._store[commit]
        if not isinstance(found, Commit):
            raise GitRefused("no_commit", commit.decode())
        return found

    # Serving a clone

    def advertise(self, order: Mapping[str, Any], out: Callable[[bytes], Any]) -> None:
        """The references, as the answer to `info/refs?service=git-upload-pack`."""
        handler = self._handler(order, lambda _: b"", out, advertise=True)
        handler.proto.write_pkt_line(b"# service=git-upload-pack\n")
        handler.proto.write_pkt_line(None)
        handler.handle()

    def upload_pack(self, order: Mapping[str, Any], read: Callable[[int], bytes], out: Callable[[bytes], Any]) -> None:
        """The objects that a clone or fetch asks for."""
        with contextlib.suppress(HangupException):
            self._handler(order, read, out, advertise=False).handle()

    def _handler(
        self, order: Mapping[str, Any], read: Callable[[int], bytes], out: Callable[[bytes], Any], *, advertise: bool
    ) -> UploadPackHandler:
        refs = {_ref(name.encode()): _sure(oid) for name, oid in order["branches"].items()}
        served = BaseRepo(self._store, DictRefsContainer(dict(refs)))
        if refs:
            served.refs.set_symbolic_ref(Ref(b"HEAD"), _ref(b"main"))
        protocol = ReceivableProtocol(read, out)
        return UploadPackHandler(
            DictBackend({"/": cast("BackendRepo", served)}),
            ["/"],
            protocol,
            stateless_rpc=True,
            advertise_refs=advertise,
        )

    # The other server

    def look(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Fetch the other server's branch (`branch`, "" = its main one). Answers `branch`, `theirs` (None where it is not
        there), `ahead` and `behind`: how many commits of `tip` it lacks, and of it `tip` lacks."""
        with _named_errors():
            client, path = _client(order)
            found = client.get_refs(path.encode())
            branch = order["branch"].encode() or _main_of(found)
            theirs = found.refs.get(_ref(branch))
            if theirs and theirs not in self._store:
                client.fetch(path, self._repo, determine_wants=_only(theirs))
        tip = _id(order["tip"])
        return {
            "branch": branch.decode(),
            "theirs": theirs.decode() if theirs else None,
            "ahead": self._count(tip, theirs),
            "behind": self._count(theirs, tip),
        }

    def _count(self, of: ObjectID | None, without: ObjectID | None) -> int:
        if of is None:
            return 0
        walker = self._repo.get_walker(include=[of], exclude=[without] if without else None, max_entries=_COUNTED)
        return sum(1 for _ in walker)

    def push(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Set the other server's `branch` to `tip`, where it is behind it or not there."""
        ref, tip = _ref(order["branch"].encode()), _sure(order["tip"])

        def update(refs: dict[Ref, ObjectID]) -> dict[Ref, ObjectID]:
            theirs = refs.get(ref)
            if theirs and (theirs not in self._store or not can_fast_forward(self._repo, theirs, tip)):
                raise GitRefused("behind")
            return {ref: tip}

        with _named_errors():
            client, path = _client(order)
            result = client.send_pack(path, update, self._repo.generate_pack_data)  # type: ignore[arg-type]  # more progress than promised
            for name, error in (result.ref_status or {}).items():
                if error:
                    raise GitRefused("not_taken", f"{name!r}: {error}")
        return {"pushed": tip.decode()}

    # Commits become versions

    def commits(self, order: Mapping[str, Any], out: Callable[[bytes], Any]) -> None:
        """The last `most` first-parent commits of `tip` that `after` has not: for each a line, `{"commit", "message",
        "name", "when", "put": path → size or None, "deleted"}`, and the contents of `put`; those without a size are no
        plain files, or larger than `file_bytes`."""
        after, at = _id(order["after"]), _id(order["tip"])
        chain: list[ObjectID] = []
        known = self._reached(after) if after else frozenset()
        while at and at not in known and len(chain) < order["most"]:
            chain.append(at)
            parents = self._the(at).parents
            at = parents[0] if parents else None
        before = self._entries(at) if at and at in known else {}
        for oid in reversed(chain):
            entries, commit = self._entries(oid), self._the(oid)
            changed = {path: entry for path, entry in entries.items() if before.get(path) != entry}
            contents = {_text(path): self._plain(path, entry, order) for path, entry in changed.items()}
            line = {
                "commit": oid.decode(),
                "message": commit.message.decode("utf-8", "replace")[:5_000],
                "name": commit.author.decode("utf-8", "replace").partition(" <")[0][:100],
                "when": commit.commit_time,
                "put": {path: None if body is None else len(body) for path, body in contents.items()},
                "deleted": [_text(path) for path in before if path not in entries],
            }
            out(json.dumps(line).encode() + b"\n")
            for body in contents.values():
                out(body or b"")
            before = entries
        out(b'{"end": true}\n')

    def _reached(self, commit: ObjectID) -> frozenset[ObjectID]:
        return frozenset(entry.commit.id for entry in self._repo.get_walker(include=[commit]))

    def _plain(self, path: bytes, entry: tuple[int, ObjectID], order: Mapping[str, Any]) -> bytes | None:
        mode, oid = entry
        if mode not in _FILES or _text(path).encode() != path:
            return None
        found = self._store[oid]
        body = found.as_raw_string() if isinstance(found, Blob) else None
        return body if body is not None and len(body) <= order["file_bytes"] else None


def _commit(tree: ObjectID, parents: list[ObjectID], step: Mapping[str, Any]) -> Commit:
    commit = Commit()
    commit.tree, commit.parents = tree, parents
    commit.author = commit.committer = f"{step['name']} <{step['email']}>".encode()
    commit.author_time = commit.commit_time = step["when"]
    commit.author_timezone = commit.commit_timezone = 0
    commit.encoding = b"UTF-8"
    commit.message = step["message"].encode()
    return commit


def _trees(entries: _Entries) -> list[Tree]:
    """Git's trees for a flat list: those of folders first, the whole last."""
    folders: dict[bytes, Tree] = {b"": Tree()}
    for path in entries:
        while b"/" in path:
            path = path.rpartition(b"/")[0]
            folders.setdefault(path, Tree())
    for path, (mode, oid) in entries.items():
        folder, _, name = path.rpartition(b"/")
        folders[folder].add(name, mode, oid)
    inner_first = sorted(folders, key=lambda path: path.count(b"/") + (path != b""), reverse=True)
    for path in inner_first[:-1]:
        folder, _, name = path.rpartition(b"/")
        folders[folder].add(name, _FOLDER, folders[path].id)
    return [folders[path] for path in inner_first]


def _clear_the_way(entries: _Entries, path: bytes) -> None:
    """A file of a project stands where the repository has a link, or a folder of such."""
    at = path
    while b"/" in at:
        at = at.rpartition(b"/")[0]
        entries.pop(at, None)
    for other in [other for other in entries if other.startswith(path + b"/")]:
        del entries[other]


def _main_of(found: LsRemoteResult) -> bytes:
    head = found.symrefs.get(Ref(b"HEAD"), b"")
    if head.startswith(_BRANCH):
        return head.removeprefix(_BRANCH)
    names = [ref.removeprefix(_BRANCH) for ref in found.refs if ref.startswith(_BRANCH)]
    return b"main" if b"main" in names or not names else b"master" if b"master" in names else min(names)


def _only(wanted: ObjectID) -> Callable[..., list[ObjectID]]:
    return lambda *_, **__: [wanted]


def _ref(branch: bytes) -> Ref:
    return Ref(_BRANCH + branch)


def _client(order: Mapping[str, Any]) -> tuple[Urllib3HttpGitClient, str]:
    base, _, path = order["url"].rpartition("/")
    only_public(order["private_hosts"])
    return Urllib3HttpGitClient(
        f"{base}/", config=ConfigDict(), timeout=_SILENCE_SECONDS, quiet=True,
        username=order["user"] or None, password=order["token"] or None,
    ), path  # fmt: skip


def only_public(private_hosts: Iterable[str]) -> None:
    """From now on this process reaches no private address, whatever name leads to it, but those of `private_hosts`.

    A connection goes to the very addresses that were looked at, so that a name cannot lead elsewhere a moment later.
    """
    allowed, ask = frozenset(private_hosts), socket.getaddrinfo

    def public(host: Any, *args: Any, **options: Any) -> Any:
        found = ask(host, *args, **options)
        if host not in allowed:
            for entry in found:
                address = ipaddress.ip_address(entry[4][0])
                if not address.is_global or address.is_multicast:
                    raise GitRefused("private", str(address))
        return found

    socket.getaddrinfo = public


@contextlib.contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except HTTPUnauthorized as error:
        raise GitRefused("sign_in") from error
    except NotGitRepository as error:
        raise GitRefused("not_found") from error
    except GitProtocolError as error:
        code = "sign_in" if "resp 403" in str(error) else "unreachable" if "Max retries" in str(error) else "protocol"
        raise GitRefused(code, str(error)) from error


def _text(path: bytes) -> str:
    return path.decode("utf-8", "replace")


def _id(text: str | None) -> ObjectID | None:
    return ObjectID(text.encode()) if text else None


def _sure(text: str) -> ObjectID:
    return ObjectID(text.encode())


def limit() -> None:
    """Bounds this process: memory, processor time and the largest file it may write."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))


def main() -> None:
    """Carry out the order on standard input."""
    limit()
    read, out = sys.stdin.buffer.read, sys.stdout.buffer.write
    order = json.loads(sys.stdin.buffer.readline())
    try:
        worker = GitWorker(Path(sys.argv[1]))
        match order["do"]:
            case "advertise":
                worker.advertise(order, out)
            case "upload-pack":
                worker.upload_pack(order, read, out)
            case "commits":
                worker.commits(order, out)
            case "record":
                out(json.dumps(worker.record(order, read)).encode())
            case "look":
                out(json.dumps(worker.look(order)).encode())
            case "push":
                out(json.dumps(worker.push(order)).encode())
    except GitRefused as error:
        out(json.dumps({"refused": error.code, "detail": error.detail}).encode())
    except (MemoryError, OSError) as error:
        out(json.dumps({"refused": "too_large", "detail": repr(error)}).encode())
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
