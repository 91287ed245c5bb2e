"""A container's use of resources, as the engine reports it."""

from __future__ import annotations

from dataclasses import dataclass

from aiodocker.containers import DockerContainer


@dataclass(frozen=True, slots=True)
class ContainerUsage:
    """A container's use of resources at the moment. `cpu` is in seconds since its start, `memory` and `limit` in bytes
    without the cache of files, `received` and `sent` in bytes, `processes` with their threads."""

    cpu: float
    memory: int
    limit: int
    received: int
    sent: int
    processes: int


async def usage_of(container: DockerContainer) -> ContainerUsage:
    """Asks the engine once, without the second sample for which it would wait a second. Raises
    aiodocker.DockerError."""
    wanted = {"stream": "0", "one-shot": "1"}
    found = await container.docker._query_json(f"containers/{container.id}/stats", params=wanted)
    memory = found.get("memory_stats") or {}
    stats = memory.get("stats") or {}
    cache = int(stats.get("total_inactive_file", stats.get("inactive_file", 0)))  # cgroup v1, v2
    networks = (found.get("networks") or {}).values()
    return ContainerUsage(
        cpu=int(((found.get("cpu_stats") or {}).get("cpu_usage") or {}).get("total_usage", 0)) / 1e9,
        memory=max(int(memory.get("usage", 0)) - cache, 0),
        limit=int(memory.get("limit", 0)),
        received=sum(int(one.get("rx_bytes", 0)) for one in networks),
        sent=sum(int(one.get("tx_bytes", 0)) for one in networks),
        processes=int((found.get("pids_stats") or {}).get("current", 0)),
    )
