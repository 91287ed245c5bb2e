"""The limits of containers, and what may be built and fetched for them."""

from __future__ import annotations

from pydantic import Field

from builder.base.settings import AddressSettings, StorageSettings


class DockerSettings(AddressSettings, StorageSettings):
    """Containers"""

    docker_host: str = Field(
        "",
        description="Address of the Docker Engine that runs back ends, such as unix:///run/docker.sock. Empty: where Docker listens by default.",
    )
    docker_router: str = Field(
        "",
        description="Name of the container that reaches apps from inside their networks, where Sayso runs in one. Needs Docker 28.",
    )
    preview_memory_mb: int = Field(512, ge=64, description="Memory of each server, in MB.")
    preview_build_memory_mb: int = Field(
        1024,
        ge=64,
        description="Memory, in MB, of servers that compile their app where it runs (Next.js, Nuxt, Go), if that is more.",
    )
    preview_cpus: float = Field(1, gt=0, description="Processors each server may keep busy; a fraction is allowed.")
    preview_disk_mb: int = Field(
        1024, ge=16, description="Disk each server's data may take, in MB. One that takes more is stopped."
    )
    preview_files: int = Field(200_000, ge=1_000, description="Files each server's data may consist of.")
    preview_disk_quota: bool = Field(
        False, description="Have Docker hold data to its size by itself: Docker 23 or later on XFS with project quotas."
    )
    preview_runtime: str = Field(
        "", description="Docker's name of another runtime for servers, such as gVisor's runsc. Empty: its own."
    )
    preview_warm: int = Field(
        2, ge=0, description="Containers of each language that wait for new apps, so that they start at once; 0: none."
    )
    preview_warm_memory_mb: int = Field(1024, ge=0, description="Memory those may take in all, in MB.")
    layers_gigabytes: int = Field(10, ge=1, description="Disk that installed packages of server apps may take, in GB.")
    install_hosts: str = Field(
        "",
        description="Further names, comma-separated, that installs may reach: a registry of one's own, or where it has its packages fetched.",
    )
    dockerfile_build: bool = Field(
        True,
        description="Whether images of projects with a Dockerfile of their own are built; their steps run as root.",
    )
    dockerfile_pull: bool = Field(
        True, description="Whether images that projects' own Dockerfiles stand on may be fetched from their registry."
    )
    dockerfile_images: str = Field(
        "",
        description="Images of this server, comma-separated, that projects' own Dockerfiles may stand on beside official ones.",
    )
