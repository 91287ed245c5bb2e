"""npm dependency sets → prebundled ES modules, content-addressed."""

from preview_runtime.dependencies.dependency_set import DependencySet
from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.registry_settings import refuse_registry_settings
from preview_runtime.dependencies.service import DependencyService

__all__ = ["DependencyError", "DependencyService", "DependencySet", "refuse_registry_settings"]
