"""Each runtime image runs its language as an ordinary account, sealed off, with the common frameworks at hand."""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiodocker
import pytest

from builder import doctor
from builder.composition.settings import Settings
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.images.catalogue import ImageError
from preview_runtime.plans.runtimes import Runtime
from tests.containers import registry
from tests.containers.docker_engine import LABEL

# What only this machine knows: where we are, where a build works, how its package clients are set up.
TRACES = [
    str(Path(sys.prefix).resolve()),
    str(catalogue.DEPLOY),
    f"{tempfile.gettempdir()}/sayso-image",
    *(value for name in ("PIP_INDEX_URL", "PIP_FIND_LINKS", "HTTPS_PROXY") if (value := os.environ.get(name))),
]
ABOUT = {
    Runtime.PYTHON: (
        ["python", "-c", "import os, sys, json; import django, fastapi, flask, sqlmodel, starlette, uvicorn; print(os.getuid())"],
        "10001",
    ),
    Runtime.NODE: (
        ["node", "-e", "for (const n of ['express', 'fastify', 'hono']) require(n); console.log(process.getuid())"],
        "10001",
    ),
}  # fmt: skip


def sealed(runtime: Runtime, command: list[str], **host: Any) -> dict[str, Any]:
    """A container as sealed off as a preview: no network, no rights, a root that cannot be written."""
    return {
        "Image": catalogue.tag(runtime),
        "Cmd": command,
        "Labels": {LABEL: "1"},
        "HostConfig": {
            "NetworkMode": "none",
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
            "Tmpfs": {"/tmp": "size=16m"},
            "Memory": 256 * 2**20,
            **host,
        },
    }


async def output(docker: aiodocker.Docker, runtime: Runtime, command: list[str], **host: Any) -> tuple[int, str]:
    """Exit code and output of one command in a sealed container."""
    container = await docker.containers.create(sealed(runtime, command, **host))
    try:
        await container.start()
        code = (await container.wait())["StatusCode"]
        return code, "".join(await container.log(stdout=True, stderr=True))
    finally:
        await container.delete(force=True, v=True)


@pytest.mark.usefixtures("runtime_images")
@pytest.mark.parametrize("runtime", ABOUT)
async def test_the_frameworks_are_there_without_network_and_without_rights(
    docker: aiodocker.Docker, runtime: Runtime
) -> None:
    command, said = ABOUT[runtime]
    assert await output(docker, runtime, command) == (0, f"{said}\n")


@pytest.mark.usefixtures("runtime_images")
async def test_node_imports_the_frameworks_as_modules_too(docker: aiodocker.Docker) -> None:
    program = "import express from 'express'; import { serve } from '@hono/node-server'; console.log(typeof express, typeof serve)"
    code, said = await output(docker, Runtime.NODE, ["node", "--input-type=module", "-e", program])
    assert (code, said) == (0, "function function\n")


@pytest.mark.usefixtures("runtime_images")
@pytest.mark.parametrize(
    ("runtime", "command"),
    [
        (Runtime.PYTHON, "uv --version && uvicorn --version && flask --version && python -m venv --without-pip /app/v"),
        (Runtime.NODE, "bun --version && npm --version && npx --version && bunx --version"),
    ],
)
async def test_the_usual_programs_answer(docker: aiodocker.Docker, runtime: Runtime, command: str) -> None:
    code, said = await output(docker, runtime, ["sh", "-ec", command])
    assert code == 0, said


@pytest.mark.usefixtures("runtime_images")
@pytest.mark.parametrize("runtime", Runtime)
async def test_only_the_project_folder_can_be_written(docker: aiodocker.Docker, runtime: Runtime) -> None:
    command = "id -u; touch /app/file && echo app; touch /opt/file 2>/dev/null || echo sealed; pwd"
    code, said = await output(docker, runtime, ["sh", "-c", command])
    assert (code, said.split()) == (0, ["10001", "app", "sealed", "/app"])


GO = """package main
import ("fmt"; "net/http"; "os")
func main() { http.HandleFunc("/", nil2); fmt.Println(os.Getuid()) }
func nil2(answer http.ResponseWriter, _ *http.Request) {}
"""
JAVA = """import com.sun.net.httpserver.HttpServer;
class Main { public static void main(String[] a) throws Exception {
  HttpServer.create(new java.net.InetSocketAddress(8080), 0);
  var trusted = java.security.KeyStore.getInstance(
    new java.io.File(System.getProperty("java.home") + "/lib/security/cacerts"), (char[]) null);
  System.out.println(trusted.size() > 50 ? "trusts" : "trusts nobody");
} }
"""


