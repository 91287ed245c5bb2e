"""The proxy before the engine's socket: previews run through it, and what would reach the host does not pass."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import aiodocker
import aiohttp
import httpx
import pytest
from yarl import URL

from preview_runtime.containers.beside.database_container import database_container
from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.labels import Role
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.packages.registries import InstallAccess
from preview_runtime.engines import EngineStatus, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.recipe import RunPlan
from preview_runtime.plans.runtimes import Runtime
from tests.containers import docker_engine

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
        ("/etc/nginx/seccomp.json", f"{FOLDER.parents[2]}/preview_runtime/containers/docker/seccomp.json"),
        ("/etc/nginx/", f"{FOLDER}/"),
    ):
        assert its in text
        text = text.replace(its, ours)
    (folder / "nginx.conf").write_text(text)


@contextlib.asynccontextmanager
async def before(socket: str) -> AsyncIterator[str]:
    """The proxy before an engine's `socket`; yields the path of its own."""
    program = nginx()
    # Not below tmp_path: a socket's path has at most 107 letters.
    with tempfile.TemporaryDirectory(prefix="sayso-proxy-") as folder:
        path = f"{folder}/docker.sock"
        configured(Path(folder), socket)
        process = await asyncio.create_subprocess_exec(program, "-c", f"{folder}/nginx.conf")
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


@pytest.fixture
async def proxy(docker_host: str, python_image: str) -> AsyncIterator[str]:
    """The path of the proxy's socket."""
    if not docker_host.startswith("unix://"):
        pytest.skip("the engine has no socket here")
    async with before(docker_host.removeprefix("unix://")) as path:
        yield path


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
    return policy.app_container(catalogue.tag(Runtime.PYTHON), ["sleep", "1"], "p-x", "n-x", "v-x", SETTINGS, {})


def changed(**host: Any) -> str:
    config = copy.deepcopy(configuration())
    config["HostConfig"] |= host
    return json.dumps(config)


GATEWAY_MODE = "com.docker.network.bridge.gateway_mode_ipv4"


