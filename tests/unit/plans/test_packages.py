"""Apps that ask for the same packages share them; what only a project's own volume can hold is told apart."""

from __future__ import annotations

import json

import pytest

from preview_runtime.containers.packages.image_contents import ImagePackages
from preview_runtime.containers.packages.layer_records import Record, read_records
from preview_runtime.engines import RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.plan import plan_run
from preview_runtime.plans.recipe import PackageSet
from preview_runtime.plans.runtimes import Runtime

FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
SERVER = "require('http').createServer().listen(process.env.PORT)"


def packages(files: dict[str, str], install: str = "") -> PackageSet | None:
    return plan_run(FileTree(files), RunHints(install=install)).packages


def python(requirements: str, **more: str) -> PackageSet | None:
    return packages({"main.py": FASTAPI, "requirements.txt": requirements, **more})


def node(install: str = "", lock: dict[str, str] | None = None, **fields: object) -> PackageSet | None:
    return packages({"server.js": SERVER, "package.json": json.dumps(fields), **(lock or {})}, install)


def test_order_and_comments_make_no_other_set() -> None:
    one = python("fastapi>=0.1\nhttpx # to call out\n")
    assert one == python("# what we need\nhttpx\n\nfastapi>=0.1\n")
    assert one != python("httpx\nfastapi>=0.2\n")
    assert one is not None
    assert one.wanted == (("fastapi", "fastapi>=0.1"), ("httpx", "httpx"))


def test_what_a_package_json_says_beside_its_packages_makes_no_other_set() -> None:
    one = node(dependencies={"express": "^5.0.0"}, name="shop", scripts={"start": "node server.js"})
    assert one == node(dependencies={"express": "^5.0.0"}, name="blog", version="1.0.0")
    assert one != node(dependencies={"express": "^4.0.0"})


@pytest.mark.parametrize("line", ["-e .", "./library", "../library", "library @ file:///app/library", "/opt/library"])
def test_python_code_of_the_project_itself_is_installed_for_it_alone(line: str) -> None:
    assert python(f"fastapi\n{line}\n") is None


@pytest.mark.parametrize(
    "fields",
    [
        {"dependencies": {"library": "file:./library"}},
        {"dependencies": {"library": "workspace:*"}},
        {"dependencies": {"express": "5"}, "workspaces": ["packages/*"]},
        {"dependencies": {"express": "5"}, "scripts": {"postinstall": "prisma generate"}},
        {"dependencies": {"next": "16", "react": "19"}},
    ],
)
def test_node_packages_that_need_the_project_are_installed_for_it_alone(fields: dict[str, object]) -> None:
    assert node(**fields) is None


@pytest.mark.parametrize("script", ["nuxt prepare", "svelte-kit sync || echo ''", "husky install", "husky"])
def test_scripts_that_the_app_does_without_keep_nothing_from_being_shared(script: str) -> None:
    assert node(dependencies={"express": "5"}, scripts={"postinstall": script, "prepare": script})


def test_included_requirements_belong_to_the_set() -> None:
    one = python("-r more.txt\nfastapi\n", **{"more.txt": "httpx\n"})
    assert one is not None
    assert one != python("-r more.txt\nfastapi\n", **{"more.txt": "httpx==1\n"})
    assert one.wanted == (("fastapi", "fastapi"), ("httpx", "httpx"))


def test_a_lock_is_part_of_the_set_and_asks_for_its_own_versions() -> None:
    lock = json.dumps({"lockfileVersion": 3, "packages": {"node_modules/express": {"version": "5.1.0"}}})
    found = node(lock={"package-lock.json": lock}, dependencies={"express": "^5.0.0"})
    assert found is not None
    assert found.wanted == (("express", "=5.1.0"),)
    assert found.files["package-lock.json"] == lock
    other = node(lock={"yarn.lock": "# yarn lockfile v1\n"}, dependencies={"express": "^5.0.0"})
    assert other is not None
    assert other.wanted is None


