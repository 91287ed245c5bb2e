"""Images in which Docker itself would meet a pipe, a device or a link: on an engine of the tests' own, which may hang."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import tarfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import aiodocker
import pytest

from builder.texts import said
from preview_runtime.containers.docker.connection import EngineConnection, EngineSilent
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.images.catalogue import BASE_LABEL
from preview_runtime.engines import EngineFailed, EngineStatus, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Runtime
from tests.containers import docker_engine
from tests.containers.attacks.dockerfiles.test_dockerfiles import BASE, INSTANCE, Lab
from tests.containers.fixtures import DATA_ROOT

pytestmark = pytest.mark.usefixtures("firewalled")
MAKE_PIPE: Final = "RUN rm -f /etc/passwd && mkfifo /etc/passwd\n"
# What is refused: the path that the person is told, and the line.
ATTACKS: Final = {
    "a pipe in the place of the accounts": (f"{BASE}{MAKE_PIPE}RUN echo next\nCMD x\n", "/etc/passwd", 2),
    "and nothing after it": (f"{BASE}{MAKE_PIPE}CMD x\n", "/etc/passwd", 3),
    "an owner by name": (f"{BASE}{MAKE_PIPE}COPY --chown=daemon a /a\nCMD x\n", "/etc/passwd", 2),
    "a stage that another stands on": (f"{BASE.rstrip()} AS a\n{MAKE_PIPE}FROM a\nRUN echo next\n", "/etc/passwd", 2),
    "read by a copy": (
        f"{BASE.rstrip()} AS a\nRUN mkfifo /p\n{BASE}COPY --from=a /p /etc/group\nRUN echo next\n",
        "/p",
        2,
    ),
    "a device read by a copy": (f"{BASE.rstrip()} AS a\nRUN mknod /p c 1 9\n{BASE}COPY --from=a /p /q\n", "/p", 2),
    "brought by an archive": (f"{BASE}ADD pipe.tar /\nRUN echo next\n", "/etc/passwd", 2),
    "a device that never ends": (f"{BASE}RUN rm /etc/group && mknod /etc/group c 1 9\nRUN x\n", "/etc/group", 2),
    "a folder": (f"{BASE}RUN rm /etc/passwd && mkdir /etc/passwd\nRUN x\n", "/etc/passwd", 2),
    "a link in a circle": (f"{BASE}RUN ln -sf passwd /etc/passwd\nRUN x\n", "/etc/passwd", 2),
    "a link to what the app writes": (f"{BASE}RUN ln -sf /data/passwd /etc/passwd\nRUN x\n", "/etc/passwd", 2),
    "a large file": (f"{BASE}RUN truncate -s 30M /etc/passwd\nRUN x\n", "/etc/passwd", 2),
    "a pipe where names are told": (
        f"{BASE}RUN rm -f /etc/nsswitch.conf; mkfifo /etc/nsswitch.conf\nCMD x\n",
        "/etc/nsswitch.conf",
        3,
    ),
    "data that are the system's": (f"{BASE}RUN ln -s /etc /data\nCMD x\n", "/data", 3),
    "temporary files that are the system's": (f"{BASE}RUN rm -r /tmp && ln -s /etc /tmp\nRUN x\n", "/tmp", 2),
    "a working folder of the system's": (f"{BASE}WORKDIR /proc/self/fd\nRUN x\n", "/proc", 2),
    "the same by a link": (f"{BASE}RUN ln -s /proc/self /l\nWORKDIR /l/fd\nRUN x\n", "/l", 3),
}


def archive(path: str = "etc/passwd") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        entry = tarfile.TarInfo(path)
        entry.type = tarfile.FIFOTYPE
        tar.addfile(entry)
    return out.getvalue()


@pytest.fixture(scope="module")
def apart(docker_host: str, python_image: str) -> Iterator[str]:
    """The address of an engine that nobody else uses, with what a Python project stands on."""
    if docker_host in docker_engine.OWN:
        yield docker_host
        return

    async def base() -> str:
        async with aiodocker.Docker(docker_host) as client:
            return str((await client.images.inspect(python_image))["Config"]["Labels"][BASE_LABEL])

    names = [python_image, docker_engine.run(base())]
    with docker_engine.beside(docker_host, DATA_ROOT.with_name("docker-apart"), names) as address:
        yield address


@pytest.fixture
async def lab(apart: str) -> AsyncIterator[Lab]:
    async with EngineConnection(apart, patience=20) as client:
        made = Lab(client)
        made.images = made.own(seconds=60)
        await made.begin()
        yield made
        await made.end()


@pytest.mark.parametrize("attack", ATTACKS)
async def test_what_docker_itself_would_open_is_looked_at_before(lab: Lab, attack: str) -> None:
    text, path, line = ATTACKS[attack]
    project = lab.project()
    before = {container.id for container in await lab.docker.containers.list(all=1)}
    fault = await lab.failure(text, {"a": "", "pipe.tar": archive()}, project)
    assert (fault.code, fault.line) == ("dockerfile_refused", line), fault
    assert f"at “{path}”" in said(fault.says)
    assert "next" not in lab.lines
    assert {container.id for container in await lab.docker.containers.list(all=1)} <= before
    assert [image for image in await lab.made(project) if image.names] == []


@pytest.mark.parametrize("path", ["etc/hosts", "etc/hostname", "etc/resolv.conf"])
async def test_where_docker_puts_its_own_file_it_does_not_matter_what_is_there(lab: Lab, path: str) -> None:
    await lab.build(f"{BASE}ADD pipe.tar /\nRUN cat /{path} && echo next\nCMD x\n", {"pipe.tar": archive(path)})
    assert "next" in lab.lines


async def test_what_people_do_with_these_files_goes_on(lab: Lab) -> None:
    text = (
        f"{BASE.rstrip()} AS a\nRUN echo me:x:999:999::/home/me:/bin/sh >> /etc/passwd && echo made > /made\nRUN id me\n"
        f"{BASE}RUN echo me:x:999:999::/home/me:/bin/sh >> /etc/passwd\nCOPY --from=a --chown=me:root /made /home/me/made\nWORKDIR /srv/app\n"
        "RUN ln -s /srv/app /current && ls -l /home/me\nUSER me\nWORKDIR /current\nRUN id -un && cat /home/me/made\nCMD x\n"
    )
    name = await lab.build(text)
    assert {"me", "made"} <= set(lab.lines)
    steps = [line for line in lab.lines if line.startswith("Step")]
    assert len(steps) == len(set(steps)) == 12, "each step is told once"
    assert (await lab.docker.images.inspect(name))["Config"]["User"] == "me"


async def test_a_container_that_hangs_in_the_engine_holds_nobody_else(lab: Lab, apart: str) -> None:
    """The real thing: what Docker does with such an image, and what every call of ours about it comes to."""
    python = (await lab.docker.images.inspect(catalogue.tag(Runtime.PYTHON)))["Config"]["Labels"]
    base = (await lab.docker.images.inspect(python[BASE_LABEL]))["Id"]
    size, made = await lab.raw(f"FROM {base}\n{MAKE_PIPE}")
    assert size > 0
    async with EngineConnection(apart, patience=3) as client:
        stuck = await client.containers.create({"Image": made, "Cmd": ["true"]})
        other = await client.containers.create({"Image": base, "Cmd": ["sleep", "60"]})
        try:
            for call in (stuck.start, stuck.show, lambda: stuck.stop(t=0), lambda: stuck.delete(force=True)):
                with pytest.raises(EngineSilent):
                    async with asyncio.timeout(20):
                        await call()
            async with asyncio.timeout(20):
                await other.start()
                assert (await other.show())["State"]["Running"]
                await other.delete(force=True)
        finally:
            await _released(Path(docker_engine.OWN[apart].data_root), stuck.id)
    async with asyncio.timeout(30):
        gone = {stuck.id, other.id}
        while gone & {one.id for one in await lab.docker.containers.list(all=1)}:  # noqa: ASYNC110 - the engine goes on with what it was asked for
            await asyncio.sleep(0.1)


async def _released(data: Path, container: str) -> None:
    """Have the engine find an end of the pipe, as often as it opens it, until the container is gone."""
    place = data / "image/overlay2/layerdb/mounts" / container
    end = time.monotonic() + 30
    while place.exists() and time.monotonic() < end:
        with contextlib.suppress(OSError):
            pipe = os.open(data / "overlay2" / (place / "mount-id").read_text() / "merged/etc/passwd", os.O_RDWR)
            await asyncio.sleep(0.05)
            os.close(pipe)
        await asyncio.sleep(0.05)


PIPES: Final = """
import http.server, os
for path in ("/etc/passwd", "/etc/group", "/etc/sayso/passwd", "/app/.sayso/passwd"):
    try:
        if os.path.lexists(path):
            os.rename(path, f"{path}.old")
        os.mkfifo(path)
    except OSError:
        pass
