"""An installed set of packages, as whoever starts an app sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
    """An installed dependency set and how an app finds it; an empty one where the image has everything.

    `environment` goes before the plan's own. `links` (path in the work folder → target) are made before the app starts.
    `name` says which one is in use. `added` is a folder with Python packages where none of them stands beside another
    version in the image: what a waiting interpreter has loaded is right for the app too, once `added` is a site
    directory of it. Else "".
    """

    environment: Mapping[str, str]
    links: Mapping[str, str]
    name: str = ""
    added: str = ""
