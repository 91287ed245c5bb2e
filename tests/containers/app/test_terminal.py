"""A shell in a real container: typed into, sized, flooded, and ended with all it started."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator

import aiodocker
import pytest
from aiodocker.containers import DockerContainer

from preview_runtime.containers.app.terminal import ContainerShell, end_marked, open_shell
from preview_runtime.containers.docker import freezing
from preview_runtime.containers.docker.execution import execute
from preview_runtime.containers.isolation.slots import own
from preview_runtime.engines import EngineFailed
from tests.containers import docker_engine


@pytest.fixture
async def container(docker: aiodocker.Docker, python_image: str) -> AsyncIterator[DockerContainer]:
    """A container as an app's, with nothing but a sleep in it."""
    config = {
        "Image": python_image,
        "Cmd": ["sleep", "600"],
        "Entrypoint": [],
        "User": "1900000000:10001",
        "WorkingDir": "/app",
        "Labels": {docker_engine.LABEL: "terminal"},
        "HostConfig": {"Init": True, "PidsLimit": 128, "CapDrop": ["ALL"], "NetworkMode": "none"},
    }
    made = await docker.containers.create(config, name=f"sayso-test-terminal-{secrets.token_hex(4)}")
    try:
        await own(made, "/app", 1_900_000_000)
        await made.start()
        yield made
    finally:
        await made.delete(force=True, v=True)


async def shown(shell: ContainerShell, text: bytes, seconds: float = 30) -> bytes:
    """What the shell says up to `text`."""
    output = b""
    async with asyncio.timeout(seconds):
        while text not in output:
            piece = await shell.read()
            assert piece, f"the shell ended: {output!r}"
            output = (output + piece)[-200_000:]
    return output


async def processes(container: DockerContainer) -> list[str]:
    script = 'for one in /proc/[0-9]*; do tr "\\0" " " < $one/cmdline && echo; done 2>/dev/null'
    lines = (await execute(container, ["sh", "-c", script], seconds=30)).output.splitlines()
    return [line.strip() for line in lines if line.strip() and "/proc/" not in line and "init" not in line]


async def test_a_shell_as_the_apps_user_in_the_apps_folder_with_a_terminal_of_its_size(
    container: DockerContainer,
) -> None:
    shell = await open_shell(container, "one", 97, 31, {"GREETING": "good day"})
    await shell.write(b'echo "$(id -u) $PWD $(stty size) $TERM $GREETING"; tty; echo en""d\n')
    said = (await shown(shell, b"end\r")).decode()
    assert "1900000000 /app 31 97 xterm-256color good day" in said
    assert "/dev/pts/" in said
    await shell.resize(120, 40)
    await shell.write(b'stty size; echo e""nd\n')
    assert b"40 120" in await shown(shell, b"end\r")
    assert await shell.close()


async def test_a_flood_is_stopped_by_control_c_even_when_nobody_read_it(container: DockerContainer) -> None:
    shell = await open_shell(container, "flood", 80, 24)
    await shell.write(b"yes flood\n")
    await shown(shell, b"flood\r\nflood")
    await asyncio.sleep(1)  # the pipes between are full by then
    await shell.write(b"\x03")
    await shell.write(b'echo af""ter\n')
    await shown(shell, b"after\r")
    assert not [line for line in await processes(container) if line.startswith("yes")]
    await shell.close()


async def test_closing_leaves_no_process_however_it_was_started(container: DockerContainer) -> None:
    shell = await open_shell(container, "stubborn", 80, 24)
    await shell.write(
        b"(setsid sleep 501 &) ; nohup sleep 502 >/dev/null & (trap '' HUP TERM INT; sleep 503) &\n"
        b"trap '' HUP TERM; python3 -c 'import os, time; os.fork() or os.setsid(); time.sleep(504)' & echo re\"\"ady\n"
    )
    await shown(shell, b"ready\r")

    async def sleepers() -> list[str]:
        return [line for line in await processes(container) if "50" in line]

    async with asyncio.timeout(30):
        while len(await sleepers()) < 5:  # noqa: ASYNC110 - the container tells nobody
            await asyncio.sleep(0.05)
    await shell.write(b"yes\n")  # what it still says does not hold the end up
    assert await shell.close()
    assert await processes(container) == ["sleep 600"]


async def test_one_shell_ends_without_the_other(container: DockerContainer) -> None:
    one = await open_shell(container, "one", 80, 24)
    other = await open_shell(container, "other", 80, 24)
    assert await one.close()
    await other.write(b'echo still he""re\n')
    await shown(other, b"still here\r")
    await other.close()


async def test_what_an_earlier_process_of_ours_left_is_ended_and_the_rest_is_not(container: DockerContainer) -> None:
    left = await open_shell(container, "left", 80, 24)
    mine = await open_shell(container, "mine", 80, 24)
    assert await end_marked(container, "", ["mine"])
    async with asyncio.timeout(30):
        while await left.read():
            pass
    await mine.write(b'echo still he""re\n')
    await shown(mine, b"still here\r")
    await mine.close()
    await left.close()


async def test_an_exit_is_told_with_its_code(container: DockerContainer) -> None:
    shell = await open_shell(container, "exit", 80, 24)
    assert await shell.code() is None
    await shell.write(b"exit 7\n")
    async with asyncio.timeout(30):
        while await shell.read():
            pass
    assert await shell.code() == 7
    await shell.close()


async def test_a_container_that_ends_ends_its_shells(container: DockerContainer) -> None:
    shell = await open_shell(container, "ends", 80, 24)
    await container.kill()
    async with asyncio.timeout(30):
        while await shell.read():
            pass
    await shell.close()
    with pytest.raises(EngineFailed) as refused:
        await open_shell(container, "again", 80, 24)
    assert refused.value.fault.code == "not_running"


async def test_a_shell_outlasts_a_nap_of_its_container(container: DockerContainer) -> None:
    shell = await open_shell(container, "nap", 80, 24)
    await freezing.freeze(container)
    await shell.write(b'echo awa""ke\n')
    with pytest.raises(EngineFailed) as refused:
        await open_shell(container, "asleep", 80, 24)
    assert refused.value.fault.code == "not_running"
    await freezing.thaw(container)
    await shown(shell, b"awake\r")
    assert await shell.close()


async def test_an_image_without_a_shell_says_so(docker: aiodocker.Docker, container: DockerContainer) -> None:
    # A container whose search path leads nowhere is as one without a shell.
    config = (await container.show())["Config"] | {"Env": ["PATH=/nowhere"], "Cmd": ["/usr/bin/sleep", "600"]}
    config = {key: config[key] for key in ("Image", "Cmd", "Entrypoint", "User", "WorkingDir", "Labels", "Env")}
    bare = await docker.containers.create(config, name=f"sayso-test-terminal-{secrets.token_hex(4)}")
    try:
        await bare.start()
        with pytest.raises(EngineFailed) as refused:
            await open_shell(bare, "none", 80, 24)
        assert refused.value.fault.code == "no_shell"
    finally:
        await bare.delete(force=True, v=True)


async def test_a_mark_is_no_pattern(container: DockerContainer) -> None:
    with pytest.raises(ValueError, match="not a mark"):
        await end_marked(container, "", [".*"])