os.rename("/app/.sayso", "/app/.sayso-old")
os.mkdir("/app/.sayso")
os.mkfifo("/app/.sayso/passwd")

class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

http.server.HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""


async def test_an_app_puts_no_pipe_where_the_engine_reads_who_it_is(lab: Lab, apart: str) -> None:
    """It would wait there for ever at each command, and the container could not be ended any more."""
    hints = RunHints(start="python main.py")
    engine = ContainerEngine(lab.docker, lab.project(), ContainerSettings(instance=INSTANCE), hints, lab.networks)
    try:
        async with asyncio.timeout(60):
            for text in (PIPES, PIPES.replace("/app/.sayso-old", "/app/.sayso-older")):
                await engine.start(FileTree({"main.py": text}))
                assert (await engine.exec(["sh", "-c", "id -un; cat /etc/passwd | tail -n 1"])).output.startswith(
                    "app\napp:"
                )
                await engine.sleep()
            await engine.stop()
            assert (await engine.poll()).status is EngineStatus.ABSENT
    finally:
        async with asyncio.timeout(60):
            await engine.remove()


MANY: Final = "RUN mkdir /d && head -c 40M /dev/urandom > /big && for n in $(seq 150); do {} /big /d/$n; done\n"


@pytest.mark.parametrize("how", ["ln", "ln -s"])
async def test_a_copy_of_one_file_under_many_names_is_stopped_while_it_goes_on(lab: Lab, apart: str, how: str) -> None:
    """40 MB that come to 6 GB; 300 MB are allowed."""
    project = lab.project()
    text = f"{BASE.rstrip()} AS a\n{MANY.format(how)}{BASE}COPY --from=a /d/* /x/\nCMD x\n"
    place = docker_engine.OWN[apart].data_root
    mounts = place / "image/overlay2/layerdb/mounts"
    held = {one.name for one in mounts.iterdir()}
    before, lost = free(place), [0]

    async def look() -> None:
        while True:
            lost.append(before - free(place))
            await asyncio.sleep(0.1)

    looking = asyncio.create_task(look())
    fault = await lab.failure(text, {}, project, space=300 * MEGABYTE, seconds=120)
    looking.cancel()
    assert (fault.code, fault.line) == ("build_too_large", 4)
    assert "wrote more than 300 MB together" in said(fault.says)
    assert max(lost) < 3000 * MEGABYTE, f"{max(lost) // MEGABYTE} MB were written"
    assert await lab.made(project) == []
    # The engine has released all that it had open, and builds again.
    assert {one.name for one in mounts.iterdir()} <= held
    await lab.build(f"{BASE.rstrip()} AS a\nRUN echo 1 > /a\n{BASE}COPY --from=a /a /a\nCMD x\n")