@pytest.mark.usefixtures("runtime_images")
async def test_go_builds_a_server_without_network_and_in_a_moment(docker: aiodocker.Docker) -> None:
    command = f"cat > main.go <<'X'\n{GO}X\ngo mod init app 2>/dev/null; timeout 5 go build -o app . && ./app"
    assert await output(docker, Runtime.GO, ["bash", "-c", command]) == (0, "10001\n")


@pytest.mark.usefixtures("runtime_images")
async def test_java_runs_a_source_file_and_trusts_the_usual_authorities(docker: aiodocker.Docker) -> None:
    command = f"cat > Main.java <<'X'\n{JAVA}X\njavac Main.java && java Main && java Main.java"
    assert await output(docker, Runtime.JAVA, ["bash", "-c", command]) == (0, "trusts\ntrusts\n")


FILES = """mkdir about; echo home > index.html; echo about > about/index.html; echo 'a{}' > style.css; echo no > .env
ln -s /etc/passwd leak.txt; exec nginx -e stderr -c /opt/static/nginx.conf"""
ASKING = """
import http.client, time
for path in ["/", "/about", "/any/route", "/style.css", "/missing.png", "/.env", "/leak.txt"]:
    for _ in range(200):
        try:
            server = http.client.HTTPConnection("127.0.0.1", 8080)
            server.request("GET", path)
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    answer = server.getresponse()
    text = answer.read().decode()
    print(answer.status, *([answer.headers["Content-Type"], text.strip()] if answer.status == 200 else []))
"""


@pytest.mark.usefixtures("runtime_images")
async def test_static_files_are_served_with_their_types_and_nothing_hidden(docker: aiodocker.Docker) -> None:
    server = await docker.containers.create(sealed(Runtime.STATIC, ["sh", "-c", FILES]))
    try:
        await server.start()
        command = ["python", "-c", ASKING]
        code, said = await output(docker, Runtime.PYTHON, command, NetworkMode=f"container:{server.id}")
    finally:
        await server.delete(force=True, v=True)
    assert (code, said.splitlines()) == (
        0,
        [
            "200 text/html; charset=utf-8 home",
            "200 text/html; charset=utf-8 about",
            "200 text/html; charset=utf-8 home",
            "200 text/css; charset=utf-8 a{}",
            *("404", "404", "404"),
        ],
    )


@pytest.mark.usefixtures("runtime_images")
async def test_python_starts_without_compiling_its_library_again(docker: aiodocker.Docker) -> None:
    program = "import sys, fastapi, json, django; print([m.__name__ for m in sys.modules.values() if (c := getattr(m, '__cached__', None)) and not __import__('os').path.exists(c)])"
    assert await output(docker, Runtime.PYTHON, ["python", "-c", program]) == (0, "[]\n")


@pytest.mark.usefixtures("runtime_images")
async def test_what_a_project_installs_wins_over_the_frameworks_of_the_image(docker: aiodocker.Docker) -> None:
    python = "mkdir -p own/flask && echo 'name = \"own\"' > own/flask/__init__.py && PYTHONPATH=own python -c 'import flask; print(flask.name)'"
    assert await output(docker, Runtime.PYTHON, ["sh", "-c", python]) == (0, "own\n")
    node = "mkdir -p node_modules/express && echo 'module.exports = \"own\"' > node_modules/express/index.js && node -p 'require(\"express\")'"
    assert await output(docker, Runtime.NODE, ["sh", "-c", node]) == (0, "own\n")


@pytest.mark.usefixtures("runtime_images")
@pytest.mark.parametrize("runtime", Runtime)
async def test_nothing_of_this_machine_is_in_an_image(docker: aiodocker.Docker, runtime: Runtime) -> None:
    name = catalogue.tag(runtime)
    told = json.dumps([await docker.images.inspect(name), await docker.images.history(name)])
    assert [trace for trace in TRACES if trace in told] == []
    # Every file of the frameworks, as text or as compiled code.
    search = " ".join(f"-e {shlex.quote(trace)}" for trace in TRACES)
    command = ["sh", "-c", f"grep -rlaF {search} /opt /usr/local/bin 2>/dev/null | head -5; true"]
    assert await output(docker, runtime, command) == (0, "")


