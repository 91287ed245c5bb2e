"""What a preview's container may do: its whole configuration for the engine, as data.

Everything is closed first; the exceptions are here, each with its reason. The values' meaning:
https://docs.docker.com/reference/api/engine/ (ContainerCreate, NetworkCreate).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Final

from preview_runtime.containers.docker.labels import MADE, PORT, USER, Role, labels
from preview_runtime.containers.docker.subnets import DEFAULT_POOL
from preview_runtime.containers.docker.users import ACCOUNTS_FOLDER, OURS, WIDE, Users, account
from preview_runtime.plans.recipe import DATA_FOLDER, LAYERS_FOLDER, PACKAGES_FOLDER, WORK_FOLDER, RunPlan

MEGABYTE: Final = 1024 * 1024
BESIDE: Final = (Role.DATABASE, Role.EGRESS)  # the container that shares a network with an app
# The environment of every app; the rest is set when it is started.
BASE_ENVIRONMENT: Final[Mapping[str, str]] = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "NODE_ENV": "development",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one container. Memory and space are in bytes; `cpus` may be a fraction; `pids` counts threads
    too."""

    memory: int = 512 * MEGABYTE
    cpus: float = 1.0
    pids: int = 256
    open_files: int = 8192  # above 20,000 a container fails to start if the engine's own limit is lower
    signals: int = 4096  # waiting ones, timers among them
    messages: int = 800 * 1024  # bytes in POSIX message queues; the kernel's default
    scratch: int = 64 * MEGABYTE  # /tmp, which counts as memory
    log: int = 5 * MEGABYTE  # one file of two
    disk: int = 1024 * MEGABYTE  # the project's volume: the limit of each file, and of all together (DiskWatch)
    files: int = 200_000  # in the volume, including folders


@dataclass(frozen=True, slots=True)
class ContainerSettings:
    """How this Sayso uses the engine.

    `instance` separates several installations that share one engine. `runtime` is the engine's name for gVisor or Kata
    ("" = its own). `install_environment` and `certificates` (a file on the engine's host) are for the install phase
    alone. `disk_quota` has the engine hold volumes to `limits.disk` by itself, where its file system can (XFS).
    `router` names the container that reaches previews from inside their networks, where there is one: with it the
    isolated gateway mode is used. `users` are the user ids of apps. `build_memory` (bytes) is the limit of an app that
    is compiled where it runs, if that is more than `limits.memory`. `start_seconds` and `install_seconds` limit the
    phases.
    """

    instance: str = "sayso"
    limits: Limits = Limits()
    build_memory: int = 1024 * MEGABYTE
    install_limits: Limits = field(default_factory=lambda: Limits(memory=1024 * MEGABYTE, scratch=256 * MEGABYTE))
    pool: IPv4Network = DEFAULT_POOL
    runtime: str = ""
    disk_quota: bool = False
    router: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    install_environment: Mapping[str, str] = field(default_factory=dict)
    certificates: str = ""
    users: Users = WIDE
    start_seconds: float = 60.0
    install_seconds: float = 300.0

    def limits_of(self, *, builds: bool) -> Limits:
        """The limits of an app's container; `builds`: the app is compiled in it."""
        return replace(self.limits, memory=max(self.limits.memory, self.build_memory)) if builds else self.limits


def host_environment(preview_host: str) -> Mapping[str, str]:
    """The variable that makes development servers answer under the hosts below `preview_host`.

    Vite, and with it SvelteKit, Nuxt and Astro, refuses hosts it was not told of (server.allowedHosts), localhost aside.
    """
    return {"__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS": f".{preview_host}"}


@cache
def seccomp_profile() -> str:
    """The system calls a preview may make, as the JSON text the engine takes.

    Docker's own default for a process without capabilities, on 64-bit x86 and ARM, without io_uring and without socket
    families other than local, IPv4, IPv6 and netlink.
    """
    text = Path(__file__).with_name("seccomp.json").read_text(encoding="utf-8")
    return json.dumps(json.loads(text), separators=(",", ":"))


def layers_volume(settings: ContainerSettings) -> str:
    """The name of the volume with the dependency layers; every app reads it, only installs write to it."""
    return f"{settings.instance}-layers"


