"""Names each missing or broken part of an installation, and the one command that fixes it."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from builder import build
from builder.base.settings import ROOT
from builder.composition.settings import Settings, get_settings
from builder.llm.providers import ANTHROPIC, PROVIDERS
from builder.texts import said, t
from preview_runtime.phrases import Phrase

OLDEST_NODE = (22, 22)
_DOCKER_SECONDS = 10.0


class Verdict(StrEnum):
    """How a part is."""

    FINE = "ok"
    OPTIONAL = "--"
    BROKEN = "!!"


@dataclass(frozen=True)
class Finding:
    """One part: its state, what was found, and the command that fixes it when it is not fine."""

    verdict: Verdict
    part: str
    seen: str
    mend: str = ""


def doctor() -> int:
    """Print one line per part; returns 0 when no part that Sayso needs is broken, else 1."""
    broken = 0
    for finding in findings(get_settings()):
        print(f"{finding.verdict}  {finding.part:<18} {finding.seen}")
        if finding.mend:
            print(f"{'':22} → {finding.mend}")
        broken += finding.verdict is Verdict.BROKEN
    print("\nSayso has all it needs." if not broken else f"\n{broken} part{'s' if broken > 1 else ''} to mend.")
    return 1 if broken else 0


def findings(settings: Settings) -> Iterator[Finding]:
    """The findings about every part, in the order in which the parts depend on each other."""
    checks: tuple[Callable[[Settings], Finding], ...] = (
        _python,
        _node,
        _engine_packages,
        _engine,
        _pages,
        _data,
        _database,
        _port,
        _names,
        _key,
        _password,
        _docker,
        _host_rules,
        _preview_data,
        _chromium,
        _postgres,
    )
    for check in checks:
        yield check(settings)


def _python(_: Settings) -> Finding:
    seen = f"{platform.python_version()} at {sys.prefix}"
    inside = Path(sys.prefix) == ROOT / ".venv"
    return Finding(
        Verdict.FINE if inside else Verdict.BROKEN,
        "Python",
        seen,
        "" if inside else "script/setup, then .venv/bin/python -m builder doctor",
    )


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=15, check=False, env=build.environment())
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _node(_: Settings) -> Finding:
    version = _output(["node", "--version"])
    numbers = tuple(int(part) for part in version.removeprefix("v").split(".")[:2] if part.isdigit())
    if numbers >= OLDEST_NODE:
        return Finding(Verdict.FINE, "Node", version)
    return Finding(Verdict.BROKEN, "Node", version or "not found", "rm -f .venv/.installed && script/setup")


def _engine_packages(_: Settings) -> Finding:
    missing = [
        name
        for name in ("esbuild", "bun", "sucrase", "tailwindcss")
        if not (build.BROWSER / "node_modules" / name).is_dir()
    ]
    if missing:
        return Finding(
            Verdict.BROKEN,
            "Engine packages",
            f"missing: {', '.join(missing)}",
            "rm -rf preview_runtime/browser/node_modules && script/setup",
        )
    bun = build.bun()
    version = _output([str(bun), "--version"]) if bun else ""
    return Finding(
        Verdict.FINE,
        "Engine packages",
        f"bun {version}" if version else "no bun for this system: npm installs packages, more slowly",
    )


def _engine(_: Settings) -> Finding:
    built = (build.BROWSER / "dist" / "engine.worker.js").is_file()
    return Finding(
        Verdict.FINE if built else Verdict.BROKEN,
        "Preview engine",
        "built" if built else "not built",
        "" if built else "script/setup && .venv/bin/python -m builder build",
    )


def _pages(_: Settings) -> Finding:
    stamp = build.WEB / "build" / ".sources"
    if stamp.is_file() and stamp.read_text() == build.digest(build.PAGE_SOURCES):
        return Finding(Verdict.FINE, "Pages", "built")
    return Finding(
        Verdict.BROKEN, "Pages", "not built from these sources", "rm -rf .web && .venv/bin/python -m builder build"
    )


def _data(settings: Settings) -> Finding:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".doctor-{os.getpid()}"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        return Finding(
            Verdict.BROKEN,
            "Data directory",
            f"{folder}: {error.strerror}",
            f"chown -R $(id -u) {folder}   (or set DATA_DIR to another folder)",
        )
    free = shutil.disk_usage(folder).free
    if free < 500 * 2**20:
        return Finding(
            Verdict.BROKEN,
            "Data directory",
            f"{folder}: only {free // 2**20} MB free",
            "Free some space, or set DATA_DIR to another disk",
        )
    return Finding(Verdict.FINE, "Data directory", f"{folder}, {free // 2**30} GB free")


def _database(settings: Settings) -> Finding:
    from builder.base.db import Database
    from builder.base.storage_faults import storage_fault

    async def ask() -> str:
        database = Database(settings)
        try:
            return await database.check()
        finally:
            await database.close()

    kind = settings.database.partition(":")[0].partition("+")[0]
    try:
        damage = asyncio.run(ask())
    except Exception as error:  # every driver has its own errors; whichever comes is the finding
        if fault := storage_fault(error):
            return Finding(Verdict.BROKEN, "Database", f"{kind}: {fault.detail}"[:160], fault.message)
        return Finding(
            Verdict.BROKEN,
            "Database",
            f"{kind}: {type(error).__name__}: {error}".splitlines()[0][:160],
            "Check DATABASE_URL and that the server runs",
        )
    if damage:
        return Finding(Verdict.BROKEN, "Database", f"{kind}: {damage}"[:160], t("storage.database_damaged"))
    return Finding(Verdict.FINE, "Database", kind)


def _port(settings: Settings) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return Finding(
                Verdict.OPTIONAL,
                "Port",
                f"{settings.host}:{settings.port}: {error.strerror} (Sayso itself, if it runs)",
                f"PORT={settings.port + 1} script/server",
            )
    return Finding(Verdict.FINE, "Port", f"{settings.host}:{settings.port} is free")


def _names(settings: Settings) -> Finding:
    name = f"p-doctor.{settings.preview_host}"
    if settings.preview_host.endswith("localhost"):
        return Finding(Verdict.FINE, "Preview hosts", f"*.{settings.preview_host}: browsers resolve these themselves")
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        return Finding(
            Verdict.BROKEN,
            "Preview hosts",
            f"{name} has no address",
            f"Add a DNS record for *.{settings.preview_host}, or unset PREVIEW_HOST",
        )
    return Finding(Verdict.FINE, "Preview hosts", f"*.{settings.preview_host}")


def _key(settings: Settings) -> Finding:
    if ANTHROPIC.configured_key(settings):
        return Finding(Verdict.FINE, "Claude key", "from the environment")
    others = (row.label for row in PROVIDERS.values() if row is not ANTHROPIC and row.configured_key(settings))
    otherwise = next(others, "the offline demo")
    return Finding(
        Verdict.OPTIONAL,
        "Claude key",
        f"none in the environment: a key pasted in the page counts, else {otherwise} answers",
        "Paste one on the home page, or set ANTHROPIC_API_KEY",
    )


def _password(settings: Settings) -> Finding:
    if settings.has_accounts:
        mail = "mail is sent" if settings.sends_mail else "no mail is sent: python -m builder accounts links"
        return Finding(Verdict.FINE, "Sign-in", f"ACCOUNTS={settings.accounts}; {mail}")
    if settings.sign_in_required:
        return Finding(Verdict.FINE, "Sign-in", "OWNER_PASSWORD is set")
    return Finding(Verdict.FINE, "Sign-in", "not needed on this computer alone")


def _docker(_: Settings) -> Finding:
    import aiodocker

    from preview_runtime.containers.images import catalogue
    from preview_runtime.plans.runtimes import Image

    async def ask() -> tuple[str, list[Image]]:
        async with asyncio.timeout(_DOCKER_SECONDS), catalogue.connect() as docker:
            version = await docker.version()
            return str(version["Version"]), await catalogue.missing_images(docker, catalogue.IMAGES)

    try:
        version, missing = asyncio.run(ask())
    except (catalogue.ImageError, aiodocker.DockerError, OSError, TimeoutError):
        return Finding(
            Verdict.OPTIONAL,
            "Docker",
            "does not answer: apps with a back end of their own do not run",
            "Start Docker (on Debian and Ubuntu: sudo apt-get install docker.io), then script/images",
        )
    if missing:
        seen = f"{version}, images to be built: {', '.join(missing)}"
        return Finding(Verdict.OPTIONAL, "Docker", seen, "script/images")
    return Finding(Verdict.FINE, "Docker", f"{version}, with all images")


def _host_rules(_: Settings) -> Finding:
    """Whether the firewall rules are in place that keep apps and installs away from this computer and its network."""
    from preview_runtime.containers.docker.subnets import DEFAULT_POOL
    from preview_runtime.containers.isolation import firewall

    part, put_in = "Host's rules", "sudo .venv/bin/python -m preview_runtime.containers.isolation.firewall install"
    lacking = firewall.lacking(firewall.all_rules(DEFAULT_POOL))
    if lacking is None:
        seen = "only an administrator may read them; Sayso tries them before it starts an app"
        return Finding(Verdict.OPTIONAL, part, seen, "sudo .venv/bin/python -m builder doctor")
    if lacking:
        seen = f"{len(lacking)} missing: apps with a back end of their own do not start"
        return Finding(Verdict.OPTIONAL, part, seen, put_in)
    return Finding(Verdict.FINE, part, "they keep apps away from this computer and its network")


def _preview_data(settings: Settings) -> Finding:
    """Whether an app that fills the disk is noticed at once."""
    import aiodocker

    from preview_runtime.containers.images import catalogue
    from preview_runtime.containers.limits.disk_watch import blindness

    async def ask() -> Phrase | None:
        async with asyncio.timeout(_DOCKER_SECONDS), catalogue.connect() as docker:
            return await blindness(docker)

    part, limit = "Data of previews", f"at most {settings.preview_disk_mb} MB each"
    if settings.preview_disk_quota:
        return Finding(Verdict.FINE, part, f"{limit}, held by Docker itself")
    try:
        blind = asyncio.run(ask())
    except (catalogue.ImageError, aiodocker.DockerError, OSError, TimeoutError):
        return Finding(Verdict.OPTIONAL, part, "nothing to look at: Docker does not answer")
    if blind:
        return Finding(
            Verdict.OPTIONAL,
            part,
            said(blind),
            "Start Sayso as administrator, or set PREVIEW_DISK_QUOTA=true where Docker's disk has project quotas",
        )
    return Finding(Verdict.FINE, part, f"{limit}, watched all the time")


def _chromium(_: Settings) -> Finding:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    if found:
        return Finding(Verdict.FINE, "Chromium (tests)", found)
    return Finding(
        Verdict.OPTIONAL, "Chromium (tests)", "not found: browser tests are skipped", "sudo apt-get install chromium"
    )


def _postgres(_: Settings) -> Finding:
    if shutil.which("postgres") or any(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        return Finding(Verdict.FINE, "PostgreSQL (tests)", "found")
    return Finding(
        Verdict.OPTIONAL, "PostgreSQL (tests)", "not found: its tests are skipped", "sudo apt-get install postgresql"
    )
