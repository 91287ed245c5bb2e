"""Files are read back from a real container, from one that means harm as well."""

from __future__ import annotations

import asyncio

import pytest
from aiodocker.containers import DockerContainer

from builder.texts import said
from preview_runtime.containers.data.changed_files import gone_from, read_back
from preview_runtime.containers.docker.execution import execute
from preview_runtime.engines import EngineFailed
from tests.containers.app.test_terminal import container

__all__ = ["container"]


async def run(container: DockerContainer, script: str) -> None:
    done = await execute(container, ["sh", "-ec", script], seconds=60)
    assert done.code == 0, done.output


async def test_the_projects_files_come_back_and_what_tools_made_stays(container: DockerContainer) -> None:
    await run(
        container,
        """
        mkdir -p src/migrations node_modules/big .git __pycache__ .sayso dist 'with space'
        echo one > src/one.py; echo two > src/migrations/0001.py; printf '\\377\\376' > picture.png
        echo x > node_modules/big/a.js; echo x > .git/config; echo x > __pycache__/a.pyc; echo x > .sayso/run
        echo x > dist/page.html; echo x > data.db; echo x > app.log; echo ü > 'with space/ü.txt'; : > empty
        ln src/one.py src/again.py
        """,
    )
    found = await read_back(container)
    assert dict(found.files) == {
        "src/one.py": b"one\n",
        "src/again.py": b"one\n",
        "src/migrations/0001.py": b"two\n",
        "picture.png": b"\xff\xfe",
        "with space/ü.txt": "ü\n".encode(),
        "empty": b"",
    }
    assert await gone_from(container, ["src/one.py", "no/such.py", "with space/ü.txt"]) == {"no/such.py"}


async def test_links_devices_sparse_giants_and_odd_names_stay_where_they_are(container: DockerContainer) -> None:
    await run(
        container,
        """
        echo ok > ok.py; ln -s /etc/passwd passwd; ln -s / root; mkfifo pipe; ln -s ../../.. up
        truncate -s 900G sparse.bin; truncate -s 3M large.bin
        : > 'line
break'; : > '-rf'; : > '--checkpoint-action=exec=touch owned'; : > 'back\\\\slash'; : > con; mkdir closed; : > closed/in; chmod 0 closed
        mkdir 'fold
        er' 'back\\\\folder'; for one in fold* back*; do touch "$one/in"; done 2>/dev/null || :
        python3 -c "open(b'bad\\xff.txt', 'w')"
        """,
    )
    async with asyncio.timeout(30):
        found = await read_back(container)
    assert set(found.files) == {"ok.py", "-rf", "--checkpoint-action=exec=touch owned"}
    assert found.left_out == 2
    assert await gone_from(container, ["passwd", "pipe", "sparse.bin", "owned"]) == {"owned"}


async def test_more_files_than_can_be_looked_through_are_refused_in_a_sentence(container: DockerContainer) -> None:
    await run(container, "mkdir many; cd many; seq 60000 | xargs touch")
    with pytest.raises(EngineFailed) as refused:
        await read_back(container)
    assert refused.value.fault.code == "too_much"
    assert "Remove what the app does not need" in said(refused.value.fault.says)


async def test_an_app_that_writes_on_while_it_is_read_is_read_all_the_same(container: DockerContainer) -> None:
    await run(
        container,
        "echo ok > ok.py; (while :; do echo more >> grows.txt; rm -f comes.py; : > comes.py; done) >/dev/null 2>&1 &",
    )
    found = await read_back(container)
    assert found.files["ok.py"] == b"ok\n"


async def test_a_container_that_ended_is_said_to(container: DockerContainer) -> None:
    await container.kill()
    with pytest.raises(EngineFailed) as refused:
        await read_back(container)
    assert refused.value.fault.code == "not_running"
