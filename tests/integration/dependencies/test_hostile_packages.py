"""Packages written to break out: nothing of theirs runs, nothing of ours is read."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from builder.texts import said
from preview_runtime.dependencies import DependencyError, DependencyService, installer
from preview_runtime.dependencies import service as service_module
from preview_runtime.dependencies.process import OutputTooLarge, ProcessTimeout, run
from preview_runtime.node import node_executable
from tests.integration.npm_registry import Package, npm_registry
from tests.integration.processes import is_gone, until

BROWSER = Path(__file__).parents[3] / "preview_runtime" / "browser"
SECRET = "TOP-SECRET-CONTENT"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[DependencyService]:
    made = DependencyService(tmp_path / "cache", node_executable(), BROWSER)
    yield made
    await made.close()


def everything_served(service: DependencyService, tmp_path: Path) -> str:
    files = (tmp_path / "cache" / "sets").rglob("*")
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in files if path.is_file())


def found(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern))


async def resolve_one(
    service: DependencyService, package: Package, monkeypatch: pytest.MonkeyPatch, specifiers: list[str] | None = None
) -> dict[str, str]:
    """The errors of a set with `package` alone."""
    with npm_registry(package) as (address, _):
        monkeypatch.setenv("npm_config_registry", address)
        resolved = await service.resolve({package.name: "1.0.0"}, specifiers or [package.name])
    return resolved.errors


@pytest.mark.parametrize(
    "entry",
    [
        'export * from "SECRETS/secret.js";',
        'export { default } from "SECRETS/secret.json";',
        'module.exports = require("SECRETS/secret.js");',
        'import "SECRETS/secret.css";',
        'import "./style.css";',
        'import url from "SECRETS/secret.png"; export default url;',
        'export * from "./link.js";',
        'export * from "./folder/secret.js";',
        'export * from "up";',
    ],
)
@pytest.mark.parametrize("absolute", [True, False])
async def test_no_import_reads_outside_the_packages(
    service: DependencyService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, absolute: bool
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name in ("secret.js", "secret.css", "secret.png", "secret.json"):
        text = {"js": f'export const secret = "{SECRET}";', "css": f'a{{content:"{SECRET}"}}', "json": f'"{SECRET}"'}
        (secrets / name).write_text(text.get(name.partition(".")[2], SECRET))
    where = str(secrets) if absolute else "../" * 12 + str(secrets).lstrip("/")
    package = Package(
        "hostile",
        manifest={"main": "index.js", "browser": {"up": f"{'../' * 12}{str(secrets).lstrip('/')}/secret.js"}},
        files={
            "index.js": entry.replace("SECRETS", where),
            "style.css": f'@import "{where}/secret.css"; b{{background:url({where}/secret.png)}}',
        },
        links={"link.js": f"{where}/secret.js", "folder": where},
    )
    errors = await resolve_one(service, package, monkeypatch)
    assert SECRET not in everything_served(service, tmp_path)
    # What was refused is said, except where the link or the field was dropped before and the import just fails.
    assert errors or "throw" in everything_served(service, tmp_path)


@pytest.mark.parametrize(
    "manifest",
    [
        {"exports": "../../../secrets/secret.js"},
        {"exports": {".": {"browser": "../../../secrets/secret.js"}}},
        {"exports": {"./*": "../../../*"}},
        {"main": "../../../../secrets/secret.js"},
        {"module": "../../../../secrets/secret.js"},
        {"browser": "../../../../secrets/secret.js"},
        {"svelte": "../../../../secrets/secret.js"},
        {"browser": {"./index.js": "../../../../secrets/secret.js"}},
    ],
)
async def test_no_manifest_field_leads_outside_the_packages(
    service: DependencyService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manifest: dict[str, object]
) -> None:
    # As seen from node_modules/hostile in cache/installed/<digest>: whatever the number of steps, there is a secret.
    for folder in (tmp_path, tmp_path / "cache", tmp_path / "cache" / "installed"):
        (folder / "secrets").mkdir(parents=True)
        (folder / "secrets" / "secret.js").write_text(f'export const secret = "{SECRET}";')
    package = Package("hostile", manifest=manifest, files={"index.js": "export const ok = 1;"})
    await resolve_one(service, package, monkeypatch, ["hostile", "hostile/secrets/secret.js"])
    assert SECRET not in everything_served(service, tmp_path)


async def test_no_script_of_a_package_runs(
    service: DependencyService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    scripts = dict.fromkeys(("preinstall", "install", "postinstall", "prepare"), f"touch {ran}")
    files = {"index.js": f'require("fs").writeFileSync({str(ran)!r}, ""); exports.ok = 1;', "binding.gyp": "{}"}
    assert await resolve_one(service, Package("hostile", manifest={"scripts": scripts}, files=files), monkeypatch) == {}
    assert not ran.exists()


@pytest.mark.parametrize("tool", ["bun", "npm"])
@pytest.mark.parametrize("field", ["dependencies", "peerDependencies"])
@pytest.mark.parametrize(
    "where", ["REGISTRY/-/inner-1.0.0.tgz", "git+REGISTRY/inner.git", "file:SECRETS", "link:SECRETS"]
)
async def test_no_package_brings_another_from_outside_the_registry(
    service: DependencyService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, field: str, tool: str
) -> None:
    if tool == "npm":
        monkeypatch.setattr(installer, "bun_candidates", lambda _: [])
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "package.json").write_text('{"name": "inner", "version": "1.0.0", "main": "index.js"}')
    (secrets / "index.js").write_text(f'export const secret = "{SECRET}";')
    files = {"index.js": f'export const secret = "{SECRET}";'}
    with npm_registry(Package("inner", files=files)) as (elsewhere, asked_elsewhere):
        wanted = where.replace("REGISTRY", elsewhere).replace("SECRETS", str(secrets))
        hostile = Package("hostile", manifest={field: {"inner": wanted}}, files={"index.js": 'export * from "inner";'})
        with npm_registry(hostile) as (address, _):
            monkeypatch.setenv("npm_config_registry", address)
            with pytest.raises(DependencyError) as refused:
                await service.resolve({"hostile": "1.0.0"}, ["hostile"])
    assert refused.value.code in ("specifier_refused", "install_failed")
    assert not found(tmp_path / "cache" / "installed", "inner")
    assert SECRET not in everything_served(service, tmp_path)
    assert not asked_elsewhere, "an address that a package named was fetched"


@pytest.mark.parametrize("tool", ["bun", "npm"])
async def test_a_registry_may_have_its_packages_fetched_from_a_host_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    if tool == "npm":
        monkeypatch.setattr(installer, "bun_candidates", lambda _: [])
    package = Package("plain", files={"index.js": "export const ok = 1;"})
    with npm_registry(package, tarballs_from="localhost") as (address, _):
        monkeypatch.setenv("npm_config_registry", address)
        for hosts in ((), ("localhost.example",), ("LocalHost",)):
            service = DependencyService(tmp_path / "-".join(hosts), node_executable(), BROWSER, hosts)
            try:
                if hosts == ("LocalHost",):
                    assert not (await service.resolve({"plain": "1.0.0"}, ["plain"])).errors
                    continue
                with pytest.raises(DependencyError) as refused:
                    await service.resolve({"plain": "1.0.0"}, ["plain"])
                assert refused.value.code == "specifier_refused"
                assert "INSTALL_HOSTS" in refused.value.detail
            finally:
                await service.close()


async def test_the_machine_s_own_proxy_is_gone_through(
    service: DependencyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a proxy of the machine's own the registry is reached through it, and nothing else is asked of it."""
    with npm_registry() as (proxy, asked):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        package = Package("plain", files={"index.js": "export const ok = 1;"})
        assert await resolve_one(service, package, monkeypatch) == {}
        assert asked == []
        monkeypatch.setenv("npm_config_registry", "http://registry.example")
        with pytest.raises(DependencyError):
            await service.resolve({"other": "1.0.0"}, ["other"])
        assert asked
        assert set(asked) == {"http://registry.example/other"}