def layers(settings: ContainerSettings) -> dict[str, Any]:
    """The configuration of the layers' volume."""
    marks = {**labels(settings.instance, "layers", Role.LAYERS), MADE: secrets.token_hex(8)}
    return {"Name": layers_volume(settings), "Driver": "local", "Labels": marks}


def app_container(
    image: str,
    command: Sequence[str],
    slot: str,
    network: str,
    volume: str,
    settings: ContainerSettings,
    environment: Mapping[str, str],
    *,
    port: int = 0,
    target: str = WORK_FOLDER,
    builds: bool = False,
) -> dict[str, Any]:
    """The configuration of the container that runs the app. `command` empty = the image's own.

    `slot` and `port` (0 = not known yet) stand in its labels; `volume` is mounted at `target`, the one place besides /tmp that the app can write.
    """
    limits = settings.limits_of(builds=builds)
    config = _container(image, command, environment, slot, Role.APP, network, volume, settings, limits, target=target)
    config["User"] = account(settings.users.of(volume))
    if port:
        config["Labels"][PORT] = str(port)
    if target == WORK_FOLDER:
        config["HostConfig"]["Mounts"].append(accounts_volume())
    config["HostConfig"]["Mounts"].append(
        {
            "Type": "volume",
            "Source": layers_volume(settings),
            "Target": LAYERS_FOLDER,
            "ReadOnly": True,
            "VolumeOptions": {"NoCopy": True, "Labels": labels(settings.instance, "layers", Role.LAYERS)},
        }
    )
    # Names are looked up at the container's own loopback, where nobody answers: an engine before 23.0.11 would forward
    # the queries to the host's resolver, a way out of an internal network (CVE-2024-29018).
    config["HostConfig"]["Dns"] = ["127.0.0.1"]
    # The lookup of an unknown name fails after one second instead of ten.
    config["HostConfig"]["DnsOptions"] = ["timeout:1", "attempts:1"]
    return config


def install_container(
    plan: RunPlan,
    image: str,
    command: Sequence[str],
    project: str,
    network: str,
    volume: str,
    settings: ContainerSettings,
    user: int,
) -> dict[str, Any]:
    """The configuration of the container that installs packages: it reaches the registry and has no secret.

    It runs strangers' code: `user` is the project's own and nobody else's.
    """
    # Installers unpack more than memory should hold, and run some of it, so /tmp is not suitable.
    scratch = {"TMPDIR": f"{PACKAGES_FOLDER}/scratch"}
    environment = {**plan.environment, **scratch, **settings.install_environment}
    if settings.certificates:
        target = "/run/certificates.pem"
        environment |= dict.fromkeys(
            ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "npm_config_cafile"), target
        )
    limits = settings.install_limits
    config = _container(image, command, environment, project, Role.INSTALL, network, volume, settings, limits)
    config["User"] = account(user)
    config["HostConfig"]["Mounts"].append(accounts_volume())
    if settings.certificates:
        config["HostConfig"]["Mounts"].append(
            {"Type": "bind", "Source": settings.certificates, "Target": target, "ReadOnly": True}
        )
    return config


def job_container(
    image: str,
    command: Sequence[str],
    slot: str,
    network: str,
    volume: str,
    settings: ContainerSettings,
    limits: Limits,
    environment: Mapping[str, str],
    *,
    own_image: bool = False,
    mounts: Sequence[tuple[str, str, bool]] = (),
) -> dict[str, Any]:
    """The configuration of a container that runs one command of a project to its end: as for an app, without a port.

    `network` is "none", or one that leads only to a way out. `volume` is mounted at the work folder, or, in a project's
    `own_image`, at its data folder; `mounts` are further volumes (name, place, whether it is only read).
    """
    target = DATA_FOLDER if own_image else WORK_FOLDER
    given = {**BASE_ENVIRONMENT, **({"HOME": DATA_FOLDER} if own_image else {}), **environment}
    config = _container(image, command, given, slot, Role.JOB, network, volume, settings, limits, target=target)
    host = config["HostConfig"]
    config["User"] = account(settings.users.of(volume))
    if not own_image:
        host["Mounts"].append(accounts_volume())
    host["Mounts"] += [
        {"Type": "volume", "Source": name, "Target": place, "ReadOnly": reads, "VolumeOptions": {"NoCopy": True}}
        for name, place, reads in mounts
    ]
    host["Dns"] = ["127.0.0.1"]  # as for an app: no name is looked up at the host's resolver
    host["DnsOptions"] = ["timeout:1", "attempts:1"]
    return config


