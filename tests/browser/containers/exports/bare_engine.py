"""A Docker Engine as a stranger has it: public images, `docker compose`, and nothing of ours.

The public images are put together from Debian packages where no registry is; they answer to the same names.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import httpx

from preview_runtime.containers.images.catalogue import BASE_LABEL, public_base, tag
from preview_runtime.plans.runtimes import Image, Runtime, Sidecar
from tests.containers import stand_ins
from tests.containers.fixtures import build_missing
from tests.containers.test_compose import compose_program

_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_SECONDS = 120.0
# What the public images have and a base of Debian packages has not.
_SETUP = {
    Runtime.PYTHON: "RUN python3 -m venv /usr/local\n",
    Runtime.STATIC: "RUN mkdir -p /var/lib/nginx /var/log/nginx\n",
}


@contextlib.contextmanager
def public_images(engine: str, images: Iterable[Image]) -> Iterator[None]:
    """The public ones that `images` are built on are in the engine at `engine`; what had to be made goes at the end."""
    made: list[str] = []
    try:
        for image in images:
            build_missing(engine, [image])  # ours first: what stands in for a public one is none to build on
            if isinstance(image, Sidecar):
                made += stand_ins.build([public_base(image)], engine)
            else:
                _named_as_public(engine, image, made)
        yield
    finally:
        stand_ins.remove(made, engine)


def _named_as_public(engine: str, image: Runtime, made: list[str]) -> None:
    name = public_base(image).partition("@")[0]
    there = _docker(engine, "image", "inspect", name, check=False)
    if there.returncode == 0:
        return
    base = _docker(
        engine, "image", "inspect", "--format", f'{{{{index .Config.Labels "{BASE_LABEL}"}}}}', tag(image)
    ).stdout.strip()
    told = " ".join(f"{key}={_CERTIFICATES}" for key in ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"))
    text = f"FROM {base}\nCOPY certificates {_CERTIFICATES}\nENV {told}\n{_SETUP.get(image, '')}"
    with tempfile.TemporaryDirectory(prefix="sayso-public-") as folder:
        Path(folder, "Dockerfile").write_text(text)
        shutil.copyfile(_CERTIFICATES, Path(folder, "certificates"))
        _docker(engine, "build", "-q", "-t", name, folder)
    made.append(name)


def _docker(engine: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(["docker", "--host", engine, *arguments], capture_output=True, text=True)
    assert done.returncode == 0 or not check, (done.stdout + done.stderr)[-3_000:]
    return done


@contextlib.contextmanager
def up(folder: Path, engine: str, name: str) -> Iterator[str]:
    """The address of the project in `folder`, after `docker compose up --build`; nothing of it stays."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{key: value for key, value in os.environ.items() if key in ("PATH", "HOME")},
        "COMPOSE_PROJECT_NAME": name, "DOCKER_HOST": engine, "PORT": str(port), "DOCKER_BUILDKIT": "0",
    }  # fmt: skip
    services = re.findall(r"^  (\w+):\n    build:", (folder / "compose.yaml").read_text(), re.MULTILINE)
    # The way to the registries of packages is this computer's own.
    beside = folder.with_name(f"{folder.name}.network.yaml")
    beside.write_text("services:\n" + "".join(f"  {one}:\n    build:\n      network: host\n" for one in services))

    def compose(*arguments: str) -> str:
        command = [*compose_program(), "-f", str(folder / "compose.yaml"), "-f", str(beside), *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (done.stdout + done.stderr)[-4_000:]
        return done.stdout

    try:
        compose("up", "--build", "-d")
        address = f"http://127.0.0.1:{port}"
        _answers(address, lambda: compose("logs", "--no-color", "--tail", "40"))
        yield address
    finally:
        compose("down", "--volumes", "--rmi", "local", "--timeout", "2")


def _answers(address: str, logs: Callable[[], str]) -> None:
    end = time.monotonic() + _SECONDS
    for path in ("/", "/api"):  # the pages answer before the server behind them does
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(address + path, trust_env=False).status_code != httpx.codes.BAD_GATEWAY:
                    break
            assert time.monotonic() < end, logs()
            time.sleep(0.1)