def free(place: Path) -> int:
    state = os.statvfs(place)
    return state.f_bfree * state.f_frsize


FILES: Final = "import os; os.mkdir('/f'); [open(f'/f/{{n}}', 'w').close() for n in range({})]"


async def test_a_step_that_makes_too_many_files_is_stopped(lab: Lab) -> None:
    text = f'{BASE}RUN python3 -c "{FILES.format(3_000_000)}" && echo all of them\nCMD x\n'
    fault = await lab.failure(text, most_files=20_000, seconds=120)
    assert (fault.code, fault.line) == ("build_too_large", 2)
    assert "made more than 20,000 files together" in said(fault.says)
    assert "all of them" not in lab.lines


async def test_the_files_of_all_steps_count_together(lab: Lab) -> None:
    text = f'{BASE.rstrip()} AS a\nRUN python3 -c "{FILES.format(8000)}"\n{BASE}'
    text += "".join(f"COPY --from=a /f /f{n}\n" for n in range(3)) + "CMD x\n"
    fault = await lab.failure(text, most_files=20_000, seconds=120)
    assert (fault.code, fault.line) == ("build_too_large", 5)
    await lab.build(text, most_files=40_000, seconds=120)


async def test_many_files_and_many_links_of_people_go_on(lab: Lab) -> None:
    """A node_modules of 60,000 files, with a store that it is linked from."""
    code = FILES.format(60_000)
    text = (
        f'{BASE.rstrip()} AS a\nRUN python3 -c "{code}" && cp -al /f /store\n'
        f"{BASE}COPY --from=a /f /app/node_modules\nRUN ls /app/node_modules | wc -l\nCMD x\n"
    )
    await lab.build(text, seconds=300)
    assert "60000" in lab.lines


async def test_a_failed_start_is_told_with_a_next_step(lab: Lab) -> None:
    with pytest.raises(EngineFailed) as failed:
        await lab.build(f"{BASE}{MAKE_PIPE}CMD x\n")
    assert said(failed.value.fault.says).endswith("Leave it as the base image has it: a plain file of at most 1 MB.")
