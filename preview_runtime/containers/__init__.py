"""Runs projects in containers of a Docker Engine."""

from preview_runtime.containers.engine import ContainerEngine, running_projects
from preview_runtime.containers.networks import Networks
from preview_runtime.containers.policy import ContainerSettings, Limits

__all__ = ["ContainerEngine", "ContainerSettings", "Limits", "Networks", "running_projects"]
