"""Runs projects in containers of a Docker Engine."""

from preview_runtime.containers.docker.policy import ContainerSettings, Limits
from preview_runtime.containers.engine import ContainerEngine, running_projects
from preview_runtime.containers.isolation.networks import Networks

__all__ = ["ContainerEngine", "ContainerSettings", "Limits", "Networks", "running_projects"]