def probe_container(image: str, command: Sequence[str], network: str, settings: ContainerSettings) -> dict[str, Any]:
    """The configuration of the container that tries to reach the host: as for an app, without a volume."""
    config = _container(image, command, {}, "probe", Role.PROBE, network, "", settings, settings.limits)
    config["HostConfig"]["Mounts"] = []
    return config


def counting_container(
    image: str, command: Sequence[str], volumes: Sequence[tuple[str, str]], settings: ContainerSettings
) -> dict[str, Any]:
    """The configuration of the container that measures `volumes` (name, place): it reads everything and changes
    nothing.

    It has root's right to read other users' folders, because an app may have closed its own.
    """
    config = _container(image, command, {}, "count", Role.PROBE, "none", "", settings, settings.limits)
    config["User"] = "0:0"
    config["HostConfig"] |= {
        "CapAdd": ["DAC_READ_SEARCH"],
        "Mounts": [
            {"Type": "volume", "Source": name, "Target": place, "ReadOnly": True, "VolumeOptions": {"NoCopy": True}}
            for name, place in volumes
        ],
    }
    del config["HostConfig"]["Sysctls"]  # for its own network, which it does not have
    return config


def copying_container(
    image: str, command: Sequence[str], slot: str, volumes: Sequence[tuple[str, str, bool]], settings: ContainerSettings
) -> dict[str, Any]:
    """The configuration of the container that copies `volumes` (name, place, whether read-only) for `slot`, or changes
    the owner of a volume's files.

    It has root's rights over files, because an app may have closed its own, and the copies have to belong to the app
    again.
    """
    config = _container(image, command, {}, slot, Role.COPY, "none", "", settings, settings.limits)
    config["User"] = "0:0"
    config["HostConfig"] |= {
        "CapAdd": ["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER"],
        "Mounts": [
            {"Type": "volume", "Source": name, "Target": place, "ReadOnly": reads, "VolumeOptions": {"NoCopy": True}}
            for name, place, reads in volumes
        ],
    }
    del config["HostConfig"]["Sysctls"]  # for its own network, which it does not have
    return config


def looking_container(
    image: str, command: Sequence[str], slot: str, volume: str, user: int, settings: ContainerSettings
) -> dict[str, Any]:
    """The configuration of the container that looks into an app's stored data: with the app's own rights over them, and
    nothing else of the app's."""
    config = _container(image, command, {}, slot, Role.COPY, "none", volume, settings, settings.limits)
    config["User"] = account(user)
    config["HostConfig"]["Mounts"] = [
        {"Type": "volume", "Source": volume, "Target": WORK_FOLDER, "ReadOnly": True, "VolumeOptions": {"NoCopy": True}}
    ]
    del config["HostConfig"]["Sysctls"]  # for its own network, which it does not have
    return config


def accounts_volume() -> dict[str, Any]:
    """The anonymous volume at `ACCOUNTS_FOLDER`: it is made and removed together with the container."""
    return {"Type": "volume", "Target": ACCOUNTS_FOLDER, "VolumeOptions": {"NoCopy": True}}


def ulimits(limits: Limits) -> list[dict[str, Any]]:
    """The limits of one process; the kernel counts the last two over all processes of a user (setrlimit(2))."""
    most = {"nofile": limits.open_files, "core": 0, "sigpending": limits.signals, "msgqueue": limits.messages}
    return [{"Name": name, "Soft": value, "Hard": value} for name, value in most.items()]


