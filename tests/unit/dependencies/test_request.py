"""Only plain packages of the registry are ever asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.texts import said
from preview_runtime.dependencies import DependencyError, refuse_registry_settings
from preview_runtime.dependencies.popular import nearest
from preview_runtime.dependencies.registry_settings import installer_environment
from preview_runtime.dependencies.request import DependencyRequest, is_registry_range, is_specifier, package_of


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "latest",
        "next",
        "beta",
        "canary",
        "1",
        "1.2",
        "1.2.3",
        "v1.2.3",
        "=1.2.3",
        "^19.0.0",
        "~1.2",
        "~>1.2",
        ">=1.2.3",
        "<2",
        "1.x",
        "1.2.*",
        "X",
        "1.0.0-rc.1",
        "^1.0.0-beta.2+build.5",
        "^1||^2",
    ],
)
def test_ranges_and_tags_are_accepted(text: str) -> None:
    assert is_registry_range(text)


@pytest.mark.parametrize("text", ["", ">=1.2.3 <2.0.0", "^16.9 || ^17 || ^18", "1.2.3 - 2.3.4", ">= 1.2", " ^1.0.0 "])
def test_compound_ranges_are_accepted(text: str) -> None:
    assert is_registry_range(text)


@pytest.mark.parametrize(
    "text",
    [
        "git+https://github.com/a/b.git",
        "git://github.com/a/b",
        "git@github.com:a/b.git",
        "github:a/b",
        "gitlab:a/b",
        "gist:11081aaa281",
        "a/b",
        "a/b#semver:^1",
        "https://example.org/a.tgz",
        "http://127.0.0.1:8000/api",
        "file:../../etc",
        "file:///etc/passwd",
        "link:../x",
        "portal:../x",
        "patch:react@1#x",
        "workspace:*",
        "catalog:",
        "jsr:@std/x",
        "npm:",
        "npm:../x",
        "npm:react@file:..",
        "npm:react@git+https://x/y",
        "npm:npm:react@1",
        "npm:https://example.org/x.tgz",
        "./local",
        "../local",
        ".",
        "..",
        "/etc",
        "~/x",
        "C:\\x",
        "local.tgz",
        "local.tar.gz",
        "^1.0.0; rm -rf /",
        "1.0.0\n--registry=http://evil.example",
        "--registry=http://evil.example",
        "$(id)",
        ">",
        "> >",
        "> > 1",
        "- 1",
        "1 -",
        "   1" * 49 + " !",
        "1" * 300,
    ],
)
def test_everything_outside_the_registry_is_refused(text: str) -> None:
    with pytest.raises(DependencyError) as refused:
        DependencyRequest.parse({"thing": text}, [])
    assert refused.value.code == "specifier_refused"
    assert refused.value.package == "thing"
    assert "\n" not in said(refused.value.says)


@pytest.mark.parametrize("text", ["npm:react@^18", "npm:@scope/name@1.2.3", "npm:react"])
def test_an_alias_to_a_registry_package_is_accepted(text: str) -> None:
    assert DependencyRequest.parse({"thing": text}, []).packages == (("thing", text),)


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc",
        "a/b",
        "@a",
        "@a/b/c",
        ".hidden",
        "_x",
        "node_modules",
        "A",
        "a b",
        "",
        "a" * 215,
        "-g\n",
        "a\\b",
        "é",
    ],
)
def test_names_the_registry_cannot_hold_are_refused(name: str) -> None:
    with pytest.raises(DependencyError):
        DependencyRequest.parse({name: "1"}, [])


@pytest.mark.parametrize(
    "text", ["react", "react-dom/client", "@scope/name", "@scope/name/a/b.css", "dayjs/plugin/utc.js"]
)
def test_bare_imports_are_accepted(text: str) -> None:
    assert is_specifier(text)


@pytest.mark.parametrize(
    "text",
    [
        "../../etc/passwd",
        "./x",
        "/etc/passwd",
        "react/../../etc/passwd",
        "react/./x",
        "react//x",
        "react/",
        "react/..\\..\\x",
        "react?raw",
        "file:///etc/passwd",
        "node:fs",
        "http://evil.example/x.js",
        "data:text/javascript,1",
        "entry:react",
        "react\0",
        "@scope",
        "",
        "a" * 301,
    ],
)
def test_imports_that_leave_their_package_are_refused(text: str) -> None:
    with pytest.raises(DependencyError) as refused:
        DependencyRequest.parse({}, [text])
    assert refused.value.code == "specifier_refused"


def test_the_order_of_a_request_does_not_matter() -> None:
    one = DependencyRequest.parse({"b": "1", "a": "2"}, ["b", "a", "a"])
    other = DependencyRequest.parse({"a": "2", "b": "1"}, ["a", "b"])
    assert one.key == other.key
    assert one.key != DependencyRequest.parse({"a": "2", "b": "1"}, ["a"]).key
    assert one.install_key == DependencyRequest.parse({"a": "2", "b": "1"}, ["a"]).install_key


def test_too_many_packages_are_refused() -> None:
    with pytest.raises(DependencyError) as refused:
        DependencyRequest.parse({f"p{n}": "1" for n in range(201)}, [])
    assert refused.value.code == "too_large"


@pytest.mark.parametrize(
    "path", [".npmrc", "bunfig.toml", "sub/.npmrc", "a/b/.bunfig.toml", "BUNFIG.TOML", ".yarnrc.yml"]
)
def test_a_project_may_not_choose_the_registry(path: str) -> None:
    with pytest.raises(DependencyError) as refused:
        refuse_registry_settings(["package.json", path])
    assert refused.value.code == "settings_refused"
    assert path in said(refused.value.says)


def test_ordinary_files_are_no_registry_settings() -> None:
    refuse_registry_settings(["package.json", "src/npmrc.ts", "bunfig.tsx", ".env"])


def test_installers_get_the_machine_s_registry_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text("//r.example/:_authToken=secret\nregistry = https://r.example/npm/\n")
    environ = {
        "ANTHROPIC_API_KEY": "secret",
        "NPM_TOKEN": "secret",
        "NODE_OPTIONS": "--require x",
        "SSL_CERT_FILE": "/ca.pem",
        "HTTPS_PROXY": "http://proxy:1",
        "HOME": str(tmp_path),
    }
    passed = installer_environment(Path("/private"), environ)
    assert "secret" not in str(passed)
    assert passed["npm_config_registry"] == "https://r.example/npm/"
    assert passed["SSL_CERT_FILE"] == "/ca.pem"
    assert passed["HTTPS_PROXY"] == "http://proxy:1"
    assert passed["HOME"] == "/private"
    assert "NODE_OPTIONS" not in passed


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("reacts", "react"), ("lucid-react", "lucide-react"), ("recharts2", "recharts"), ("qqqqqqqq", ""), ("react", "")],
)
def test_misspelt_names_get_a_suggestion(wrong: str, meant: str) -> None:
    assert nearest(wrong) == meant


def test_the_package_of_an_import() -> None:
    assert package_of("@scope/name/sub/file.js") == "@scope/name"
    assert package_of("react-dom/client") == "react-dom"
