"""The proxy before the engine's socket: previews run through it, and what would reach the host does not pass."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import aiodocker
import aiohttp
import httpx
import pytest
from yarl import URL

from preview_runtime.containers import images, policy
from preview_runtime.containers.database_container import database_container
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.images import Runtime
from preview_runtime.containers.install_access import InstallAccess
from preview_runtime.containers.networks import Networks
from preview_runtime.containers.policy import ContainerSettings
from preview_runtime.containers.recipe import RunPlan
from preview_runtime.engines import EngineStatus, RunHints
from preview_runtime.file_tree import FileTree

pytestmark = pytest.mark.usefixtures("firewalled")

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "deploy" / "docker-proxy"
SETTINGS = ContainerSettings(instance=f"sayso-proxy-{os.getpid()}")
APP = """
import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello through the proxy")
print("serving", flush=True)
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""


HELP = "nginx with its JavaScript module is missing: apt-get install -y nginx libnginx-mod-http-js"


def nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None or not Path("/usr/share/nginx/modules/ngx_http_js_module.so").exists():
        if os.environ.get("CI"):
            pytest.fail(HELP)
        pytest.skip(HELP)
    return found


def configured(folder: Path, socket: str) -> None:
    """The configuration of the compose file, for a socket and temporary files in `folder`."""
    text = (FOLDER / "nginx.conf").read_text()
    for its, ours in (
        ("/run/docker-proxy/docker.sock", f"{folder}/docker.sock"),
        ("/var/run/docker.sock", socket),
        ("/tmp/docker-proxy", f"{folder}/nginx"),
        ("/etc/nginx/", f"{FOLDER}/"),
    ):
        assert its in text
        text = text.replace(its, ours)
    (folder / "nginx.conf").write_text(text)


@pytest.fixture
async def proxy(docker_host: str, python_image: None) -> AsyncIterator[str]:
    """The path of the proxy's socket."""
    if not docker_host.startswith("unix://"):
        pytest.skip("the engine has no socket here")
    with tempfile.TemporaryDirectory(prefix="sayso-proxy-") as folder:
        path = f"{folder}/docker.sock"
        configured(Path(folder), docker_host.removeprefix("unix://"))
        process = await asyncio.create_subprocess_exec(nginx(), "-c", f"{folder}/nginx.conf")
        try:
            async with asyncio.timeout(30):
                while not await answers(path):
                    assert process.returncode is None, "nginx did not start"
                    await asyncio.sleep(0.02)
            yield path
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def answers(path: str) -> bool:
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_unix_connection(path)
        writer.close()
        return True
    return False


async def test_a_preview_runs_through_the_proxy(proxy: str) -> None:
    async with aiodocker.Docker(f"unix://{proxy}") as docker:
        networks = Networks(docker, SETTINGS)
        engine = ContainerEngine(docker, f"p-{secrets.token_hex(4)}", SETTINGS, RunHints(), networks)
        try:
            address = await engine.start(FileTree({"app.py": APP}))
            async with httpx.AsyncClient(trust_env=False) as browser:
                assert (await browser.get(address, timeout=20)).text == "hello through the proxy"
            # Another file goes in, a command runs with its output over an upgraded connection, the log is followed.
            await engine.start(FileTree({"app.py": APP.replace("hello", "hello again")}))
            async with httpx.AsyncClient(trust_env=False) as browser:
                assert (await browser.get(address, timeout=20)).text == "hello again through the proxy"
            done = await engine.exec(["python3", "-c", "print(6 * 7)"])
            assert (done.code, done.output.strip()) == (0, "42")
            async with asyncio.timeout(30):
                async for line in engine.logs(tail=10):
                    if line.text == "serving":
                        break
            await engine.pause()
            assert (await engine.poll()).status is EngineStatus.ASLEEP
            assert await engine.resume()
        finally:
            await engine.remove()
        assert (await engine.poll()).status is EngineStatus.ABSENT


def configuration() -> dict[str, Any]:
    """A container as the engine asks for it."""
    return policy.app_container(images.tag(Runtime.PYTHON), ["sleep", "1"], "p-x", "n-x", "v-x", SETTINGS, {})


def changed(**host: Any) -> str:
    config = copy.deepcopy(configuration())
    config["HostConfig"] |= host
    return json.dumps(config)