def _container(
    image: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    project: str,
    role: Role,
    network: str,
    volume: str,
    settings: ContainerSettings,
    limits: Limits,
    *,
    target: str = WORK_FOLDER,
) -> dict[str, Any]:
    marks = labels(settings.instance, project, role)
    config: dict[str, Any] = {
        "Image": image,
        "User": account(OURS),
        "Env": [f"{key}={value}" for key, value in {"HOME": PACKAGES_FOLDER, **environment}.items()],
        "Labels": marks,
        "Hostname": "preview",
        "Tty": False,
        "OpenStdin": False,
        "Healthcheck": {"Test": ["NONE"]},
        "StopSignal": "SIGTERM",
        "StopTimeout": 2,
        "HostConfig": {
            "NetworkMode": network,
            "Mounts": [
                {"Type": "volume", "Source": volume, "Target": target, "VolumeOptions": {"Labels": marks}},
            ],
            "Tmpfs": {"/tmp": f"rw,nosuid,nodev,noexec,size={limits.scratch},nr_inodes=16384,mode=1777"},  # noqa: S108
            "ShmSize": 16 * MEGABYTE,
            "ReadonlyRootfs": True,
            "Privileged": False,
            "CapDrop": ["ALL"],
            "CapAdd": [],
            "SecurityOpt": ["no-new-privileges", f"seccomp={seccomp_profile()}"],
            "Init": True,
            "PidsLimit": limits.pids,
            "Memory": limits.memory,
            "MemorySwap": limits.memory,  # the same number as for memory: no swap
            "NanoCpus": round(limits.cpus * 1_000_000_000),
            "OomScoreAdj": 500,  # a host that runs out of memory kills previews first
            "Ulimits": [*ulimits(limits), {"Name": "fsize", "Soft": limits.disk, "Hard": limits.disk}],
            "LogConfig": {"Type": "json-file", "Config": {"max-size": str(limits.log), "max-file": "2"}},
            "RestartPolicy": {"Name": "no"},
            "AutoRemove": False,  # its exit state has to be read afterwards
            "PublishAllPorts": False,
            "PortBindings": {},
            "Devices": [],
            "IpcMode": "private",
            "PidMode": "",
            "UTSMode": "",
            # Only inside its own network namespace: an app that insists on port 80 may have it.
            "Sysctls": {"net.ipv4.ip_unprivileged_port_start": "0"},
        },
    }
    if target == WORK_FOLDER:
        config["WorkingDir"] = WORK_FOLDER
    if command:
        config["Cmd"] = list(command)
        config["Entrypoint"] = []
    if settings.runtime:
        config["HostConfig"]["Runtime"] = settings.runtime
    return config


def network(
    project: str, role: Role, title: str, subnet: IPv4Network, settings: ContainerSettings, *, isolated: bool
) -> dict[str, Any]:
    """The configuration of a project's network: internal for the app, with a way out for the install phase.

    `isolated`: the host gets no address in it (Engine 28 and later), so that only containers can reach each other.
    """
    options = {
        # A project's containers do not reach one another. Exceptions: a router in a container, and the app with its
        # database and its way out; the app shares a separate network with each of them.
        "com.docker.network.bridge.enable_icc": "true" if isolated or role in BESIDE else "false",
        "com.docker.network.bridge.enable_ip_masquerade": "true" if role is Role.INSTALL else "false",
    }
    addresses = {"Subnet": str(subnet)}
    if isolated:
        options["com.docker.network.bridge.gateway_mode_ipv4"] = "isolated"
    else:
        # Set here, because the engine does not report the address it chose, and the proof needs to know it.
        addresses["Gateway"] = str(subnet.network_address + 1)
    return {
        "Name": title,
        "Driver": "bridge",
        "CheckDuplicate": True,
        "Internal": role is not Role.INSTALL,
        "Attachable": False,
        "EnableIPv6": False,
        "IPAM": {"Driver": "default", "Config": [addresses]},
        "Options": options,
        "Labels": labels(settings.instance, project, role),
    }


def volume(project: str, title: str, settings: ContainerSettings) -> dict[str, Any]:
    """The configuration of a project's volume."""
    marks = {**labels(settings.instance, project, Role.APP), USER: str(settings.users.of(title))}
    config: dict[str, Any] = {"Name": title, "Driver": "local", "Labels": marks}
    if settings.disk_quota:
        config["DriverOpts"] = {"o": f"size={settings.limits.disk}"}
    return config
