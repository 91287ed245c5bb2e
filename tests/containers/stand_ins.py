"""Images that stand in for the public ones of compose.yaml, made of this machine's Debian packages and programs.

They answer to the same names, commands and variables as far as compose.yaml uses them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from preview_runtime.containers.images import debian
from tests.containers import docker_engine

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


def build(names: Sequence[str], address: str) -> list[str]:
    """Make those of compose.yaml's images that the engine at `address` lacks; returns the names of all that were made."""
    made: list[str] = []
    for name in names:
        if not _has(address, name):
            _BUILD[name.partition(":")[0]](address, name, made)
            made.append(name)
    return made


def remove(names: Sequence[str], address: str) -> None:
    """Remove images that `build` made, whatever was made on them first."""
    for name in reversed(names):
        subprocess.run(["docker", "--host", address, "rmi", "-f", name], capture_output=True)


def _traefik(address: str, name: str, made: list[str]) -> None:
    program = shutil.which("traefik")
    assert program, "Traefik is missing: script/setup --dev installs it"
    text = 'FROM scratch\nCOPY traefik /traefik\nENTRYPOINT ["/traefik"]\n'
    _image(address, name, text, {"traefik": Path(program).resolve().read_bytes()})


def _nginx(address: str, name: str, made: list[str]) -> None:
    base = _root(address, name, ["nginx", "libnginx-mod-http-js"], made)
    _image(address, name, f"FROM {base}\nRUN mkdir -p /var/lib/nginx /var/log/nginx\n")


def _postgres(address: str, name: str, made: list[str]) -> None:
    base = _root(address, name, ["postgresql"], made)
    text = (
        f"FROM {base}\nCOPY entrypoint /entrypoint\n"
        "RUN mkdir -p /var/lib/postgresql/data /usr/local/bin && chown -R 999:999 /var/lib/postgresql "
        "&& chmod 755 /entrypoint && ln -s /usr/lib/postgresql/*/bin/pg_isready /usr/local/bin/pg_isready "
        "&& echo 'sayso:x:999:999::/tmp:/bin/sh' >> /etc/passwd\n"
        'ENV PGDATA=/var/lib/postgresql/data/db PGHOST=/tmp\nUSER 999:999\nENTRYPOINT ["/entrypoint"]\n'
    )
    _image(address, name, text, {"entrypoint": _POSTGRES.encode()})


def _sayso(address: str, name: str, made: list[str]) -> None:
    """Sayso's own image, by its own Dockerfile, on a Debian base with this machine's certificates."""
    base = _root(address, name, ["python3", "python3-venv", "media-types"], made)
    certificates = Path("/etc/ssl/certs/ca-certificates.crt")
    told = " ".join(f"{key}={certificates}" for key in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"))
    trusting = f"{base}-trusting"
    text = f"FROM {base}\nCOPY certificates {certificates}\nENV {told}\n"
    _image(address, trusting, text, {"certificates": certificates.read_bytes()})
    made.append(trusting)
    _docker(address, "build", "--network", "host", "--build-arg", f"BASE={trusting}", "-t", name, str(ROOT))


_BUILD = {"traefik": _traefik, "nginx": _nginx, "postgres": _postgres, "sayso/builder": _sayso}


def _root(address: str, name: str, packages: Sequence[str], made: list[str]) -> str:
    base = f"sayso-test/{name.partition(':')[0].replace('/', '-')}-root"
    if _has(address, base):
        return base

    async def archives(work: Path) -> list[Path]:
        found = await debian.resolve([*debian.COMMON, *packages], work, debian.architecture(os.uname().machine))
        return await debian.download(found, work, debian.architecture(os.uname().machine))

    with tempfile.TemporaryDirectory(prefix="sayso-stand-in-") as folder:
        root = Path(folder, "root.tar")
        debian.write_root(docker_engine.run(archives(Path(folder))), root, {}, {})
        _docker(address, "import", str(root), base)
    made.append(base)
    return base


def _image(address: str, name: str, text: str, files: Mapping[str, bytes] = MappingProxyType({})) -> None:
    with tempfile.TemporaryDirectory(prefix="sayso-stand-in-") as folder:
        for path, content in {"Dockerfile": text.encode(), **files}.items():
            Path(folder, path).write_bytes(content)
        Path(folder, next(iter(files), "Dockerfile")).chmod(0o755)
        _docker(address, "build", "-q", "-t", name, folder)


def _has(address: str, name: str) -> bool:
    return subprocess.run(["docker", "--host", address, "inspect", name], capture_output=True).returncode == 0


def _docker(address: str, *arguments: str) -> None:
    done = subprocess.run(["docker", "--host", address, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3_000:]
