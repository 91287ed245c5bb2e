"""What an app can run on, and what can run beside it: each has an image."""

from __future__ import annotations

from enum import StrEnum


class Runtime(StrEnum):
    """What a project can run on."""

    PYTHON = "python"
    NODE = "node"
    STATIC = "static"
    GO = "go"
    JAVA = "java"


class Sidecar(StrEnum):
    """What runs beside an app of a project that asks for it; no project needs its image without that."""

    POSTGRES = "postgres"


Image = Runtime | Sidecar