BIND = {"Type": "bind", "Source": "/", "Target": "/host"}
DRIVEN = {
    "Type": "volume",
    "Source": "v",
    "Target": "/host",
    "VolumeOptions": {"DriverConfig": {"Options": {"device": "/"}}},
}
FORBIDDEN_CONTAINERS = {
    "privileged": lambda: changed(Privileged=True),
    "privileged, said in other letters": lambda: changed().replace('"Privileged": false', '"pRivileged": true'),
    "privileged, said with escapes": lambda: changed().replace('"Privileged": false', '"\\u0050rivileged": true'),
    "privileged, said twice": lambda: changed().replace('"Privileged": false', '"Privileged": false, "Privileged": true'),
    "a folder of the host": lambda: changed(Binds=["/:/host"]),
    "a folder of the host as a mount": lambda: changed(Mounts=[BIND]),
    "a folder of the host as a volume's device": lambda: changed(Mounts=[DRIVEN]),
    "another container's volumes": lambda: changed(VolumesFrom=["sayso"]),
    "the host's network": lambda: changed(NetworkMode="host"),
    "another container's network": lambda: changed(NetworkMode="container:sayso"),
    "the host's processes": lambda: changed(PidMode="host"),
    "the host's memory": lambda: changed(IpcMode="host"),
    "the host's name": lambda: changed(UTSMode="host"),
    "the host's users": lambda: changed(UsernsMode="host"),
    "a capability": lambda: changed(CapAdd=["SYS_ADMIN"]),
    "all the usual capabilities": lambda: changed(CapDrop=[]),
    "a device": lambda: changed(Devices=[{"PathOnHost": "/dev/sda"}]),
    "a kind of device": lambda: changed(DeviceCgroupRules=["a *:* rwm"]),
    "a graphics card": lambda: changed(DeviceRequests=[{"Count": -1}]),
    "a port of the host": lambda: changed(PortBindings={"80/tcp": [{"HostPort": "80"}]}),
    "ports of the host": lambda: changed(PublishAllPorts=True),
    "no profile of system calls": lambda: changed(SecurityOpt=["no-new-privileges", "seccomp=unconfined"]),
    "new privileges": lambda: changed(SecurityOpt=[]),
    "another image": lambda: json.dumps(configuration() | {"Image": "debian:12"}),
    "another image, named like ours": lambda: json.dumps(configuration() | {"Image": "evil/sayso/python:1"}),
    "a name for the host": lambda: changed(ExtraHosts=["host:host-gateway"]),
    "another image, said after ours": lambda: changed()[:-1] + ', "image": "debian:12"}',
    "no JSON": lambda: "{",
    "a list": lambda: "[]",
    "nothing": lambda: "{}",
    "no limits": lambda: json.dumps(configuration() | {"HostConfig": {"NetworkMode": "n-x"}}),
    "no host configuration": lambda: json.dumps({"Image": images.tag(Runtime.PYTHON), "User": "10001"}),
    "the administrator": lambda: json.dumps(configuration() | {"User": "0"}),
    "the right to read everything, and a network": lambda: changed(CapAdd=["DAC_READ_SEARCH"]),
    "the engine's common network": lambda: changed(NetworkMode="bridge"),
}  # fmt: skip


async def status(session: aiohttp.ClientSession, method: str, path: str, body: Any = None) -> int:
    data = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
    async with session.request(
        method, URL(f"http://docker{path}", encoded=True), data=data, headers={"content-type": "application/json"}
    ) as answer:
        return answer.status