def network(**other: Any) -> dict[str, Any]:
    """A network as Sayso asks for it, but for one thing."""
    return policy.network("p-x", Role.APP, "x", IPv4Network("10.213.0.0/29"), SETTINGS, isolated=True) | other


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
    "no host configuration": lambda: json.dumps({"Image": catalogue.tag(Runtime.PYTHON), "User": "10001"}),
    "the administrator": lambda: json.dumps(configuration() | {"User": "0"}),
    **{
        f"the user {user!r}": partial(lambda user: json.dumps(configuration() | {"User": user}), user)
        for user in (
            *("1000:1000", "10001", "10001:998", "10002:10001", "1879048191:10001", "2147352576:10001", "60000:10001"),
            *("1879048192:0", "1879048192", "01879048192:10001", "4294967296:10001", "4294977297:10001", "app", ""),
            *("1879048192:10001\n0:0", " 10001:10001", "1e9:10001", "-1:10001", "root:10001"),
        )
    },
    "the right to read everything, and a network": lambda: changed(CapAdd=["DAC_READ_SEARCH"]),
    "system calls of its own choice": lambda: changed(
        SecurityOpt=["no-new-privileges", 'seccomp={"defaultAction":"SCMP_ACT_ALLOW"}']
    ),
    "the engine's common network": lambda: changed(NetworkMode="bridge"),
    "the engine's common network as a second one": lambda: json.dumps(
        configuration() | {"NetworkingConfig": {"EndpointsConfig": {"n-x": {}, "bridge": {}}}}
    ),
    "another name in its network": lambda: json.dumps(
        configuration() | {"NetworkingConfig": {"EndpointsConfig": {"n-x": {"Aliases": ["postgres"]}}}}
    ),
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
        image = catalogue.tag(Runtime.PYTHON)
        access = InstallAccess({"UV_INDEX": "https://pypi.org"}, ("pypi.org:192.0.2.1", "npm.test:2001:db8::1"), b"x")
        plan = RunPlan(Runtime.PYTHON, install="pip", start="python3", port=8000, environment={}, reason="")
        for config in (
            configuration(),
            access.applied(
                policy.install_container(plan, image, ["true"], "p-x", "n-x", "v-x", SETTINGS, 20_000),
                "/run/certificates.pem",
            ),
            policy.install_container(plan, image, ["true"], "p-x", "n-x", "v-x", SETTINGS, SETTINGS.users.of("v-x")),
            policy.job_container(
                image, ["true"], "job-x", "none", "v-x", SETTINGS, SETTINGS.limits, {}, mounts=[("v-y", "/y", True)]
            ),
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
            ("POST", "/containers/x/exec", {"Cmd": ["id"], "User": "1000:10001"}),
            ("POST", "/containers/x/exec", {"Cmd": ["id"], "User": "1879048192:0"}),
            ("POST", "/containers/x/exec", {"Cmd": ["id"], "User": "10001", "Privileged": True}),
            ("POST", "/containers/x/exec", '{"Cmd": ["id"], "User": "10001", "user": "0"}'),
            ("POST", "/volumes/create", {"Name": "x", "DriverOpts": {"type": "none", "o": "bind", "device": "/"}}),
            ("POST", "/volumes/create", {"Name": "x", "DriverOpts": {"type": "ext4", "device": "/dev/sda1"}}),
            ("POST", "/volumes/create", {"Name": "x", "Driver": "nfs"}),
            ("POST", "/networks/create", {"Name": "x", "Driver": "host"}),
            ("POST", "/networks/create", {"Name": "x", "Driver": "macvlan"}),
            ("POST", "/networks/create", network(Options={"com.docker.network.bridge.name": "docker0"})),
            ("POST", "/networks/create", network(Options={GATEWAY_MODE: "nat-unprotected"})),
            ("POST", "/networks/create", network(IPAM={"Driver": "default", "Config": [{"Subnet": "192.168.0.0/24"}]})),
            ("POST", "/networks/create", network(IPAM={"Driver": "a-plugin", "Config": []})),
            ("POST", "/networks/create", network(ConfigFrom={"Network": "host"})),
            ("POST", "/build?networkmode=host", None),
            ("GET", "/containers/x/attach/ws", None),
            ("GET", "/containers/x/top", None),
            ("DELETE", "/containers/json", None),
            ("POST", "/nodes/x/update", {}),
            ("POST", "/services/create", {}),
            ("POST", "/plugins/x/enable", None),
            ("GET", "/distribution/debian/json", None),
        ]
        for method, path, body in calls:
            assert await status(session, method, path, body) == 403, (method, path, body)
        large = json.dumps(configuration() | {"Env": ["A=" + "x" * 800_000]})
        assert await status(session, "POST", "/containers/create", large) == 413
        async with session.post("http://docker/containers/create", data=pieces(changed(Privileged=True))) as answer:
            assert answer.status == 403
    # Nothing was made by any of them.
    assert "/x" not in [name for container in await docker.containers.list(all=1) for name in container["Names"]]


# What nginx reads as an end, a doubled letter or nothing at all, and the engine as part of a name.
TRICKS = [
    "POST /containers/x/start#/attach",
    "GET /containers/x/json#/export",
    "GET /containers/json#",
    "GET /./containers/json",
    "GET //containers/json",
    "GET /containers//json",
    "GET /containers/x/./json",
    "GET /containers/x/../json",
    "GET /containers%2Fjson",
    "GET /%63ontainers/json",
    "GET /containers/x%00/json",
    "GET /containers/x%0a/json",
    "GET /containers/x%2f..%2f..%2fsecrets/json",
    "GET /v1.41/v1.41/containers/json",
    "GET /v1.41//containers/json",
    "GET /v1.41/../containers/json",
    "GET /v1.41;x/containers/json",
    "GET /containers/json/",
    "GET /CONTAINERS/json",
    "POST /v1.41/containers/../build",
    "POST /containers/create/../../build",
    "POST /containers/x/exec/../attach",
    "POST /containers\\create",
    "get /containers/json",
    "POST http://docker/build",
    "CONNECT docker:80",
    "PRI *",
]


