"""A base image from Debian packages, for a machine that reaches no image registry.

The packages come through the machine's own apt, with its sources and its signature checks. They are unpacked straight
into one tar stream and never installed: no maintainer script runs, no root is needed, nothing on the machine changes.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Final, NamedTuple

from preview_runtime.dependencies.process import OutputTooLarge, ProcessTimeout, run

COMMON: Final = (
    *("base-files", "base-passwd", "bash", "ca-certificates", "coreutils", "dash", "diffutils", "findutils", "grep"),
    *("gzip", "hostname", "libc-bin", "libgcc-s1", "libstdc++6", "mawk", "ncurses-base", "procps", "sed", "tar"),
    *("tzdata", "util-linux"),
)
# Needed only by maintainer scripts, or by programs that no preview starts; perl by itself is 50 MB, LLVM (for
# PostgreSQL's compiler of queries, which is off) 110 MB.
_LEFT_OUT: Final = (
    *("perl", "libperl", "dpkg", "debconf", "usrmerge", "init-system-helpers", "libfile-find-rule-perl"),
    *("libllvm", "libz3", "postgresql-common", "postgresql-client-common", "ssl-cert", "locales", "libc-l10n"),
)
_MERGED: Final = ("bin", "sbin", "lib", "lib64")
# Files that no preview reads, measured: 240 MB of compiled Go (the image compiles what it needs), 65 MB of the sources
# and tests of Go's own tools, 75 MB that only make other Java runtimes, 9 MB of old character sets, manuals,
# translations.
_SKIPPED: Final = re.compile(
    r"usr/share/(man|locale|info|lintian|bash-completion|doc-base|bug|zoneinfo/right)/"
    r"|usr/lib/go-[^/]+/pkg/linux_[^/]+/|usr/share/go-[^/]+/(src/cmd|test)/"
    r"|usr/lib/jvm/[^/]+/jmods/|usr/lib/[^/]+/gconv/"
    r"|usr/lib/postgresql/[^/]+/lib/(bitcode/|pgxs/|llvmjit)"
)
_AUTHORITIES: Final = "usr/share/ca-certificates/mozilla/"
# Files whose package ships a template that its maintainer script would copy into place.
_MASTERS: Final = {
    "usr/share/base-passwd/passwd.master": "etc/passwd",
    "usr/share/base-passwd/group.master": "etc/group",
    "usr/share/base-files/nsswitch.conf": "etc/nsswitch.conf",
}
_APT_SECONDS: Final = 300.0
_APT_OUTPUT: Final = 4 * 2**20
# Has to change whenever the way of assembling a root changes, so that an older base does not count as the same.
REVISION: Final = "1"


class AptFailed(Exception):
    """apt could not resolve or fetch the packages; the text is the last line of its output."""


class Package(NamedTuple):
    """One package as apt resolved it; `file` is the archive's name."""

    name: str
    version: str
    file: str


