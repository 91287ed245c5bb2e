"""Images that stand in for the public ones of compose.yaml, made of this machine's Debian packages and programs.

They answer to the same names, commands and variables as far as compose.yaml uses them.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import aiodocker

from preview_runtime.containers import debian

ROOT = Path(__file__).resolve().parents[2]
_POSTGRES = """#!/bin/sh
set -e
bin=$(ls -d /usr/lib/postgresql/*/bin)
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf '%s' "$POSTGRES_PASSWORD" > /tmp/password
  $bin/initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile=/tmp/password --auth-host=scram-sha-256 >/dev/null
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  echo "CREATE DATABASE $POSTGRES_DB;" | $bin/postgres --single -D "$PGDATA" postgres >/dev/null
fi
exec $bin/postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp
"""


async def build(docker: aiodocker.Docker, names: Sequence[str]) -> list[str]:
    """Make those of compose.yaml's images that the engine lacks; returns the names of all that were made."""
    made: list[str] = []
    for name in names:
        try:
            await docker.images.inspect(name)
        except aiodocker.DockerError:
            await _BUILD[name.partition(":")[0]](docker, name, made)
            made.append(name)
    return made


async def _traefik(docker: aiodocker.Docker, name: str, made: list[str]) -> None:
    program = shutil.which("traefik")
    assert program, "Traefik is missing: script/setup --dev installs it"
    with tempfile.TemporaryDirectory(prefix="sayso-stand-in-") as folder:
        await asyncio.to_thread(shutil.copy, Path(program).resolve(), Path(folder, "traefik"))
        await _image(folder, name, 'FROM scratch\nCOPY traefik /traefik\nENTRYPOINT ["/traefik"]\n')


async def _nginx(docker: aiodocker.Docker, name: str, made: list[str]) -> None:
    base = await _root(name, ["nginx", "libnginx-mod-http-js"], made)
    with tempfile.TemporaryDirectory(prefix="sayso-stand-in-") as folder:
        # The official image has its modules in /etc/nginx, Debian's beside its other files.
        await _image(folder, name, f"FROM {base}\nRUN mkdir -p /var/lib/nginx /var/log/nginx\n")


async def _redis(docker: aiodocker.Docker, name: str, made: list[str]) -> None:
    base = await _root(name, ["redis-server"], made)
    with tempfile.TemporaryDirectory(prefix="sayso-stand-in-") as folder:
        await _image(folder, name, f"FROM {base}\nRUN mkdir -p /data\nWORKDIR /data\n")


async def _postgres(docker: aiodocker.Docker, name: str, made: list[str]) -> None:
    base = await _root(name, ["postgresql"], made)
    with tempfile.TemporaryDirectory(prefix="sayso-stand-in-") as folder:
        Path(folder, "entrypoint").write_text(_POSTGRES)
        text = (
            f"FROM {base}\nCOPY entrypoint /entrypoint\n"
            "RUN mkdir -p /var/lib/postgresql/data && chown -R 999:999 /var/lib/postgresql && chmod 755 /entrypoint "
            "&& ln -s /usr/lib/postgresql/*/bin/pg_isready /usr/local/bin/pg_isready "
            "&& echo 'postgres:x:999:999::/tmp:/bin/sh' >> /etc/passwd\n"
            'ENV PGDATA=/var/lib/postgresql/data/db PGHOST=/tmp\nUSER 999:999\nENTRYPOINT ["/entrypoint"]\n'
        )
        await _image(folder, name, text)


async def _sayso(docker: aiodocker.Docker, name: str, made: list[str]) -> None:
    """Sayso's own image, by its own Dockerfile, on a Debian base with this machine's certificates."""
    async with asyncio.timeout(1_800):
        base = await _root(name, ["python3", "python3-venv", "media-types"], made)
        with tempfile.TemporaryDirectory(prefix="sayso-stand-in-") as folder:
            certificates = "/etc/ssl/certs/ca-certificates.crt"
            shutil.copy(certificates, folder)
            told = " ".join(f"{key}={certificates}" for key in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"))
            trusting = f"{base}-trusting"
            await _image(folder, trusting, f"FROM {base}\nCOPY ca-certificates.crt {certificates}\nENV {told}\n")
            made.append(trusting)
        await _docker("build", "--network", "host", "--build-arg", f"BASE={trusting}", "-t", name, str(ROOT))


_BUILD = {"traefik": _traefik, "nginx": _nginx, "redis": _redis, "postgres": _postgres, "sayso/builder": _sayso}


async def _root(name: str, packages: Sequence[str], made: list[str]) -> str:
    base = f"sayso-test/{name.partition(':')[0].replace('/', '-')}-root"
    with tempfile.TemporaryDirectory(prefix="sayso-stand-in-") as folder:
        work = Path(folder)
        machine = debian.architecture(subprocess.run(["uname", "-m"], capture_output=True, text=True).stdout.strip())
        found = await debian.resolve([*debian.COMMON, *packages], work, machine)
        archives = await debian.download(found, work, machine)
        await asyncio.to_thread(debian.write_root, archives, work / "root.tar", {}, {})
        await _docker("import", str(work / "root.tar"), base)
    made.append(base)
    return base


async def _image(folder: str, name: str, text: str) -> None:
    Path(folder, "Dockerfile").write_text(text)
    await _docker("build", "-q", "-t", name, folder)


async def _docker(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        "docker", *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()[-3_000:]