async def test_all_images_are_built_from_nothing_and_stay_small(
    docker: aiodocker.Docker, runtime_images: dict[Runtime, float], capsys: pytest.CaptureFixture[str]
) -> None:
    if set(runtime_images) != set(Runtime):
        pytest.skip("the images are those of an earlier run; --all builds them anew")
    sizes = {runtime: (await docker.images.inspect(catalogue.tag(runtime)))["Size"] / 1e6 for runtime in Runtime}
    with capsys.disabled():
        for runtime, seconds in runtime_images.items():
            print(f"\n{runtime:<8}{seconds:5.1f} s {sizes[runtime]:5.0f} MB", end="")
        print(f"\n{'in all':<8}{sum(runtime_images.values()):5.1f} s {sum(sizes.values()):5.0f} MB")
    assert sum(runtime_images.values()) < 1200  # three minutes on a quiet machine; here others work beside it
    assert sum(sizes.values()) < 1500


@pytest.mark.usefixtures("runtime_images")
async def test_an_image_that_is_there_is_not_missing(docker: aiodocker.Docker) -> None:
    assert await catalogue.missing_images(docker) == []


@pytest.mark.usefixtures("runtime_images")
async def test_only_what_an_earlier_recipe_left_behind_is_outdated(docker: aiodocker.Docker) -> None:
    before = await catalogue.outdated_images(docker)
    await docker.images.tag(catalogue.tag(Runtime.STATIC), "sayso/static", tag="earlier")
    try:
        assert set(await catalogue.outdated_images(docker)) == {*before, "sayso/static:earlier"}
    finally:
        await docker.images.delete("sayso/static:earlier")
    current = {catalogue.tag(runtime) for runtime in Runtime}
    used = {(await docker.images.inspect(name))["Config"]["Labels"][catalogue.BASE_LABEL] for name in current}
    assert not (current | used) & set(before)


@pytest.mark.usefixtures("runtime_images")
def test_the_doctor_finds_docker_and_every_image(
    docker_host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", docker_host)
    found = next(f for f in doctor.findings(Settings(_env_file=None, data_dir=tmp_path)) if f.part == "Docker")
    assert (found.verdict, found.mend) == (doctor.Verdict.FINE, "")


def test_the_doctor_names_the_images_that_are_missing(
    docker_host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", docker_host)
    monkeypatch.setattr(catalogue.debian, "REVISION", "never built")
    found = next(f for f in doctor.findings(Settings(_env_file=None, data_dir=tmp_path)) if f.part == "Docker")
    assert (found.verdict, found.mend) == (doctor.Verdict.OPTIONAL, "script/images")
    assert "python, node, static, go, java" in found.seen


async def test_a_public_base_is_pulled_pinned_and_built_upon(
    docker: aiodocker.Docker, docker_host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(catalogue, "DEPLOY", tmp_path)
    with registry.serving("team/base", "1.2", {"hello": b"hi"}) as (address, digest):
        recipe = tmp_path / "static.Dockerfile"
        recipe.write_text(f"ARG BASE={address}/team/base:1.2\nFROM ${{BASE}}\nLABEL {LABEL}=1\n")
        said: list[str] = []
        try:
            await catalogue.build_images(docker, [Runtime.STATIC], lambda _, sentence: said.append(sentence))
            built = await docker.images.inspect(catalogue.tag(Runtime.STATIC))
            assert said == [f"Pulling {address}/team/base:1.2", f"Building {catalogue.tag(Runtime.STATIC)}"]
            assert built["Config"]["Labels"][catalogue.BASE_LABEL] == f"{address}/team/base:1.2"

            unpinned = catalogue.tag(Runtime.STATIC)
            assert await catalogue.pin(docker, Runtime.STATIC) == f"{address}/team/base:1.2@{digest}"
            assert catalogue.tag(Runtime.STATIC) != unpinned
            await catalogue.build_images(docker, [Runtime.STATIC], lambda _, sentence: said.append(sentence))
            assert await catalogue.missing_images(docker, [Runtime.STATIC]) == []

            recipe.write_text(f"ARG BASE={address}/team/base:none\nFROM ${{BASE}}\n")
            with pytest.raises(ImageError, match=f"There is no image {address}/team/base:none"):
                await catalogue.build_images(docker, [Runtime.STATIC], lambda _, sentence: said.append(sentence))
        finally:
            for image in await docker.images.list(filters={"label": [LABEL]}):
                await docker.images.delete(image["Id"], force=True)
            for image in await docker.images.list(filters={"reference": [f"{address}/team/base"]}):
                await docker.images.delete(image["Id"], force=True)