@pytest.mark.parametrize("trick", TRICKS)
async def test_a_path_written_otherwise_is_refused(proxy: str, trick: str) -> None:
    reader, writer = await asyncio.open_unix_connection(proxy)
    writer.write(f"{trick} HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(20):
        said = await reader.read()
    writer.close()
    assert said.split()[1] in (b"400", b"403", b"405"), said
    assert b"nginx" in said or b"The proxy before Docker" in said, said


NOT_OURS = f"not-sayso-{os.getpid()}"


@pytest.fixture
async def somebody_elses(docker: aiodocker.Docker, python_image: str) -> AsyncIterator[str]:
    """The name of a container, a network and a volume that another program on the machine made."""
    made = {docker_engine.LABEL: "1"}
    # As in the compose file: one that has the engine's socket, here a folder, and a group that may read it.
    container = await docker.containers.create(
        {"Image": catalogue.tag(Runtime.PYTHON), "Entrypoint": [], "Cmd": ["sleep", "600"], "Labels": made},
        name=NOT_OURS,
    )
    await container.start()
    network_made = await docker.networks.create({"Name": NOT_OURS, "Labels": made, "Internal": True})
    volume = await docker.volumes.create({"Name": NOT_OURS, "Labels": made})
    yield NOT_OURS
    await container.delete(force=True)
    await network_made.delete()
    await volume.delete()


async def test_what_others_made_is_not_touched(proxy: str, docker: aiodocker.Docker, somebody_elses: str) -> None:
    """The proxy's own container has the engine's socket: a command in it, by that socket's group, would be the host's."""
    bridge = (await (await docker.networks.get("bridge")).show())["Id"]
    theirs = (await (await docker.networks.get(somebody_elses)).show())["Id"]
    container = (await (await docker.containers.get(somebody_elses)).show())["Id"]
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(proxy)) as session:
        for name in (somebody_elses, container, container[:12]):
            for method, path, body in [
                ("POST", f"/containers/{name}/exec", {"Cmd": ["id"], "User": "10001:998", "AttachStdout": True}),
                ("GET", f"/containers/{name}/json", None),
                ("GET", f"/containers/{name}/logs?stdout=1", None),
                ("GET", f"/containers/{name}/archive?path=/etc/passwd", None),
                ("PUT", f"/containers/{name}/archive?path=/tmp", b"x" * 100_000),
                ("POST", f"/containers/{name}/stop?t=0", None),
                ("POST", f"/v1.41/containers/{name}/kill", None),
                ("POST", f"/containers/{name}/pause", None),
                ("DELETE", f"/containers/{name}?force=1", None),
            ]:
                assert await status(session, method, path, body) == 403, (method, path)
        for name in ("bridge", "host", bridge, bridge[:12], somebody_elses, theirs):
            assert await status(session, "POST", f"/networks/{name}/connect", {"Container": "x"}) == 403, name
            assert await status(session, "POST", f"/networks/{name}/disconnect", {"Container": "x"}) == 403, name
            assert await status(session, "DELETE", f"/networks/{name}") == 403, name
            assert await status(session, "POST", "/containers/create?name=-", changed(NetworkMode=name)) == 403, name
        mount = {"Type": "volume", "Source": somebody_elses, "Target": "/data"}
        assert await status(session, "POST", "/containers/create?name=-", changed(Mounts=[mount])) == 403
        assert await status(session, "GET", f"/volumes/{somebody_elses}") == 403
        assert await status(session, "DELETE", f"/volumes/{somebody_elses}?force=1") == 403
        assert await status(session, "POST", "/volumes/create", {"Name": somebody_elses}) == 403
    shown = await (await docker.containers.get(somebody_elses)).show()
    assert (shown["State"]["Status"], list(shown["NetworkSettings"]["Networks"])) == ("running", ["bridge"])