def available() -> bool:
    """Whether this machine has the tools to fetch and unpack Debian packages."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def architecture(engine: str) -> str:
    """Debian's name of an engine's architecture, such as amd64 or arm64."""
    return {"x86_64": "amd64", "aarch64": "arm64", "arm": "armhf"}.get(engine, engine)


async def resolve(packages: Iterable[str], work: Path, machine: str) -> list[Package]:
    """All packages that `packages` need on an empty system of architecture `machine`, except unneeded ones.

    Uses the machine's package lists; if they are missing or too old, fetches them into `work`. Raises `AptFailed`.
    """
    command = ["install", "--print-uris", "-y", "-qq", *packages]
    try:
        listed = await _apt(command, work, machine)
    except AptFailed:
        await _apt(["update", "-qq"], work, machine, own_lists=True)
        listed = await _apt(command, work, machine)
    found = []
    for line in listed.splitlines():
        if line.startswith("'"):
            file = line.split()[1]
            name, version, _ = file.removesuffix(".deb").split("_")
            if not name.startswith(_LEFT_OUT):
                found.append(Package(name, version.replace("%3a", ":"), file))
    return sorted(found)


async def download(packages: Iterable[Package], work: Path, machine: str) -> list[Path]:
    """The archives of `packages`, fetched and checked by apt into `work`. Raises `AptFailed`."""
    packages = list(packages)
    command = ["download", "-qq", *(f"{package.name}={package.version}" for package in packages)]
    try:
        await _apt(command, work, machine)
    except AptFailed:
        # The machine's lists name a version that its mirror has replaced since.
        await _apt(["update", "-qq"], work, machine, own_lists=True)
        await _apt(command, work, machine)
    return [work / package.file for package in packages]


async def _apt(arguments: list[str], work: Path, machine: str, *, own_lists: bool = False) -> str:
    status = work / "status"
    status.touch()
    archives = work / "archives"
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    lists = work / "lists"
    if own_lists:
        (lists / "partial").mkdir(parents=True, exist_ok=True)
    settings = {
        # An empty system: the packages installed on this machine must not count.
        "Dir::State::status": str(status),
        # A package in the machine's own cache would not be listed.
        "Dir::Cache::archives": str(archives),
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Debug::NoLocking": "1",
        "APT::Architecture": machine,
        "APT::Install-Recommends": "false",
        "APT::Install-Suggests": "false",
        # apt's own download account cannot write to our folder.
        **({"APT::Sandbox::User": "root"} if os.geteuid() == 0 else {}),
        **({"Dir::State::lists": str(lists)} if lists.is_dir() else {}),
    }
    options = [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
    try:
        done = await run(
            ["apt-get", *options, *arguments],
            cwd=work,
            env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
            seconds=_APT_SECONDS,
            max_output=_APT_OUTPUT,
        )
    except (OSError, ProcessTimeout, OutputTooLarge) as error:
        raise AptFailed(str(error)) from error
    if done.code:
        raise AptFailed((done.stderr.strip().splitlines() or ["apt-get failed"])[-1])
    return done.stdout.decode("utf-8", "replace")


def digest(packages: Iterable[Package], extras: Mapping[str, str]) -> str:
    """The name of a root made of these packages and extras: 12 hexadecimal digits."""
    text = "\n".join([REVISION, *(package.file for package in packages), *(f"{k}={v}" for k, v in extras.items())])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_root(archives: Iterable[Path], target: Path, trees: Mapping[str, Path], links: Mapping[str, str]) -> None:
    """Write a root file system as a tar to `target`: the packages' files, `trees` (path in the root → folder) and `links`.

    Blocks for some seconds. Raises subprocess.CalledProcessError for an archive that cannot be unpacked.
    """
    with tarfile.open(target, "w") as out:
        root = _Root(out)
        for archive in archives:
            with (
                subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE) as unpacking,
                tarfile.open(fileobj=unpacking.stdout, mode="r|") as content,
            ):
                for member in content:
                    root.take(member, content.extractfile(member) if member.isfile() else None)
            if unpacking.returncode:
                raise subprocess.CalledProcessError(unpacking.returncode, unpacking.args)
        root.finish(links)
        for place, folder in trees.items():
            out.add(folder, place, filter=owned_by_root)


class _Root:
    """The tar to which a root is written, with the state needed while it grows."""

    def __init__(self, out: tarfile.TarFile) -> None:
        self._out = out
        self._seen: set[str] = set()
        self._masters: dict[str, bytes] = {}
        self._authorities: dict[str, bytes] = {}
        for name in _MERGED:
            self._folder(f"usr/{name}")
            self._link(name, f"usr/{name}")

    def take(self, member: tarfile.TarInfo, content: IO[bytes] | None) -> None:
        """Add one file of a package, at its place in a file system with one /usr."""
        name = merged(member.name)
        if not name or name in self._seen or not wanted(name):
            return
        self._seen.add(name)
        member.name = name
        if member.islnk():
            member.linkname = merged(member.linkname)
        body = content.read() if content else b""
        if name in _MASTERS:
            self._masters[_MASTERS[name]] = body
        if name.startswith(_AUTHORITIES) and name.endswith(".crt"):
            self._authorities[name] = body
        self._out.addfile(member, io.BytesIO(body) if content else None)

    def finish(self, links: Mapping[str, str]) -> None:
        """Add what maintainer scripts would have made: accounts, the certificate bundle, the usual short names."""
        for name, body in self._masters.items():
            self._file(name, body)
        self._file("etc/ssl/certs/ca-certificates.crt", b"".join(body for _, body in sorted(self._authorities.items())))
        for name, to in {"usr/bin/awk": "mawk", "usr/bin/sh": "dash", **links}.items():
            self._link(name, to)

    def _file(self, name: str, body: bytes) -> None:
        if name not in self._seen:
            self._seen.add(name)
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(body), 0o644
            self._out.addfile(entry, io.BytesIO(body))

    def _folder(self, name: str) -> None:
        self._seen.add(name)
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        self._out.addfile(entry)

    def _link(self, name: str, to: str) -> None:
        if name not in self._seen:
            self._seen.add(name)
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, to, 0o777
            self._out.addfile(entry)


def merged(name: str) -> str:
    """A packaged path without its `./`, with /bin, /sbin, /lib and /lib64 below /usr; "" for the root itself."""
    name = str(PurePosixPath("/", name)).strip("/")
    first, _, rest = name.partition("/")
    return f"usr/{name}" if first in _MERGED and rest else name


def wanted(name: str) -> bool:
    """Whether a preview needs the file; manuals and translations are dropped, licences stay."""
    if name.startswith("usr/share/doc/"):
        return name.endswith("/copyright")
    # Debian's marker that only its own packages may be installed; nothing else manages this root.
    return not _SKIPPED.match(name) and not name.endswith("/EXTERNALLY-MANAGED")


def owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """The same entry without traces of the machine and time that made it: readable by all, writable by root."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = 0
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o111 else 0o644
    return entry