async def test_what_would_reach_the_host_does_not_pass(proxy: str, docker: aiodocker.Docker) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(proxy)) as session:
        # What is asked for is good but for the one thing: without it the engine itself answers, here to a bad name.
        image = images.tag(Runtime.PYTHON)
        access = InstallAccess({"UV_INDEX": "https://pypi.org"}, ("pypi.org:192.0.2.1", "npm.test:2001:db8::1"), b"x")
        plan = RunPlan(Runtime.PYTHON, install="pip", start="python3", port=8000, environment={}, reason="")
        for config in (
            configuration(),
            access.applied(
                policy.install_container(plan, image, ["true"], "p-x", "n-x", "v-x", SETTINGS), "/run/certificates.pem"
            ),
            policy.install_container(plan, image, ["true"], "p-x", "n-x", "v-x", SETTINGS),
            policy.probe_container(image, ["true"], "n-x", SETTINGS),
            policy.counting_container(image, ["true"], [("v-x", "/volumes/0")], SETTINGS),
            database_container("p-x", "n-x", "id", IPv4Network("10.213.0.0/29"), "v-x", SETTINGS),
        ):
            assert await status(session, "POST", "/v1.41/containers/create?name=-", config) == 400
        for what, make in FORBIDDEN_CONTAINERS.items():
            for version in ("", "/v1.41"):
                assert await status(session, "POST", f"{version}/containers/create?name=x", make()) == 403, what
        calls = [
            ("POST", "/build", None),
            ("POST", "/images/create?fromImage=debian", None),
            ("POST", "/images/load", None),
            ("DELETE", "/images/sayso/python:1", None),
            ("POST", "/images/prune", None),
            ("POST", "/containers/prune", None),
            ("POST", "/volumes/prune", None),
            ("POST", "/commit?container=x", None),
            ("POST", "/session", None),
            ("POST", "/grpc", None),
            ("POST", "/auth", {}),
            ("GET", "/secrets", None),
            ("GET", "/configs", None),
            ("GET", "/plugins", None),
            ("POST", "/plugins/pull?remote=x", []),
            ("POST", "/swarm/init", {}),
            ("GET", "/system/df", None),
            ("GET", "/containers/x/export", None),
            ("POST", "/containers/x/update", {"Memory": 0}),
            ("POST", "/containers/x/rename?name=y", None),
            ("POST", "/containers/x/attach", None),
            ("GET", "/containers/x/../../version", None),
            ("GET", "/containers/%2e%2e/json", None),
            ("GET", "/v1.41/../containers/json", None),
            ("PUT", "/containers/create", changed()),
            ("POST", "/containers/x/exec", {"Cmd": ["id"], "User": "0", "AttachStdout": True}),
            ("POST", "/containers/x/exec", {"Cmd": ["id"], "User": "root"}),
            ("POST", "/containers/x/exec", {"Cmd": ["id"]}),
            ("POST", "/containers/x/exec", {"Cmd": ["id"], "User": "10001", "Privileged": True}),
            ("POST", "/containers/x/exec", '{"Cmd": ["id"], "User": "10001", "user": "0"}'),
            ("POST", "/volumes/create", {"Name": "x", "DriverOpts": {"type": "none", "o": "bind", "device": "/"}}),
            ("POST", "/volumes/create", {"Name": "x", "DriverOpts": {"type": "ext4", "device": "/dev/sda1"}}),
            ("POST", "/volumes/create", {"Name": "x", "Driver": "nfs"}),
            ("POST", "/networks/create", {"Name": "x", "Driver": "host"}),
            ("POST", "/networks/create", {"Name": "x", "Driver": "macvlan"}),
        ]
        for method, path, body in calls:
            assert await status(session, method, path, body) == 403, (method, path, body)
        large = json.dumps(configuration() | {"Env": ["A=" + "x" * 800_000]})
        assert await status(session, "POST", "/containers/create", large) == 413
        async with session.post("http://docker/containers/create", data=pieces(changed(Privileged=True))) as answer:
            assert answer.status == 403
    # Nothing was made by any of them.
    assert "/x" not in [name for container in await docker.containers.list(all=1) for name in container["Names"]]


async def pieces(text: str) -> AsyncIterator[bytes]:
    yield text.encode()


async def test_what_sayso_asks_for_passes(proxy: str) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(proxy)) as session:
        for method, path, body in [
            ("GET", "/version", None),
            ("HEAD", "/_ping", None),
            ("GET", "/v1.41/containers/json?all=1", None),
            ("GET", f"/v1.41/images/{images.tag(Runtime.PYTHON)}/json", None),
            ("GET", "/v1.41/images/json", None),
            ("GET", "/v1.41/networks", None),
            ("GET", "/v1.41/volumes", None),
        ]:
            assert await status(session, method, path, body) == 200, path
        for method, path, body in [
            ("GET", "/containers/no-such-thing/json", None),
            ("GET", "/containers/no-such-thing/logs?stdout=1", None),
            ("GET", "/containers/no-such-thing/stats?stream=0", None),
            ("POST", "/containers/no-such-thing/start", None),
            ("POST", "/containers/no-such-thing/wait", None),
            ("POST", "/containers/no-such-thing/exec", {"Cmd": ["id"], "User": "10001:10001"}),
            ("POST", "/exec/abc123/start", {"Tty": True}),
            ("POST", "/exec/abc123/resize?h=1&w=1", None),
            ("POST", "/networks/no-such-thing/connect", {"Container": "x"}),
            ("DELETE", "/containers/no-such-thing?force=1&v=1", None),
            ("DELETE", "/networks/no-such-thing", None),
            ("DELETE", "/volumes/no-such-thing", None),
        ]:
            assert await status(session, method, path, body) == 404, path