async def test_only_the_router_is_led_into_a_network_of_ours(
    proxy: str, docker: aiodocker.Docker, somebody_elses: str
) -> None:
    networks = Networks(docker, SETTINGS)
    title = await networks.ensure(f"n-{secrets.token_hex(4)}")
    router = await docker.containers.create(
        {
            "Image": catalogue.tag(Runtime.PYTHON),
            "Entrypoint": [],
            "Cmd": ["sleep", "600"],
            "Labels": {docker_engine.LABEL: "1", "sayso.router": "true"},
        }
    )
    try:
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(proxy)) as session:
            connect = f"/networks/{title}/connect"
            assert await status(session, "POST", connect, {"Container": somebody_elses}) == 403
            with_more = {"Container": router.id, "EndpointConfig": {"Aliases": ["postgres"]}}
            assert await status(session, "POST", connect, with_more) == 403
            assert await status(session, "POST", connect, {"Container": router.id}) == 200
            assert await status(session, "POST", f"/networks/{title}/disconnect", {"Container": router.id}) == 200
            command = {"Cmd": ["id"], "User": "10001", "AttachStdout": True}
            assert await status(session, "POST", f"/containers/{router.id}/exec", command) == 403
    finally:
        await router.delete(force=True)
        with contextlib.suppress(aiodocker.DockerError):  # it never was in it
            await (await docker.networks.get(title)).disconnect({"Container": somebody_elses, "Force": True})
        await networks.remove(title.removeprefix(f"{SETTINGS.instance}-"))


@pytest.mark.parametrize("asked", ["h2c", "tcp", "websocket", "TCP", "tcp, h2c"])
async def test_no_connection_is_upgraded_but_a_commands(asked: str) -> None:
    """An engine that speaks HTTP/2 to whoever asks would be behind the proxy's back on such a connection."""
    heads: asyncio.Queue[bytes] = asyncio.Queue()

    async def engine(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heads.put_nowait(head)
        if b"upgrade:" in head.lower():
            writer.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()

    with tempfile.TemporaryDirectory(prefix="sayso-proxy-") as folder:
        async with (
            await asyncio.start_unix_server(engine, f"{folder}/engine.sock"),
            before(f"{folder}/engine.sock") as to,
        ):
            for path, upgraded in (
                ("GET /version", False),
                ("GET /events", False),
                ("POST /exec/abc/start", asked == "tcp"),
                ("POST /v1.41/exec/abc/start?x=/exec/abc/start", asked == "tcp"),
                ("GET /exec/abc/json?x=/exec/abc/start", False),
            ):
                reader, writer = await asyncio.open_unix_connection(to)
                writer.write(
                    f"{path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: {asked}\r\n"
                    "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n".encode()
                )
                answer = await reader.readuntil(b"\r\n")
                writer.close()
                assert (b" 101 " in answer) is upgraded, path
                assert (b"\r\nupgrade: " in (await heads.get()).lower()) is upgraded, path


async def test_requests_sent_at_once_are_judged_one_by_one(proxy: str) -> None:
    """Behind one that passes, in its body or beside its length: what follows is read as a request of its own."""
    forbidden = b"POST /build HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    ping = b"GET /_ping HTTP/1.1\r\nHost: x\r\n"
    length = b"Content-Length: %d\r\n" % len(forbidden)
    for first, statuses in (
        (ping + b"\r\n", [b"200", b"403"]),
        (ping + b"Content-Length: 0\r\n\r\n", [b"200", b"403"]),
        (ping + length + b"\r\n", [b"200"]),  # it is a body, and the engine reads it as one
        (ping + length + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [b"400"]),
        (ping + b"Content-Length: 0\r\n" + length + b"\r\n", [b"400"]),
        (ping + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [b"200", b"403"]),
        (ping + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", [b"400"]),
        (ping + b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n", [b"501"]),
    ):
        reader, writer = await asyncio.open_unix_connection(proxy)
        writer.write(first + forbidden + b"GET /_ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        async with asyncio.timeout(20):
            said = await reader.read()
        writer.close()
        seen = re.findall(rb"HTTP/1\.1 (\d{3})", said)
        assert seen[: len(statuses)] == statuses, (first, said)
        assert b"Successfully" not in said
        # Nothing that the engine would say to /build itself.
        assert seen.count(b"403") == statuses.count(b"403"), said


async def pieces(text: str) -> AsyncIterator[bytes]:
    yield text.encode()


async def test_what_sayso_asks_for_passes(proxy: str) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(proxy)) as session:
        for method, path, body in [
            ("GET", "/version", None),
            ("HEAD", "/_ping", None),
            ("GET", "/v1.41/containers/json?all=1", None),
            ("GET", f"/v1.41/images/{catalogue.tag(Runtime.PYTHON)}/json", None),
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
