"""The names of the runtime images, what they are built with, and what is said when one cannot be built."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiodocker
import pytest

from preview_runtime.containers import __main__ as command
from preview_runtime.containers.images import catalogue, debian, frameworks
from preview_runtime.containers.images.catalogue import ImageError
from preview_runtime.plans.recipe import WORK_FOLDER
from preview_runtime.plans.runtimes import Image, Runtime


class Images:
    """An engine's images: none, and a registry that answers every pull with the same error."""

    def __init__(self, refusal: aiodocker.DockerError) -> None:
        self._refusal = refusal

    async def inspect(self, name: str) -> dict[str, Any]:
        raise aiodocker.DockerError(404, f"no such image: {name}")

    async def pull(self, name: str, *, stream: bool) -> AsyncIterator[dict[str, Any]]:
        yield {"status": f"Pulling {name}", "stream": stream}
        raise self._refusal


class Engine:
    """An engine without images and without a registry."""

    def __init__(self, refusal: aiodocker.DockerError | None = None, *, answers: bool = True) -> None:
        self.images = Images(refusal or aiodocker.DockerError(500, "Get https://registry/v2/: lookup: no such host"))
        self._answers = answers

    async def version(self) -> dict[str, str]:
        if not self._answers:
            raise aiodocker.DockerError(900, "Cannot connect to Docker Engine")
        return {"Arch": "amd64", "Version": "20.10"}


