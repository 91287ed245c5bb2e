"""An installed set of packages, as the code that starts an app sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """An installed dependency set and how an app finds it; empty when the image has everything.

    `environment` overrides the plan's own. `links` (path in the work folder → target) are made before the app starts.
    `name` identifies the layer in use. `added` is a folder of Python packages of which the image has no other versions,
    else "". Modules that a waiting interpreter has loaded are then right for the app too, once `added` is one of its
    site directories.
    """

    environment: Mapping[str, str]
    links: Mapping[str, str]
    name: str = ""
    added: str = ""