async def test_a_tarball_writes_only_into_its_folder(
    service: DependencyService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = {f"package/{'../' * steps}escaped-{steps}": "x" for steps in range(1, 9)} | {str(tmp_path / "absolute"): "x"}
    package = Package("hostile", files={"index.js": "export const ok = 1;"}, raw=raw)
    with contextlib.suppress(DependencyError):  # refusing the tarball as a whole is as good
        await resolve_one(service, package, monkeypatch)
    assert not (tmp_path / "absolute").exists()
    # The installer's own cache and the package's folder are where a tarball may write.
    cache = tmp_path / "cache"
    assert [path for path in found(tmp_path, "escaped-*") if not path.is_relative_to(cache / "home" / "bun-cache")] == [
        path for path in found(cache / "installed", "escaped-*") if "/node_modules/hostile" in str(path)
    ]


async def test_a_package_that_nests_its_own_react_gets_the_shared_one(
    service: DependencyService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def react(version: str) -> Package:
        return Package("react", version, files={"index.js": f'exports.version = "react {version}";'})

    widget = Package(
        "widget",
        manifest={"dependencies": {"react": "18.0.0"}},
        files={"index.js": 'export { version } from "react";'},
    )
    with npm_registry(react("18.0.0"), react("19.0.0"), widget) as (address, _):
        monkeypatch.setenv("npm_config_registry", address)
        found = await service.resolve({"react": "19.0.0", "widget": "1.0.0"}, ["react", "widget"])
    assert found.errors == {}
    served = everything_served(service, tmp_path)
    assert "react 19.0.0" in served
    assert "react 18.0.0" not in served


async def test_requests_for_one_set_share_one_job(service: DependencyService, monkeypatch: pytest.MonkeyPatch) -> None:
    package = Package("plain", files={"index.js": "export const ok = 1;"})
    with npm_registry(package) as (address, asked):
        monkeypatch.setenv("npm_config_registry", address)
        found = await asyncio.gather(*(service.resolve({"plain": "1.0.0"}, ["plain"]) for _ in range(8)))
        assert len({each.hash for each in found}) == 1
        assert sum(path.endswith(".tgz") for path in asked) == 1


async def test_a_visitor_who_leaves_does_not_end_the_job(
    service: DependencyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Package("plain", files={"index.js": "export const ok = 1;"})
    with npm_registry(package) as (address, _):
        monkeypatch.setenv("npm_config_registry", address)
        impatient = asyncio.create_task(service.resolve({"plain": "1.0.0"}, ["plain"]))
        await asyncio.sleep(0)
        impatient.cancel()
        found = await service.resolve({"plain": "1.0.0"}, ["plain"])
    assert found.modules == {"plain": "plain.js"}


async def test_packages_that_are_too_large_are_refused(
    service: DependencyService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Package("large", files={"index.js": "export default 1;", "data.bin": b"\0" * 200_000})
    monkeypatch.setattr(installer, "MAX_BYTES", 100_000)
    with pytest.raises(DependencyError) as refused:
        await resolve_one(service, package, monkeypatch)
    assert refused.value.code == "too_large"
    assert list((tmp_path / "cache" / "installing").iterdir()) == []


async def test_output_that_is_too_large_is_refused(service: DependencyService, monkeypatch: pytest.MonkeyPatch) -> None:
    package = Package("large", files={"index.js": f"export default {'x' * 50_000!r};"})
    monkeypatch.setattr(service_module, "MAX_OUTPUT", 10_000)
    with pytest.raises(DependencyError) as refused:
        await resolve_one(service, package, monkeypatch)
    assert refused.value.code == "too_large"


async def test_an_unreachable_registry_is_called_that(
    service: DependencyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with npm_registry() as (address, _):
        pass  # closed again: nobody listens there
    monkeypatch.setenv("npm_config_registry", address)
    with pytest.raises(DependencyError) as offline:
        await service.resolve({"plain": "1.0.0"}, ["plain"])
    assert offline.value.code == "offline"
    assert "internet" in said(offline.value.says)


async def test_npm_takes_over_where_bun_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer, "bun_candidates", lambda _: [])
    service = DependencyService(tmp_path / "cache", node_executable(), BROWSER)
    try:
        package = Package("plain", files={"index.js": "export const ok = 1;"})
        assert await resolve_one(service, package, monkeypatch) == {}
        with npm_registry() as (address, _):
            monkeypatch.setenv("npm_config_registry", address)
            with pytest.raises(DependencyError) as missing:
                await service.resolve({"lucide-reac": "1.0.0"}, [])
        assert (missing.value.code, missing.value.suggestion) == ("package_missing", "lucide-react")
    finally:
        await service.close()


async def test_closing_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid_file = tmp_path / "pid"
    stuck = tmp_path / "bun"
    stuck.write_text(
        f'#!/bin/sh\nPATH=/usr/bin:/bin\n[ "$1" = --version ] && exit 0\nsleep 600 &\necho $! > {pid_file}.new\nmv {pid_file}.new {pid_file}\nwait\n'
    )
    stuck.chmod(0o755)
    monkeypatch.setattr(installer, "bun_candidates", lambda _: [stuck])
    service = DependencyService(tmp_path / "cache", node_executable(), BROWSER)
    waiting = asyncio.create_task(service.resolve({"plain": "1"}, []))
    await until(pid_file.exists)
    await service.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await until(lambda: is_gone(pid_file))


async def test_a_tool_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    command = ["sh", "-c", f"sleep 600 & echo $! > {pid_file}; wait"]
    with pytest.raises(ProcessTimeout):
        await run(command, cwd=tmp_path, env=dict(os.environ), seconds=0.5, max_output=100)
    await until(lambda: is_gone(pid_file))


async def test_a_tool_that_talks_too_much_is_ended(tmp_path: Path) -> None:
    with pytest.raises(OutputTooLarge):
        await run(["yes"], cwd=tmp_path, env=dict(os.environ), seconds=30, max_output=100_000)