@pytest.fixture
def deploy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the recipes that a test may change."""
    copy = tmp_path / "deploy"
    shutil.copytree(catalogue.DEPLOY, copy)
    monkeypatch.setattr(catalogue, "DEPLOY", copy)
    return copy


@pytest.mark.parametrize("runtime", catalogue.IMAGES)
def test_every_runtime_has_a_recipe_on_an_exact_public_tag(runtime: Image) -> None:
    name, _, version = catalogue.public_base(runtime).partition(":")
    assert name
    assert version[0].isdigit()
    assert "latest" not in version


@pytest.mark.parametrize("runtime", catalogue.IMAGES)
def test_every_image_runs_as_the_same_account_in_the_same_folder(runtime: Image) -> None:
    recipe = catalogue.dockerfile(runtime).read_text(encoding="utf-8")
    assert f"ARG USER_ID={catalogue.USER_ID}\n" in recipe
    assert "USER ${USER_ID}:${USER_ID}\n" in recipe
    assert f"WORKDIR {WORK_FOLDER}\nVOLUME {WORK_FOLDER}\n" in recipe
    assert catalogue.build_arguments(runtime) == {"BASE": catalogue.public_base(runtime), "USER_ID": "10001"}


def test_static_files_are_served_on_the_port_that_is_said(deploy: Path) -> None:
    assert f"listen {catalogue.STATIC_PORT};" in (deploy / "static/nginx.conf").read_text(encoding="utf-8")


def test_the_same_recipe_has_the_same_name_everywhere(deploy: Path) -> None:
    names = {runtime: catalogue.tag(runtime) for runtime in catalogue.IMAGES}
    for path in deploy.rglob("*"):
        path.touch()
    assert {runtime: catalogue.tag(runtime) for runtime in catalogue.IMAGES} == names
    assert len(set(names.values())) == len(catalogue.IMAGES)


@pytest.mark.parametrize("changed", ["python.Dockerfile", "python/requirements.txt"])
def test_another_recipe_has_another_name_and_leaves_the_others_alone(deploy: Path, changed: str) -> None:
    before = {runtime: catalogue.tag(runtime) for runtime in catalogue.IMAGES}
    with (deploy / changed).open("a", encoding="utf-8") as recipe:
        recipe.write("# changed\n")
    assert {image for image in catalogue.IMAGES if catalogue.tag(image) != before[image]} == {Runtime.PYTHON}


def test_another_way_to_put_a_base_together_is_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    before = catalogue.tag(Runtime.NODE)
    monkeypatch.setattr(debian, "REVISION", "another")
    assert catalogue.tag(Runtime.NODE) != before


def test_a_pin_replaces_the_one_before_and_nothing_else() -> None:
    recipe = "# Runs it\nARG BASE=python:3.11.14-slim\nFROM ${BASE}\n"
    once = catalogue.pinned(recipe, "sha256:aa")
    assert once == "# Runs it\nARG BASE=python:3.11.14-slim@sha256:aa\nFROM ${BASE}\n"
    assert catalogue.pinned(once, "sha256:bb") == once.replace("aa", "bb")


def test_a_recipe_without_a_base_is_named(deploy: Path) -> None:
    (deploy / "go.Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(ImageError, match=r"go\.Dockerfile has no line “ARG BASE=…”"):
        catalogue.tag(Runtime.GO)


async def refusal(engine: Engine) -> tuple[str, list[str]]:
    said: list[str] = []
    with pytest.raises(ImageError) as refused:
        await catalogue.build_images(engine, [Runtime.PYTHON], lambda _, sentence: said.append(sentence))  # type: ignore[arg-type]
    return refused.value.message, said


async def test_an_engine_that_does_not_answer_is_said() -> None:
    message, said = await refusal(Engine(answers=False))
    assert message == catalogue.NO_DOCKER
    assert said == []


async def test_a_base_that_no_registry_has_is_named_with_the_file_to_change() -> None:
    message, _ = await refusal(Engine(aiodocker.DockerError(404, "manifest unknown")))
    assert catalogue.public_base(Runtime.PYTHON) in message
    assert "python.Dockerfile" in message


async def test_a_machine_without_registry_and_without_apt_is_told_what_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "available", lambda: False)
    message, _ = await refusal(Engine())
    assert "could not be pulled" in message
    assert "script/images" in message


async def test_a_machine_without_registry_and_mirror_is_told_so_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> list[debian.Package]:
        raise debian.AptFailed("E: Unable to fetch some archives")

    monkeypatch.setattr(debian, "available", lambda: True)
    monkeypatch.setattr(debian, "resolve", fails)
    message, said = await refusal(Engine())
    assert message.startswith("Neither an image registry nor a Debian mirror can be reached.")
    assert said[-1] == "No registry answers (no such host): putting a base together from Debian packages"


def test_the_command_says_that_docker_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    assert command.main([]) == 1
    assert capsys.readouterr().err.startswith(catalogue.NO_DOCKER)


def test_the_command_knows_its_runtimes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["cobol"])
    assert "there is no runtime cobol: choose from python, node, static, go, java" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("packaged", "place"),
    [
        ("./bin/bash", "usr/bin/bash"),
        ("./lib/x86_64-linux-gnu/libc.so.6", "usr/lib/x86_64-linux-gnu/libc.so.6"),
        ("./lib64/ld-linux-x86-64.so.2", "usr/lib64/ld-linux-x86-64.so.2"),
        ("./usr/bin/env", "usr/bin/env"),
        ("./library/file", "library/file"),
        ("./bin/", "bin"),
        ("./", ""),
    ],
)
def test_packaged_files_lie_below_one_usr(packaged: str, place: str) -> None:
    assert debian.merged(packaged) == place


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("usr/share/doc/bash/copyright", True),
        ("usr/share/doc/bash/README", False),
        ("usr/share/man/man1/bash.1.gz", False),
        ("usr/lib/python3.11/EXTERNALLY-MANAGED", False),
        ("usr/lib/go-1.19/pkg/tool/linux_amd64/compile", True),
        ("usr/lib/go-1.19/pkg/linux_amd64/net.a", False),
        ("usr/lib/jvm/java-17-openjdk-amd64/lib/modules", True),
    ],
)
def test_a_root_holds_programs_and_licences_but_no_manuals(name: str, wanted: bool) -> None:
    assert debian.wanted(name) is wanted


async def test_pip_is_asked_where_uv_reaches_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "packages"
    asked = []

    async def client(tool: list[Any], _folder: Path) -> str:
        asked.append("pip" if "-m" in tool else "uv")
        if asked[-1] == "uv":
            return "no index"
        (target / "bin").mkdir(parents=True)
        (target / "bin/serve").write_text("#!/home/someone/.venv/bin/python\nimport serve\n")
        return ""

    monkeypatch.setattr(frameworks, "run_client", client)
    monkeypatch.setattr(frameworks.shutil, "which", lambda name, path=None: name)
    await frameworks.python_packages(tmp_path / "requirements.txt", target, "3.11", "amd64")
    assert asked == ["uv", "pip"]
    assert (target / "bin/serve").read_text() == "#!/usr/bin/env python3\nimport serve\n"


async def test_a_failed_fetch_says_what_the_client_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def client(_tool: list[Any], _folder: Path) -> str:
        return "ERROR: No matching distribution"

    monkeypatch.setattr(frameworks, "run_client", client)
    with pytest.raises(frameworks.FetchFailed) as failed:
        await frameworks.python_packages(tmp_path / "requirements.txt", tmp_path / "packages", "3.11", "amd64")
    assert failed.value.detail == "ERROR: No matching distribution"
