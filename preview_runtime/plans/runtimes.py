"""The runtimes of apps, and the sidecars that can run beside an app: each has an image."""

from __future__ import annotations

from enum import StrEnum


class Runtime(StrEnum):
    """The runtimes of projects."""

    PYTHON = "python"
    NODE = "node"
    STATIC = "static"
    GO = "go"
    JAVA = "java"


class Sidecar(StrEnum):
    """A sidecar of an app whose project asks for it; no other project needs its image."""

    POSTGRES = "postgres"


Image = Runtime | Sidecar