@pytest.mark.parametrize(
    "command",
    ["pip install -r requirements.txt", "python -m pip install --no-cache-dir -r requirements.txt", "uv sync"],
)
def test_an_install_command_that_says_what_the_files_say_shares_their_packages(command: str) -> None:
    files = {"main.py": FASTAPI, "requirements.txt": "fastapi\n"}
    assert packages(files, command) == packages(files)


def test_packages_that_an_install_command_names_join_those_of_the_files() -> None:
    files = {"main.py": FASTAPI, "requirements.txt": "fastapi\n"}
    found = packages(files, "pip install -r requirements.txt httpx 'uvicorn[standard]'")
    assert found is not None
    assert found.files == {"requirements.txt": "fastapi\nhttpx\nuvicorn[standard]\n"}
    named = packages({"main.py": FASTAPI}, "pip install fastapi")
    assert named is not None
    assert named.wanted == (("fastapi", "fastapi"),)


@pytest.mark.parametrize("command", ["pip install -r requirements.txt && python seed.py", "make", "pip install -e ."])
def test_an_install_command_that_does_more_is_run_for_the_project(command: str) -> None:
    assert packages({"main.py": FASTAPI, "requirements.txt": "fastapi\n"}, command) is None


def test_npms_own_commands_share_their_packages() -> None:
    for command in ("npm install", "npm ci", "yarn", "pnpm install --frozen-lockfile", "bun install"):
        assert node(command, dependencies={"express": "5"})
    assert node("npm install && npm run build", dependencies={"express": "5"}) is None


PYTHON = ImagePackages(
    Runtime.PYTHON,
    {
        "fastapi": ("0.165.0", ("starlette>=1",)),
        "uvicorn": ("0.54.0", ("click", "httptools>=0.6; extra == 'standard'", "watchfiles; extra == 'standard'")),
        "httptools": ("0.7.0", ()),
    },
    {"python_version": "3.11", "sys_platform": "linux", "platform_system": "Linux"},
)


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("fastapi", True),
        ("FastAPI>=0.100,<1", True),
        ("fastapi==0.1", False),
        ("httpx", False),
        ("uvicorn", True),
        ("uvicorn[standard]", False),
        ("pywin32; sys_platform == 'win32'", True),
        ("fastapi @ https://example.org/fastapi.whl", False),
    ],
)
def test_a_python_image_is_known_to_have_a_requirement_or_not(line: str, there: bool) -> None:
    found = python(f"{line}\n")
    assert found is not None
    assert PYTHON.has(found) is there


@pytest.mark.parametrize(
    ("range_", "there"),
    [
        ("^5.0.0", True),
        ("5.x || 6", True),
        ("latest", True),
        ("*", True),
        ("^4", False),
        ("npm:other@1", False),
        ("next", False),
    ],
)
def test_a_node_image_is_known_to_have_a_package_or_not(range_: str, there: bool) -> None:
    image = ImagePackages(Runtime.NODE, {"express": ("5.3.0", ())})
    found = node(dependencies={"express": range_})
    assert found is not None
    assert image.has(found) is there


def test_what_the_image_has_is_kept_and_not_asked_for() -> None:
    found = python("fastapi>=0.1\nhttpx\n")
    assert found is not None
    files = PYTHON.inputs(found)
    assert files["requirements.txt"] == "httpx\n"
    assert files["constraints.txt"] == "fastapi>=0.1\n"
    assert "uvicorn==0.54.0" in files["image.txt"].splitlines()


def test_a_record_is_read_and_an_install_cannot_forge_one() -> None:
    one, other = "a" * 40, "b" * 40
    text = (
        f"layer {one} 17\n2048\n express\n ../../etc\n .bin\n .cache\n ..\n layer {other} 1\n\nlayer {other} 18\n1\n\n"
    )
    assert read_records(text) == [Record(one, 17, 2048, ("express", ".bin")), Record(other, 18, 1, ())]
