"""The limits of a project's database container: as narrow as an app's, with a volume of its own."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Final

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.labels import CONFIGURATION, Role, labels, sidecar_slot
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings, Limits
from preview_runtime.containers.images import catalogue
from preview_runtime.plans.recipe import WORK_FOLDER
from preview_runtime.plans.runtimes import Sidecar

# PostgreSQL keeps 32 MB of pages and a few megabytes for each of at most 60 connections.
LIMITS: Final = Limits(memory=256 * MEGABYTE, cpus=1.0, pids=128, open_files=4096, log=MEGABYTE)
SPACE: Final = 1024 * MEGABYTE  # on disk, including its journal of at most 64 MB
STOP_SECONDS: Final = 10
_RESTARTS: Final = 5


def database_slot(project: str) -> str:
    """The slot of a project's database; see `sidecar_slot`."""
    return sidecar_slot(project, Role.DATABASE)


def address(subnet: IPv4Network) -> IPv4Address:
    """The database's address in its network: the last one, which the engine does not give out by itself."""
    return subnet.broadcast_address - 1


def database_container(
    slot: str, network: str, network_id: str, subnet: IPv4Network, volume: str, settings: ContainerSettings
) -> dict[str, Any]:
    """The configuration of the container, with its digest as a label.

    `network_id` is part of the digest: a container does not start on a new network with the same name.
    """
    image = catalogue.tag(Sidecar.POSTGRES)
    marks = labels(settings.instance, slot, Role.DATABASE)
    config = policy.probe_container(image, [], network, replace(settings, limits=LIMITS))
    host = config["HostConfig"]
    config |= {
        "Labels": marks,
        "Hostname": "database",
        "Env": ["HOME=/tmp", "PGHOST=/tmp", "LANG=C.UTF-8", f"SPACE={SPACE // 1024}"],
        "StopSignal": "SIGINT",  # PostgreSQL's fast shutdown: waits for no client, writes everything
        "StopTimeout": STOP_SECONDS,
        "NetworkingConfig": {"EndpointsConfig": {network: {"IPAMConfig": {"IPv4Address": str(address(subnet))}}}},
    }
    host["Mounts"] = [{"Type": "volume", "Source": volume, "Target": WORK_FOLDER, "VolumeOptions": {"Labels": marks}}]
    host["Dns"] = ["127.0.0.1"]  # as for an app: no name is looked up at the host's resolver
    # After a crash the app loses its connections and no data: the database is back at once.
    host["RestartPolicy"] = {"Name": "on-failure", "MaximumRetryCount": _RESTARTS}
    mark = hashlib.sha256(json.dumps([config, network_id], sort_keys=True).encode()).hexdigest()[:16]
    config["Labels"] = {**marks, CONFIGURATION: mark}
    return config


def database_volume(slot: str, title: str, settings: ContainerSettings) -> dict[str, Any]:
    """The configuration of the data volume."""
    return {"Name": title, "Driver": "local", "Labels": labels(settings.instance, slot, Role.DATABASE)}
